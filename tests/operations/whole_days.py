"""Three business days in which every event of the house happens, performed by whatever `do` performs with."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, get_args

from domain import refused_arrivals as refused
from domain.admission import Reason
from domain.announcements import Outcome
from domain.applicants import Applicant, Paper, Particulars, particulars, to_bytes
from domain.appointments import bookable_slots
from domain.attachments import Limits
from domain.centre_rules import Text
from domain.days import local
from domain.dossier_rules import DossierRules
from domain.dossiers import Act
from domain.dossiers import Status as Standing
from domain.events import Event, PrinterTested
from domain.fees import Fee, FeeKind, Means
from domain.keeping import Held, Keeping
from domain.letters import Attachment, Letter, LetterKind, Organisation, Status, Trace
from domain.lookups import Agreement, Database, Found, Purpose
from domain.tickets import milliseconds
from domain.waiting.kept import KeptEstimate
from operations import (
    admitting,
    answering,
    arrivals,
    attaching,
    auditing,
    booking,
    calling,
    cataloguing,
    configuring,
    corresponding,
    declining,
    devices,
    endings,
    entering,
    informing,
    intake,
    keeping,
    looking_up,
    managing,
    moving,
    opening,
    paying,
    posting,
    printing,
    processing,
    rating,
    reconciling,
    shifts,
    speaking,
    supplements,
    syncing,
    ticketing,
    undoing,
)
from operations.arrivals import Arrival
from operations.declining import Declined
from operations.estimating import keep_estimates
from operations.processing import Doing
from operations.speaking import Ended
from store import differences, marks
from store.instants import moment
from store.journal_rows import Wanted
from store.vault import Vault
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre, demo_procedures

ALL_KINDS = {kind.__name__ for kind in get_args(Event)}
VAULT = Vault(b"k" * 32)
VISITS = list(range(1, 1000))  # whichever of these numbers is a visit past its time


@dataclass(frozen=True)
class Canary:
    """What may stand in no journal: an applicant's data, what a clerk wrote of it, a clerk's name and password."""

    name: str = "NGUYỄN THỊ CHIM YẾN"
    identity: str = "038190123457"
    phone: str = "0912345678"
    address: str = "7 ngõ Chimyểng"
    summary: str = "Khai sinh cho bé con bà Chim Yến"
    paper: str = "Giấy chứng sinh của bé con bà Chim Yến"
    staff: str = "Tô Thị Bạch Yến"
    password: str = "argon2-of-a-secret"

    @property
    def owner(self) -> Applicant:
        """The applicant who carries it."""
        return Applicant(self.name, self.identity, self.phone, self.address)

    @property
    def particulars(self) -> Particulars:
        """All that a clerk would write of it."""
        return particulars(self.owner, self.summary, [Paper("Tờ khai", 1), Paper(self.paper, 0, 2)])


CANARY = Canary()


def live_three_days(do: Any, clock: HandClock) -> None:
    """The whole house once: configuration, people, devices, tickets, dossiers, paper, portal, three days."""
    _configure(do)
    _let_people_in(do)
    _pair_screens(do)
    _serve(do, clock)
    codes = [_receive(do, code) for code in ("1.001193", "1.004873", "2.000908")]
    do(printing.reprint_receipt, codes[0], "P2")
    _file_papers(do, clock, codes)
    _print(do, clock)
    _tell_portal(do, clock, codes)
    _write_letters(do, clock, codes[0])
    _process(do, clock, codes)
    _move_people(do, clock)
    _keep_appointments(do, clock)
    _frown_in_words(do, clock)
    _take_money(do, codes[0])
    do(shifts.close_shift, 1, "cb02")
    _plan_ahead(do, clock)
    clock.forward(days=1)
    do(ticketing.take_ticket, "ho-tich")
    do(rating.read_words, 1, "tra-ket-qua", who="ql02")
    clock.forward(days=40)
    do(opening.confirm_day)
    do(ticketing.take_ticket, "ho-tich", printer="P1")
    assert do(keeping.remove, Held.VISITS, VISITS).subjects == 1
    _leave_traces(do, clock)


def _configure(do: Any) -> None:
    do(managing.load_centre, replace(demo_centre(), province="Vạn Xuân mới"), demo_calendar())
    first = demo_procedures()[0]
    do(managing.list_procedures, [replace(first, decision_no="999/QĐ"), *demo_procedures()[1:]])
    do(managing.list_procedures, demo_procedures())


def _plan_ahead(do: Any, clock: HandClock) -> None:
    """A configuration planned and cancelled, and one that comes into force with the next business day."""
    seen = do(configuring.load_centre, demo_centre(), demo_calendar())
    tomorrow = local(clock()).date() + timedelta(days=1)
    dropped = replace(demo_centre(), province="Vạn Xuân không thành")
    do(configuring.cancel_plan, do(configuring.plan_centre, dropped, demo_calendar(), tomorrow, seen))
    rules = DossierRules(keep=Keeping(visits=30))
    changed = replace(demo_centre(), province="Vạn Xuân sau này", dossiers=rules)
    do(configuring.plan_centre, changed, demo_calendar(), tomorrow, seen)


def _let_people_in(do: Any) -> None:
    person = do(managing.add_person, "chimyen", CANARY.staff, ["clerk"], CANARY.password)
    do(entering.set_password, person, CANARY.password)
    do(entering.sign_in, "cb01", b"1" * 32)
    do(entering.lock, b"1" * 32)
    do(entering.unlock, b"1" * 32)
    do(entering.set_pin, "cb01", "argon2-of-a-pin")
    do(shifts.choose_keys, "cb01", {"again": "KeyQ"}, off=False)
    do(entering.sign_out, b"1" * 32)
    token = do(entering.give_token, "person", "cb01", "bảng tính", b"2" * 32)
    do(entering.give_token, "device", "K1", "ki-ốt", b"3" * 32)
    do(entering.revoke_token, token)
    do(auditing.note_export, Wanted(kind="TokenGiven"), who="ql04")


def _pair_screens(do: Any) -> None:
    for device, right in (("K1", b"4"), ("W1", b"5")):
        do(entering.offer_pairing, device, right * 32)
        assert not do(entering.pair_device, device, b"?" * 32, right * 31).right
        assert do(entering.pair_device, device, right * 32, right * 31).right
    do(entering.revoke_device, "W1")
    do(devices.stop_device, "K1", "paper", who="ql02")
    do(devices.resume_device, "K1", who="ql02")
    do(devices.stop_device, "K2", "cleaning", who="ql02")
    do(devices.ask_reload, "W2", who="ql03")
    do(speaking.ask_test, "W2", who="ql03")
    do(speaking.note_clip, "cua-ta", "letter-a", "0" * 16, who="ql03")
    do(speaking.note_pack, "cua-ta", "vi", 1, "0" * 16, who="ql03")


def _tell_receivers(do: Any, clock: HandClock) -> None:
    """One that is told, one that fetches, one that goes; the first confirms, refuses and hears again."""
    told = do(
        informing.add_receiver, "Ứng dụng của tỉnh", "https://app.example/tin", 2, b"6" * 32, VAULT.seal(b"s")
    )
    do(informing.add_receiver, "Cổng nhắn tin", "", 0, b"7" * 32, VAULT.seal(b"t"))
    gone = do(informing.add_receiver, "Thử", "", 0, b"8" * 32, VAULT.seal(b"u"))
    first, *_ = (do(ticketing.take_ticket, "cu-tru") for _ in range(3))
    do(moving.leave, first.id)
    do(informing.take, do(informing.claim_message, told).message.id)
    missed = do(informing.claim_message, told).message
    assert do(informing.postpone, missed, "failed 502", 1.0)
    clock.forward(seconds=2)
    do(informing.give_up, do(informing.claim_message, told).message.id, "refused 404")
    do(informing.resend, told)
    clock.forward(seconds=1)
    do(informing.give_up, do(informing.claim_message, told).message.id, "refused 410")
    do(informing.note_test, gone, "refused 404")
    do(informing.remove_receiver, gone)


def _serve(do: Any, clock: HandClock) -> None:
    for counter, person in ((1, "cb01"), (3, "cb03"), (5, "cb05"), (8, "cb08")):
        do(shifts.open_shift, counter, person, who=person)
    given = []
    for queue, priority, printer in (
        ("ho-tich", None, "P1"),
        ("ho-tich", "cao-tuoi", "P1"),
        ("chung-thuc", None, None),
        ("cu-tru", "tre-em", "P2"),
        ("ho-tich", None, "P1"),
        ("chung-thuc", None, "P1"),
        ("dat-dai", None, None),
    ):
        clock.forward(seconds=20)
        given.append(do(ticketing.take_ticket, queue, "en", priority, printer, who="K1"))
    assert do(admitting.note_refusal, "cu-tru", Reason.CLOSING, who="K1")
    made = [_estimate(ticket.id, milliseconds(clock()), ticket.queue) for ticket in given]
    do(keep_estimates, made, who="system")
    do(speaking.end_announcements, "khu-1", [Ended(1, Outcome.SPOKEN, 3.4), Ended(2, Outcome.LATE)])
    assert do(speaking.end_announcements, "khu-1", [Ended(1, Outcome.LATE)]) == 0
    do(managing.stop_queue, "xay-dung", "Mất điện tầng 2")
    words = Text("Chiều nay nghỉ họp", "Closed this afternoon", "Fermé cet après-midi")
    do(posting.post_bulletin, "tang-1", words, None, clock() + timedelta(days=3), who="ql02")
    gone = do(posting.post_bulletin, "tang-2", words, clock() + timedelta(hours=1), None, who="ql02")
    do(posting.take_down, "tang-2", gone, who="ql02")
    do(managing.stop_queue, "dat-dai", "Họp")
    do(managing.resume_queue, "dat-dai")
    do(calling.call_next, 1, "cb01")
    do(calling.call_again, 1, "cb01")
    do(calling.mark_absent, 1, "cb01")
    do(calling.call_next, 3, "cb03")
    over = do(calling.finish, 3, "cb03")
    do(rating.rate_visit, over.id, 1, "wait", VAULT.seal(CANARY.summary.encode()), who="anyone")
    do(calling.call_next, 5, "cb05")
    do(calling.call_next, 1, "cb01")


def _estimate(ticket: int, at: int, queue: str) -> KeptEstimate:
    """As a board makes it for somebody behind two people."""
    bounds, values = (4.0, 31.5), (30.0, 12.5, 1.0, 481.0)
    return KeptEstimate(
        ticket, at, queue, "ordinary", 12.5, 5.0, 28.0, "first-days", None, True, 12.5, bounds, 2, values,
        (None, 3.0, None, 14.25),
    )  # fmt: skip


def _move_people(do: Any, clock: HandClock) -> None:
    """One of every move that a ticket or a counter can make."""
    for _ in range(9):
        clock.forward(seconds=5)
        do(ticketing.take_ticket, "ho-tich")
    do(shifts.set_skills, 1, ["ho-tich"], [])
    do(calling.start, 1, "cb01", who="cb01")
    parked = do(calling.set_aside, 1, "cb01", None, "form", who="cb01")
    away = do(calling.call_next, 1, "cb01", who="cb01").ticket
    do(calling.mark_absent, 1, "cb01", who="cb01")
    do(moving.come_back, away.id, 1, "cb01", who="cb01")
    do(calling.call_this, 1, "cb01", parked.id, "parked", who="cb01")
    do(moving.transfer, 1, "cb01", note="next-step", queue="cu-tru", who="cb01")
    waiting = do(calling.call_next, 1, "cb01", who="cb01").ticket
    do(moving.set_class, waiting.id, "cao-tuoi", "confirmed", 1, "cb01", who="cb01")
    do(undoing.undo, 1, "cb01", who="cb01")
    do(calling.finish, 1, "cb01", None, "advised", who="cb01")
    called = do(calling.call_next, 1, "cb01", who="cb01").ticket
    do(undoing.undo, 1, "cb01", who="cb01")
    do(moving.give_time, called.id)
    do(moving.leave, called.id)
    do(shifts.pause, 1, "cb01", "break", 15, who="cb01")
    do(shifts.resume, 1, "cb01", who="cb01")
    clock.forward(seconds=30)
    do(shifts.call_for_help, 1, "cb01", who="cb01")
    do(shifts.end_help, 1, True)
    do(shifts.take_over, 1, "cb02", who="cb02")
    noon = clock()
    paper = ticketing.PaperNumber(901, noon - timedelta(minutes=30), 2, noon - timedelta(minutes=9), noon)
    do(ticketing.enter_paper_numbers, "xay-dung", [paper])
    do(managing.keep_queue, "ho-tich", "Mất điện cả chiều")


def _keep_appointments(do: Any, clock: HandClock) -> None:
    """One booked, moved and kept, one cancelled, one whose holder never comes."""
    rules = next(queue.booking for queue in demo_centre().queues if queue.id == "dat-dai")
    assert rules is not None
    first, second, *_ = bookable_slots(rules, clock(), demo_calendar())
    kept, gone, _ = (
        do(booking.book, "dat-dai", first, code * 32, code.upper() * 32, who="anyone")
        for code in (b"k", b"g", b"m")
    )
    do(booking.move_booking, kept.id, second, who="anyone")
    do(booking.cancel_booking, gone.id, "citizen", who="anyone")
    do(booking.check_in, kept.id, who="device:K1")


def _frown_in_words(do: Any, clock: HandClock) -> None:
    """Five people write why they are not satisfied; a manager reads it on another day."""
    for n in range(5):
        clock.forward(seconds=5)
        do(ticketing.take_ticket, "tra-ket-qua")
        do(calling.call_next, 8, "cb08", who="cb08")
        over = do(calling.finish, 8, "cb08", who="cb08")
        do(rating.rate_visit, over.id, 1, "manner", VAULT.seal(f"{CANARY.summary} {n}".encode()), who="anyone")


def _take_money(do: Any, code: str) -> None:
    """A fee paid online, one that the portal could not collect, one refunded, one cancelled; and a question."""
    asked = Fee(FeeKind.DUTY, "8.000 đồng/bản", 8_000)
    online, failed, refunded, gone = (do(paying.ask_fee, code, "cb01", asked) for _ in range(4))
    begun = do(paying.begin_online, online)
    assert do(paying.confirm_online, "GD-1", begun.reference, 8_000).receipt
    assert do(paying.confirm_online, "GD-2", begun.reference, 8_000).trouble
    do(paying.settle_payment, "GD-2", "ql02", "đã trả lại ở quầy")
    do(paying.end_online, do(paying.begin_online, failed).reference, "24")
    do(paying.take_cash, failed, "cb01", 8_000)
    do(paying.note_transfer, refunded, "cb01", 8_000, "FT26013")
    do(paying.refund_fee, refunded, "cb01", Means.CASH, "nộp thừa")
    do(paying.cancel_fee, gone, "cb01", "ghi nhầm")
    answer = Found({"name": Agreement.AGREES})
    do(looking_up.note_lookup, Database.POPULATION, Purpose.RECEPTION, "cb01", code, answer, 12)


def _leave_traces(do: Any, clock: HandClock) -> None:
    """What the rollover sweeps away and must be there when tables are compared."""
    do(managing.keep_queue, "dat-dai", "Hệ thống đất đai ngừng")
    do(shifts.open_shift, 2, "cb02", who="cb02")
    do(shifts.set_skills, 2, ["dat-dai"], ["ho-tich"])
    do(shifts.pause, 2, "cb02", "meeting", 30, who="cb02")
    do(shifts.call_for_help, 2, "cb02", who="cb02")
    _tell_receivers(do, clock)


def _receive(do: Any, procedure: str) -> str:
    sealed = VAULT.seal(to_bytes(CANARY.particulars))
    answer = Found({"name": Agreement.AGREES})
    asked = do(looking_up.note_lookup, Database.POPULATION, Purpose.RECEPTION, "cb01", "", answer, 12)
    taken = intake.Intake(procedure, sealed, owner_kind=1, delivery=1, printer="P1", lookups=(asked,))
    return str(do(intake.receive_dossier, 1, "cb01", taken).code)


def _file_papers(do: Any, clock: HandClock, codes: list[str]) -> None:
    """One file for two dossiers, opened, fetched by the portal, and removed from one of them."""
    name, limits = VAULT.seal(f"{CANARY.name} {CANARY.identity}.pdf".encode()), Limits()
    sent = attaching.Sent("ab" * 32, "application/pdf", 1200, name, digitised=True, reused=True)
    first, second = (do(attaching.attach_file, code, sent, limits, who="cb01") for code in codes[:2])
    do(attaching.note_opening, codes[0], first, "processing", who="cb01")
    (link,) = do(attaching.issue_links, codes[0], timedelta(days=400))
    end = moment(milliseconds(clock() + timedelta(days=400)) // 1000 * 1000)
    assert do(attaching.note_fetch, link, end, who="portal")
    do(attaching.remove_file, codes[1], second, "wrong-dossier", who="cb01")


def _process(do: Any, clock: HandClock, codes: list[str]) -> None:
    """One dossier from its papers to its result; others stopped, from the portal, by reference, turned away."""
    words = VAULT.seal(CANARY.summary.encode())
    whole, stopped = codes[:2]
    doing = Doing(whole, "cb01", words)
    do(processing.hand_over, doing, "dat-dai")
    do(processing.take_over, doing)
    do(processing.note, Act.PROGRESS, doing)
    do(supplements.ask_supplement, doing, clock() + timedelta(days=5))
    clock.forward(hours=1)
    do(supplements.take_supplement, doing)
    sealed = VAULT.seal(to_bytes(CANARY.particulars))
    do(processing.correct, doing, sealed, marks.of_owner(VAULT, CANARY.owner), None)
    do(processing.reveal_identity, whole, "cb01", "compare")
    do(endings.resolve, doing, ("KQ.G15.000031",))
    do(endings.return_result, doing, endings.Handing(endings.Taker.OWNER, endings.Proof.CARD, 1))
    do(processing.note, Act.PROGRESS, Doing(stopped, "cb01", words))
    do(processing.note, Act.STOP, Doing(stopped, "cb01", words))
    arrived = Arrival("000.00.00.G22-260713-000001", "1.001193", sealed, clock(), found_by=(b"m" * 12,))
    do(arrivals.take_in, arrived)
    do(arrivals.accept, Doing(arrived.code, "cb01"))
    do(intake.turn_away, 1, "cb01", "complete", "1.001193", sealed, words)
    do(intake.note_reference, 1, "cb01", "2.001159", "LT-2026/000123")


def _print(do: Any, clock: HandClock) -> None:
    first = do(printing.claim_slip, "P1").job
    do(printing.start_slip, first.id)
    do(printing.end_slip, first.id, "confirmed")
    second = do(printing.claim_slip, "P1").job
    do(printing.give_back_slip, second.id, "refused")
    third = do(printing.claim_slip, "P1").job
    do(printing.start_slip, third.id)
    assert do(printing.recover_slips) == 1
    do(printing.reprint, int(first.subject), "P1")
    do(printing.move_slip, second.id, "P2", "refused")
    do(printing.vouch_for_slip, third.id)
    do(printing.learn, "P1", ["completion", "status"])
    do(printing.note_test, PrinterTested("P2", ["sensor"], 576, 1, edges=True, letters=True, codes=False, rows=900))
    do(printing.ask_test_page, "P1")
    do(printing.change_roll, "P1")
    clock.forward(minutes=11)
    assert do(printing.claim_slip, "P2").job is None


def _write_letters(do: Any, clock: HandClock, dossier: str) -> None:
    """One letter that is refused, sent again and answered, and one that arrives; the canary is in both."""
    letter = Letter(
        sender=Organisation("H56.19", "Trung tâm"), receivers=(Organisation("H56.07", "Văn phòng"),), number="1",
        notation="PXL", promulgated=local(clock()).date(), subject=CANARY.summary, content=CANARY.address,
        traces=(Trace("H56.19", clock()),), attachments=(Attachment("04.pdf", CANARY.name.encode()),),
    )  # fmt: skip
    new = corresponding.write_letter(letter, LetterKind.APOLOGY, VAULT.seal, dossier)
    number = do(corresponding.queue_letter, new, who="cb01")
    assert do(corresponding.claim_letter).letter.id == number
    assert do(corresponding.postpone, number, "502", tried=True)
    clock.forward(seconds=31)
    do(corresponding.claim_letter)
    do(corresponding.park, number, "18")
    do(corresponding.resend, number, who="ql01")
    do(corresponding.acknowledge, do(corresponding.claim_letter).letter.id, "vb-1", found=True)
    assert do(corresponding.hear_status, letter.document_id, "H56.07", Status.ACCEPTED, "vb-2")
    sealed = VAULT.seal(letter.content.encode())
    arrived = do(corresponding.take_in, corresponding.NewArrival("H56.07", "vb-3", "0" * 64, sealed, sealed))
    do(answering.acknowledge, do(answering.claim_answer).answer.id, "vb-4")
    do(answering.answer_letter, arrived, Status.REFUSED, "cb01", VAULT.seal(CANARY.summary.encode()))
    do(answering.park, do(answering.claim_answer).answer.id, "Trục liên thông văn bản không nhận văn bản.")


def _tell_portal(do: Any, clock: HandClock, codes: list[str]) -> None:
    done = []
    for answer in ("inserted", None, "refused"):
        message = do(syncing.claim_messages).messages[0]
        if answer is None:
            do(syncing.postpone, [message.id], "502", 1.0, tried=True)
        elif answer == "refused":
            do(syncing.park, [message.id], "wrong [MaTTHC]")
            do(syncing.resend, message.id)
        else:
            do(syncing.acknowledge, [message.id], answer)
        done.append(message.dossier)
    assert set(done) <= set(codes)
    clock.forward(seconds=5)
    last = do(syncing.claim_messages).messages[0]
    do(syncing.park, [last.id], "wrong [NgayTiepNhan]")
    do(syncing.stop_portal, "ql01", "Cổng báo bảo trì")
    do(syncing.resume_portal, "ql01")
    _reconcile(do)
    _decline(do)
    do(cataloguing.start_run, [demo_procedures()[0].code])
    do(cataloguing.end_run, 1)
    do(cataloguing.put_in_force, 1, [demo_procedures()[1].code])


def _decline(do: Any) -> None:
    """Three things that were sent are not taken: one is dismissed, one comes again rightly, one waits."""
    sealed = VAULT.seal(refused.to_bytes(refused.Kept(refused.Told("x", {}), CANARY.name.encode())))
    code = "000.00.00.G22-260713-000081"
    for number, part in enumerate(("dossier", "supplement 1", "")):
        told = Declined(refused.Source.POLL, code if part else "", part, "field-wrong", str(number), sealed)
        arrival = do(declining.note_refusal, told)
        if part == "dossier":
            do(declining.dismiss, arrival, "ql01", "sender-told")
    do(declining.end_those_of, code, "supplement 1", "cb01")


def _reconcile(do: Any) -> None:
    """An online dossier that the portal denies is sent again; another is explained; the third agrees."""
    begun = do(reconciling.begin)
    codes = [f"000.00.00.G22-260713-00009{n}" for n in range(3)]
    sealed = VAULT.seal(to_bytes(CANARY.particulars))
    for code in codes:
        do(arrivals.take_in, Arrival(code, "1.001193", sealed, MORNING))
    after = 0
    while (look := do(reconciling.claim_look, after, 0).candidate) is not None:
        after = look.seq
        do(reconciling.end_look, look, reconciling.Seen(there=False))
    do(reconciling.end_look, differences.Candidate(codes[2], after, Standing.NEW), reconciling.Seen(True, 1))
    do(reconciling.retell, codes[0], "cb01", steps=True)
    do(reconciling.explain, codes[1], "ql01", "test")
    do(reconciling.end_reconciliation, begun, 3, 3, whole=True)
