"""How a dossier comes to its end: put off once with an apology, its result there, its result handed over."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from domain import deadlines
from domain.dossiers import Act
from domain.errors import Invalid, Refused, msgid
from domain.identities import is_somebodys
from operations.processing import Doing, do, due_of, load
from store import calendars
from store.writer import Tx

MOST_RESULTS = 20
LONGEST_CODE = 50


class ExtendedBefore(Refused):
    text = msgid("Hồ sơ này đã gia hạn một lần. Chỉ người giám sát được gia hạn thêm, và phải ghi lý do.")


class NoDueDate(Refused):
    text = msgid("Hồ sơ này chưa có ngày hẹn trả nên không gia hạn được.")


class Taker(StrEnum):
    """Who took the result home."""

    OWNER = "owner"
    REPRESENTATIVE = "representative"
    POST = "post"
    ELECTRONIC = "electronic"


class Proof(StrEnum):
    """By what the one who took it was known."""

    CARD = "card"
    AUTHORISATION = "authorisation"
    RECEIPT = "receipt"
    POSTED = "posted"
    ACCOUNT = "account"


TAKERS = {
    Taker.OWNER: msgid("chủ hồ sơ"),
    Taker.REPRESENTATIVE: msgid("người được ủy quyền"),
    Taker.POST: msgid("bưu chính công ích"),
    Taker.ELECTRONIC: msgid("gửi bản điện tử"),
}
PROOFS = {
    Proof.CARD: msgid("đã xem căn cước"),
    Proof.AUTHORISATION: msgid("đã xem giấy ủy quyền và căn cước"),
    Proof.RECEIPT: msgid("đã xem giấy tiếp nhận"),
    Proof.POSTED: msgid("có vận đơn"),
    Proof.ACCOUNT: msgid("tài khoản trên Cổng"),
}
FITTING = {
    Taker.OWNER: {Proof.CARD, Proof.RECEIPT},
    Taker.REPRESENTATIVE: {Proof.AUTHORISATION},
    Taker.POST: {Proof.POSTED},
    Taker.ELECTRONIC: {Proof.ACCOUNT},
}


@dataclass(frozen=True, slots=True)
class Handing:
    """To whom a result is handed, by what that one is known, at which counter (None: at none)."""

    to: Taker
    proof: Proof
    counter: int | None = None


def extend(tx: Tx, doing: Doing, day: date) -> int:
    """Put the due date off to a later working day, with an apology (Mẫu 04); once (one-stop.md 3.6).

    Raises ExtendedBefore, NoDueDate, ExtensionWrong, and what processing.do raises.
    """
    dossier = load(tx, doing.code)
    old = due_of(dossier)
    if old is None:
        raise NoDueDate()
    if dossier.extended and not doing.beyond:
        raise ExtendedBefore()
    due = deadlines.extend(old, tx.now, day, calendars.current(tx.db))
    return do(tx, Act.EXTEND, doing, due=due)


def resolve(tx: Tx, doing: Doing, results: tuple[str, ...] = ()) -> int:
    """The result is there; `results` are the catalogue's codes of its papers. Raises Invalid and what do raises."""
    if len(results) > MOST_RESULTS or any(
        not one or len(one) > LONGEST_CODE or is_somebodys(one) for one in results
    ):
        raise Invalid(what="results")
    return do(tx, Act.RESOLVE, replace(doing, facts={**doing.facts, "results": list(results)}))


def return_result(tx: Tx, doing: Doing, handing: Handing) -> int:
    """The result is handed over to who may have it; being overdue is no reason to refuse it (one-stop.md 3.6).

    Raises Invalid when the proof does not fit the taker, and what processing.do raises.
    """
    if handing.proof not in FITTING[handing.to]:
        raise Invalid(what="proof")
    facts = {**doing.facts, "to": handing.to, "proof": handing.proof, "counter": handing.counter}
    return do(tx, Act.RETURN, replace(doing, facts=facts))
