"""By which policy numbers are called, what each policy would have done lately, and how another one is chosen."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import views
from admin.centre import LONGEST_WHY
from domain.calendar import Translate
from domain.centre_rules import Policy
from domain.centres import Centre
from domain.days import local
from domain.errors import Invalid, Refused, msgid
from domain.rehearsal import Rehearsal, Waits, rehearse
from domain.roles import Role, open_to
from operations import configuring
from operations.calendars import calendar_of
from store import centres, past_days, plans
from web import forms
from web.house import House, act_of, house_of
from web.languages import translator
from web.pages import go, page, text_of

CALLING = "/admin/calling"
MOST_DAYS = 20
POLICIES: Mapping[Policy, str] = {
    Policy.DUE: msgid("Giờ đến, có phút ưu tiên"),
    Policy.STRICT: msgid("Ưu tiên trước hết"),
    Policy.RATIO: msgid("%(ratio)s ưu tiên, 1 thường"),
    Policy.FIRST_COME: msgid("Đến trước gọi trước"),
}
MEANINGS: Mapping[Policy, str] = {
    Policy.DUE: msgid(
        "Mỗi người xếp theo giờ đến; người thuộc diện ưu tiên được tính như đến sớm hơn số phút của diện đó."
    ),
    Policy.STRICT: msgid("Còn người thuộc diện ưu tiên thì gọi trước, rồi đến người có hẹn, rồi mọi người khác."),
    Policy.RATIO: msgid(
        "Cứ %(ratio)s người ưu tiên hoặc có hẹn thì đến một người thường, trong mỗi nhóm theo giờ đến."
    ),
    Policy.FIRST_COME: msgid("Chỉ xếp theo giờ đến; diện ưu tiên và lịch hẹn không được gọi sớm hơn."),
}
_one_at_a_time = Lock()


class RehearsalRunning(Refused):
    text = msgid("Máy đang tính lại các ngày qua cho một người khác. Mời bấm lại sau ít giây.")


@dataclass(frozen=True, slots=True)
class Row:
    """One group of people: how many came, and how long they would have waited under each policy."""

    name: str
    number: int
    waits: tuple[Waits, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What the policies would have done to each group on so many days, worked out in so many seconds."""

    days: int
    visits: int
    ratio: int
    rows: tuple[Row, ...]
    results: tuple[Rehearsal, ...]
    seconds: float


@open_to(Role.MANAGER, Role.ADMINISTRATOR)
async def show_calling(request: Request) -> Response:
    """The policy, the classes and, when asked for, what each policy would have done to them."""
    house, language = house_of(request), request.state.language
    centre, plan = house.store.centre(), house.store.read(plans.waiting)
    ratio = _ratio(request.query_params.get("ratio", ""), centre.calling.ratio)
    trial = await views.in_thread(_try, house, ratio, language) if "try" in request.query_params else None
    translate, today = translator(language), local(house.now()).date()
    return page(
        request, "admin/calling.html", **views.frame(request), rules=centre.calling, ratio=ratio, plan=plan,
        policies=[(policy, *_words(policy, ratio, translate)) for policy in Policy],
        now=_words(centre.calling.policy, centre.calling.ratio, translate), trial=trial, most=MOST_DAYS,
        planned=_words(plan.centre.calling.policy, plan.centre.calling.ratio, translate) if plan else None,
        classes=[(group, text_of(group.label, language), group.is_in_force(today)) for group in centre.classes],
        seen=house.store.read(plans.number_in_force),
    )  # fmt: skip


def _ratio(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and text in "123456789" else default


def _words(policy: Policy, ratio: int, translate: Translate) -> tuple[str, str]:
    """A policy's name and what it means."""
    return translate(POLICIES[policy]) % {"ratio": ratio}, translate(MEANINGS[policy]) % {"ratio": ratio}


def _try(house: House, ratio: int, language: str) -> Trial:
    """The last days under each policy; slow, so never two at a time. Raises RehearsalRunning."""
    with alone(), house.store.own_reader() as db:
        began, centre = monotonic(), centres.current(db)
        days = past_days.newest(db, local(house.now()).date(), MOST_DAYS)
        results = tuple(rehearse(days, centre.classes, centre.calling, policy, ratio) for policy in Policy)
        rows = tuple(_rows(centre, results, language)) if days else ()
        visits = sum(len(day.visits) for day in days)
        return Trial(len(days), visits, ratio, rows, results, monotonic() - began)


@contextmanager
def alone() -> Iterator[None]:
    """Past days are replayed for one person at a time. Raises RehearsalRunning."""
    if not _one_at_a_time.acquire(blocking=False):
        raise RehearsalRunning()
    try:
        yield
    finally:
        _one_at_a_time.release()


def _rows(centre: Centre, results: tuple[Rehearsal, ...], language: str) -> Any:
    translate = translator(language)
    labels = {group.id: text_of(group.label, language) for group in centre.classes}
    yield _row(translate(msgid("Mọi người khác")), tuple(result.ordinary for result in results))
    yield _row(translate(msgid("Có lịch hẹn")), tuple(result.appointments for result in results))
    for group in results[0].classes:
        yield _row(labels.get(group, group), tuple(result.classes[group] for result in results))


def _row(name: str, waits: tuple[Waits, ...]) -> Row:
    return Row(name, waits[0].number, waits)


@open_to(Role.ADMINISTRATOR, body_limit=2048)
async def choose_policy(request: Request) -> Response:
    """Another policy from the next business day on: keys of two policies never stand in one line."""
    house, form = house_of(request), await forms.read_form(request)
    policy, ratio = forms.text(form, "policy", 20), forms.number(form, "ratio", 1, 9)
    if policy not in set(Policy):
        raise Invalid(what="policy")
    seen = forms.number(form, "seen", 0, 2**53)
    centre = house.store.read(plans.in_force)
    changed = replace(centre, calling=replace(centre.calling, policy=Policy(policy), ratio=ratio))
    calendar = await views.in_thread(calendar_of, changed)
    why = forms.text(form, "why", LONGEST_WHY)
    await house.store.write(act_of(request, form), configuring.plan_centre, changed, calendar, None, seen, why)
    return go(CALLING)


ROUTES: list[BaseRoute] = [
    Route(CALLING, show_calling),
    Route("/admin/calling/plans", choose_policy, methods=["POST"]),
]
