from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from bench import press
from bench.clerks import Answer, Clerk
from bench.press import Measured, Sizes
from bench.servers import Hall, furnished
from domain.roles import Role
from store.tickets import Call

TINY = Sizes(
    pause=(0.3, 0.6), tickets_a_second=20, seconds=2.0, warm_seconds=0.7, settle_seconds=1.5, waiting_before=6
)
PLACES = 12
HINDERING = str(Path(__file__).with_name("hindering.py"))
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """The hall of this benchmark with few counters."""
    with furnished(tmp_path_factory.mktemp("press"), press.busy_centre(PLACES)) as hall:
        yield hall


def check_goals(measured: Measured, sizes: Sizes = TINY) -> None:
    """What the benchmark is there to show."""
    found = {name: value for name, value, _ in press.figures(measured, sizes)}
    assert found[f"press_p95_ms_{measured.counters}"] <= 150
    assert found[f"elsewhere_p95_ms_{measured.counters}"] < 1000


def check_nothing_went_wrong(measured: Measured) -> None:
    """Every press shows its change, and nobody was called to two counters."""
    assert (press.errors(measured), measured.called_twice) == (0, 0)


def page(ticket: int, *, started: bool = False) -> bytes:
    button = b"finishes" if started else b"starts"
    return b'<input type="hidden" name="seen" value="%d"><form action="/counter/3/%s">' % (ticket, button)


def working_clerk() -> tuple[Clerk, list[bytes]]:
    """A clerk at counter 3 and what was sent; the keys come by their seed."""
    clerk = Clerk(press.busy_centre(PLACES).counters[2], "a=b")
    return clerk, [clerk.button("http://127.0.0.1:9").request()]


def test_the_busy_centre_has_sixty_counters_each_with_its_clerk():
    centre = press.busy_centre()
    assert [counter.number for counter in centre.counters] == list(range(1, 61))
    clerks = [person for person in centre.people if person.roles == (Role.CLERK,)]
    assert [person.counter for person in clerks] == list(range(1, 61))
    for counter in centre.counters:
        like = centre.counters[(counter.number - 1) % 12]
        assert (counter.queues, counter.secondary, counter.zone) == (like.queues, like.secondary, like.zone)


def test_each_clerk_presses_at_the_same_moments_in_every_run():
    counters = press.busy_centre().counters
    drawn, again = ([list(Clerk(counter, "").moments((1.0, 2.0), 30)) for counter in counters] for _ in range(2))
    assert drawn == again
    assert drawn[0] != drawn[1]
    assert all(1 <= later - sooner <= 2 for own in drawn for sooner, later in pairwise(own))
    assert sum(map(len, drawn)) == pytest.approx(60 * 30 / 1.5, rel=0.05)


def test_a_press_names_the_ticket_that_the_screen_shows():
    clerk, (first,) = working_clerk()
    assert first.startswith(b"POST /counter/3/calls HTTP/1.1\r\n")
    assert first.endswith(b"\r\n\r\nrequest_id=bench-3-0&seen=0")
    assert clerk.read(1.0, 20.0, page(7)) == Answer(1.0, 20.0, shows=True, called=7)
    assert clerk.button("http://127.0.0.1:9").request().endswith(b"request_id=bench-3-1&seen=7")


@pytest.mark.parametrize("body", [b"<p>409</p>", page(0), page(7, started=True)], ids=["refused", "nobody", "old"])
def test_an_answer_without_the_change_is_no_answer(body):
    clerk, _ = working_clerk()
    assert clerk.read(1.0, 20.0, body) == Answer(1.0, 20.0, shows=False)


def call_at(counter: int, ticket: int, prefix: str = "A") -> Call:
    return Call(ticket, ticket, prefix, 1, counter, NOW, "call")


def test_a_call_concerns_the_counters_of_its_queue_and_the_walls_of_its_hall():
    centre = press.busy_centre(PLACES)
    assert press.concerned(centre, call_at(2, 7, "A")) == ["1", "3", "W1"]
    assert press.concerned(centre, call_at(10, 7, "E")) == ["9", "11", "12", "W2"]


def test_a_tiny_hall_gives_every_figure_and_nothing_goes_wrong(busy):
    measured = press.measure(busy, TINY)
    check_nothing_went_wrong(measured)
    figures = {name: value for name, value, _ in press.figures(measured, TINY)}
    for name in ("press", "elsewhere"):
        p50, p95, p99 = (figures[f"{name}_p{percent}_ms_{PLACES}"] for percent in (50, 95, 99))
        assert 0 < p50 <= p95 <= p99
    assert measured.presses >= PLACES * 3
    assert len(measured.elsewhere) >= PLACES
    assert figures[f"press_rate_{PLACES}"] > 0 < figures["server_cpu_share"]
    assert (figures["press_errors"], figures["press_called_twice"]) == (0, 0)


def answered(milliseconds: float, elsewhere: float) -> Measured:
    answers = [Answer(1.0, milliseconds, shows=True)] * 20
    return Measured(counters=60, presses=20, answers=answers, elsewhere=[elsewhere] * 20)


@pytest.mark.planted
@pytest.mark.parametrize("late", [answered(151, 400), answered(90, 1000)], ids=["press", "elsewhere"])
def test_planted_lateness_is_found(late):
    check_goals(answered(150, 999))
    with pytest.raises(AssertionError):
        check_goals(late)


@pytest.mark.planted
def test_planted_a_slow_server_is_found(busy):
    measured = press.measure(busy, TINY, (HINDERING, "slow"))
    check_nothing_went_wrong(measured)
    with pytest.raises(AssertionError):
        check_goals(measured)
    assert min(answer.milliseconds for answer in measured.answers) >= 500


@pytest.mark.planted
def test_planted_a_ticket_called_to_two_counters_is_found(busy):
    assert press.called_twice([call_at(1, 7), call_at(2, 8)]) == set()
    assert press.called_twice([call_at(1, 7), call_at(2, 8), call_at(3, 7)]) == {7}
    measured = press.measure(busy, TINY, (HINDERING, "doubling"))
    with pytest.raises(AssertionError):
        check_nothing_went_wrong(measured)
    assert measured.called_twice > 0


@pytest.mark.planted
def test_planted_refused_presses_are_counted(busy):
    measured = press.measure(busy, TINY, (HINDERING, "refusing"))
    with pytest.raises(AssertionError):
        check_nothing_went_wrong(measured)
    assert 0 < press.errors(measured) < measured.presses
