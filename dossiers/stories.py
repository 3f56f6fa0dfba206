"""One dossier in one view: ticket, reception, steps and portal as one chain, with the times that each took.

What was written is unsealed here, for who may read it, and kept nowhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.applicants import Particulars, Words, words_from_bytes
from domain.calendar import Translate, YearUnknown, instant_text, working_time_between
from domain.centres import Centre
from domain.days import local
from domain.deadline_words import explain
from domain.dossiers import ACT_NAMES, STATUS_NAMES, Act, Status
from domain.errors import msgid
from domain.keeping import HELD_NAMES, DataGone, Held
from domain.tickets import Ticket
from dossiers import comparisons
from dossiers.form_routes import FORM_OF
from dossiers.rows import Lines, names_of, unit_name
from dossiers.searches import told_of
from operations.endings import PROOFS, TAKERS
from operations.processing import due_of
from store import calendars, dossiers, keeping, outbox, tickets
from store.database import Connection
from store.dossiers import Dossier, Step
from store.instants import moment
from store.outbox import PortalMessage
from web.languages import translator
from web.pages import text_of

PORTAL = {
    "known": ("good", msgid("Cổng đã nhận")),
    "waiting": ("waiting", msgid("đang gửi Cổng")),
    "parked": ("bad", msgid("Cổng từ chối")),
}
SPAN = msgid("%(hours)s giờ %(minutes)s phút")
MINUTES = msgid("%(minutes)s phút")
WORKED = msgid("%(span)s làm việc")
TICKET, CALLED, LEFT_COUNTER = msgid("Lấy số"), msgid("Được gọi"), msgid("Xong tại quầy")
RECEIVED, ARRIVED = msgid("Tiếp nhận hồ sơ"), msgid("Nộp trực tuyến trên Cổng")
TO_UNIT, TO_TAKER = msgid("Chuyển tới: %(unit)s."), msgid("Trả cho %(taker)s, %(proof)s.")
NEW_DUE = msgid("Hẹn trả mới: %(at)s.")
ANSWER_BY = msgid("Người dân trả lời trước: %(at)s.")


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain. `portal` is the portal's word on it, `told` the sentences that people wrote.

    `form`: which of its forms a step has, as the end of the form's address.
    """

    at: datetime
    name: str
    where: str
    who: str
    facts: tuple[str, ...] = ()
    words: Words | None = None
    status: str = ""
    portal: tuple[str, str] | None = None
    beyond: bool = False
    form: str = ""


def story(db: Connection, lines: Lines, dossier: Dossier) -> dict[str, Any]:
    """All that the page of a dossier shows."""
    centre, said = lines.house.store.centre(), translator(lines.language)
    steps = dossiers.steps_of(db, dossier.code)
    messages = outbox.portal_messages_of(db, dossier.code)
    ticket = tickets.load(db, dossier.ticket) if dossier.ticket else None
    due, told = due_of(dossier), _particulars(db, lines, dossier)
    removed, names = keeping.of_subject(db, dossier.seq), names_of(db)
    chain = Chain(lines, centre, said, names)
    return {
        "row": lines.line(db, dossier),
        "told": told,
        "explained": explain(due, said).split("\n") if due else [],
        "chain": sorted((*chain.before(dossier, ticket, messages), *chain.steps(db, steps, messages)), key=_when),
        "times": list(_times(db, lines, dossier, ticket, said)),
        "handed_to": unit_name(centre, dossier.handed_to, lines.language) if dossier.handed_to else "",
        "decides": unit_name(centre, dossier.facts["decides"], lines.language),
        "gone": [(said(HELD_NAMES[held]), at) for held, at in removed.items()],
        "is_owner_gone": Held.PARTICULARS in removed,
        "refused": [one for one in messages if one.state == "parked"],
        "said": said,
        **comparisons.context(db, said, names, dossier),
    }


def _when(link: Link) -> datetime:
    return link.at


def _particulars(db: Connection, lines: Lines, dossier: Dossier) -> Particulars | None:
    if not lines.may_name:
        return None
    return told_of(db, lines.house.vault, dossier)


