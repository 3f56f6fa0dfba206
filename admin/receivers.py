"""Programs elsewhere that are told of numbers: added, removed, and what did not reach them."""

import secrets
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import views
from domain.calendar import Translate
from domain.errors import NotFound, msgid
from domain.receivers import LONGEST_LABEL, MOST_AHEAD, TAKEN, NotTaken
from domain.roles import LEADING_ROLES, Role, open_to
from operations import informing
from store import receivers
from store.receivers import NO_MESSAGES, Receiver, Standing
from store.writer import Act
from web import forms
from web.house import House, act_of, house_of, visitor_of
from web.languages import translator
from web.pages import go, page
from web.scope import own_scope
from web.tries import Tries
from web.visitors import hash_of

HERE = "/admin/receivers"
MENDERS = (Role.ADMINISTRATOR, *sorted(LEADING_ROLES))
REASONS = {
    NotTaken.UNREACHABLE: msgid("không kết nối được"),
    NotTaken.NO_ANSWER: msgid("không trả lời trong 10 giây"),
    NotTaken.FAILED: msgid("máy bên nhận báo lỗi"),
    NotTaken.REFUSED: msgid("bên nhận từ chối"),
    NotTaken.ADDRESS: msgid("tên máy dẫn vào mạng nội bộ, máy chủ không cho phép"),
    NotTaken.KEY: msgid("khóa ký tin không đọc được: xóa và thêm lại"),
    NotTaken.LATE: msgid("đã quá muộn"),
}


REMEDIES = {
    NotTaken.UNREACHABLE: msgid("Hãy kiểm tra địa chỉ, tường lửa, và chứng chỉ của máy bên nhận."),
    NotTaken.NO_ANSWER: msgid("Máy bên nhận phải trả lời trong 10 giây, trước khi làm việc của mình."),
    NotTaken.FAILED: msgid("Hãy báo bên nhận xem nhật ký máy của họ. Tin thật sẽ được gửi lại trong một giờ."),
    NotTaken.REFUSED: msgid("Hãy báo bên nhận kiểm tra đường dẫn và cách họ kiểm chữ ký."),
    NotTaken.ADDRESS: msgid("Hãy dùng tên máy của mạng ngoài, hoặc cho phép mạng nội bộ ở máy chủ này."),
}
# A press sends something to somebody else's machine.
trials = Tries(6, 60)


class Messengers(Protocol):
    """Who sends messages out: `api.outgoing`, which this room does not know."""

    async def try_out(self, receiver: Receiver, name: str) -> str:
        """Send one test message; gives what came back."""


@dataclass(frozen=True, slots=True)
class Tested:
    """A test as the page tells it: of whom, whether it was taken, what came back and what to do."""

    label: str
    is_taken: bool
    words: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Row:
    """One receiver with how its messages stand; `reason` is in words."""

    receiver: Receiver
    standing: Standing
    reason: str


@open_to(Role.ADMINISTRATOR)
async def show_receivers(request: Request) -> Response:
    """Every receiver and how its messages stand."""
    found = rows(house_of(request), translator(request.state.language))
    return page(request, "admin/receivers.html", rows=found, **_form(request), **views.frame(request))


@open_to(Role.ADMINISTRATOR, body_limit=4096)
async def add_receiver(request: Request) -> Response:
    """A new receiver; its secret and its token are shown once. The same press again shows the same."""
    house, form = house_of(request), await forms.read_form(request)
    act = act_of(request, form)
    label = forms.text(form, "label", LONGEST_LABEL)
    address = forms.text(form, "address", informing.LONGEST_ADDRESS, required=False)
    informing.checked_address(address, house.receivers_nearby)
    seed = act.request or secrets.token_urlsafe(24)
    secret, token = (house.vault.sign(f"receiver {what}", seed) for what in ("secret", "token"))
    ahead = forms.number(form, "ahead", 0, MOST_AHEAD)
    number = await house.store.write(
        act, informing.add_receiver, label, address, ahead, hash_of(token), house.vault.seal(secret.encode())
    )
    added = house.store.read(receivers.receiver, number)
    if added is None:
        raise NotFound(what=label)
    shown = {"receiver": added, "secret": secret, "token": token}
    return page(request, "admin/receiver_added.html", **shown, **views.frame(request))


