"""Asking for a dossier's fees and taking the money: cash and transfers by a clerk, online by the portal's word."""

from dataclasses import dataclass
from enum import StrEnum

from domain.days import local
from domain.errors import Invalid, NotFound
from domain.fee_events import (
    FeeAsked,
    FeeCancelled,
    FeePaid,
    FeeRefunded,
    PaymentBegun,
    PaymentConfirmed,
    PaymentEnded,
    PaymentSettled,
)
from domain.fees import (
    MOST_DONG,
    OWED,
    AmountDiffers,
    Fee,
    FeeNotOwed,
    FeeNotPaid,
    FeeState,
    FeeWrong,
    Means,
    Receipt,
    checked_fee,
    checked_reason,
    checked_reference,
    next_receipt,
    series_of,
)
from domain.identities import is_somebodys
from store import dossiers, fees
from store.fees import KeptFee
from store.writer import Tx

USUAL_SERIES = "BL"
MOST_FEES = 50


class Trouble(StrEnum):
    """Why a payment that the portal confirmed waits for a person."""

    NOBODY_ASKED = "nobody-asked"
    OTHER_AMOUNT = "other-amount"
    NOT_OWED = "not-owed"


@dataclass(frozen=True, slots=True)
class Begun:
    """The attempt to have the portal collect, under the reference that it will answer with."""

    fee: int
    dossier: str
    reference: str
    amount: int


@dataclass(frozen=True, slots=True)
class Taken:
    """The receipt that was given."""

    series: str
    number: int


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What became of the portal's word: a receipt, or a trouble for a person; `again` when it was known already."""

    receipt: Taken | None
    trouble: str = ""
    again: bool = False


def ask_fee(tx: Tx, dossier: str, person: str, fee: Fee) -> int:
    """Ask a dossier for a fee, for whose amount `person` stands; gives its number.

    Raises NotFound, DataGone, FeeWrong, Invalid.
    """
    found = dossiers.find(tx.db, dossier)
    if found is None:
        raise NotFound(what=dossier[:50])
    dossiers.check_kept(tx.db, found)
    if len(fees.of_dossier(tx.db, dossier)) >= MOST_FEES:
        raise Invalid(what="fees")
    checked_fee(fee)
    asked = FeeAsked(
        dossier, person, str(fee.kind), fee.text, fee.amount, str(fee.timing), str(fee.relief), fee.relief_text
    )
    return tx.record(asked).seq


def take_cash(tx: Tx, fee: int, person: str, amount: int) -> Taken:
    """The counted cash is here: gives the receipt. Raises UnknownFee, FeeNotOwed, AmountDiffers."""
    return _take(tx, _owed(tx, fee, amount), Means.CASH, person)


def note_transfer(tx: Tx, fee: int, person: str, amount: int, reference: str) -> Taken:
    """A person saw the transfer on the bank's statement, under `reference`. Raises as take_cash, and FeeWrong."""
    if is_somebodys(checked_reference(reference)):
        raise FeeWrong(what="reference")
    return _take(tx, _owed(tx, fee, amount), Means.TRANSFER, person, reference)


def begin_online(tx: Tx, fee: int) -> Begun:
    """Have the portal collect a fee. An attempt under way is given again, so that nothing is collected twice.

    Raises UnknownFee, FeeNotOwed.
    """
    kept = fees.find(tx.db, fee)
    if not kept.is_owed:
        raise FeeNotOwed()
    under_way = fees.open_payment(tx.db, fee)
    if under_way is not None:
        return Begun(fee, kept.dossier, under_way.reference, under_way.amount)
    reference = f"{tx.centre.code}.{fee}.{fees.attempts(tx.db, fee) + 1}"
    tx.record(PaymentBegun(fee, reference, kept.fee.amount))
    return Begun(fee, kept.dossier, reference, kept.fee.amount)


