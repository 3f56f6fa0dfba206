"""The hall in plain Python, one act after the other, written from the rules (ADR 7) and not from the code.

`Hall.answer` says what an act is answered and which events it makes, and changes nothing; `Hall.apply` takes an
event.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

# What the server and the walls do of their own accord, and who got no number; no ticket moves by it.
BY_ITSELF = frozenset({"EstimatesKept", "AnnouncementEnded", "NumberRefused"})
STANDING = ("waiting", "called", "parked")
Event = tuple[str, dict[str, Any]]


class No(Exception):
    """A rule refuses; its only argument is the code that programs get."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One press: by whom, at which counter, and the ticket that its screen showed (0: none)."""

    who: str
    what: str
    counter: int = 0
    seen: int = 0
    ticket: int = 0
    queue: str = ""
    to_counter: int | None = None
    to_person: str | None = None
    act: int = 0

    @property
    def sends_to_somebody(self) -> bool:
        """Whether a transfer names a counter or a person."""
        return self.to_counter is not None or self.to_person is not None


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: the code of a refusal ('' for none), the ticket, its number, its call, how many are ahead, nobody.

    None stands for what an answer does not tell.
    """

    refused: str | None = ""
    ticket: int | None = None
    number: str | None = None
    call: int | None = None
    ahead: int | None = None
    nobody: bool | None = None

    def tells(self, other: "Said") -> bool:
        """Whether the other answer tells nothing else than this one."""
        return all(getattr(other, name) in (None, getattr(self, name)) for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class View:
    """A counter's screen as of one event: its ticket and number, who waits by letter, whom it has set aside.

    `undo` is the act that it offers to take back, 0 for none; it stands outside, for it depends on the clock.
    """

    seq: int
    ticket: int
    number: str
    waiting: Mapping[str, int]
    parked: frozenset[int]
    undo: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Slip:
    """One ticket as it stands; `for_counter` or `for_person` wants it alone."""

    id: int
    number: str
    queue: str
    key: int
    state: str = "waiting"
    counter: int | None = None
    for_counter: int | None = None
    for_person: str | None = None


@dataclass(slots=True)
class Move:
    """One act on a ticket, and how the ticket stood before."""

    seq: int
    kind: str
    before: Slip
    finished: int | None
    undone: bool = False


@dataclass
class Hall:
    """Who serves what, and the whole state; `seq` is the newest event."""

    letters: Mapping[str, str]
    serves: Mapping[int, tuple[str, ...]]
    seq: int = 0
    slips: dict[int, Slip] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)
    standing: dict[str, set[int]] = field(default_factory=lambda: {state: set() for state in STANDING})
    moves: dict[int, Move] = field(default_factory=dict)
    last_at: dict[int, int] = field(default_factory=dict)
    last_of: dict[int, int] = field(default_factory=dict)

    def answer(self, asked: Asked, at: int) -> tuple[Said, list[Event]]:
        """What the rules answer now, and the events that the act makes; `at` in ms since 1970."""
        try:
            if asked.what == "issue":
                return self._issue(asked.queue, at)
            if asked.what == "undo":
                return Said(), list(self._undo(asked))
            if asked.seen != self.at(asked.counter):
                raise No("stale-screen")
            if asked.what == "next":
                return self._next(asked)
            return self._pick(asked) if asked.what == "pick" else self._act(asked)
        except No as no:
            return Said(refused=no.args[0]), []

    def view(self, counter: int) -> View:
        """What the screen of this counter shows now."""
        own = self.at(counter)
        waiting = dict.fromkeys(self.letters.values(), 0)
        for ticket in self.standing["waiting"]:
            waiting[self.letters[self.slips[ticket].queue]] += 1
        parked = frozenset(t for t in self.standing["parked"] if self.slips[t].counter == counter)
        return View(self.seq, own, self.slips[own].number if own else "", waiting, parked)

    def at(self, counter: int) -> int:
        """The ticket served at this counter, 0 for none."""
        found = [ticket for ticket in self.standing["called"] if self.slips[ticket].counter == counter]
        assert len(found) <= 1
        return found[0] if found else 0

    def line(self, counter: int, person: str) -> list[Slip]:
        """Who may be called here, the first first: who is sent to this place, and who waits in its queues."""
        waiting = (self.slips[ticket] for ticket in self.standing["waiting"])
        return sorted((s for s in waiting if self._may_go(s, counter, person)), key=attrgetter("key", "id"))

    def _may_go(self, slip: Slip, counter: int, person: str) -> bool:
        if slip.for_counter is not None:
            return slip.for_counter == counter
        return slip.for_person == person if slip.for_person is not None else slip.queue in self.serves[counter]

    def _issue(self, queue: str, at: int) -> tuple[Said, list[Event]]:
        n, came = self.last.get(queue, 0) + 1, max(at, self.newest.get(queue, 0))
        ahead = sum(self.slips[ticket].queue == queue for ticket in self.standing["waiting"])
        issued = {"queue": queue, "prefix": self.letters[queue], "n": n, "key": came, "ahead": ahead}
        number = f"{self.letters[queue]} {n:03d}"
        return Said(ticket=self.seq + 1, number=number, ahead=ahead), [("TicketIssued", issued)]

    def _next(self, asked: Asked) -> tuple[Said, list[Event]]:
        line = self.line(asked.counter, asked.who)
        if not line:
            return Said(nobody=True), list(self._release(asked))
        runner_up = line[1].id if len(line) > 1 else None
        return self._call(asked, line[0], "", runner_up)

    def _pick(self, asked: Asked) -> tuple[Said, list[Event]]:
        slip = self.slips[asked.ticket]
        set_aside_here = slip.state == "parked" and slip.counter == asked.counter
        if slip.state != "waiting" and not set_aside_here:
            raise No("already-elsewhere")
        return self._call(asked, slip, "parked" if set_aside_here else "urgent", None)

    def _call(self, asked: Asked, slip: Slip, reason: str, runner_up: int | None) -> tuple[Said, list[Event]]:
        before = list(self._release(asked))
        called = {"ticket": slip.id, "counter": asked.counter, "person": asked.who, "reason": reason,
                  "runner_up": runner_up, "finished": self.seq + 1 if before else None}  # fmt: skip
        said = Said(ticket=slip.id, number=slip.number, call=self.seq + len(before) + 1, nobody=False)
        return said, [*before, ("TicketCalled", called)]

    def _release(self, asked: Asked) -> Iterator[Event]:
        if own := self.at(asked.counter):
            yield "TicketFinished", {"ticket": own, "counter": asked.counter, "outcome": "served"}

    def _act(self, asked: Asked) -> tuple[Said, list[Event]]:
        own = self.at(asked.counter)
        if not own:
            raise No("no-ticket-here")
        if asked.what == "transfer" and asked.queue == self.slips[own].queue and not asked.sends_to_somebody:
            raise No("invalid")
        here = {"ticket": own, "counter": asked.counter}
        acts: dict[str, Event] = {
            "recall": ("TicketRecalled", {}),
            "finish": ("TicketFinished", {"outcome": "served"}),
            "absent": ("TicketMissed", {}),
            "park": ("TicketParked", {"note": "form"}),
            "transfer": ("TicketTransferred", {
                "queue": asked.queue, "for_counter": asked.to_counter, "for_person": asked.to_person,
            }),
        }  # fmt: skip
        kind, more = acts[asked.what]
        call = self.seq + 1 if asked.what == "recall" else None
        return Said(ticket=own, number=self.slips[own].number, call=call), [(kind, here | more)]

    def _undo(self, asked: Asked) -> Iterator[Event]:
        newest = self.moves.get(self.last_at.get(asked.counter, 0))
        if newest is None or newest.seq != asked.act or newest.undone or newest.kind == "ActUndone":
            raise No("nothing-to-undo")
        finished = self.moves.get(newest.finished or 0)
        for move in (newest, finished) if finished else (newest,):
            if self.last_of[move.before.id] != move.seq:
                raise No("nothing-to-undo")
            withdrawn = move.seq if move.kind == "TicketCalled" else None
            yield "ActUndone", {"act": move.seq, "ticket": move.before.id, "withdrawn": withdrawn}

    def apply(self, event: Event) -> None:
        """Let it have happened."""
        self.seq += 1
        kind, said = event
        if kind in BY_ITSELF:
            return
        if kind == "TicketIssued":
            queue = said["queue"]
            self.last[queue] = said["n"]
            self.newest[queue] = max(said["key"], self.newest.get(queue, 0))
            self._put(Slip(self.seq, f"{said['prefix']} {said['n']:03d}", queue, said["key"]))
            return
        before = self.slips[said["ticket"]]
        self.moves[self.seq] = Move(self.seq, kind, before, said.get("finished"))
        self.last_at[said.get("counter") or before.counter or 0] = self.last_of[before.id] = self.seq
        self._put(self._moved(before, kind, said))

    def _moved(self, slip: Slip, kind: str, said: dict[str, Any]) -> Slip:
        match kind:
            case "TicketCalled":
                return replace(slip, state="called", counter=said["counter"], for_counter=None, for_person=None)
            case "TicketTransferred":
                wanted = {"for_counter": said["for_counter"], "for_person": said["for_person"]}
                return replace(slip, state="waiting", counter=None, queue=said["queue"], **wanted)
            case "ActUndone":
                self.moves[said["act"]].undone = True
                return self.moves[said["act"]].before
            case "TicketRecalled":
                return slip
        return replace(slip, state={"TicketFinished": "finished", "TicketMissed": "absent"}.get(kind, "parked"))

    def _put(self, slip: Slip) -> None:
        for state, tickets in self.standing.items():
            tickets.discard(slip.id)
            if slip.state == state:
                tickets.add(slip.id)
        self.slips[slip.id] = slip
