"""What the kiosks keep in memory while the server runs: the index of procedures, journeys, declarations."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from domain.events import ProcedureListed
from domain.finding import Index
from kiosk import everyday
from kiosk.declarations import Declarations
from kiosk.journeys import Journeys
from store import procedures
from store.journal import Recorded
from store.store import Store
from web.house import house_of


@dataclass(frozen=True, slots=True)
class Title:
    """What a list shows of a procedure."""

    code: str
    title: str
    sector: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The procedures that can be found, and the index over them."""

    titles: dict[str, Title]
    index: Index


class Finder:
    """The catalogue made ready for finding; made anew at the next question after it has changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changes = 0
        self._made: tuple[int, Catalogue] | None = None
        store.listen(self._on_events)

    @property
    def is_ready(self) -> bool:
        """Whether the next question is answered at once."""
        return self._made is not None and self._made[0] == self._changes

    def catalogue(self) -> Catalogue:
        """The catalogue as of now; takes a fifth of a second when it has changed: ask for it on another thread."""
        changes, made = self._changes, self._made
        if made is None or made[0] != changes:
            with self._store.own_reader() as db:
                rows = procedures.titles(db)
            titles = {code: Title(code, title, sector) for code, title, sector in rows}
            made = self._made = (changes, Catalogue(titles, Index(rows, everyday.sayings(), everyday.fillers())))
        return made[1]

    def _on_events(self, events: Sequence[Recorded]) -> None:
        self._changes += any(isinstance(recorded.event, ProcedureListed) for recorded in events)


@dataclass(frozen=True, slots=True)
class Memory:
    """One for each server; nothing of it outlives the process."""

    finder: Finder
    journeys: Journeys
    declarations: Declarations

    def forget(self, device: str) -> None:
        """Nobody stands at this kiosk any more."""
        self.journeys.end(device)
        self.declarations.end(device)


def memory_of(connection: HTTPConnection) -> Memory:
    """The memory of the server that answers, made at the first question."""
    state = connection.app.state
    if not hasattr(state, "kiosk_memory"):
        state.kiosk_memory = Memory(Finder(house_of(connection).store), Journeys(), Declarations())
    memory: Memory = state.kiosk_memory
    return memory
