"""Priority by one's own word: chosen in front of the kiosk, good for one number, gone before the next person."""

import re
from dataclasses import replace
from datetime import date

import pytest

from kiosk.declarations import LIVES_SECONDS, DeclarationOver, Declarations
from kiosk.memory import memory_of
from operations import managing
from store import tickets
from store.days import newest
from store.writer import Act
from tests.kiosk.test_routes import number_on
from tests.kiosk.test_scanning import card, journey_in, press, scan
from tests.support.asking import NO_PRINTERS, QUEUE, browser, request_id
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre
from tests.support.servers import Server, running

FRAGMENT = {"HX-Request": "true"}
OLD, ILL = "cao-tuoi", "om-nang"
LATER = "nguoi-co-cong"  # in force from next year on


class Timer:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def timer():
    return Timer()


@pytest.fixture
def declarations(timer):
    return Declarations(timer)


def test_a_choice_is_good_for_one_number_and_for_the_same_press_again(declarations):
    chosen = declarations.declare("K1", OLD)
    assert declarations.of("K1").priority == OLD
    assert declarations.priority_for("K1", chosen.id, "press-1") == OLD
    declarations.given("K1", "press-1")
    assert declarations.of("K1") is None
    assert declarations.priority_for("K1", chosen.id, "press-1") == OLD
    with pytest.raises(DeclarationOver):
        declarations.priority_for("K1", chosen.id, "press-2")


def test_a_choice_counts_at_its_own_kiosk_and_under_its_own_id(declarations):
    chosen = declarations.declare("K1", OLD)
    assert declarations.of("K2") is None
    assert declarations.priority_for("K1", "", "press") is None, "a page that says nothing asks for nothing"
    for device, name in (("K2", chosen.id), ("K1", "another")):
        with pytest.raises(DeclarationOver):
            declarations.priority_for(device, name, "press")
    declarations.declare("K1", ILL)
    with pytest.raises(DeclarationOver):
        declarations.priority_for("K1", chosen.id, "press")


def test_an_impatient_finger_chooses_once(declarations):
    first = declarations.declare("K1", OLD, "press-1")
    assert declarations.declare("K1", OLD, "press-1") == first
    assert declarations.declare("K1", OLD, "press-2") != first
    assert declarations.declare("K1", ILL, "press-2").priority == ILL


def forgets(declarations: Declarations, timer: Timer) -> None:
    """Its time begins anew with each page that says it, and then nothing is left."""
    declarations.declare("K1", OLD)
    timer.seconds += LIVES_SECONDS - 1
    assert declarations.of("K1")
    timer.seconds += LIVES_SECONDS - 1
    assert declarations.of("K1")
    timer.seconds += LIVES_SECONDS
    assert declarations.of("K1") is None
    assert len(declarations) == 0


def test_after_its_time_nothing_is_left(declarations, timer):
    forgets(declarations, timer)


@pytest.mark.planted
def test_planted_a_choice_that_never_ends_is_found(declarations, timer, monkeypatch):
    monkeypatch.setattr(Declarations, "sweep", lambda self: None)
    with pytest.raises(AssertionError):
        forgets(declarations, timer)


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    """A centre one of whose classes comes into force next year."""
    with running(
        tmp_path_factory.mktemp("declaring") / "data", HandClock(MORNING), printer_of=NO_PRINTERS
    ) as server:
        demo = demo_centre()
        classes = (replace(c, effective_from=date(2027, 1, 1)) if c.id == LATER else c for c in demo.classes)
        changed = replace(demo, classes=tuple(classes))
        server.store.write_now(Act("t"), managing.load_centre, changed, demo_calendar())
        yield server


@pytest.fixture
def kiosk(centre):
    """Somebody at K1, where nobody has chosen anything."""
    found = browser(centre, f"motcua-device-K1={centre.device_cookie('K1')}")
    found.get("/kiosk/K1")
    return found


def declare(kiosk, priority: str, **fields: str):
    return kiosk.post("/kiosk/K1/declarations?lang=vi", data={"priority": priority, **fields})