def end_online(tx: Tx, reference: str, code: str) -> bool:
    """The portal said that nothing was paid: it is owed as before. False where that was known. Raises NotFound."""
    payment = fees.payment(tx.db, reference)
    if payment is None:
        raise NotFound(what=reference[:50])
    if payment.ended_at is not None or fees.find(tx.db, payment.fee).state is not FeeState.PENDING:
        return False
    tx.record(PaymentEnded(payment.fee, reference, code[:20]))
    return True


def confirm_online(tx: Tx, payment: str, reference: str, amount: int) -> Confirmed:
    """The portal said that so much was paid under our reference; `payment` is its own number of it.

    The same word again changes nothing. What does not fit waits for a person and pays for nothing. Raises FeeWrong
    for numbers out of form, Invalid when the same payment comes with other content.
    """
    checked_reference(payment)
    checked_reference(reference)
    if not 1 <= amount <= MOST_DONG:
        raise FeeWrong(what="amount")
    known = fees.confirmation(tx.db, payment)
    if known is not None:
        if (known.reference, known.amount) != (reference, amount):
            raise Invalid(what="payment")
        return _known(tx, known)
    begun = fees.payment(tx.db, reference)
    kept = fees.find(tx.db, begun.fee) if begun else None
    trouble = _trouble(kept, begun.amount if begun else 0, amount)
    tx.record(PaymentConfirmed(payment, reference, amount, kept.id if kept else None, trouble))
    if kept is None or trouble:
        return Confirmed(None, trouble)
    return Confirmed(_take(tx, kept, Means.ONLINE, "", payment))


def _known(tx: Tx, known: fees.Confirmation) -> Confirmed:
    if known.trouble or known.fee is None:
        return Confirmed(None, known.trouble, again=True)
    receipt = fees.find(tx.db, known.fee).receipt
    return Confirmed(Taken(receipt.series, receipt.number) if receipt else None, again=True)


def _trouble(kept: KeptFee | None, asked: int, amount: int) -> str:
    if kept is None:
        return Trouble.NOBODY_ASKED
    if not kept.is_owed:
        return Trouble.NOT_OWED
    # The fee itself never changes its amount; what was asked of the portal is compared all the same.
    return "" if amount == asked == kept.fee.amount else Trouble.OTHER_AMOUNT


def settle_payment(tx: Tx, payment: str, person: str, reason: str) -> None:
    """A person has decided what a troubled payment was. Raises NotFound, FeeWrong."""
    known = fees.confirmation(tx.db, payment)
    if known is None or not known.is_open:
        raise NotFound(what=payment[:50])
    tx.record(PaymentSettled(payment, person, checked_reason(reason)))


def cancel_fee(tx: Tx, fee: int, person: str, reason: str) -> None:
    """The fee is no longer asked for. Raises UnknownFee, FeeNotOwed, FeeWrong."""
    if fees.find(tx.db, fee).state not in OWED:
        raise FeeNotOwed()
    tx.record(FeeCancelled(fee, person, checked_reason(reason)))


def refund_fee(tx: Tx, fee: int, person: str, means: Means, reason: str) -> None:
    """The whole amount was given back; its receipt keeps its number. Raises UnknownFee, FeeNotPaid, FeeWrong."""
    kept = fees.find(tx.db, fee)
    if kept.state is not FeeState.PAID or kept.receipt is None:
        raise FeeNotPaid()
    tx.record(FeeRefunded(fee, person, str(means), checked_reason(reason)))


def _owed(tx: Tx, fee: int, amount: int) -> KeptFee:
    kept = fees.find(tx.db, fee)
    if not kept.is_owed:
        raise FeeNotOwed()
    if amount != kept.fee.amount:
        raise AmountDiffers(given=amount, asked=kept.fee.amount)
    return kept


def _take(tx: Tx, kept: KeptFee, means: Means, person: str, reference: str = "") -> Taken:
    payment = tx.centre.payment
    series, year = (payment.receipts if payment else USUAL_SERIES), local(tx.now).year
    receipt: Receipt = next_receipt(series, year, fees.last_receipt(tx.db, series_of(series, year)))
    tx.record(FeePaid(kept.id, str(means), kept.fee.amount, receipt.series, receipt.number, reference, person))
    return Taken(receipt.series, receipt.number)
