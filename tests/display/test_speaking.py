"""The server's queue of announcements: two speakers, reloads, lost answers, a rush, quiet hours, a lost pack."""

import itertools
import random
import re
from contextlib import contextmanager
from dataclasses import replace

import pytest

from domain.announcements import Outcome
from domain.centre_rules import Loudness, Voice
from domain.walls import Layout, Screen
from operations import calling, configuring, shifts, speaking, ticketing, undoing
from store import announcements, journal
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre
from tests.support.servers import running
from web import speakers
from web.visitors import SIGN_IN_COOKIE
from web.wording import SPEECH_ENDS

QUEUES = {1: "ho-tich", 5: "cu-tru", 9: "kinh-doanh"}


class Timer:
    """The seconds that count the turns, moved with the clock."""

    def __init__(self, clock):
        self.clock = clock

    def __call__(self):
        return (self.clock() - MORNING).total_seconds()


@pytest.fixture
def clock():
    return HandClock(MORNING)


@pytest.fixture
def centre(tmp_path, clock):
    """The demo centre with counters manned, started a minute ago."""
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        for counter in QUEUES:
            server.store.write_now(Act(f"cb{counter:02d}"), shifts.open_shift, counter, f"cb{counter:02d}")
        server.app.state.house.speakers.__init__(MORNING, Timer(clock))
        clock.forward(seconds=60)
        yield server


class Wall:
    """A wall's page, without its sound: asks, and says what it has said."""

    names = itertools.count(100000)

    def __init__(self, centre, device="W1", leading=False):
        self.client = browser(centre, f"motcua-device-{device}={centre.device_cookie(device)}")
        self.device, self.speaker, self.n = device, f"s{next(self.names)}", 0
        self.leading = leading

    def ask(self, ended=None, outcome="spoken", again=False):
        self.n += not again
        form = {"speaker": self.speaker, "n": self.n, "leading": int(self.leading)}
        if ended is not None:
            form |= {"ended": ended, "outcome": outcome, "milliseconds": 3400}
        answer = self.client.post(f"/display/{self.device}/voice/turns", data=form)
        assert answer.status_code == 200
        return answer.json()

    def fetch(self, turn):
        return self.client.get(turn["url"])


def call(centre, counter=1):
    """One more person, called to this counter; gives the number of the announcement."""
    centre.store.write_now(Act("t"), ticketing.take_ticket, QUEUES[counter])
    person = f"cb{counter:02d}"
    return centre.store.write_now(Act(person), calling.call_next, counter, person).seq


def known(centre, zone="khu-1"):
    """What became of the zone's announcements."""
    return {seq: str(outcome) for seq, outcome in centre.store.read(announcements.outcomes, zone, 0).items()}


def settle(centre, **changes):
    """Another configuration in force."""
    centre.store.write_now(Act("ql03"), configuring.load_centre, replace(demo_centre(), **changes), demo_calendar())


@contextmanager
def two_walls(centre):
    """A second wall in the first zone, and both walls' pages."""
    wall = next(device for device in demo_centre().devices if device.id == "W2")
    settle(centre, devices=(*demo_centre().devices, replace(wall, id="W3", zone="khu-1")))
    yield Wall(centre), Wall(centre, "W3")


def test_calls_are_given_in_order_and_each_once(centre, clock):
    wall, seqs = Wall(centre), [call(centre) for _ in range(3)]
    heard, turn = [], wall.ask()
    while turn["url"]:
        heard.append(turn["seq"])
        assert wall.fetch(turn).status_code == 200
        clock.forward(seconds=4)
        turn = wall.ask(turn["seq"])
    assert heard == seqs
    assert known(centre) == dict.fromkeys(seqs, "spoken")


def test_a_lost_answer_is_given_again_and_an_old_question_gets_nothing(centre):
    wall, seq = Wall(centre), call(centre)
    assert wall.ask() == wall.ask(again=True)
    wall.ask(seq)
    wall.n -= 1
    assert wall.ask(again=True)["url"] is None
    assert known(centre) == {seq: "spoken"}


def test_a_late_retry_does_not_get_a_turn_that_another_wall_has_had(centre, clock):
    with two_walls(centre) as (first, second):
        seq = call(centre)
        lost = first.ask()
        clock.forward(milliseconds=lost["milliseconds"] + 5000)
        assert second.ask()["seq"] == seq
        assert first.ask(again=True)["url"] is None
        assert first.fetch(lost).status_code == 404, "it is the other's turn now"


