"""What must hold after every act of a day: model, tables, replayed journal and screens say the same."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from display.announcing import IN_PICTURE
from domain.queue_events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    TicketCalled,
    TicketRecalled,
)
from domain.tickets import milliseconds
from store import days, journal, upkeep
from tests.operations import hall_pictures
from tests.operations.day_bookings import Bookings
from tests.operations.day_screens import Screens, Wall
from tests.operations.hall_state import SERVES
from tests.support.halls import Hall, empty_hall, new_hall

# What the acts of a day may change; after every act, while all that a journal holds is compared in the end.
OF_THE_DAY = (
    "appointments", "days", "stopped_queues", "notices", "kept_queues", "lines", "tickets", "moves", "calls",
    "shifts", "skills", "pauses", "alarms", "print_jobs",
)  # fmt: skip

# What no picture is drawn anew for.
AHEAD_OF_THE_DAY = (AppointmentBooked, AppointmentMoved, AppointmentCancelled)


class Tables(Bookings):
    """Acts in any order, on the real operations and on the model: the tables say the same."""

    @invariant()
    def the_tickets_are_those_of_the_model(self):
        rows = self.hall.db.execute(
            "SELECT day, home, n, queue, key, base, priority, state, counter, started_at IS NOT NULL, ended_at,"
            " outcome, for_counter, for_person, kept_from, slot FROM tickets ORDER BY id"
        ).fetchall()
        assert rows == [
            (s.day, s.home, s.n, s.queue, s.key, milliseconds(s.base), s.priority, s.state, s.counter, s.started,
             stored(s.ended), s.outcome, s.for_counter, s.for_person, s.kept and s.kept.isoformat(), stored(s.slot))
            for s in self.model.slips
        ]  # fmt: skip
        assert len({row[:3] for row in rows}) == len(rows)
        called = [row[8] for row in rows if row[7] == "called"]
        assert len(set(called)) == len(called)

    @invariant()
    def the_counters_are_those_of_the_model(self):
        db, model = self.hall.db, self.model
        assert dict(db.execute("SELECT counter, person FROM shifts WHERE closed_at IS NULL")) == model.shifts
        assert len({*model.shifts.values()}) == len(model.shifts)
        assert self.first_column("SELECT counter FROM pauses WHERE ended_at IS NULL") == model.pauses
        assert self.first_column("SELECT counter FROM alarms WHERE ended_at IS NULL") == model.alarms
        assert self.first_column("SELECT counter FROM skills") == {*model.skills}
        assert self.first_column("SELECT queue FROM kept_queues") == model.kept
        stops = {queue: stored(until) for queue, until in model.stops.items()}
        assert dict(db.execute("SELECT queue, until FROM stopped_queues")) == stops
        day = days.newest(db)
        assert (day.id, day.label) == (model.day, model.label)

    def first_column(self, sql: str) -> set[Any]:
        return {row[0] for row in self.hall.db.execute(sql)}

    @invariant()
    def lines_count_who_waits(self):
        rows = self.hall.db.execute("SELECT day, queue, waiting FROM lines WHERE waiting <> 0").fetchall()
        waiting = [slip.queue for slip in self.model.waiting()]
        assert sorted(rows) == sorted((self.model.day, queue, waiting.count(queue)) for queue in {*waiting})

    @invariant()
    def every_announcement_is_in_order(self):
        db = self.hall.db
        order = {slip.id: slip.order for slip in self.model.slips}
        rows = db.execute("SELECT kind, ticket, counter, reason, key, runner_up, day, at FROM calls ORDER BY seq")
        made = [(kind, order[t], counter, why, key, order.get(up), day, at)
                for kind, t, counter, why, key, up, day, at in rows]  # fmt: skip
        assert made == [(*call[:-1], milliseconds(call[-1])) for call in self.model.calls]

    @invariant()
    def the_appointments_are_those_of_the_model(self):
        rows = self.hall.db.execute(
            "SELECT id, queue, slot, by_staff, state, ticket, reason FROM appointments ORDER BY id"
        ).fetchall()
        slips = self.model.slips
        assert rows == [
            (b.id, b.queue, milliseconds(b.slot), b.by_staff, b.state, None if b.slip is None else slips[b.slip].id,
             b.reason) for b in self.model.booked
        ]  # fmt: skip
        kept = self.hall.db.execute("SELECT appointment, id FROM tickets WHERE appointment IS NOT NULL ORDER BY 1")
        assert kept.fetchall() == [(row[0], row[5]) for row in rows if row[4] == "kept"]

    def teardown(self) -> None:
        self.hall.db.close()


class Day(Tables):
    """The same, with the replayed journal and the screens."""

    def __init__(self) -> None:
        super().__init__()
        self.again, self.screens, self.steps = as_replayed(), Screens(self.hall), 0

    @invariant()
    def the_journal_applied_to_another_file_gives_the_same(self):
        follow(self.hall, self.again)
        assert journal.head(self.hall.db) == journal.head(self.again.db)
        for table in OF_THE_DAY:
            assert rows_of(self.hall, table) == rows_of(self.again, table), table

    @invariant()
    def the_screens_show_what_the_model_says(self):
        """Both walls, the kiosk and the desk of the act after every act, and by turns another desk and a phone."""
        self.steps, self.model.now = self.steps + 1, self.clock()
        self.screens.catch_up()
        seqs = [recorded.seq for recorded in self.hall.events if is_announced(recorded.event)]
        for zone, hall in hall_pictures.WALLS.items():
            same_wall(self.screens.wall(zone), hall_pictures.wall(self.model, seqs, hall))
        by_turns, last = [*SERVES][self.steps % len(SERVES)], {act.counter for act in self.model.acts[-1:]}
        for counter in {by_turns, *last} & {*SERVES}:
            self.same_desk(counter)
        same(self.screens.kiosk(), hall_pictures.kiosk(self.model))
        if self.model.slips:
            slip = self.model.slips[-1 - self.steps % len(self.model.slips)]
            same(self.screens.phone(slip.id), hall_pictures.phone(self.model, slip))

    def same_desk(self, counter: int) -> None:
        """It may not know of appointments yet, which draw no picture anew; of the day it knows everything."""
        seqs = [recorded.seq for recorded in self.hall.events if not isinstance(recorded.event, AHEAD_OF_THE_DAY)]
        shown = self.screens.desk(counter)
        assert seqs[-1] <= shown.seq <= self.screens.glass.seen
        same(shown, hall_pictures.desk(self.model, counter, shown.seq))

    def teardown(self) -> None:
        whole = empty_hall()
        journal.replay(self.hall.db, whole.db)
        for replayed in (whole, self.again):
            assert upkeep.differences(self.hall.db, replayed.db) == []
        assert journal.verify(self.hall.db) is None
        for hall in (whole, self.again):
            hall.db.close()
        super().teardown()


def same(shown: Any, meant: Any) -> None:
    """Raises AssertionError that names what a picture says wrongly."""
    said, wanted = (one if isinstance(one, dict) else vars(one) for one in (shown, meant))
    wrong = {name: (said[name], "instead of", wanted[name]) for name in wanted if said[name] != wanted[name]}
    assert not wrong, f"{type(shown).__name__} shows {wrong}"


def same_wall(shown: Wall, meant: Wall) -> None:
    """The same; the wall's last announcements are the newest of all calls and stops together."""
    calls = [row for row in shown.told if row[1]]  # a stop has no ticket
    if len(shown.told) == IN_PICTURE:
        meant = replace(meant, told=meant.told[len(meant.told) - len(calls) :])
    same(replace(shown, told=calls), meant)


