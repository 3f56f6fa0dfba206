"""What a dossier has to pay, as the screens show it, and the picture that fills in the bank transfer.

Collecting online is somebody else's work: `Collector` says what a screen needs of it.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Protocol, cast

import segno
from starlette.requests import HTTPConnection

from domain.fees import FeeState
from domain.vietqr import Account, NoTransferCode, transfer_code
from store import dossiers, fees, procedures
from store.dossiers import Dossier
from store.fees import KeptFee
from store.writer import Act
from web.house import House, house_of


class Started(Protocol):
    """A collection that is under way."""

    @property
    def page(self) -> str:
        """Where the citizen pays; may be empty."""


class Collector(Protocol):
    """Whoever collects fees online."""

    @property
    def is_open(self) -> bool:
        """Whether anything can be collected online."""

    async def begin(self, act: Act, fee: int, ip: str) -> Started:
        """Begin, or go on with what is under way. Raises kinds of Refused."""


@dataclass(frozen=True, slots=True)
class Bill:
    """All fees of a dossier; `account` is None where no transfer can be asked for."""

    code: str
    fees: tuple[KeptFee, ...]
    owed: int
    account: Account | None
    online: bool
    published: tuple[str, ...]

    @property
    def open(self) -> list[KeptFee]:
        """Those for which money is expected."""
        return [one for one in self.fees if one.is_owed]

    @property
    def is_settled(self) -> bool:
        """Whether there were fees and nothing is owed."""
        return bool(self.fees) and not self.owed

    def can_refund(self, fee: KeptFee) -> bool:
        """Whether its money can be given back."""
        return fee.state is FeeState.PAID and fee.receipt is not None


def collector_of(connection: HTTPConnection) -> Collector:
    """Who collects online in this house."""
    return cast(Collector, connection.app.state.payments)


def bill_of(connection: HTTPConnection, dossier: Dossier) -> Bill:
    """The bill of one dossier; `published` are the catalogue's own texts on its fee, word for word."""
    house = house_of(connection)
    listed = house.store.read(procedures.find, dossier.procedure)
    texts = [row.fee_text for row in listed.channels if row.fee_text] if listed else []
    return Bill(
        dossier.code,
        tuple(house.store.read(fees.of_dossier, dossier.code)),
        house.store.read(fees.owed, dossier.code),
        _account(house) if transfer_of(house, dossier.code) else None,
        collector_of(connection).is_open,
        tuple(dict.fromkeys(texts)),
    )


def transfer_of(house: House, code: str) -> str:
    """The text of the code by which the rest is transferred; empty where there is none."""
    account, owed = _account(house), house.store.read(fees.owed, code)
    if account is None or not owed:
        return ""
    try:
        return transfer_code(account, owed, code)
    except NoTransferCode:
        return ""


def transfer_picture(house: House, code: str) -> bytes | None:
    """The same as an SVG with its quiet zone; None where there is nothing to transfer."""
    text = transfer_of(house, code) if house.store.read(dossiers.find, code) else ""
    if not text:
        return None
    picture = BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="svg", border=4, light="#fff", omitsize=True)
    return picture.getvalue()


def _account(house: House) -> Account | None:
    payment = house.store.centre().payment
    return payment.to if payment else None