def test_a_sentence_cut_off_by_a_reload_is_said_again_and_one_that_ended_is_not(centre):
    wall, seq = Wall(centre), call(centre)
    wall.fetch(wall.ask())
    assert wall.ask()["seq"] == seq
    assert wall.ask(seq)["url"] is None
    assert wall.ask()["url"] is None


def check_one_leader(centre, clock):
    """Two walls in a zone: one speaks; the other takes over when the first is lost, and repeats nothing."""
    with two_walls(centre) as (first, second):
        seq = call(centre)
        assert first.ask()["seq"] == seq
        assert second.ask()["url"] is None, "one at a time"
        assert first.ask(seq)["url"] is None
        after = call(centre)
        assert second.ask()["url"] is None, "the leader first"
        clock.forward(seconds=3)
        assert first.ask()["seq"] == after
        first.ask(after)
        clock.forward(seconds=30)
        third = call(centre)
        assert second.ask()["url"] is None
        clock.forward(seconds=3)
        assert second.ask()["seq"] == third, "the leader let it wait"
        assert first.ask()["url"] is None
        second.ask(third)
    assert set(known(centre).values()) == {"spoken"}


def test_two_speakers_in_a_zone_have_one_leader(centre, clock):
    check_one_leader(centre, clock)


@pytest.mark.planted
def test_planted_zone_where_everybody_may_speak_is_found(centre, clock, monkeypatch):
    monkeypatch.setattr(speakers, "may_speak", lambda *_: True)
    with pytest.raises(AssertionError):
        check_one_leader(centre, clock)


@pytest.mark.parametrize("fetched", [True, False])
def test_a_wall_lost_in_its_sentence_leaves_it_unsure_or_unsaid(fetched, centre, clock):
    """What may have been heard is not repeated by another wall; what cannot have been is said."""
    with two_walls(centre) as (first, second):
        seq = call(centre)
        turn = first.ask()
        if fetched:
            first.fetch(turn)
        clock.forward(milliseconds=turn["milliseconds"] + 5000)
        answer = second.ask()
        assert answer["url"] is None if fetched else answer["seq"] == seq
        assert known(centre) == ({seq: "unsure"} if fetched else {})
        assert first.ask(seq)["url"] is None
        assert known(centre) == ({seq: "unsure"} if fetched else {seq: "spoken"})


def test_after_a_restart_the_one_that_led_goes_first(centre, clock):
    """The server forgets who spoke; the wall in the middle of its sentence says it when it has ended."""
    with two_walls(centre) as (first, second):
        seq = call(centre)
        first.ask()
        centre.app.state.house.speakers.__init__(clock(), Timer(clock))
        centre.app.state.house.speakers._began = Timer(clock)()
        assert second.ask()["url"] is None
        first.leading = True
        assert first.ask(seq)["url"] is None
        clock.forward(seconds=11)
        assert second.ask()["url"] is None
    assert known(centre) == {seq: "spoken"}


class Player:
    """A wall in a bad network: answers are lost, and it is loaded anew in the middle of a sentence."""

    def __init__(self, wall, heard, chance):
        self.wall, self.heard, self.chance = wall, heard, chance
        self.turn, self.unanswered = None, None

    def step(self):
        """Say the sentence out and ask for the next, or be loaded anew, or ask again after a lost answer."""
        if self.unanswered is not None:
            self._take(self.wall.ask(again=True, **self.unanswered), {})
            return
        said = {}
        if self.turn is not None and self.chance.random() > 0.15:
            self.heard.append(self.turn["seq"])
            said = {"ended": self.turn["seq"]}
        self.turn = None
        self._take(self.wall.ask(**said), said)

    def _take(self, answer, said):
        self.unanswered = (self.unanswered or said) if self.chance.random() < 0.25 else None
        if self.unanswered is None and answer["url"]:
            self.turn = answer
            assert self.wall.fetch(answer).status_code == 200


