"""Fees are asked, paid, cancelled and refunded; no money counts twice, and every đồng has its receipt."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.errors import Invalid, NotFound, Refused
from domain.fees import (
    AmountDiffers,
    Fee,
    FeeKind,
    FeeNotOwed,
    FeeNotPaid,
    FeeState,
    FeeWrong,
    Means,
    Relief,
    Timing,
)
from operations import intake, paying, shifts
from operations.paying import Trouble
from store import fees, journal, migrations
from tests.support.halls import empty_hall, new_hall

FEE = Fee(FeeKind.DUTY, "8.000 đồng/bản", 8_000)
LAW = "Miễn cho hộ nghèo (Điều 10 Luật Phí và lệ phí)"


def with_dossier(hall) -> str:
    hall.do(shifts.open_shift, 1, "cb01", who="cb01")
    return hall.do(intake.receive_dossier, 1, "cb01", intake.Intake("1.004873", b"sealed")).code


@pytest.fixture
def dossier(hall) -> str:
    return with_dossier(hall)


@pytest.fixture
def fee(hall, dossier) -> int:
    return hall.do(paying.ask_fee, dossier, "cb01", FEE)


def state(hall, fee: int) -> FeeState:
    return fees.find(hall.db, fee).state


def receipts(hall) -> list:
    return hall.db.execute("SELECT series, number, fee FROM receipts ORDER BY number").fetchall()


def seq(hall) -> int:
    return hall.one("SELECT max(seq) FROM journal")


def test_a_fee_is_kept_word_for_word(hall, dossier, fee):
    (kept,) = fees.of_dossier(hall.db, dossier)
    assert (kept.id, kept.fee, kept.state, kept.receipt) == (fee, FEE, FeeState.UNPAID, None)
    assert fees.owed(hall.db, dossier) == 8_000


def test_nobody_asks_a_dossier_that_is_not_there(hall):
    with pytest.raises(NotFound):
        hall.do(paying.ask_fee, "H56.19-260713-9999", "cb01", FEE)


def test_an_exempt_fee_stands_with_its_law_and_is_never_taken(hall, dossier):
    free = Fee(FeeKind.DUTY, "8.000 đồng/bản", 0, Timing.EXEMPT, Relief.EXEMPTED, LAW)
    number = hall.do(paying.ask_fee, dossier, "cb01", free)
    assert fees.find(hall.db, number).fee.relief_text == LAW
    assert fees.owed(hall.db, dossier) == 0
    assert fees.paid_online(hall.db, dossier) == fees.NOT_DUE
    for act in ((paying.take_cash, number, "cb01", 0), (paying.begin_online, number)):
        with pytest.raises(FeeNotOwed):
            hall.do(*act)


def test_cash_gives_the_next_receipt(hall, dossier, fee):
    other = hall.do(paying.ask_fee, dossier, "cb01", FEE)
    first = hall.do(paying.take_cash, fee, "cb01", 8_000)
    second = hall.do(paying.note_transfer, other, "cb01", 8_000, "FT26013")
    year = f"BL{hall.clock().year % 100}"
    assert [(first.series, first.number), (second.series, second.number)] == [(year, 1), (year, 2)]
    assert fees.paid_online(hall.db, dossier) == fees.NOT_ONLINE
    kept = fees.find(hall.db, fee)
    assert (kept.state, kept.means, str(kept.receipt)) == (FeeState.PAID, Means.CASH, f"{year}-0000001")


def test_the_same_press_gives_the_same_receipt(hall, fee):
    first = hall.do(paying.take_cash, fee, "cb01", 8_000, request="r-1")
    assert hall.do(paying.take_cash, fee, "cb01", 8_000, request="r-1") == first
    with pytest.raises(FeeNotOwed):
        hall.do(paying.take_cash, fee, "cb01", 8_000, request="r-2")
    assert len(receipts(hall)) == 1


@pytest.mark.parametrize("amount", [0, 7_999, 8_001, 80_000])
def test_another_amount_is_for_a_person_to_look_at(hall, fee, amount):
    with pytest.raises(AmountDiffers):
        hall.do(paying.take_cash, fee, "cb01", amount)
    assert state(hall, fee) is FeeState.UNPAID


def test_the_portals_word_pays_once(hall, dossier, fee):
    begun = hall.do(paying.begin_online, fee)
    assert hall.do(paying.begin_online, fee) == begun
    assert state(hall, fee) is FeeState.PENDING
    paid = hall.do(paying.confirm_online, "GD1", begun.reference, 8_000)
    before = seq(hall)
    again = hall.do(paying.confirm_online, "GD1", begun.reference, 8_000)
    assert (again.receipt, again.again, seq(hall)) == (paid.receipt, True, before)
    assert fees.paid_online(hall.db, dossier) == fees.PAID_ONLINE


def test_the_same_payment_with_other_content_is_refused(hall, fee):
    begun = hall.do(paying.begin_online, fee)
    hall.do(paying.confirm_online, "GD1", begun.reference, 8_000)
    with pytest.raises(Invalid):
        hall.do(paying.confirm_online, "GD1", begun.reference, 9_000)


def test_a_late_word_after_a_failure_still_counts(hall, fee):
    first = hall.do(paying.begin_online, fee)
    assert hall.do(paying.end_online, first.reference, "24")
    assert not hall.do(paying.end_online, first.reference, "24")
    assert state(hall, fee) is FeeState.UNPAID
    second = hall.do(paying.begin_online, fee)
    assert second.reference != first.reference
    assert hall.do(paying.confirm_online, "GD1", first.reference, 8_000).receipt
    assert hall.do(paying.confirm_online, "GD2", second.reference, 8_000).trouble == Trouble.NOT_OWED
    assert len(receipts(hall)) == 1


def test_what_does_not_fit_waits_for_a_person(hall, fee):
    begun = hall.do(paying.begin_online, fee)
    said = [
        hall.do(paying.confirm_online, "GD1", begun.reference, 7_000).trouble,
        hall.do(paying.confirm_online, "GD2", "H56.19.999.1", 8_000).trouble,
    ]
    hall.do(paying.cancel_fee, fee, "cb01", "ghi nhầm")
    said.append(hall.do(paying.confirm_online, "GD3", begun.reference, 8_000).trouble)
    assert said == [Trouble.OTHER_AMOUNT, Trouble.NOBODY_ASKED, Trouble.NOT_OWED]
    assert [one.payment for one in fees.troubled(hall.db)] == ["GD1", "GD2", "GD3"]
    hall.do(paying.settle_payment, "GD1", "ql02", "đã trả lại")
    assert [one.payment for one in fees.troubled(hall.db)] == ["GD2", "GD3"]
    for unknown in ("GD1", "GD9"):
        with pytest.raises(NotFound):
            hall.do(paying.settle_payment, unknown, "ql02", "đã trả lại")
    assert receipts(hall) == []


@pytest.mark.parametrize(("payment", "amount"), [("", 1), ("x y", 1), ("GD1", 0), ("GD1", 2**70)])
def test_a_word_out_of_form_leaves_nothing(hall, fee, payment, amount):
    begun, before = hall.do(paying.begin_online, fee), None
    before = seq(hall)
    with pytest.raises(FeeWrong):
        hall.do(paying.confirm_online, payment, begun.reference, amount)
    assert seq(hall) == before


def test_a_refund_needs_money_and_a_reason_and_frees_no_number(hall, dossier, fee):
    with pytest.raises(FeeNotPaid):
        hall.do(paying.refund_fee, fee, "cb01", Means.CASH, "nộp thừa")
    hall.do(paying.take_cash, fee, "cb01", 8_000)
    with pytest.raises(FeeWrong):
        hall.do(paying.refund_fee, fee, "cb01", Means.CASH, "")
    hall.do(paying.refund_fee, fee, "cb01", Means.TRANSFER, "nộp thừa")
    with pytest.raises(FeeNotPaid):
        hall.do(paying.refund_fee, fee, "cb01", Means.CASH, "nộp thừa")
    assert state(hall, fee) is FeeState.REFUNDED
    other = hall.do(paying.ask_fee, dossier, "cb01", FEE)
    assert hall.do(paying.take_cash, other, "cb01", 8_000).number == 2
    cash, transfer = (next(t for t in fees.takings(hall.db, 1) if t.means is means) for means in
                      (Means.CASH, Means.TRANSFER))  # fmt: skip
    assert (cash.receipts, cash.taken, cash.refunded, transfer.refunds, transfer.refunded) == (
        2,
        16_000,
        0,
        1,
        8_000,
    )


def test_a_new_year_begins_a_new_series(hall, dossier, fee):
    hall.do(paying.take_cash, fee, "cb01", 8_000)
    other = hall.do(paying.ask_fee, dossier, "cb01", FEE)
    hall.clock.forward(days=366)
    assert hall.do(paying.take_cash, other, "cb01", 8_000).number == 1


class Till(RuleBasedStateMachine):
    """Whatever clerks and the portal do in whatever order, the takings are the receipts."""

    def __init__(self) -> None:
        super().__init__()
        self.hall = new_hall()
        self.dossier = with_dossier(self.hall)
        self.asked: list[int] = []
        self.references: list[tuple[str, int]] = []
        self.numbers: list[tuple[str, int]] = []

    def attempt(self, operation, *args):
        before = seq(self.hall)
        try:
            answer = self.hall.do(operation, *args)
        except Refused:
            assert seq(self.hall) == before
            return None
        return answer

    def taken(self, receipt) -> None:
        if receipt is not None:
            self.numbers.append((receipt.series, receipt.number))

    @rule(amount=st.integers(1, 100_000))
    def ask(self, amount):
        self.asked.append(self.hall.do(paying.ask_fee, self.dossier, "cb01", Fee(FeeKind.CHARGE, "phí", amount)))

    @rule(which=st.integers(0, 9), off=st.sampled_from([0, 0, 0, 1]), transfer=st.booleans())
    def pay_at_the_counter(self, which, off, transfer):
        if self.asked:
            fee = self.asked[which % len(self.asked)]
            amount = fees.find(self.hall.db, fee).fee.amount + off
            more = ("FT1",) if transfer else ()
            act = paying.note_transfer if transfer else paying.take_cash
            self.taken(self.attempt(act, fee, "cb01", amount, *more))

    @rule(which=st.integers(0, 9))
    def begin(self, which):
        if self.asked:
            begun = self.attempt(paying.begin_online, self.asked[which % len(self.asked)])
            if begun:
                self.references.append((begun.reference, begun.amount))

    @rule(which=st.integers(0, 9), payment=st.integers(1, 6), off=st.sampled_from([0, 0, 1]))
    def confirm(self, which, payment, off):
        if self.references:
            reference, amount = self.references[which % len(self.references)]
            said = self.attempt(paying.confirm_online, f"GD{payment}", reference, amount + off)
            if said is not None and not said.again:
                self.taken(said.receipt)

    @rule(which=st.integers(0, 9))
    def fail(self, which):
        if self.references:
            self.attempt(paying.end_online, self.references[which % len(self.references)][0], "24")

    @rule(which=st.integers(0, 9), means=st.sampled_from(Means))
    def refund(self, which, means):
        if self.asked:
            self.attempt(paying.refund_fee, self.asked[which % len(self.asked)], "cb01", means, "nộp thừa")

    @rule(which=st.integers(0, 9))
    def cancel(self, which):
        if self.asked:
            self.attempt(paying.cancel_fee, self.asked[which % len(self.asked)], "cb01", "ghi nhầm")

    @invariant()
    def the_takings_are_the_receipts(self):
        check_till(self.hall, self.numbers)


def check_till(hall, numbers: list[tuple[str, int]]) -> None:
    assert len(set(numbers)) == len(numbers), "a receipt number was given twice"
    rows = hall.db.execute("SELECT series, number, fee, amount FROM receipts ORDER BY number").fetchall()
    assert sorted(numbers) == [row[:2] for row in rows]
    assert len({row[2] for row in rows}) == len(rows), "a fee was paid twice"
    takings = fees.takings(hall.db, 1)
    assert sum(one.taken for one in takings) == sum(row[3] for row in rows)
    kept = [fees.find(hall.db, fee) for (fee,) in hall.db.execute("SELECT id FROM fees")]
    assert sum(one.taken - one.refunded for one in takings) == sum(
        one.fee.amount for one in kept if one.state is FeeState.PAID
    )


Till.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestTill = Till.TestCase


@pytest.mark.planted
def test_a_till_that_counts_a_word_twice_is_found(hall, fee):
    begun = hall.do(paying.begin_online, fee)
    hall.do(paying.confirm_online, "GD1", begun.reference, 8_000)
    hall.db.execute("UPDATE receipts SET amount = amount * 2")
    with pytest.raises(AssertionError):
        check_till(hall, [row[:2] for row in receipts(hall)])


def test_money_is_read_back_from_the_journal(hall, dossier, fee):
    begun = hall.do(paying.begin_online, fee)
    hall.do(paying.confirm_online, "GD1", begun.reference, 7_000)
    hall.clock.forward(seconds=int(timedelta(hours=1).total_seconds()))
    hall.do(paying.take_cash, fee, "cb01", 8_000)
    hall.do(paying.refund_fee, fee, "cb01", Means.CASH, "nộp thừa")
    copy = empty_hall()
    journal.replay(hall.db, copy.db)
    assert migrations.VAULT
    for table in ("fees", "receipts", "payments", "confirmations"):
        rows = f"SELECT * FROM {table}"
        assert copy.db.execute(rows).fetchall() == hall.db.execute(rows).fetchall() != []
