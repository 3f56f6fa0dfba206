"""Who stands at a kiosk is remembered for two minutes at most, at that kiosk alone, and as a hash."""

import pytest

from kiosk.journeys import LIVES_SECONDS, MOST, Journeys


class Timer:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def timer():
    return Timer()


@pytest.fixture
def journeys(timer):
    return Journeys(timer)


def test_a_journey_is_found_at_its_own_kiosk_only(journeys):
    journey = journeys.begin("K1", b"hash")
    assert journeys.find(journey.id, "K1").holder == b"hash"
    assert journeys.find(journey.id, "K2") is None
    assert journeys.find("another", "K1") is None


def forgets(journeys, timer) -> None:
    """After two minutes nothing is left, not even in memory."""
    journey = journeys.begin("K1", b"hash")
    timer.seconds += LIVES_SECONDS - 1
    assert journeys.find(journey.id, "K1")
    timer.seconds += 1
    assert journeys.find(journey.id, "K1") is None
    assert len(journeys) == 0


def test_after_two_minutes_nothing_is_left(journeys, timer):
    forgets(journeys, timer)


@pytest.mark.planted
def test_planted_a_journey_that_never_ends_is_found(journeys, timer, monkeypatch):
    monkeypatch.setattr(Journeys, "sweep", lambda self: None)
    with pytest.raises(AssertionError):
        forgets(journeys, timer)


def test_the_next_scan_at_a_kiosk_ends_the_one_before(journeys):
    first, elsewhere = journeys.begin("K1", b"one"), journeys.begin("K2", b"other")
    second = journeys.begin("K1", b"two")
    assert journeys.find(first.id, "K1") is None
    assert journeys.find(second.id, "K1").holder == b"two"
    assert journeys.find(elsewhere.id, "K2").holder == b"other"
    journeys.end("K1")
    assert journeys.find(second.id, "K1") is None


def test_ids_cannot_be_guessed_and_memory_is_bounded(journeys):
    ids = {journeys.begin(f"K{n}", b"x").id for n in range(MOST + 50)}
    assert len(ids) == MOST + 50
    assert min(map(len, ids)) >= 20
    assert len(journeys) == MOST