def check_bad_network(centre, clock, seed, steps=70):
    """Two walls of a zone in such a network: nothing is heard out twice, what becomes of all is known."""
    chance, heard = random.Random(seed), []
    with two_walls(centre) as walls:
        players, seqs = [Player(wall, heard, chance) for wall in walls], []
        for step in range(steps):
            if chance.random() < 0.3 and step < steps - 30:
                seqs.append(call(centre, chance.choice([1, 5])))
            chance.choice(players).step()
            clock.forward(milliseconds=chance.choice([50, 1000, 4000, 9000]))
        for _ in range(3 * len(seqs)):
            for player in players:
                player.step()
            clock.forward(seconds=30)
    assert len(heard) == len(set(heard)), "said twice"
    outcomes = known(centre)
    assert set(outcomes) == set(seqs) and set(outcomes.values()) <= {"spoken", "late", "unsure"}
    assert {seq for seq, outcome in outcomes.items() if outcome == "spoken"} <= set(heard)


@pytest.mark.parametrize("seed", range(3))
def test_in_a_bad_network_nothing_is_said_twice_and_nothing_is_forgotten(seed, centre, clock):
    check_bad_network(centre, clock, seed)


@pytest.mark.planted
def test_planted_server_that_answers_a_question_anew_says_something_twice(centre, clock, monkeypatch):
    monkeypatch.setattr(speakers.Floor, "answered", lambda *_: None)
    monkeypatch.setattr(speakers, "may_speak", lambda *_: True)
    monkeypatch.setattr(speakers.Floor, "close", lambda self, asked: setattr(self, "turn", None))
    with pytest.raises(AssertionError):
        check_bad_network(centre, clock, 0)


def test_a_hundred_calls_in_five_zones_are_spoken_or_counted(centre, clock):
    """Twenty a zone at once; ours has two zones, each hears its own and in a rush less of each."""
    walls = {"khu-1": Wall(centre), "khu-3": Wall(centre, "W2")}
    seqs = {"khu-1": [call(centre, 1) for _ in range(20)], "khu-3": [call(centre, 9) for _ in range(20)]}
    for zone, wall in walls.items():
        start, heard, turn = clock(), [], wall.ask()
        while turn["url"]:
            heard.append((turn["seq"], turn["url"].split("/")[4]))
            clock.forward(milliseconds=turn["milliseconds"])
            turn = wall.ask(turn["seq"])
        assert [seq for seq, _ in heard] + [s for s, o in known(centre, zone).items() if o == "late"] == seqs[zone]
        assert heard[0][1] == "vi" and heard[-1][1] == "chime+vi+vi"
        clock.moment = start
    assert not set(known(centre, "khu-1")) & set(known(centre, "khu-3"))


def test_what_waited_too_long_is_shown_and_not_spoken(centre, clock):
    wall, seq = Wall(centre), call(centre)
    clock.forward(seconds=91)
    assert wall.ask()["url"] is None
    assert known(centre) == {seq: "late"}
    assert "Số này chưa được đọc loa." in wall.client.get("/display/W1").text
    clerk = browser(centre, f"{SIGN_IN_COOKIE}={centre.person_cookie('cb01')}")
    assert "Loa không đọc số này" in clerk.get("/counter/1").text
    day = centre.app.state.house.hub.board().day.id
    assert centre.store.read(announcements.of_zones, day)["khu-1"] == announcements.Spoken(0, 0.0, 1)


@pytest.mark.parametrize("outcome", ["broken", "mute"])
def test_a_sound_that_fails_holds_up_nobody(outcome, centre):
    wall, first, second = Wall(centre), call(centre), call(centre)
    assert wall.ask()["seq"] == first
    answer = wall.ask(first, outcome)
    if outcome == "broken":
        assert answer["seq"] == second
        assert known(centre) == {first: "broken"}
    else:
        assert answer["url"] is None, "a browser that may not sound waits for a finger"
        assert Wall(centre).ask()["seq"] == first, "and another speaker may"
        assert known(centre) == {}


def test_a_call_taken_back_before_its_turn_is_not_said(centre):
    wall, seq = Wall(centre), call(centre)
    centre.store.write_now(Act("cb01"), undoing.undo, 1, "cb01")
    assert wall.ask()["url"] is None
    assert set(known(centre).values()) == {"void"} and seq in known(centre)


def test_a_call_that_was_heard_is_heard_to_be_taken_back(centre):
    wall, seq = Wall(centre), call(centre)
    wall.ask()
    wall.ask(seq)
    centre.store.write_now(Act("cb01"), undoing.undo, 1, "cb01")
    turn = wall.ask()
    assert turn["seq"] > seq and wall.fetch(turn).status_code == 200


