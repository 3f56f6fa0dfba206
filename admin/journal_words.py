"""Rows of the journal as a person reads them: when, who, what, in the reader's language.

Names of people come from the vault, numbers of tickets from the tables: the journal itself holds ids.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from admin.telling import CANCELLED_BY, CLASS_REASONS, GRADES, NAMES, SERVED, TOLD, UNREADABLE, WHO
from domain import attachments, devices
from domain.centres import Centre
from domain.days import local
from domain.dossiers import ACT_NAMES, REVEAL_REASONS, STATUS_NAMES
from domain.errors import msgid
from domain.keeping import HELD_NAMES
from domain.queue_events import TicketIssued, VisitRated
from domain.routing import RANK_STEP
from domain.tickets import Ticket, milliseconds, shown_number
from operations.intake import COMPLETE, REFUSE
from store import people, tickets
from store.centres import NoCentre
from store.instants import moment
from store.journal import decoded
from store.journal_rows import Row
from store.tickets import UnknownTicket
from web import fee_words, lookups, wording
from web.house import House
from web.languages import translator
from web.pages import text_of

HASH_SHOWN = 4  # bytes
UNBELIEVABLE = (OverflowError, ValueError, OSError)  # an instant beyond all calendars, in an altered row


@dataclass(frozen=True, slots=True)
class Line:
    """One row in words; `ticket` is the one that it is about, `readable` whether anybody can say what it was."""

    seq: int
    at: datetime
    who: str
    name: str
    sentence: str
    hash: str
    event: Any
    ticket: Ticket | None = None


class Words:
    """Tells rows in one language; what it has looked up once it keeps, so make one for each page."""

    def __init__(self, house: House, language: str) -> None:
        self._house, self._language = house, language
        self.said = translator(language)
        try:
            self._centre: Centre | None = house.store.centre()
        except NoCentre:
            self._centre = None
        self._people = {id_: name for id_, (_, name) in house.store.read(people.names).items()}
        self._tickets: dict[int, Ticket | None] = {}
        self._at = moment(0)

    def line(self, row: Row) -> Line:
        """The row as a sentence with its values; one that nobody can read says so."""
        digest = row.hash[:HASH_SHOWN].hex()
        try:
            self._at = at = moment(row.at)
            event = decoded(row.kind, row.payload)
            if event is not None:
                told, sentence = TOLD[type(event)], self._sentence(event)
                about = None if isinstance(event, VisitRated) else self.ticket(_subject(event, row.seq))
                name = self.said(told.name)
                return Line(row.seq, at, self.who(row.who), name, sentence, digest, event, about)
        except UNBELIEVABLE:
            at = moment(0)
        return Line(
            row.seq,
            at,
            self.who(row.who),
            self.said(NAMES.get(row.kind, row.kind[:40])),
            self.said(UNREADABLE),
            digest,
            None,
        )

    def _sentence(self, event: Any) -> str:
        told, values = TOLD[type(event)], self._values(event)
        clauses = [told.sentence, *(text for name, text in told.more if getattr(event, name))]
        return " ".join(self.said(text) % values for text in clauses)

    def who(self, who: str) -> str:
        """Somebody's name, a screen's id and name, or what acted by itself."""
        if who in self._people:
            return self._people[who]
        if who in WHO:
            return self.said(WHO[who])
        kind, _, device = who.partition(":")
        if kind == "device":
            found = next((d for d in self._centre.devices if d.id == device), None) if self._centre else None
            return f"{device} · {found.name}" if found else device[:40]
        return who[:40]

    def number(self, ticket: int | None) -> str:
        """'A 012'; its number in the journal where there is no such ticket."""
        found = self.ticket(ticket)
        return found.number if found else f"#{ticket}"

    def ticket(self, ticket: int | None) -> Ticket | None:
        """The ticket as it stands now."""
        if ticket not in self._tickets:
            try:
                found = self._house.store.read(tickets.load, ticket) if ticket else None
            except UnknownTicket:
                found = None
            self._tickets[ticket or 0] = found
        return self._tickets[ticket or 0]

    def queue(self, queue: str) -> str:
        """The queue's letter."""
        found = next((q.prefix for q in self._centre.queues if q.id == queue), None) if self._centre else None
        return found or queue

    def priority(self, group: str | None) -> str:
        """The name of a priority class."""
        classes = self._centre.classes if self._centre else ()
        return next((text_of(c.label, self._language) for c in classes if c.id == group), group or "")

    def at(self, instant: datetime) -> None:
        """From here on times of this instant's day go without their date."""
        self._at = instant

    def key(self, key: int) -> str:
        """A place in the order as a moment; ranks of `strict` are taken out."""
        return self.clock(key + round((milliseconds(self._at) - key) / RANK_STEP) * RANK_STEP)

    def clock(self, instant: int | datetime | None) -> str:
        """'09:10', with the date where it is not that of the row."""
        if instant is None:
            return ""
        there = local(moment(instant) if isinstance(instant, int) else instant)
        return f"{there:%H:%M}" if there.date() == local(self._at).date() else f"{there:%H:%M %d/%m/%Y}"

    def _values(self, event: Any) -> dict[str, str]:
        fields = {name: getattr(event, name) for name in event.__dataclass_fields__}
        values = {name: self._value(type(event).__name__, name, value) for name, value in fields.items()}
        if isinstance(event, TicketIssued):
            values["ticket"] = shown_number(event.prefix, event.n)
        return values

    def _value(self, kind: str, name: str, value: Any) -> str:
        if (kind, name) in WORDS_OF:
            found = WORDS_OF[kind, name].get(str(value))
            return self.said(found) if found else str(value)
        shows = SHOWN.get(name)
        return shows(self, value) if shows and value is not None else str(value)