@dataclass(frozen=True, slots=True)
class Chain:
    """Makes the links in one visitor's language."""

    lines: Lines
    centre: Centre
    said: Translate
    names: dict[str, str]

    def before(self, dossier: Dossier, ticket: Ticket | None, messages: list[PortalMessage]) -> Iterable[Link]:
        """What was before the first step: the number, the call, the reception or the arrival."""
        said, counter = self.said, self._counter(dossier.counter)
        if ticket is not None:
            yield Link(ticket.arrived_at, f"{said(TICKET)} {ticket.number}", self._queue(ticket.home), "")
            if ticket.called_at:
                yield Link(ticket.called_at, said(CALLED), counter, "")
            if ticket.ended_at:
                yield Link(ticket.ended_at, said(LEFT_COUNTER), counter, "")
        name, who = (ARRIVED, "") if dossier.counter is None else (RECEIVED, self._name(dossier.person))
        at = dossier.submitted_at if dossier.counter is None else dossier.received_at
        yield Link(at, said(name), counter, who, portal=_portal(messages, 0, said))

    def steps(self, db: Connection, steps: list[Step], messages: list[PortalMessage]) -> Iterable[Link]:
        """A link for each step."""
        for step in steps:
            yield Link(
                step.at, self.said(ACT_NAMES[step.act]), unit_name(self.centre, step.unit, self.lines.language),
                self._name(step.person), tuple(self._facts(step)), self._words(db, step),
                self.said(STATUS_NAMES[step.after]) if step.after is not step.before else "",
                _portal(messages, step.number, self.said), step.beyond,
                f"{FORM_OF[step.act]}/{step.number}" if step.act in FORM_OF else "",
            )  # fmt: skip

    def _facts(self, step: Step) -> Iterable[str]:
        said, facts = self.said, step.facts
        if step.act in (Act.HAND_OVER, Act.TAKE_OVER):
            yield said(TO_UNIT) % {"unit": unit_name(self.centre, facts["to"], self.lines.language)}
        if step.act is Act.RETURN:
            words = {"taker": said(TAKERS[facts["to"]]), "proof": said(PROOFS[facts["proof"]])}
            yield said(TO_TAKER) % words
        if step.act in (Act.EXTEND, Act.TAKE_SUPPLEMENT, Act.ACCEPT) and step.due is not None:
            yield said(NEW_DUE) % {"at": instant_text(local(step.due), said)}
        if facts.get("answer_by"):
            yield said(ANSWER_BY) % {"at": instant_text(local(moment(facts["answer_by"])), said)}
        if facts.get("results"):
            yield ", ".join(facts["results"])

    def _words(self, db: Connection, step: Step) -> Words | None:
        if step.words is None or not self.lines.may_name:
            return None
        try:
            return words_from_bytes(self.lines.house.vault.unseal(dossiers.sealed_words(db, step.words)))
        except DataGone:
            return None

    def _name(self, person: str) -> str:
        return self.names.get(person, person)

    def _queue(self, queue: str) -> str:
        found = next((one for one in self.centre.queues if one.id == queue), None)
        return text_of(found.title, self.lines.language) if found else queue

    def _counter(self, counter: int | None) -> str:
        return f"{self.said(msgid('Quầy'))} {counter}" if counter else ""


def _portal(messages: list[PortalMessage], step: int, said: Translate) -> tuple[str, str] | None:
    states = {one.state for one in messages if one.step == step}
    if not states:
        return None
    key = "parked" if "parked" in states else "known" if states == {"acknowledged"} else "waiting"
    sign, text = PORTAL[key]
    return sign, said(text)


def _times(
    db: Connection, lines: Lines, dossier: Dossier, ticket: Ticket | None, said: Translate
) -> Iterable[tuple[str, str]]:
    """Waiting, counter and processing time, from the same events as the chain (features D2)."""
    if ticket is not None and ticket.called_at:
        yield said(msgid("Chờ gọi")), _span(ticket.called_at - ticket.arrived_at, said)
        if ticket.ended_at:
            yield said(msgid("Tại quầy")), _span(ticket.ended_at - ticket.called_at, said)
    if dossier.status is Status.NEW:
        return
    ended = dossier.finished_at or lines.house.now()
    try:
        worked = working_time_between(local(dossier.received_at), local(ended), calendars.current(db))
    except (calendars.NoCalendar, YearUnknown):
        return
    yield said(msgid("Giải quyết")), said(WORKED) % {"span": _span(worked, said)}
    if dossier.returned_at and dossier.finished_at:
        yield said(msgid("Chờ trả")), _span(dossier.returned_at - dossier.finished_at, said)


def _span(span: timedelta, said: Translate) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return said(MINUTES) % {"minutes": minutes}
    return said(SPAN) % {"hours": minutes // 60, "minutes": minutes % 60}