def declared_on(page: str) -> str:
    """The id that the page's ticket buttons carry; empty where none does."""
    return (re.findall(r'name="declared" value="([^"]+)"', page) or [""])[0]


def take(kiosk, page: str, request: str | None = None, **headers: str):
    """Press the first queue of this page."""
    form = {"queue": QUEUE, "request_id": request or request_id(), "declared": declared_on(page)}
    return kiosk.post("/kiosk/K1/tickets", data=form, headers=headers or FRAGMENT)


def class_of_last(centre: Server) -> str | None:
    """The class of the newest number."""
    return centre.store.read(lambda db: tickets.of_day(db, newest(db).id))[-1].priority


def queues(kiosk, query: str = "") -> str:
    return kiosk.get(f"/kiosk/K1/queues{query}").text


def test_the_classes_in_force_are_offered_in_the_page_s_language(kiosk):
    page = kiosk.get("/kiosk/K1/classes?at=queues&lang=en").text
    assert "Elderly person (60 or over)" in page
    assert f'value="{ILL}"' in page
    assert f'value="{LATER}"' not in page
    assert re.findall(r'href="(/kiosk/K1/queues\?[^"]+)">Back', page) == ["/kiosk/K1/queues?lang=en"]


def test_what_is_chosen_is_said_and_the_number_has_it(centre, kiosk):
    answer = declare(kiosk, OLD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/kiosk/K1/queues?lang=vi")
    page = queues(kiosk)
    assert "Bạn chọn diện:" in page
    assert "Người cao tuổi (từ 60 tuổi)" in page
    given = take(kiosk, page)
    assert given.status_code == 200
    assert "cao tuổi" not in given.text
    assert "ưu tiên" in given.text
    assert class_of_last(centre) == OLD


def test_the_language_and_the_modes_stay_with_the_choice(kiosk):
    form = {"priority": OLD, "at": "1.001193"}
    answer = kiosk.post("/kiosk/K1/declarations?lang=fr&reach=1&volume=5", data=form)
    assert answer.headers["location"] == "/kiosk/K1/procedures/1.001193?lang=fr&reach=1&volume=5"
    assert "Vous avez choisi" in kiosk.get(answer.headers["location"]).text
    assert "You chose" in queues(kiosk, "?lang=en")
    assert declare(kiosk, OLD, kind="results").headers["location"] == "/kiosk/K1/queues?lang=vi&kind=results"


def test_the_way_back_changes_nothing_and_none_takes_it_back(centre, kiosk):
    declare(kiosk, OLD)
    kiosk.post("/kiosk/K1/declarations", data={"at": "queues"})
    assert declared_on(queues(kiosk))
    declare(kiosk, "")
    page = queues(kiosk)
    assert not declared_on(page)
    assert "Tôi thuộc diện ưu tiên" in page
    take(kiosk, page)
    assert class_of_last(centre) is None


@pytest.mark.parametrize("priority", ["vip", LATER, "x" * 40])
def test_a_class_that_is_not_in_force_is_refused_in_a_sentence(centre, kiosk, priority):
    answer = declare(kiosk, priority)
    assert answer.status_code == 422
    assert "không có hoặc chưa áp dụng" in answer.text
    assert not declared_on(queues(kiosk))


@pytest.mark.parametrize("at", ["https://elsewhere", "../../admin", "9", "//x", "queues?x=1", ""])
def test_one_is_led_to_no_other_place(kiosk, at):
    answer = declare(kiosk, OLD, at=at, kind="../x")
    assert answer.headers["location"] == "/kiosk/K1/queues?lang=vi"


def check_nothing_sticks(centre: Server, kiosk) -> None:
    """Whatever ends a visit, the next number at this kiosk is an ordinary one."""
    declare(kiosk, OLD)
    take(kiosk, queues(kiosk))
    ends = (
        lambda: None,
        lambda: (declare(kiosk, OLD), kiosk.get("/kiosk/K1")),
        lambda: (declare(kiosk, OLD), scan(kiosk, card(70))),
    )
    for end in ends:
        end()
        page = queues(kiosk)
        assert "Bạn chọn diện:" not in page
        take(kiosk, page)
        assert class_of_last(centre) is None


def test_the_choice_of_the_last_person_is_not_the_next_one_s(centre, kiosk):
    check_nothing_sticks(centre, kiosk)


@pytest.mark.planted
@pytest.mark.parametrize("lost", ["end", "given"])
def test_planted_a_class_that_sticks_to_the_next_person_is_found(centre, kiosk, monkeypatch, lost):
    monkeypatch.setattr(Declarations, lost, lambda *_: None)
    with pytest.raises(AssertionError):
        check_nothing_sticks(centre, kiosk)


def test_a_page_left_open_gives_no_class_to_anybody(centre, kiosk):
    declare(kiosk, OLD)
    old = queues(kiosk)
    kiosk.get("/kiosk/K1")
    refused = take(kiosk, old)
    assert refused.status_code == 409
    assert "không còn nhớ diện ưu tiên" in refused.text


def test_the_same_press_twice_is_one_number_with_its_class(centre, kiosk):
    declare(kiosk, OLD)
    page, press_id = queues(kiosk), request_id()
    first, second = take(kiosk, page, press_id), take(kiosk, page, press_id)
    assert number_on(first.text) == number_on(second.text)
    assert class_of_last(centre) == OLD
    assert take(kiosk, page).status_code == 409, "not good for a second number"


def test_a_card_and_a_class_come_together(centre, kiosk):
    journey = journey_in(scan(kiosk, card(71)).text)
    listed = press(kiosk, "classes", journey).text
    assert "<html" not in listed
    assert f'value="{ILL}"' in listed
    person = press(kiosk, "declarations", journey, priority=ILL).text
    assert "Người đang ốm nặng" in person
    assert press(kiosk, "tickets", journey, queue=QUEUE, declared=declared_on(person)).status_code == 200
    assert class_of_last(centre) == ILL
    assert press(kiosk, "classes", "no-such-journey").status_code == 409


def test_without_script_the_card_s_page_comes_whole(kiosk):
    journey = journey_in(scan(kiosk, card(72)).text)
    for path, field in (("classes", {}), ("declarations", {"priority": ILL})):
        answer = kiosk.post(f"/kiosk/K1/{path}", data={"journey": journey, **field})
        assert answer.status_code == 200
        assert "<html" in answer.text


def test_the_class_is_in_no_address_cookie_log_or_memory_of_the_visit(centre, kiosk, capfd):
    told = []
    kiosk.event_hooks = {"response": [lambda r: told.append(f"{r.request.url} {dict(r.headers)}")]}
    kiosk.get("/kiosk/K1/classes?at=1.001193")
    answer = declare(kiosk, ILL, at="1.001193")
    page = kiosk.get(answer.headers["location"]).text
    given = take(kiosk, page, Accept="text/html")
    number = kiosk.get(given.headers["location"]).text
    kiosk.get("/kiosk/K1")
    out = capfd.readouterr()
    metrics = browser(centre).get("/metrics").text
    memory = repr(memory_of(type("C", (), {"app": centre.app})).declarations._known)
    for place in (*told, number, out.out, out.err, metrics, memory):
        assert ILL not in place
        assert "ốm nặng" not in place


@pytest.mark.planted
def test_planted_a_class_in_an_address_is_found(centre, kiosk, capfd, monkeypatch):
    monkeypatch.setattr("kiosk.modes.carried", lambda request: {"lang": "vi", "class": ILL})
    with pytest.raises(AssertionError):
        test_the_class_is_in_no_address_cookie_log_or_memory_of_the_visit(centre, kiosk, capfd)


def test_a_centre_without_classes_offers_nothing(tmp_path):
    with running(tmp_path / "data", HandClock(MORNING), printer_of=NO_PRINTERS) as server:
        bare = replace(demo_centre(), classes=())
        server.store.write_now(Act("t"), managing.load_centre, bare, demo_calendar())
        kiosk = browser(server, f"motcua-device-K1={server.device_cookie('K1')}")
        for path in ("queues", "procedures/1.001193"):
            assert "ưu tiên" not in kiosk.get(f"/kiosk/K1/{path}").text
        assert "Trung tâm chưa có diện ưu tiên nào." in kiosk.get("/kiosk/K1/classes").text