def test_settings_decide_how_it_is_said(centre, clock):
    wall = Wall(centre)
    settle(centre, voice=Voice("vi-south", "en", chime=False, repeats=2))
    seq = call(centre)
    turn = wall.ask()
    assert turn["url"] == f"/display/W1/voice/vi+vi+vi+en/{seq}.wav" and turn["volume"] == 100
    southern = wall.fetch(turn).content
    settle(centre, voice=Voice("vi-north", "en"), volumes=(Loudness("khu-1", (("07:00", "12:00"),), 40),))
    assert wall.fetch(turn).content != southern
    wall.ask(seq)
    call(centre)
    assert wall.ask()["volume"] == 40


@pytest.mark.parametrize(
    "changes",
    [{"voice": Voice(quiet=(("08:00", "09:00"),))}, {"volumes": (Loudness("khu-1", (("08:00", "09:00"),), 0),)}],
)
def test_in_quiet_hours_nothing_is_said_and_nothing_is_missed(changes, centre):
    settle(centre, **changes)
    wall, seq = Wall(centre), call(centre)
    assert wall.ask()["url"] is None
    assert known(centre) == {seq: "quiet"}
    assert "chưa được đọc loa" not in wall.client.get("/display/W1").text


def test_a_pack_that_is_not_here_is_spoken_by_the_usual_one(centre):
    settle(centre, voice=Voice("cua-trung-tam", "xx"))
    seq = call(centre)
    assert Wall(centre).ask()["url"].endswith(f"/chime+vi+vi/{seq}.wav")


def test_a_test_is_spoken_once_by_its_wall_also_in_quiet_hours(centre):
    settle(centre, voice=Voice(quiet=(("08:00", "09:00"),)))
    wall = Wall(centre)
    centre.store.write_now(Act("ql03"), speaking.ask_test, "W1")
    centre.app.state.house.speakers.ask_test("khu-1", "W1")
    turn = wall.ask()
    assert re.fullmatch(r"/display/W1/voice/chime\+vi\+vi/0\.wav", turn["url"])
    assert len(wall.fetch(turn).content) > 20_000
    assert wall.ask(0)["url"] is None
    assert known(centre) == {}


def test_the_journal_says_it_once(centre):
    wall, seq = Wall(centre), call(centre)
    wall.ask()
    wall.ask(seq)
    wall.ask(seq)
    begun = centre.store.read(journal.head)[0]
    assert (
        centre.store.write_now(
            Act("device:W1"), speaking.end_announcements, "khu-1", [speaking.Ended(seq, Outcome.BROKEN)]
        )
        == 0
    )
    assert centre.store.read(journal.head)[0] == begun


@pytest.mark.parametrize(
    "form", [{"speaker": "x"}, {"speaker": "abcdef1", "n": 0}, {"speaker": "abcdef1", "n": 1, "outcome": "late"}]
)
def test_a_question_without_sense_is_refused(form, centre):
    assert Wall(centre).client.post("/display/W1/voice/turns", data=form).status_code == 422


@pytest.mark.parametrize("path", ["vi+", "chime", "xx", "vi+vi+vi+vi+vi+vi+vi", "VI"])
def test_a_sound_of_nothing_is_not_found(path, centre):
    seq = call(centre)
    assert Wall(centre).client.get(f"/display/W1/voice/{path}/{seq}.wav").status_code == 404


def test_every_outcome_has_words():
    assert set(Outcome) == set(SPEECH_ENDS)


def test_the_screen_at_a_door_speaks_nothing_and_leads_no_zone(centre, clock):
    """A zone whose only screen hangs at a door is spoken by the hall's wall; a door never takes the turn."""
    door = next(device for device in demo_centre().devices if device.id == "W1")
    screens = [replace(door, id=f"W{n}", zone=zone, counter=1, screen=Screen(Layout.DOOR, 43, 8))
               for n, zone in ((7, "khu-1"), (8, "khu-2"))]  # fmt: skip
    settle(centre, devices=(*demo_centre().devices, *screens))
    seqs = [call(centre, 1), call(centre, 5)]
    clock.forward(seconds=10)
    for at_door in (Wall(centre, "W7"), Wall(centre, "W8")):
        assert at_door.ask()["url"] is None
    wall, heard = Wall(centre), []
    while (turn := wall.ask(*heard[-1:]))["url"]:
        heard.append(turn["seq"])
    assert heard == seqs
