"""The life of a dossier: each act where it is at home, refused elsewhere, told to the portal as it was."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.deadlines import ExtensionWrong
from domain.dossier_rules import DossierRules, Resuming
from domain.dossiers import FINAL, RULES, TRANSITIONS, Act, ActNotNow, ReasonMissing, Status, is_open_to, target
from domain.errors import DossierExists, Invalid, NotAllowed, NotFound, StaleScreen
from operations import arrivals, endings, intake, managing, processing, shifts, supplements
from operations.arrivals import Arrival
from operations.endings import Handing, Proof, Taker
from operations.processing import Doing
from store import dossiers, outbox
from tests.operations.test_intake import here
from tests.support.halls import demo_calendar, demo_centre

SAME_DAY, THREE_DAYS, ELSEWHERE = "1.001193", "1.004873", "2.001159"
WORDS = b"sealed words"
LEADER = "ql01"


@pytest.fixture
def desk(hall):
    """cb01 at counter 1 on Monday 23 November 2026, 08:00."""
    hall.do(shifts.open_shift, 1, "cb01")
    return hall


def received(hall, procedure: str = THREE_DAYS) -> str:
    return hall.do(intake.receive_dossier, 1, "cb01", intake.Intake(procedure, b"sealed")).code


def doing(code: str, **more) -> Doing:
    return replace(Doing(code, "cb01", WORDS), **more)


def status(hall, code: str) -> Status:
    return dossiers.find(hall.db, code).status


def at_work(hall) -> str:
    code = received(hall)
    hall.do(processing.note, Act.PROGRESS, doing(code))
    return code


def test_a_whole_life_step_by_step(desk):
    code = received(desk)
    desk.do(processing.hand_over, doing(code), "dat-dai")
    assert status(desk, code) is Status.RECEIVED, "it is on its way, nobody works on it yet"
    desk.do(processing.take_over, doing(code))
    assert (status(desk, code), dossiers.find(desk.db, code).unit) == (Status.UNDER_WAY, "dat-dai")
    desk.do(endings.resolve, doing(code), ("KQ.G15.000038",))
    desk.do(endings.return_result, doing(code), Handing(Taker.OWNER, Proof.CARD, 1))
    found = dossiers.find(desk.db, code)
    assert (found.status, found.steps) == (Status.RETURNED, 4)
    assert found.finished_at is not None and found.returned_at is not None
    assert [step.act for step in dossiers.steps_of(desk.db, code)] == [
        Act.HAND_OVER, Act.TAKE_OVER, Act.RESOLVE, Act.RETURN,
    ]  # fmt: skip


def test_what_happened_is_told_in_order_and_each_step_once(desk):
    code = at_work(desk)
    desk.do(processing.note, Act.PROGRESS, doing(code))
    desk.do(processing.correct, doing(code), b"other", (), None)
    told = [(message.kind, message.step) for message in outbox.portal_messages_of(desk.db, code)]
    assert told == [
        ("dossier", 0), ("progress", 0), ("dossier", 1), ("progress", 1), ("progress", 2), ("dossier", 3),
    ]  # fmt: skip


def test_a_dossier_stands_after_each_step_as_it_stood_then(desk):
    code = at_work(desk)
    desk.do(supplements.ask_supplement, doing(code))
    desk.do(supplements.take_supplement, doing(code))
    found, steps = dossiers.find(desk.db, code), dossiers.steps_of(desk.db, code)
    stood = [dossiers.as_of(found, steps, n).status for n in range(4)]
    assert stood == [Status.RECEIVED, Status.UNDER_WAY, Status.SUPPLEMENT, Status.UNDER_WAY]
    assert dossiers.as_of(found, steps, 3) == replace(found, facts=dossiers.as_of(found, steps, 3).facts)


@pytest.mark.parametrize("act", [Act.ACCEPT, Act.TAKE_SUPPLEMENT, Act.RETURN, Act.NOTE_PAYMENT, Act.RESUME])
def test_an_act_that_is_not_at_home_here_changes_nothing(desk, act):
    code = received(desk)
    before = desk.one("SELECT count(*) FROM journal")
    with pytest.raises(ActNotNow):
        desk.do(processing.do, act, doing(code))
    assert (status(desk, code), desk.one("SELECT count(*) FROM journal")) == (Status.RECEIVED, before)


def test_only_certification_and_same_day_work_is_done_at_once(desk):
    with pytest.raises(ActNotNow):
        desk.do(endings.resolve, doing(received(desk)))
    placements = tuple(replace(p, at_once=p.code == SAME_DAY) for p in demo_centre().procedures)
    desk.do(managing.load_centre, replace(demo_centre(), procedures=placements), demo_calendar())
    code = received(desk, SAME_DAY)
    desk.do(endings.resolve, doing(code))
    assert status(desk, code) is Status.DONE


def test_beyond_the_table_only_who_leads_and_with_a_reason(desk):
    code = received(desk)
    with pytest.raises(NotAllowed):
        desk.do(processing.do, Act.STOP, doing(code, beyond=True))
    with pytest.raises(ReasonMissing):
        desk.do(processing.do, Act.RESUME, doing(code, person=LEADER, words=None, beyond=True))
    desk.do(processing.do, Act.STOP, doing(code, person=LEADER, beyond=True))
    assert status(desk, code) is Status.STOPPED
    assert dossiers.steps_of(desk.db, code)[-1].beyond


def test_the_centre_may_have_a_table_of_its_own(desk):
    rules = DossierRules(transitions=("1-2", "2-4", "2-8", "4-9", "9-10"))
    desk.do(managing.load_centre, replace(demo_centre(), dossiers=rules), demo_calendar())
    code = received(desk)
    with pytest.raises(ActNotNow):
        desk.do(supplements.ask_supplement, doing(code))
    desk.do(processing.note, Act.STOP, doing(code))
    assert status(desk, code) is Status.STOPPED


def test_a_screen_that_shows_an_older_step_is_refused(desk):
    code = at_work(desk)
    with pytest.raises(StaleScreen):
        desk.do(processing.note, Act.PROGRESS, doing(code, seen=0))
    desk.do(processing.note, Act.PROGRESS, doing(code, seen=1))


def test_who_decides_without_a_word_is_refused(desk):
    with pytest.raises(ReasonMissing):
        desk.do(processing.note, Act.WITHDRAW, doing(received(desk), words=None))


def test_a_dossier_is_taken_over_by_whom_it_was_handed_to(desk):
    code = received(desk)
    with pytest.raises(ActNotNow):
        desk.do(processing.take_over, doing(code))
    with pytest.raises(NotFound):
        desk.do(processing.hand_over, doing(code), "nobody")


def test_papers_are_asked_for_once_and_once_more_by_who_leads(desk):
    code = at_work(desk)
    desk.do(supplements.ask_supplement, doing(code))
    desk.do(supplements.take_supplement, doing(code))
    with pytest.raises(supplements.SupplementsUsedUp):
        desk.do(supplements.ask_supplement, doing(code))
    desk.do(supplements.ask_supplement, doing(code, person=LEADER))
    assert dossiers.steps_of(desk.db, code)[-1].facts["approver"] == LEADER


def test_after_the_counter_the_clock_starts_anew_and_after_the_appraisal_it_goes_on(desk):
    first, second = received(desk), at_work(desk)
    for code in (first, second):
        desk.do(supplements.ask_supplement, doing(code))
    desk.clock.forward(days=2, hours=1)
    for code in (first, second):
        desk.do(supplements.take_supplement, doing(code))
    anew, paused = dossiers.find(desk.db, first), dossiers.find(desk.db, second)
    assert (anew.status, anew.due) == (Status.RECEIVED, here("2026-11-30T17:00"))
    assert (paused.status, paused.due) == (Status.UNDER_WAY, here("2026-11-30T17:00"))
    assert paused.facts["due_rule"]["pauses"] and not anew.facts["due_rule"]["pauses"]


def test_the_centre_says_what_the_clock_does(desk):
    rules = DossierRules(after_appraisal=Resuming.RESTART)
    desk.do(managing.load_centre, replace(demo_centre(), dossiers=rules), demo_calendar())
    code = at_work(desk)
    desk.do(supplements.ask_supplement, doing(code))
    desk.do(supplements.take_supplement, doing(code))
    assert status(desk, code) is Status.RECEIVED


def test_it_is_put_off_once_to_a_later_working_day(desk):
    code = at_work(desk)
    for wrong in (date(2026, 11, 23), date(2026, 11, 29)):
        with pytest.raises(ExtensionWrong):
            desk.do(endings.extend, doing(code), wrong)
    desk.do(endings.extend, doing(code), date(2026, 12, 1))
    assert dossiers.find(desk.db, code).due == here("2026-12-01T17:00")
    with pytest.raises(endings.ExtendedBefore):
        desk.do(endings.extend, doing(code), date(2026, 12, 4))


def test_a_result_goes_to_who_may_have_it(desk):
    code = at_work(desk)
    desk.do(endings.resolve, doing(code))
    with pytest.raises(Invalid):
        desk.do(endings.return_result, doing(code), Handing(Taker.REPRESENTATIVE, Proof.CARD))
    desk.do(endings.return_result, doing(code), Handing(Taker.REPRESENTATIVE, Proof.AUTHORISATION, 1))


def test_an_online_dossier_keeps_its_code_and_has_eight_working_hours(desk):
    desk.clock.at("16:00")
    arrival = Arrival("000.00.00.G22-261123-000001", THREE_DAYS, b"sealed", desk.clock() - timedelta(minutes=5))
    desk.do(arrivals.take_in, arrival)
    found = dossiers.find(desk.db, arrival.code)
    assert (found.status, found.counter, found.due) == (Status.NEW, None, None)
    assert found.facts["answer_by"] == int(here("2026-11-25T16:30").timestamp() * 1000)
    with pytest.raises(DossierExists):
        desk.do(arrivals.take_in, arrival)
    desk.do(arrivals.accept, Doing(arrival.code, "cb01"))
    found = dossiers.find(desk.db, arrival.code)
    assert (found.status, found.due) == (Status.RECEIVED, here("2026-11-27T17:00"))


def test_dossiers_of_one_representative_come_all_or_none(desk):
    good, wrong = intake.Intake(THREE_DAYS, b"x"), intake.Intake("9.999999", b"x")
    with pytest.raises(NotFound):
        desk.do(intake.receive_together, 1, "cb01", (good, wrong))
    assert desk.one("SELECT count(*) FROM dossiers") == 0
    codes = [one.code for one in desk.do(intake.receive_together, 1, "cb01", (good, good, good))]
    assert [dossiers.find(desk.db, code).facts["batch"] for code in codes] == ["", codes[0], codes[0]]


def test_what_a_ministry_processes_is_kept_by_reference_only(desk):
    with pytest.raises(intake.ElsewhereOnly):
        received(desk, ELSEWHERE)
    with pytest.raises(Invalid):
        desk.do(intake.note_reference, 1, "cb01", THREE_DAYS, "ABC-1")
    desk.do(intake.note_reference, 1, "cb01", ELSEWHERE, "LT-2026/000123")
    assert desk.one("SELECT reference FROM ministry_references") == "LT-2026/000123"
    assert desk.one("SELECT count(*) FROM portal_messages") == 0


def test_no_way_leads_out_of_an_end():
    for act in Act:
        for end in FINAL:
            assert not is_open_to(act, end), f"{act} from {end}"


def test_every_pair_of_the_table_is_some_act():
    """Else the table would promise a way that nobody can go."""
    ways = {
        (before, target(act, before, restart=restart))
        for act, rule in RULES.items() for before in rule.within for restart in (False, True)
    }  # fmt: skip
    assert ways >= TRANSITIONS


def check_completion(desk, table: tuple[str, ...], expected: list[tuple[int, int]]) -> None:
    """Asked to complete an online dossier: by which steps, in one transaction."""
    centre = demo_centre()
    desk.do(
        managing.load_centre, replace(centre, dossiers=replace(centre.dossiers, transitions=table)), demo_calendar()
    )
    code = "G22.99-261123-00777"
    desk.do(arrivals.take_in, Arrival(code, THREE_DAYS, b"sealed", desk.clock()))
    desk.do(arrivals.ask_to_complete, doing(code, seen=0))
    steps = dossiers.steps_of(desk.db, code)
    assert [(one.before, one.after) for one in steps] == expected
    assert [one.step for one in outbox.portal_messages_of(desk.db, code)][-1] == len(steps)
    assert steps[-1].words is not None and dossiers.find(desk.db, code).supplements == 1
    with pytest.raises(StaleScreen):
        desk.do(arrivals.ask_to_complete, doing(code, seen=0))


def test_an_online_dossier_is_received_before_papers_are_asked_for(desk):
    check_completion(desk, (), [(1, 2), (2, 5)])


def test_a_centre_whose_table_says_so_asks_at_once(desk):
    own = tuple(f"{int(before)}-{int(after)}" for before, after in TRANSITIONS)
    check_completion(desk, (*own, "1-5"), [(1, 5)])


@pytest.mark.planted
def test_a_way_outside_of_the_table_is_found(desk, monkeypatch):
    monkeypatch.setattr("operations.arrivals.is_open_to", lambda *_: True)
    with pytest.raises(ActNotNow):
        check_completion(desk, (), [(1, 2), (2, 5)])
