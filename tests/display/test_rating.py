"""The tablet and the phone: who may answer, what is kept, and that nobody at a counter can tell."""

import re

import pytest

from domain.roles import COUNTER_ROLES, Role
from operations import calling, managing, rating, ticketing
from store.journal import Recorded
from store.writer import Act
from tests.support.asking import browser, follow_path, seq, watching
from tests.support.halls import demo_centre
from tests.support.servers import Server
from tests.web.walks import ROUTE_OF, roles_of

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def tablet(centre):
    return browser(centre, f"motcua-device-T1={centre.device_cookie('T1')}")


@pytest.fixture(autouse=True)
def later(clock):
    """What one test did is over when the next begins."""
    clock.forward(minutes=2)


def over(server: Server, counter: int = 1, queue: str = "ho-tich", language: str = "vi") -> int:
    """A visit that has just ended."""
    person = f"cb{counter:02d}"
    server.store.write_now(Act("t"), ticketing.take_ticket, queue, language)
    server.store.write_now(Act(person), calling.call_next, counter, person)
    return server.store.write_now(Act(person), calling.finish, counter, person).id


def ratings_of(server: Server, ticket: int) -> list:
    asked = "SELECT score, reason, counter FROM ratings WHERE ticket = ?"
    return server.store.read(lambda db: db.execute(asked, (ticket,)).fetchall())


def visit(ticket: int, act: str) -> str:
    return f"/rating/T1/visits/{ticket}/{act}"


def test_the_tablet_rests_asks_thanks_and_rests_again(centre, tablet, clock):
    resting = tablet.get("/rating/T1").text
    assert 'class="idle"' in resting
    assert demo_centre().name.vi in resting
    ticket = over(centre)
    asking = tablet.get("/rating/T1").text
    faces = re.findall(r"<span>([^<]*HÀI LÒNG)</span>", asking)
    assert faces == ["RẤT HÀI LÒNG", "HÀI LÒNG", "KHÔNG HÀI LÒNG"]
    answer = tablet.post(visit(ticket, "ratings"), data={"score": 3}, headers=FRAGMENT)
    assert 'class="thanks"' in answer.text
    assert ratings_of(centre, ticket) == [(3, "", 1)]
    clock.forward(seconds=4.9)
    assert 'class="thanks"' in tablet.get("/rating/T1").text
    clock.forward(seconds=0.1)
    assert 'class="idle"' in tablet.get("/rating/T1").text


def test_the_faces_stand_for_a_minute(centre, tablet, clock):
    over(centre)
    clock.forward(seconds=59)
    assert 'class="asking"' in tablet.get("/rating/T1").text
    clock.forward(seconds=1)
    assert 'class="idle"' in tablet.get("/rating/T1").text


def test_the_tablet_is_live(centre, tablet):
    cookie = {"Cookie": tablet.headers["cookie"], "Origin": centre.url}
    with watching(centre, "/rating/T1/live", cookie) as socket:
        assert 'class="idle"' in socket.recv(timeout=5)
        ticket = over(centre)
        assert 'class="asking"' in socket.recv(timeout=5)
        centre.store.write_now(Act("anyone"), rating.rate_visit, ticket, 2)
        assert 'class="thanks"' in socket.recv(timeout=5)


def test_without_a_script_the_answer_leads_back(centre, tablet):
    ticket = over(centre)
    answer = tablet.post(visit(ticket, "ratings"), data={"score": 2})
    assert (answer.status_code, answer.headers["location"]) == (303, "/rating/T1")


def test_skipping_ends_the_question_on_tablet_and_phone(centre, tablet):
    ticket = over(centre)
    phone = browser(centre)
    assert 'class="rate"' in phone.get(follow_path(centre, ticket)).text
    before = seq(centre)
    assert 'class="idle"' in tablet.post(visit(ticket, "skips"), data={}, headers=FRAGMENT).text
    assert 'class="rate"' not in phone.get(follow_path(centre, ticket)).text
    assert seq(centre) == before