def _subject(event: Any, seq: int) -> int | None:
    """The ticket that an event is about."""
    if isinstance(event, TicketIssued):
        return seq
    ticket = getattr(event, "ticket", None)
    return ticket if isinstance(ticket, int) else None


def _letters(words: Words, queues: list[str]) -> str:
    return " · ".join(words.queue(queue) for queue in queues)


def _roles(words: Words, roles: list[str]) -> str:
    known = {str(role): words.said(text) for role, text in wording.ROLES.items()}
    return ", ".join(known.get(role, role) for role in roles)


def _day(words: Words, label: str) -> str:
    try:
        return f"{date.fromisoformat(label):%d/%m/%Y}"
    except ValueError:
        return label


SHOWN: Mapping[str, Callable[[Words, Any], str]] = {
    **dict.fromkeys(("ticket", "runner_up"), Words.number),
    **dict.fromkeys(("person", "before", "for_person", "who", "holder"), Words.who),
    "key": Words.key,
    **dict.fromkeys(
        ("slot", "came", "called", "ended", "until", "due", "answer_by", "starts", "ends", "expires"), Words.clock
    ),
    **dict.fromkeys(("queues", "secondary"), _letters),
    **dict.fromkeys(("label", "effective"), _day),
    "queue": Words.queue,
    "amount": lambda words, amount: fee_words.dong(amount),
    "priority": Words.priority,
    "roles": _roles,
    "procedure": lambda words, found: str(found.get("code", "")) if isinstance(found, dict) else str(found),
    "kind": lambda words, kind: words.said(NAMES[kind]) if kind in NAMES else str(kind),
}
STATUSES = {str(int(status)): name for status, name in STATUS_NAMES.items()}
TURNED = {COMPLETE: msgid("yêu cầu hoàn thiện"), REFUSE: msgid("từ chối tiếp nhận")}
WORDS_OF: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("TicketCalled", "reason"): wording.OUT_OF_ORDER,
    ("NumberRefused", "reason"): wording.REFUSALS,
    ("TicketTransferred", "note"): wording.TRANSFER_NOTES,
    ("TicketParked", "note"): wording.PARK_NOTES,
    ("TicketFinished", "outcome"): {"served": SERVED, **wording.OUTCOMES},
    ("TicketRekeyed", "reason"): CLASS_REASONS,
    ("CounterPaused", "reason"): wording.PAUSE_REASONS,
    ("DeviceStopped", "reason"): devices.REASONS,
    ("AnnouncementEnded", "outcome"): wording.SPEECH_ENDS,
    ("AppointmentCancelled", "reason"): CANCELLED_BY,
    ("FileAttached", "part"): attachments.PARTS,
    ("DataRemoved", "held"): {str(held): name for held, name in HELD_NAMES.items()},
    ("FileOpened", "reason"): attachments.OPENED_FOR,
    ("FileRemoved", "reason"): attachments.REMOVALS,
    ("DossierStepped", "act"): {str(act): name for act, name in ACT_NAMES.items()},
    ("DossierStepped", "before"): STATUSES,
    ("DossierStepped", "after"): STATUSES,
    ("VisitTurned", "way"): TURNED,
    ("IdentityRevealed", "reason"): {str(reason): name for reason, name in REVEAL_REASONS.items()},
    ("SlipEnded", "state"): wording.SLIP_ENDS,
    ("SlipEnded", "grade"): GRADES,
    ("FeePaid", "means"): fee_words.MEANS,
    ("FeeRefunded", "means"): fee_words.MEANS,
    ("LookupMade", "database"): {str(database): word for database, word in fee_words.DATABASES.items()},
    ("LookupMade", "outcome"): fee_words.LOOKUP_ENDS,
    ("LookupMade", "purpose"): {str(purpose): word for purpose, word in lookups.PURPOSES.items()},
    ("LookupMade", "reason"): fee_words.UNVERIFIED,
}
