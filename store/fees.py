"""The fees of dossiers, the receipts given for them, and what the portal said was paid."""

from dataclasses import dataclass
from datetime import datetime

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
from domain.fees import OWED, Fee, FeeKind, FeeState, Means, Receipt, Relief, Timing, UnknownFee
from store.database import Connection
from store.instants import instant, moment
from store.journal import Recorded, projects
from store.outbox import tell_again

NOT_DUE, PAID_ONLINE, NOT_ONLINE = 0, 1, 3  # DuocThanhToanTrucTuyen, portal.md 3


@dataclass(frozen=True, slots=True)
class KeptFee:
    """A fee as it stands; `means` and `receipt` are None until it is paid, and stay after a refund."""

    id: int
    dossier: str
    fee: Fee
    state: FeeState
    means: Means | None
    receipt: Receipt | None
    asked_at: datetime
    ended_at: datetime | None
    reason: str

    @property
    def is_owed(self) -> bool:
        """Whether money is still expected; of an exempt fee none ever is."""
        return self.state in OWED and self.fee.amount > 0


@dataclass(frozen=True, slots=True)
class Payment:
    """One attempt to have the portal collect; ended when it failed, else open or paid."""

    reference: str
    fee: int
    amount: int
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the portal said once; `trouble` is empty when it fitted, `settled_at` when no person has decided."""

    payment: str
    reference: str
    amount: int
    fee: int | None
    trouble: str
    at: datetime
    settled_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether a person must look."""
        return bool(self.trouble) and self.settled_at is None


@dataclass(frozen=True, slots=True)
class Taking:
    """What came in and went back by one means on one day, in đồng, with the number of receipts of each."""

    means: Means
    receipts: int
    taken: int
    refunds: int
    refunded: int


_COLUMNS = (
    "id, dossier, kind, text, amount, timing, relief, relief_text, state, means, series, number, asked_at,"
    " ended_at, reason"
)


def find(db: Connection, fee: int) -> KeptFee:
    """The fee with this number. Raises UnknownFee."""
    row = db.execute(f"SELECT {_COLUMNS} FROM fees WHERE id = ?", (fee,)).fetchone()
    if row is None:
        raise UnknownFee(fee=fee)
    return _kept(row)


def of_dossier(db: Connection, dossier: str) -> list[KeptFee]:
    """A dossier's fees in the order in which they were asked for."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM fees WHERE dossier = ? ORDER BY id", (dossier,))
    return [_kept(row) for row in rows]


def _kept(row: tuple) -> KeptFee:  # type: ignore[type-arg]
    (fee, dossier, kind, text, amount, timing, relief, relief_text, state, means, series, number, asked, ended,
     reason) = row  # fmt: skip
    return KeptFee(
        fee, dossier, Fee(FeeKind(kind), text, amount, Timing(timing), Relief(relief), relief_text),
        FeeState(state), Means(means) if means else None, Receipt(series, number) if series else None,
        moment(asked), instant(ended), reason,
    )  # fmt: skip


def owed(db: Connection, dossier: str) -> int:
    """How many đồng a dossier still has to pay."""
    rows = db.execute("SELECT state, amount FROM fees WHERE dossier = ?", (dossier,))
    return sum(amount for state, amount in rows if state in OWED)


def paid_online(db: Connection, dossier: str) -> int:
    """The portal's DuocThanhToanTrucTuyen from recorded facts: 0 no duty, 1 paid online, 3 not paid online."""
    rows = db.execute("SELECT state, means, amount FROM fees WHERE dossier = ?", (dossier,)).fetchall()
    due = [(state, means) for state, means, amount in rows if amount and state != FeeState.CANCELLED]
    if not due:
        return NOT_DUE
    return PAID_ONLINE if all(paid == (FeeState.PAID, Means.ONLINE) for paid in due) else NOT_ONLINE


def last_receipt(db: Connection, series: str) -> int:
    """The highest number given in a series; 0 when none. Numbers are never reused."""
    return int(
        db.execute("SELECT coalesce(max(number), 0) FROM receipts WHERE series = ?", (series,)).fetchone()[0]
    )


def payment(db: Connection, reference: str) -> Payment | None:
    """The attempt under this reference."""
    row = db.execute("SELECT reference, fee, amount, ended_at FROM payments WHERE reference = ?", (reference,))
    found = row.fetchone()
    return Payment(found[0], found[1], found[2], instant(found[3])) if found else None


def open_payment(db: Connection, fee: int) -> Payment | None:
    """The attempt of which the portal has not said yet what became of it."""
    row = db.execute(
        "SELECT reference, fee, amount FROM payments WHERE fee = ? AND ended_at IS NULL"
        " ORDER BY rowid DESC LIMIT 1",
        (fee,),
    ).fetchone()
    return Payment(row[0], row[1], row[2], None) if row else None


