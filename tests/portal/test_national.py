"""Questions to national databases over real HTTP: only agreement comes back, and a dead database stops nobody."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.centre_outside import Lookup
from domain.lookups import (
    Agreement,
    Answer,
    Database,
    Found,
    NotFound,
    Purpose,
    Question,
    QuestionWrong,
    Reason,
    Unverified,
)
from portal.national import REST_SECONDS, Lookups
from portal.national_client import read_answer
from portal.sandbox import SandboxThread
from portal.sandbox.faults import FaultName
from store import journal, lookups
from tests.support.registers import Silent, connect, write_keys
from tests.support.servers import Server, running

POPULATION, LAND = Database.POPULATION, Database.LAND
NAME, NUMBER = "Nguyễn  Văn A", "001090123456"
PERSON = Question.of(number=NUMBER, name=NAME, birth_year="1990")
PLOT = Question.of(commune="14764", sheet="12", plot="345", owner="038199000001")
DOSSIER = "H56.19-260713-0042"
AGREES, DIFFERS, UNKNOWN = Agreement.AGREES, Agreement.DIFFERS, Agreement.UNKNOWN


@dataclass
class Desk:
    """Where a clerk asks; the timer of the waits is the test's."""

    lookups: Lookups
    sandbox: SandboxThread
    server: Server
    seconds: list[float] = field(default_factory=lambda: [1000.0])

    def ask(self, question: Question = PERSON, database: Database = POPULATION, dossier: str = DOSSIER) -> Answer:
        return asyncio.run(self.lookups.ask(database, question, Purpose.RECEPTION, "cb01", dossier))

    def events(self) -> list[Any]:
        rows = self.server.store.read(lambda db: [recorded.event for recorded in journal.read(db)])
        return [event for event in rows if type(event).__name__ == "LookupMade"]

    def asked(self) -> int:
        return self.sandbox.registers.asked["population"]

    def point(self, url: str, seconds: float = 1.0) -> None:
        """From now on population is there."""
        connect(self.server, [Lookup(POPULATION, url, seconds)])


@pytest.fixture(scope="module")
def sandbox(catalogue: Path) -> Iterator[SandboxThread]:
    with SandboxThread(catalogue=catalogue) as found:
        yield found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("asking") / "data") as found:
        yield found


@pytest.fixture
def desk(server: Server, sandbox: SandboxThread, tmp_path: Path) -> Desk:
    write_keys(tmp_path)
    sandbox.faults.clear()
    ways = [Lookup(database, f"{sandbox.url}/national/{database}", 2.0) for database in (POPULATION, LAND)]
    connect(server, ways)
    found = Desk(Lookups(server.store, tmp_path), sandbox, server)
    found.lookups._timer = lambda: found.seconds[0]

    class Here:
        """The same store for a loop that is not the server's."""

        centre = staticmethod(server.store.centre)

        async def write(self, *args: Any) -> Any:
            return await asyncio.to_thread(server.store.write_now, *args)

    found.lookups._store = Here()  # type: ignore[assignment]
    return found


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, [AGREES, AGREES, AGREES]),
        ({"birth_year": "1991"}, [AGREES, AGREES, DIFFERS]),
        ({"name": "Nguyễn Văn Ả"}, [AGREES, DIFFERS, AGREES]),
        ({"number": "079055000002", "name": "phạm thị không rõ", "birth_year": "1955"}, [AGREES, AGREES, UNKNOWN]),
    ],
)
def test_a_person_is_compared_field_by_field(desk, change, expected):
    answer = desk.ask(Question.of(**(dict(PERSON.fields) | change)))
    assert [answer.fields[name] for name in ("number", "name", "birth_year")] == expected
    assert answer.agrees == (expected == [AGREES] * 3)


def test_a_plot_is_compared_with_its_owner(desk):
    assert desk.ask(PLOT, LAND).agrees
    other = Question.of(**(dict(PLOT.fields) | {"owner": NUMBER}))
    assert desk.ask(other, LAND).fields["owner"] is DIFFERS
    assert desk.ask(Question.of(**(dict(PLOT.fields) | {"plot": "999"})), LAND) == NotFound()


def test_nobody_of_that_number(desk):
    assert desk.ask(Question.of(number="001090999999", name=NAME, birth_year="1990")) == NotFound()


@pytest.mark.parametrize("change", [{"number": "1"}, {"birth_year": "90"}, {"name": ""}, {"more": "x"}])
def test_half_a_question_is_not_asked(desk, change):
    before = desk.asked(), len(desk.events())
    with pytest.raises(QuestionWrong):
        desk.ask(Question.of(**(dict(PERSON.fields) | change)))
    assert (desk.asked(), len(desk.events())) == before