def test_whoever_is_not_satisfied_says_why_and_the_words_are_sealed(centre, tablet):
    ticket, words = over(centre), "Chờ từ 8 giờ, không ai nói gì"
    page = tablet.get(visit(ticket, "reason")).text
    assert page.count('type="radio"') == 7
    form = {"score": 1, "reason": "wait", "words": words}
    assert tablet.post(visit(ticket, "ratings"), data=form, headers=FRAGMENT).status_code == 200
    assert ratings_of(centre, ticket) == [(1, "wait", 1)]
    sealed = centre.store.read(
        lambda db: db.execute("SELECT sealed FROM rating_words WHERE ticket = ?", (ticket,)).fetchone()[0]
    )
    assert centre.app.state.house.vault.unseal(sealed).decode() == words
    assert words.encode() not in b"".join(f.read_bytes() for f in centre.data.glob("motcua.sqlite*"))


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 422), ({"score": "0"}, 422), ({"score": "4"}, 422), ({"score": "x"}, 422), ({"score": 1}, 422),
        ({"score": 1, "reason": "no-such"}, 422), ({"score": 3, "reason": "wait"}, 422),
        ({"score": 3, "words": "x"}, 422), ({"score": 1, "reason": "wait", "words": "x" * 201}, 422),
        ({"score": 1, "reason": "wait", "words": "a\x00b"}, 422),
        ({"score": 1, "reason": "wait", "words": "a\nb"}, 422),
    ],
)  # fmt: skip
def test_what_cannot_be_an_answer_changes_nothing(centre, tablet, form, status):
    ticket = over(centre)
    before = seq(centre)
    for client, path in (
        (tablet, visit(ticket, "ratings")),
        (browser(centre), follow_path(centre, ticket) + "/ratings"),
    ):
        answer = client.post(path, data=form, headers=FRAGMENT)
        assert answer.status_code == status
        assert answer.headers["hx-retarget"] == "#failure"
    assert seq(centre) == before


def test_words_of_two_hundred_letters_are_taken(centre, tablet):
    ticket = over(centre)
    form = {"score": 1, "reason": "other", "words": "ỗ" * 200}
    assert tablet.post(visit(ticket, "ratings"), data=form).status_code == 303


def test_a_second_answer_is_refused_in_words(centre, tablet):
    ticket = over(centre)
    assert tablet.post(visit(ticket, "ratings"), data={"score": 3}).status_code == 303
    again = browser(centre).post(follow_path(centre, ticket) + "/ratings", data={"score": 1, "reason": "wait"})
    assert again.status_code == 409
    assert "đã được đánh giá" in again.text
    assert ratings_of(centre, ticket) == [(3, "", 1)]


def test_an_impatient_finger_answers_once(centre, tablet):
    ticket = over(centre)
    page = tablet.get("/rating/T1").text
    form = re.search(rf'value="(rating-{ticket}-3)"', page)
    assert form
    sent = [tablet.post(visit(ticket, "ratings"), data={"score": 3, "request_id": form[1]}) for _ in range(3)]
    assert [answer.status_code for answer in sent] == [303] * 3
    assert len(ratings_of(centre, ticket)) == 1


def test_a_tablet_knows_nothing_of_other_counters(centre, tablet):
    ticket = over(centre, 5, "cu-tru")
    assert 'class="idle"' in tablet.get("/rating/T1").text
    for answer in (
        tablet.get(visit(ticket, "reason")),
        tablet.post(visit(ticket, "ratings"), data={"score": 3}),
        tablet.post(visit(ticket, "skips"), data={}),
    ):
        assert answer.status_code == 404
    assert ratings_of(centre, ticket) == []


def test_a_phone_answers_only_with_the_key_of_its_number(centre):
    ticket, phone = over(centre), browser(centre)
    own, other = follow_path(centre, ticket), follow_path(centre, over(centre))
    forged = f"/follow/{ticket}-{other.partition('-')[2]}"
    assert phone.post(forged + "/ratings", data={"score": 1, "reason": "wait"}).status_code == 404
    answer = phone.post(own + "/ratings", data={"score": 2})
    assert (answer.status_code, answer.headers["location"]) == (303, own)
    page = phone.get(own).text
    assert "Cảm ơn bạn đã đánh giá" in page
    assert 'class="rate"' not in page


@pytest.mark.parametrize("state", ["waiting", "called", "too late"])
def test_a_phone_is_not_asked_before_the_end_nor_long_after(centre, clock, state):
    if state == "too late":
        ticket = over(centre)
        clock.forward(minutes=31)
    else:
        ticket = centre.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich").id
        if state == "called":
            centre.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")
    path = follow_path(centre, ticket)
    assert 'class="rate"' not in browser(centre).get(path).text
    assert browser(centre).post(path + "/ratings", data={"score": 3}).status_code == 409
    if state != "too late":
        centre.store.write_now(Act("cb01"), managing.stop_queue, "xay-dung", "họp")
        for _ in range(2):
            centre.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")


