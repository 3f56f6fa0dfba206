"""The fees of a dossier at the counter: asked for, taken, cancelled, given back."""

import asyncio
import unicodedata
from enum import StrEnum
from typing import TypeVar

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from counter.commands import WORKERS, person_of
from domain.errors import Invalid, NotFound
from domain.fees import LONGEST_REASON, LONGEST_TEXT, MOST_DONG, Fee, FeeKind, Means, Relief, Timing, UnknownFee
from domain.roles import open_to
from operations import paying
from store import dossiers, fees
from store.dossiers import Dossier
from web import fee_words, forms, payments
from web.house import act_of, house_of
from web.pages import go, page
from web.safety import address_of

HERE = "/counter/{counter:int}/dossiers/{code}"
LARGEST_FEE = 2**53
UNKNOWN_IP = "127.0.0.1"
Word = TypeVar("Word", bound=StrEnum)


@open_to(*WORKERS)
async def show_payment(request: Request) -> Response:
    """What the dossier costs, what is paid, and how the rest can be."""
    return _shown(request)


@open_to(*WORKERS)
async def show_transfer(request: Request) -> Response:
    """The code that fills in the bank transfer."""
    code = _dossier(request).code
    picture = await asyncio.to_thread(payments.transfer_picture, house_of(request), code)
    if picture is None:
        raise NotFound(what="QR")
    return Response(picture, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@open_to(*WORKERS, body_limit=32_768)
async def ask_fee(request: Request) -> Response:
    """Ask for a fee; who presses stands for its amount."""
    form, dossier = await forms.read_form(request), _dossier(request)
    fee = Fee(
        _word(form, "kind", FeeKind), _words(form, "text"), forms.number(form, "amount", 0, MOST_DONG),
        _word(form, "timing", Timing), _word(form, "relief", Relief), _words(form, "relief_text"),
    )  # fmt: skip
    act = act_of(request, form)
    await house_of(request).store.write(act, paying.ask_fee, dossier.code, person_of(request).id, fee)
    return _back(request)


@open_to(*WORKERS, body_limit=2048)
async def take_cash(request: Request) -> Response:
    """The cash has been counted."""
    form, fee = await forms.read_form(request), _fee(request)
    amount = forms.number(form, "amount", 0, MOST_DONG)
    await house_of(request).store.write(act_of(request, form), paying.take_cash, fee, person_of(request).id, amount)
    return _back(request)


@open_to(*WORKERS, body_limit=2048)
async def note_transfer(request: Request) -> Response:
    """The money stands on the bank's statement."""
    form, fee = await forms.read_form(request), _fee(request)
    amount, reference = forms.number(form, "amount", 0, MOST_DONG), forms.text(form, "reference", 50)
    await house_of(request).store.write(
        act_of(request, form), paying.note_transfer, fee, person_of(request).id, amount, reference
    )
    return _back(request)


@open_to(*WORKERS, body_limit=2048)
async def collect_online(request: Request) -> Response:
    """Have the payment platform collect it; pressed again, it is the same collection."""
    await forms.read_form(request)
    # Without the form's request id: the operation gives an attempt under way again by itself.
    act, fee, ip = act_of(request), _fee(request), address_of(request) or UNKNOWN_IP
    started = await payments.collector_of(request).begin(act, fee, ip)
    return _shown(request, started.page)


@open_to(*WORKERS, body_limit=4096)
async def cancel_fee(request: Request) -> Response:
    """It is no longer asked for."""
    form, fee = await forms.read_form(request), _fee(request)
    reason = forms.text(form, "reason", LONGEST_REASON)
    await house_of(request).store.write(
        act_of(request, form), paying.cancel_fee, fee, person_of(request).id, reason
    )
    return _back(request)


@open_to(*WORKERS, body_limit=4096)
async def refund_fee(request: Request) -> Response:
    """The whole amount has been given back."""
    form, fee = await forms.read_form(request), _fee(request)
    reason, means = forms.text(form, "reason", LONGEST_REASON), _word(form, "means", Means)
    await house_of(request).store.write(
        act_of(request, form), paying.refund_fee, fee, person_of(request).id, means, reason
    )
    return _back(request)


def _shown(request: Request, pay_page: str = "") -> Response:
    dossier, number = _dossier(request), request.path_params["counter"]
    path = f"/counter/{number}/dossiers/{dossier.code}"
    return page(
        request, "counter/payment.html", number=number, bill=payments.bill_of(request, dossier), pay_path=path,
        fee_words=fee_words, pay_page=pay_page, received_here=dossier.counter == number,
    )  # fmt: skip


def _back(request: Request) -> Response:
    return go(f"/counter/{request.path_params['counter']}/dossiers/{request.path_params['code']}/payment")


def _dossier(request: Request) -> Dossier:
    code = request.path_params["code"][:50]
    found = house_of(request).store.read(dossiers.find, code)
    if found is None:
        raise NotFound(what=code)
    return found


def _fee(request: Request) -> int:
    """A fee of this very dossier."""
    fee: int = request.path_params["fee"]
    if fee > LARGEST_FEE or house_of(request).store.read(fees.find, fee).dossier != _dossier(request).code:
        raise UnknownFee(fee=fee)
    return fee


def _word(form: FormData, name: str, kind: type[Word]) -> Word:
    try:
        return kind(str(form.get(name, "")))
    except ValueError:
        raise Invalid(what=name) from None


def _words(form: FormData, name: str) -> str:
    """A text of several lines as published; browsers send line ends as two letters."""
    value = unicodedata.normalize("NFC", str(form.get(name, ""))).replace("\r\n", "\n").strip()
    if len(value) > LONGEST_TEXT:
        raise Invalid(what=name)
    return value


ROUTES: list[BaseRoute] = [
    Route(f"{HERE}/payment", show_payment),
    Route(f"{HERE}/transfer.svg", show_transfer),
    Route(f"{HERE}/fees", ask_fee, methods=["POST"]),
    Route(f"{HERE}/fees/{{fee:int}}/cash", take_cash, methods=["POST"]),
    Route(f"{HERE}/fees/{{fee:int}}/transfers", note_transfer, methods=["POST"]),
    Route(f"{HERE}/fees/{{fee:int}}/online", collect_online, methods=["POST"]),
    Route(f"{HERE}/fees/{{fee:int}}/cancellations", cancel_fee, methods=["POST"]),
    Route(f"{HERE}/fees/{{fee:int}}/refunds", refund_fee, methods=["POST"]),
]
