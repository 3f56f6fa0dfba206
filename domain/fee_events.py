"""What happens with the fees of a dossier. Part of `domain.events`, by the same rules.

A fee's id is the number of its FeeAsked. Kinds, timings, states and means are the words of `domain.fees`; amounts
are whole đồng. References are a bank's or the portal's numbers, never names.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeeAsked:
    """A person asked this dossier for a fee and stands for the amount; texts are verbatim."""

    dossier: str
    person: str
    kind: str
    text: str
    amount: int
    timing: str
    relief: str
    relief_text: str


@dataclass(frozen=True, slots=True)
class PaymentBegun:
    """The portal is asked to collect; under `reference` it will say what became of it."""

    fee: int
    reference: str
    amount: int


@dataclass(frozen=True, slots=True)
class PaymentEnded:
    """Nothing was paid under this reference; `code` is the portal's own, never 00, which is success."""

    fee: int
    reference: str
    code: str


@dataclass(frozen=True, slots=True)
class FeePaid:
    """The money is here, and the receipt with this number is given; no person stands behind an online payment."""

    fee: int
    means: str
    amount: int
    series: str
    number: int
    reference: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class PaymentConfirmed:
    """The portal said once that so much was paid. `trouble`: why a person must look, empty when the fee is paid."""

    payment: str
    reference: str
    amount: int
    fee: int | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class PaymentSettled:
    """A person has decided what a troubled payment was."""

    payment: str
    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class FeeCancelled:
    """The fee is no longer asked for."""

    fee: int
    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class FeeRefunded:
    """The whole amount was given back, by these means."""

    fee: int
    person: str
    means: str
    reason: str


FeeEvent = (
    FeeAsked
    | PaymentBegun
    | PaymentEnded
    | FeePaid
    | PaymentConfirmed
    | PaymentSettled
    | FeeCancelled
    | FeeRefunded
)
