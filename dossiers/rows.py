"""A dossier as one line: its code, procedure, status, due date in words and shape, and who has it."""

from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import HTTPConnection

from domain.calendar import Translate
from domain.centres import Centre
from domain.days import local
from domain.deadlines import Verdict, verdict
from domain.dossiers import AT_REST, FINAL, STATUS_NAMES, Status
from domain.errors import msgid
from domain.roles import COUNTER_ROLES, LEADING_ROLES
from domain.tickets import milliseconds
from dossiers.searches import owner_of
from operations.processing import placement_of
from store import dossier_lists, people, procedures
from store.database import Connection
from store.dossier_lists import Today
from store.dossiers import Dossier
from store.instants import moment
from web.house import House, house_of, visitor_of
from web.languages import translator
from web.pages import text_of

MAY_NAME = COUNTER_ROLES | LEADING_ROLES
VERDICTS = {
    Verdict.EARLY: ("good", msgid("xong trước hạn")),
    Verdict.ON_TIME: ("good", msgid("xong đúng hạn")),
    Verdict.LATE: ("bad", msgid("xong quá hạn")),
}
ONE_STOP = msgid("Bộ phận Một cửa")
NO_DATE = msgid("chưa có ngày hẹn")
RESTING = msgid("đang chờ, không tính là trễ")
OVERDUE = msgid("quá hạn %(n)s ngày")
DUE_TODAY, DUE_SOON, IN_TIME = msgid("hạn hôm nay"), msgid("sắp đến hạn"), msgid("còn hạn")
ANSWER_LATE, ANSWER_BY = msgid("đã quá giờ trả lời"), msgid("chờ trả lời")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a dossier stands to its due date: a sign's shape, words, and the instant that counts."""

    sign: str
    words: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `owner` is empty for who may not know it."""

    dossier: Dossier
    title: str
    status: str
    standing: Standing
    unit: str
    owner: str


@dataclass(slots=True)
class Lines:
    """Makes lines for one visitor, who is shown each name that is asked for once."""

    house: House
    language: str
    may_name: bool
    today: Today = field(init=False)
    titles: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.today = self.house.store.read(dossier_lists.today, self.house.now())

    def of(self, db: Connection, found: list[Dossier], *, named: bool = True) -> list[Row]:
        """A line each; `named` False leaves the owners sealed."""
        return [self.line(db, one, named=named) for one in found]

    def line(self, db: Connection, dossier: Dossier, *, named: bool = True) -> Row:
        """The line of one dossier."""
        centre, said = self.house.store.centre(), translator(self.language)
        return Row(
            dossier, self._title(db, centre, dossier.procedure), said(STATUS_NAMES[dossier.status]),
            standing_of(dossier, self.house.now(), self.today, said),
            unit_name(centre, dossier.unit, self.language),
            owner_of(db, self.house.vault, dossier) if named and self.may_name else "",
        )  # fmt: skip

    def _title(self, db: Connection, centre: Centre, code: str) -> str:
        if code not in self.titles:
            self.titles[code] = title_of(db, centre, code)
        return self.titles[code]


def lines_for(connection: HTTPConnection) -> Lines:
    """The lines of whoever asks."""
    return Lines(house_of(connection), connection.state.language, may_name(connection))


def may_name(connection: HTTPConnection) -> bool:
    """Whether whoever asks works with dossiers, and so may know whose they are."""
    return visitor_of(connection).holds(*MAY_NAME)


def standing_of(dossier: Dossier, now: datetime, days: Today, said: Translate) -> Standing:
    """Early, due soon or overdue, by dates alone (one-stop.md 6.1)."""
    if dossier.status is Status.NEW:
        return _answering(dossier, now, said)
    if dossier.due is None:
        return Standing("none", said(NO_DATE), None)
    if dossier.finished_at is not None and (dossier.status in FINAL or dossier.status is Status.DONE):
        sign, text = VERDICTS[verdict(dossier.finished_at, dossier.due)]
        return Standing(sign, said(text), dossier.due)
    if dossier.status in AT_REST:
        return Standing("none", said(RESTING), dossier.due)
    if dossier.due < days.begins:
        late = (local(now).date() - local(dossier.due).date()).days
        return Standing("bad", said(OVERDUE) % {"n": late}, dossier.due)
    if dossier.due < days.soon_ends:
        is_today = local(dossier.due).date() == local(now).date()
        return Standing("waiting", said(DUE_TODAY if is_today else DUE_SOON), dossier.due)
    return Standing("good", said(IN_TIME), dossier.due)


def _answering(dossier: Dossier, now: datetime, said: Translate) -> Standing:
    until = dossier.facts.get("answer_by")
    if until is None:
        return Standing("waiting", said(ANSWER_BY), None)
    is_late = milliseconds(now) > until
    return Standing("bad" if is_late else "waiting", said(ANSWER_LATE if is_late else ANSWER_BY), moment(until))


def unit_name(centre: Centre, agency: str, language: str) -> str:
    """An agency of the centre by its name; where none has it, it is still where it was received."""
    found = next((one for one in centre.agencies if one.id == agency), None)
    return text_of(found.name, language) if found else translator(language)(ONE_STOP)


def title_of(db: Connection, centre: Centre, code: str) -> str:
    """How a procedure is called here, its official title where it is received here no more."""
    placement = placement_of(centre, code)
    if placement is not None and placement.short_title:
        return placement.short_title
    found = procedures.find(db, code)
    return found.title if found else code


def names_of(db: Connection) -> dict[str, str]:
    """Everybody's name by id."""
    return {id_: name for id_, (_, name) in people.names(db).items()}