def test_every_question_is_in_the_book_without_what_was_asked(desk):
    desk.ask()
    event = desk.events()[-1]
    assert (event.database, event.purpose, event.person, event.dossier, event.outcome) == (
        "population", "reception", "cb01", DOSSIER, "found",
    )  # fmt: skip
    assert desk.server.store.read(lookups.of_dossier, DOSSIER)["population"].outcome == "found"
    rows = repr(desk.server.store.read(lambda db: db.execute("SELECT * FROM journal").fetchall()))
    rows += repr(desk.server.store.read(lambda db: db.execute("SELECT * FROM lookups").fetchall()))
    assert NUMBER not in rows
    assert "Văn A" not in rows
    assert NUMBER not in repr(desk.lookups._memory)


def test_an_answer_is_used_again_for_a_while_and_says_how_old_it_is(desk):
    asked = desk.asked()
    assert desk.ask().age_seconds == 0
    desk.seconds[0] += 599
    assert desk.ask().age_seconds == 599
    assert desk.asked() == asked + 1
    desk.seconds[0] += 1
    assert desk.ask().age_seconds == 0
    assert desk.asked() == asked + 2


def test_a_database_that_nobody_named_is_not_connected(desk):
    question = Question.of(number="0123456789", name="CÔNG TY THỬ")
    assert desk.ask(question, Database.ENTERPRISE) == Unverified(Reason.NOT_CONNECTED)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (FaultName.BAD_GATEWAY, Reason.UNREACHABLE),
        (FaultName.NOT_JSON, Reason.UNREADABLE),
        (FaultName.SAYS_TOO_MUCH, Reason.UNREADABLE),
    ],
)
def test_a_database_in_trouble_leaves_the_field_unverified_and_rests(desk, fault, reason):
    desk.sandbox.faults.set(fault, service="population")
    asked = desk.asked()
    assert desk.ask() == Unverified(reason)
    assert desk.ask() == Unverified(Reason.RESTING)
    assert desk.asked() == asked + 1
    assert [event.reason for event in desk.events()[-2:]] == [reason, Reason.RESTING]
    desk.seconds[0] += REST_SECONDS
    assert desk.ask().agrees


def test_a_wrong_key_is_refused(desk, tmp_path):
    (tmp_path / "population").write_text("x", encoding="ascii")
    assert desk.ask() == Unverified(Reason.REFUSED)


def check_cost(waits: list[float], limit: float) -> None:
    """Of all questions within a minute one waited, and no longer than the limit."""
    assert sum(waits) < limit + 0.5, f"a dead database cost {sum(waits):.1f} s in a minute"


def wait_each(desk: Desk, times: int) -> list[float]:
    waits = []
    for _ in range(times):
        begun = time.perf_counter()
        assert isinstance(desk.ask(), Unverified)
        waits.append(time.perf_counter() - begun)
    return waits


def test_a_silent_database_costs_one_wait_a_minute(desk):
    with Silent() as silent:
        desk.point(silent.url)
        desk.ask()  # the first loads the client
        desk.seconds[0] += REST_SECONDS
        check_cost(wait_each(desk, 8), 1.0)
        assert silent.calls == 2
        desk.seconds[0] += REST_SECONDS - 1
        check_cost(wait_each(desk, 2), 0.0)
        desk.seconds[0] += 1

        async def crowd() -> list[Answer]:
            questions = (Question.of(number=NUMBER, name=f"Người {n}", birth_year="1990") for n in range(20))
            return await asyncio.gather(
                *(desk.lookups.ask(POPULATION, one, Purpose.RECEPTION, "cb01") for one in questions)
            )

        answers = asyncio.run(crowd())
        assert silent.calls == 3, "more than one tried whether it is back"
        assert sorted(answer.reason for answer in answers)[:19] == [Reason.RESTING] * 19


@pytest.mark.planted
def test_a_port_that_never_rests_is_found(desk, monkeypatch):
    monkeypatch.setattr("portal.national.REST_SECONDS", 0.0)
    with Silent() as silent:
        desk.point(silent.url, 0.5)
        with pytest.raises(AssertionError):
            check_cost(wait_each(desk, 4), 0.5)


def test_a_dead_database_stops_no_reception(desk):
    desk.point("http://127.0.0.1:9/")
    assert desk.ask() == Unverified(Reason.UNREACHABLE)
    assert httpx2.get(f"{desk.server.url}/healthz").status_code == 200
    assert desk.server.store.read(lookups.of_dossier, DOSSIER)["population"].reason == Reason.UNREACHABLE


answers = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["known", "fields", "name", "number", "birth_year", "address"]), inner, max_size=4
    ),
    max_leaves=8,
)  # fmt: skip


@given(st.binary(max_size=200) | answers.map(lambda value: json.dumps(value).encode()))
def test_whatever_a_database_says_is_an_answer_about_what_was_asked(raw):
    asked = frozenset({"name", "number", "birth_year"})
    match read_answer(raw, asked):
        case Found(fields):
            assert fields.keys() == asked
        case NotFound() | Unverified(Reason.UNREADABLE):
            pass
        case other:
            raise AssertionError(other)
