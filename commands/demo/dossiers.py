"""The demo centre's dossiers: one in each state, received in the days before today, by operations alone.

The people are made up. What the portal is told of them leaves when the server starts.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from domain.applicants import Applicant, Paper, applicant, particulars, to_bytes, words, words_to_bytes
from domain.calendar import Calendar, YearUnknown
from domain.centres import Centre
from domain.days import LOCAL, local
from domain.dossiers import Act as Step
from domain.fees import Fee, FeeKind
from domain.letters import Letter, LetterKind, Organisation, Signer, Trace
from operations import corresponding, endings, intake, paying, processing, shifts, supplements, syncing
from operations.corresponding import NewArrival
from operations.endings import Handing, Proof, Taker
from operations.processing import Doing
from store import calendars, marks, outbox
from store.store import Store
from store.vault import Vault
from store.writer import Act

CLERK, POLICE, GIVER, COUNTER = "cb01", "cb05", "cb08", 1
POLICE_UNIT, FINANCE_UNIT = "cong-an-phuong", "so-tai-chinh"
SINGLE, BIRTH_AGAIN = "1.004873", "1.004884"
FEE = 8000
LONG_AGO, TOO_LONG_AGO = 9, 14  # days; a day that lies more than 15 behind must be confirmed by a person
BASIS = "Nghị định 118/2025/NĐ-CP"
RESULT, RESULT_OF_BIRTH = "KQ.G15.000038", "KQ.G15.000031"
PEOPLE = (
    ("LÊ VĂN MẪU", "079090123456"), ("TRẦN THỊ VÍ DỤ", "001190012345"), ("PHẠM THỊ THỬ", "079188000777"),
    ("HUỲNH VĂN MẪU", "079075111222"), ("ĐỖ THỊ VÍ DỤ", "001183222333"), ("NGUYỄN VĂN THỬ", "079203999000"),
    ("VÕ THỊ MẪU", "079190123457"), ("BÙI VĂN VÍ DỤ", "079090123458"), ("ĐẶNG THỊ THỬ", "079190123459"),
    ("HỒ VĂN MẪU", "079090123450"), ("NGÔ THỊ VÍ DỤ", "079190123451"),
)  # fmt: skip


@dataclass
class PastClock:
    """The wall clock, until somebody says that it is another instant."""

    wall: Callable[[], datetime]
    said: datetime | None = None

    def __call__(self) -> datetime:
        """What time it is."""
        return self.said or self.wall()

    def at(self, day: date, hours: int, minutes: int = 0) -> None:
        """It is this time of a day, and stands."""
        self.said = datetime.combine(day, time(hours, minutes), LOCAL)


def receive_some(store: Store, vault: Vault, now: PastClock, days: tuple[date, date]) -> None:
    """What came in on these two days and what became of it; then it is today again, and a fee is paid."""
    past = _Past(store, store.centre(), vault, now)
    past.live(*days)
    now.said = None
    past.pay()


def written(vault: Vault, code: str, text: str, papers: Iterable[str] = (), by: str = CLERK) -> Doing:
    """Who does it with which words, sealed."""
    said = words(text, BASIS, [Paper(one, originals=1) for one in papers])
    return Doing(code, by, vault.seal(words_to_bytes(said)))


def days_before(calendar: Calendar, today: date) -> tuple[date, date] | None:
    """A working day so long ago that three more have passed since, and the last one before today.

    None where there were no such days, as after Tết.
    """
    try:
        worked = [day for back in range(1, TOO_LONG_AGO + 1) if calendar.is_working(day := today - timedelta(back))]
    except YearUnknown:
        return None
    long_ago = [day for day in worked if today - day >= timedelta(LONG_AGO)]
    return (long_ago[0], worked[0]) if long_ago and long_ago[0] < worked[0] else None


@dataclass
class _Past:
    """Who did what with which dossier."""

    store: Store
    centre: Centre
    vault: Vault
    now: PastClock
    taken: list[str] = field(default_factory=list)
    owed: int = 0

    def live(self, first: date, last: date) -> None:
        """Both days, from morning to evening."""
        self.now.at(first, 8)
        self._do(shifts.open_shift, COUNTER, CLERK)
        late, put_off, back, withdrawn, stopped = (self._receive(SINGLE) for _ in range(5))
        self.now.at(first, 9, 30)
        self._work_on(late, put_off, back, stopped)
        self._do(processing.note, Step.WITHDRAW, self._written(withdrawn, "Ông/Bà xin rút hồ sơ để nộp sau."))
        self.now.at(first, 15)
        self._do(endings.resolve, Doing(back, POLICE), (RESULT,), who=POLICE)
        self._put_off(put_off, last)
        self.now.at(first, 16, 30)
        self._do(shifts.close_shift, COUNTER, CLERK)
        self.now.at(last, 8)
        self._do(shifts.open_shift, COUNTER, CLERK)
        self._do(processing.note, Step.STOP, self._written(stopped, "Chờ Tòa án trả lời về bản án ly hôn."))
        self._second_day(back)
        self.now.at(last, 16, 30)
        self._do(shifts.close_shift, COUNTER, CLERK)

    def _second_day(self, back: str) -> None:
        asked, paying_for, ready, handed, parked, under_way = (self._receive(BIRTH_AGAIN) for _ in range(6))
        self.now.at(local(self.now()).date(), 14)
        self._do(supplements.ask_supplement, self._written(asked, "Thiếu Giấy chứng sinh.", "Giấy chứng sinh"))
        self._ask_for_money(paying_for)
        self.owed = self._fee(under_way)
        for code in (ready, under_way):
            self._do(processing.note, Step.PROGRESS, self._written(code, "Đã thẩm tra, đủ điều kiện giải quyết."))
        self._do(endings.resolve, Doing(ready, CLERK), (RESULT_OF_BIRTH,))
        self._do(processing.hand_over, Doing(handed, CLERK), POLICE_UNIT)
        self._do(endings.return_result, Doing(back, GIVER), Handing(Taker.OWNER, Proof.RECEIPT, 8), who=GIVER)
        message = self.store.read(outbox.portal_messages_of, parked)[0].id
        self._do(syncing.park, [message], "danh mục thủ tục của Cổng đang cập nhật, mời gửi lại sau.")

    def _work_on(self, *codes: str) -> None:
        """The police of the ward have these."""
        for code in codes:
            self._do(processing.hand_over, Doing(code, CLERK), POLICE_UNIT)
            self._do(processing.take_over, Doing(code, POLICE), who=POLICE)
            self._do(processing.note, Step.PROGRESS, self._written(code, "Đang xác minh nơi cư trú.", by=POLICE))

    def _put_off(self, code: str, last: date) -> None:
        """With an apology until after today, and a letter to the agency that is waited for."""
        until, day = (
            self.store.read(calendars.current).next_working(last + timedelta(days=6)),
            local(self.now()).date(),
        )
        text = "Phải xác minh nơi cư trú trước đây ở tỉnh khác."
        self._do(endings.extend, self._written(code, text, by=POLICE), until, who=POLICE)
        ours = corresponding.own_organisation(self.centre)
        unit = next(one for one in self.centre.agencies if one.id == FINANCE_UNIT)
        theirs = Organisation(unit.code, unit.name.vi)
        asked = Letter(
            sender=ours, receivers=(theirs,), number="12", notation="CV-TTPVHCC", promulgated=day,
            subject="V/v lấy ý kiến về hồ sơ", signer=Signer("Lê Thị Mẫu", "Giám đốc"),
            content="Kính gửi quý cơ quan,\nhồ sơ cần ý kiến trước ngày hẹn trả mới.",
            traces=(Trace(ours.code, self.now()),),
        )  # fmt: skip
        new = corresponding.write_letter(asked, LetterKind.CONSULTATION, self.vault.seal, code)
        self._do(corresponding.queue_letter, new)
        answer = Letter(
            sender=theirs, receivers=(ours,), number="781", notation="STC-QLG", promulgated=day,
            subject="V/v hướng dẫn mức thu lệ phí", signer=Signer("Trần Văn Mẫu", "Phó Giám đốc"),
            content="Kính gửi Trung tâm,\nmức thu không thay đổi.",
        )  # fmt: skip
        sealed = self.vault.seal(msgspec.json.encode(answer))
        self._do(corresponding.take_in, NewArrival(unit.code, "thu-nghiem-1", "0" * 64, sealed, sealed))

    def _ask_for_money(self, code: str) -> None:
        self._do(processing.note, Step.ASK_PAYMENT, self._written(code, "Lệ phí đăng ký lại khai sinh."))
        self._fee(code)

    def pay(self) -> None:
        """In cash, at the counter."""
        self._do(paying.take_cash, self.owed, CLERK, FEE)

    def _fee(self, code: str) -> int:
        return int(self._do(paying.ask_fee, code, CLERK, Fee(FeeKind.DUTY, "Lệ phí hộ tịch", FEE)))

    def _receive(self, procedure: str) -> str:
        self.now.said = self.now() + timedelta(minutes=7)
        owner = self._somebody()
        found = intake.Intake(procedure, self._sealed(owner), found_by=marks.of_owner(self.vault, owner))
        code: str = self._do(intake.receive_dossier, COUNTER, CLERK, found).code
        self.taken.append(code)
        return code

    def _somebody(self) -> Applicant:
        name, identity = PEOPLE[len(self.taken) % len(PEOPLE)]
        return applicant(name, identity, "0900000000", "Thôn 2, phường Bến Lụa")

    def _sealed(self, owner: Applicant) -> bytes:
        papers = [Paper("Tờ khai", originals=1, digitised=True), Paper("Bản sao Giấy khai sinh", certified=1)]
        return self.vault.seal(to_bytes(particulars(owner, "", papers)))

    def _written(self, code: str, text: str, *papers: str, by: str = CLERK) -> Doing:
        return written(self.vault, code, text, papers, by)

    def _do(self, operation: Callable[..., Any], *args: Any, who: str = CLERK) -> Any:
        return self.store.write_now(Act(who), operation, *args)