def test_the_question_speaks_the_language_of_the_number_and_the_tablet_its_own_again(centre, tablet, clock):
    over(centre, language="fr")
    asking = tablet.get("/rating/T1").text
    assert '<section class="asking" lang="fr">' in asking
    assert "lang=vi" in re.search(r'hx-ws:connect="([^"]*)"', asking)[1]
    clock.forward(minutes=1)
    assert '<section class="idle" lang="vi">' in tablet.get("/rating/T1").text


# Nobody at a counter can tell


CLERKS_PAGES = [
    key for key in ROUTE_OF
    if key.startswith("GET ") and roles_of(ROUTE_OF[key]) & {*COUNTER_ROLES, Role.GUIDE}
]  # fmt: skip


def clerk_sees(server: Server, clerk) -> list[str]:
    """Every page that is open to people at counters, without what is new at each look."""
    wanted = {"counter": "1", "ticket": "1", "queue": "ho-tich"}
    pages = []
    for key in CLERKS_PAGES:
        path = re.sub(r"{(\w+)}", lambda m: wanted.get(m[1], "x"), key.removeprefix("GET "))
        answer = clerk.get(path)
        assert answer.status_code < 500
        pages.append(re.sub(r'name="request_id" value="[^"]*"|request_id&#34;: ?&#34;[^&]*', "", answer.text))
    return pages


def check_clerk_cannot_tell(server: Server) -> None:
    """The pages of the clerk are the same before the answer and after it."""
    clerk = browser(server, f"motcua-person={server.person_cookie('cb01')}")
    ticket = over(server)
    before = clerk_sees(server, clerk)
    server.store.write_now(Act("device:T1"), rating.rate_visit, ticket, 1, "manner")
    assert clerk_sees(server, clerk) == before


def test_no_page_of_a_counter_changes_by_an_answer(centre):
    assert len(CLERKS_PAGES) >= 3
    check_clerk_cannot_tell(centre)


@pytest.mark.planted
def test_a_counters_page_that_tells_is_found(centre, monkeypatch):
    import counter.views

    real = counter.views.text_of

    def telling(text, language):
        many = centre.store.read(lambda db: db.execute("SELECT count(*) FROM ratings").fetchone()[0])
        return f"{real(text, language)} {many}"

    monkeypatch.setattr("counter.views.text_of", telling)
    with pytest.raises(AssertionError):
        check_clerk_cannot_tell(centre)


def test_an_answer_wakes_no_screen_of_a_counter(centre):
    house = centre.app.state.house
    topic = house.hub.topic("counter-of-a-test", lambda language: "")
    generation = topic.generation
    answered = next(
        r for r in centre.store.read(lambda db: list(_journal(db))) if type(r.event).__name__ == "VisitRated"
    )
    house.hub._on_events([answered])
    assert topic.generation == generation


def _journal(db) -> list[Recorded]:
    from store import journal

    return list(journal.read(db))


def test_leaders_see_the_share_of_whole_fives_and_no_counter(centre, clock):
    manager = browser(centre, f"motcua-person={centre.person_cookie('ql02')}")
    for n in range(4):
        centre.store.write_now(Act("anyone"), rating.rate_visit, over(centre, 5, "cu-tru"), 3)
        row = _row(manager.get("/display/managers").text, "C")
        assert row.endswith("–"), f"{n + 1} answers are shown"
    centre.store.write_now(Act("anyone"), rating.rate_visit, over(centre, 5, "cu-tru"), 1, "wait")
    page = manager.get("/display/managers").text
    assert _row(page, "C").endswith("80 %")
    assert re.search(r"Hài lòng hôm nay</p><b[^>]*>\d+</b><small>% · \d+ ý kiến", page)


def _row(page: str, prefix: str) -> str:
    row = re.search(rf'<tr[^>]*>\s*<th scope="row"><b class="letter">{prefix}</b>.*?</tr>', page, re.DOTALL)
    assert row
    return re.sub(r"<[^>]+>", "", row[0]).strip()
