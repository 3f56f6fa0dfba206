"""A business day's money by means, against which the drawer and the bank are counted, and what did not fit.

Of the whole centre: a drawer knows no department, so a department's manager has no such page.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import views
from domain.errors import NotFound
from domain.fees import LONGEST_REASON
from domain.roles import LEADING_ROLES, Role, open_to
from operations import paying
from store import days, fees
from web import fee_words, forms
from web.house import act_of, house_of, visitor_of
from web.pages import go, page
from web.scope import own_scope

HERE = "/admin/takings"
COUNTERS = (*sorted(LEADING_ROLES), Role.ADMINISTRATOR, Role.AUDITOR)


@open_to(*COUNTERS)
async def show_takings(request: Request) -> Response:
    """The money of the newest business day, or of the one that is asked for by number."""
    _check_scope(request)
    store = house_of(request).store
    newest = store.read(days.newest)
    asked = request.query_params.get("day", "")
    day = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else (newest.id if newest else 0)
    rows = store.read(fees.takings, day)
    others = [other for other in (day - 1, day + 1) if newest and 1 <= other <= newest.id]
    return page(
        request, "admin/takings.html", day=day, date=store.read(days.label_of, day), rows=rows, others=others,
        sums=(sum(row.taken for row in rows), sum(row.refunded for row in rows)), fee_words=fee_words,
        troubled=store.read(fees.troubled), **views.frame(request),
    )  # fmt: skip


@open_to(*sorted(LEADING_ROLES), body_limit=4096)
async def settle(request: Request) -> Response:
    """Somebody has found out what a payment was that did not fit."""
    _check_scope(request)
    form, person = await forms.read_form(request), visitor_of(request).person
    payment, reason = forms.text(form, "payment", 50), forms.text(form, "reason", LONGEST_REASON)
    who = person.id if person else ""
    await house_of(request).store.write(act_of(request, form), paying.settle_payment, payment, who, reason)
    return go(HERE)


def _check_scope(request: Request) -> None:
    if own_scope(request).agency is not None:
        raise NotFound(what=HERE)


ROUTES: list[BaseRoute] = [
    Route(HERE, show_takings),
    Route(f"{HERE}/settlements", settle, methods=["POST"]),
]