def attempts(db: Connection, fee: int) -> int:
    """How often the portal was asked to collect this fee."""
    return int(db.execute("SELECT count(*) FROM payments WHERE fee = ?", (fee,)).fetchone()[0])


_CONFIRMED = "SELECT payment, reference, amount, fee, trouble, at, settled_at FROM confirmations"


def _confirmation(row: tuple) -> Confirmation:  # type: ignore[type-arg]
    payment, reference, amount, fee, trouble, at, settled = row
    return Confirmation(payment, reference, amount, fee, trouble, moment(at), instant(settled))


def confirmation(db: Connection, payment: str) -> Confirmation | None:
    """What the portal said about this payment of its own."""
    row = db.execute(f"{_CONFIRMED} WHERE payment = ?", (payment,)).fetchone()
    return _confirmation(row) if row else None


def troubled(db: Connection, count: int = 100) -> list[Confirmation]:
    """Payments that a person must look at, oldest first."""
    rows = db.execute(
        f"{_CONFIRMED} WHERE trouble <> '' AND settled_at IS NULL ORDER BY at, payment LIMIT ?", (count,)
    )
    return [_confirmation(row) for row in rows]


def takings(db: Connection, day: int) -> list[Taking]:
    """A business day's money by means, each means once: for the daily reconciliation."""
    came = dict(
        _by_means(db, "SELECT means, count(*), sum(amount) FROM receipts WHERE day = ? GROUP BY means", day)
    )
    went = dict(
        _by_means(
            db,
            "SELECT refunded_means, count(*), sum(amount) FROM receipts WHERE refunded_day = ?"
            " GROUP BY refunded_means",
            day,
        )
    )
    return [Taking(means, *came.get(means, (0, 0)), *went.get(means, (0, 0))) for means in Means]


def _by_means(db: Connection, statement: str, day: int) -> list[tuple[Means, tuple[int, int]]]:
    return [(Means(means), (count, total)) for means, count, total in db.execute(statement, (day,))]


@projects(FeeAsked)
def _asked(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        f"INSERT INTO fees ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, ?, NULL, '')",
        (recorded.seq, e.dossier, e.kind, e.text, e.amount, e.timing, e.relief, e.relief_text,
         FeeState.UNPAID, recorded.at),
    )  # fmt: skip
    tell_again(db, recorded, e.dossier)


@projects(PaymentBegun)
def _begun(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("INSERT INTO payments VALUES (?, ?, ?, ?, NULL, '')", (e.reference, e.fee, e.amount, recorded.at))
    _stand(db, e.fee, FeeState.PENDING)


@projects(PaymentEnded)
def _ended(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("UPDATE payments SET ended_at = ?, code = ? WHERE reference = ?", (recorded.at, e.code, e.reference))
    db.execute("UPDATE fees SET state = ? WHERE id = ? AND state = ?", (FeeState.UNPAID, e.fee, FeeState.PENDING))


@projects(FeePaid)
def _paid(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)",
        (e.series, e.number, e.fee, recorded.day, recorded.at, e.means, e.amount, e.person, e.reference),
    )
    db.execute(
        "UPDATE fees SET state = ?, means = ?, series = ?, number = ?, ended_at = ? WHERE id = ?",
        (FeeState.PAID, e.means, e.series, e.number, recorded.at, e.fee),
    )
    _tell_portal(db, recorded)


@projects(PaymentConfirmed)
def _confirmed(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO confirmations VALUES (?, ?, ?, ?, ?, ?, ?, NULL, '')",
        (e.payment, e.reference, e.amount, e.fee, recorded.day, recorded.at, e.trouble),
    )


@projects(PaymentSettled)
def _settled(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "UPDATE confirmations SET settled_at = ?, settled = ? WHERE payment = ?", (recorded.at, e.reason, e.payment)
    )


@projects(FeeCancelled)
def _cancelled(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    _stand(db, e.fee, FeeState.CANCELLED)
    db.execute("UPDATE fees SET ended_at = ?, reason = ? WHERE id = ?", (recorded.at, e.reason, e.fee))
    _tell_portal(db, recorded)


@projects(FeeRefunded)
def _refunded(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    _stand(db, e.fee, FeeState.REFUNDED)
    db.execute("UPDATE fees SET reason = ? WHERE id = ?", (e.reason, e.fee))
    db.execute(
        "UPDATE receipts SET refunded_day = ?, refunded_at = ?, refunded_means = ? WHERE fee = ?",
        (recorded.day, recorded.at, e.means, e.fee),
    )
    _tell_portal(db, recorded)


def _tell_portal(db: Connection, recorded: Recorded) -> None:
    """The fees, and whether they were paid online, stand in the portal's record."""
    for (dossier,) in db.execute("SELECT dossier FROM fees WHERE id = ?", (recorded.event.fee,)).fetchall():
        tell_again(db, recorded, dossier)


def _stand(db: Connection, fee: int, state: FeeState) -> None:
    db.execute("UPDATE fees SET state = ? WHERE id = ?", (state, fee))