def is_announced(event: Any) -> bool:
    """Whether a wall is told of it as a call, a repeat or one taken back."""
    return isinstance(event, TicketCalled | TicketRecalled) or getattr(event, "withdrawn", None) is not None


def stored(instant: datetime | None) -> int | None:
    """As a column keeps it."""
    return None if instant is None else milliseconds(instant)


def rows_of(hall: Hall, table: str) -> list[tuple[Any, ...]]:
    """A whole table."""
    return hall.db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()


@cache
def _replayed_once() -> Any:
    once = empty_hall()
    journal.replay(new_hall().db, once.db)
    return once.db


def as_replayed() -> Hall:
    """A copy of the demo centre that was made from its journal alone."""
    again = empty_hall()
    _replayed_once().backup(again.db)
    return again


def follow(hall: Hall, again: Hall) -> None:
    """Apply to another file what its journal does not have yet."""
    newest, digest = journal.head(again.db)
    again.db.execute("BEGIN IMMEDIATE")
    for recorded in journal.read(hall.db, newest):
        digest = journal.append(again.db, recorded, digest)
        journal.project(again.db, recorded)
    again.db.execute("COMMIT")


def live_days(examples: int, machine: type[Tables] = Day, *, shrink: bool = True) -> None:
    """Run a machine. Raises AssertionError when model, database, replayed journal and screens differ."""
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    chosen = settings(
        max_examples=examples, stateful_step_count=40, deadline=None, database=None, phases=phases,
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False, derandomize=not shrink,
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=chosen)