@open_to(Role.ADMINISTRATOR, body_limit=2048)
async def remove_receiver(request: Request) -> Response:
    """It is told nothing more."""
    form, receiver = await forms.read_form(request), request.path_params["receiver"]
    await house_of(request).store.write(act_of(request, form), informing.remove_receiver, receiver)
    return go(HERE)


@open_to(Role.ADMINISTRATOR, body_limit=2048)
async def try_receiver(request: Request) -> Response:
    """One signed test message, and in words what came back. Raises NotFound, TooManyTries."""
    house, form, number = house_of(request), await forms.read_form(request), request.path_params["receiver"]
    receiver = house.store.read(receivers.receiver, number)
    if receiver is None or not receiver.address:
        raise NotFound(what=f"#{number}")
    trials.check(str(number))
    trials.note(str(number))
    messengers: Messengers = request.app.state.messengers
    answer = await messengers.try_out(receiver, forms.text(form, "request_id", 80, required=False) or "0")
    await house.store.write(Act(visitor_of(request).who), informing.note_test, number, answer)
    said = translator(request.state.language)
    tested = Tested(receiver.label, answer.startswith(TAKEN), *answer_in_words(answer, said))
    shown = _form(request) | {"rows": rows(house, said), "tested": tested}
    return page(request, "admin/receivers.html", **shown, **views.frame(request))


@open_to(*MENDERS, body_limit=2048)
async def resend(request: Request) -> Response:
    """The cause is mended: what was given up goes out again."""
    form, receiver = await forms.read_form(request), request.path_params["receiver"]
    if own_scope(request).agency is not None:
        raise NotFound(what=f"#{receiver}")
    await house_of(request).store.write(act_of(request, form), informing.resend, receiver)
    return go("/admin/desk" if form.get("back") == "desk" else HERE)


def rows(house: House, said: Translate) -> list[Row]:
    """The receivers, oldest first, in words."""
    standings = house.store.read(receivers.standings)
    return [
        Row(found, standing := standings.get(found.id, NO_MESSAGES), reason_in_words(standing.reason, said))
        for found in house.store.read(receivers.all_receivers)
    ]


def reason_in_words(reason: str, said: Translate) -> str:
    """'bên nhận từ chối (404)'; empty where nothing was given up."""
    key, _, status = reason.partition(" ")
    words = said(REASONS[NotTaken(key)]) if key in set(NotTaken) else key
    return f"{words} ({status})" if status else words


def answer_in_words(answer: str, said: Translate) -> tuple[str, str]:
    """What came back from a test, 'refused 404' or 'taken 200', and what to do about it."""
    key, _, status = answer.partition(" ")
    if key == TAKEN:
        return said(msgid("Bên nhận đã nhận tin thử và trả lời %(status)s.")) % {"status": status}, ""
    remedy = REMEDIES.get(NotTaken(key))  # of an unreadable key the reason says it
    return f"{reason_in_words(answer, said)}.", said(remedy) if remedy else ""


def given_up(house: House, said: Translate) -> list[Row]:
    """The receivers who have missed something that nobody tries again by itself."""
    return [row for row in rows(house, said) if row.standing.given_up]


def _form(request: Request) -> dict[str, Any]:
    nearby = house_of(request).receivers_nearby
    return {"tested": None, "most_ahead": MOST_AHEAD, "longest_label": LONGEST_LABEL, "nearby": nearby}


ROUTES: list[BaseRoute] = [
    Route(HERE, show_receivers),
    Route(HERE, add_receiver, methods=["POST"]),
    Route(f"{HERE}/{{receiver:int}}/removals", remove_receiver, methods=["POST"]),
    Route(f"{HERE}/{{receiver:int}}/trials", try_receiver, methods=["POST"]),
    Route(f"{HERE}/{{receiver:int}}/resends", resend, methods=["POST"]),
]
