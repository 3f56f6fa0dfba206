"""Three business days in which every event of the house happens, performed by whatever `do` performs with."""

from dataclasses import dataclass, replace
from typing import Any, get_args

from domain.applicants import Applicant, Particulars, particulars, to_bytes
from domain.events import Event
from operations import calling, entering, intake, managing, opening, printing, shifts, syncing, ticketing
from store.vault import Vault
from tests.support.halls import HandClock, demo_calendar, demo_centre, demo_procedures

ALL_KINDS = {kind.__name__ for kind in get_args(Event)}
VAULT = Vault(b"k" * 32)


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
        return particulars(self.owner, self.summary, [("Tờ khai", 1), (self.paper, 2)])


CANARY = Canary()


def live_three_days(do: Any, clock: HandClock) -> None:
    """The whole house once: configuration, people, devices, tickets, dossiers, paper, portal, three days."""
    _configure(do)
    _let_people_in(do)
    _pair_screens(do)
    _serve(do, clock)
    codes = [_receive(do, code) for code in ("1.001193", "1.004873", "2.000908")]
    _print(do, clock)
    _tell_portal(do, clock, codes)
    do(shifts.close_shift, 1, "cb01")
    clock.forward(days=1)
    do(ticketing.take_ticket, "ho-tich")
    clock.forward(days=40)
    do(opening.confirm_day)
    do(ticketing.take_ticket, "ho-tich", printer="P1")


def _configure(do: Any) -> None:
    do(managing.load_centre, replace(demo_centre(), province="Vạn Xuân mới"), demo_calendar())
    first = demo_procedures()[0]
    do(managing.list_procedures, [replace(first, decision_no="999/QĐ"), *demo_procedures()[1:]])
    do(managing.list_procedures, demo_procedures())


def _let_people_in(do: Any) -> None:
    person = do(managing.add_person, "chimyen", CANARY.staff, ["clerk"], CANARY.password)
    do(entering.set_password, person, CANARY.password)
    do(entering.sign_in, "cb01", b"1" * 32)
    do(entering.sign_out, b"1" * 32)
    token = do(entering.give_token, "person", "cb01", "bảng tính", b"2" * 32)
    do(entering.give_token, "device", "K1", "ki-ốt", b"3" * 32)
    do(entering.revoke_token, token)


def _pair_screens(do: Any) -> None:
    for device, right in (("K1", b"4"), ("W1", b"5")):
        do(entering.offer_pairing, device, right * 32)
        assert not do(entering.pair_device, device, b"?" * 32, right * 31).right
        assert do(entering.pair_device, device, right * 32, right * 31).right
    do(entering.revoke_device, "W1")


def _serve(do: Any, clock: HandClock) -> None:
    for counter, person in ((1, "cb01"), (3, "cb03"), (5, "cb05")):
        do(shifts.open_shift, counter, person, who=person)
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
        do(ticketing.take_ticket, queue, "en", priority, printer, who="K1")
    do(managing.stop_queue, "xay-dung", "Mất điện tầng 2")
    do(managing.stop_queue, "dat-dai", "Họp")
    do(managing.resume_queue, "dat-dai")
    do(calling.call_next, 1, "cb01")
    do(calling.call_again, 1, "cb01")
    do(calling.mark_absent, 1, "cb01")
    do(calling.call_next, 3, "cb03")
    do(calling.finish, 3, "cb03")
    do(calling.call_next, 5, "cb05")
    do(calling.call_next, 1, "cb01")


def _receive(do: Any, procedure: str) -> str:
    sealed = VAULT.seal(to_bytes(CANARY.particulars))
    taken = intake.Intake(procedure, sealed, owner_kind=1, delivery=1, printer="P1")
    return str(do(intake.receive_dossier, 1, "cb01", taken).code)


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
    clock.forward(minutes=11)
    assert do(printing.claim_slip, "P2").job is None


def _tell_portal(do: Any, clock: HandClock, codes: list[str]) -> None:
    done = []
    for answer in ("inserted", None, "refused"):
        message = do(syncing.claim_message).message
        if answer is None:
            do(syncing.postpone, message.id, "502", 1.0, tried=True)
        elif answer == "refused":
            do(syncing.park, message.id, "wrong [MaTTHC]")
            do(syncing.resend, message.id)
        else:
            do(syncing.acknowledge, message.id, answer)
        done.append(message.dossier)
    assert set(done) <= set(codes)
    clock.forward(seconds=5)
    last = do(syncing.claim_message).message
    do(syncing.park, last.id, "wrong [NgayTiepNhan]")
