"""The auditor's journal: all of it is shown, nothing about anybody, and what was altered is named."""

import html
import json
import re
from dataclasses import fields
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from sqlite_utils.utils import sqlite3

from admin import journal as auditing
from admin.telling import NAMES, TOLD
from domain.events import Event
from operations import calling, informing, opening, printing, rating, shifts, ticketing
from store import journal, journal_rows, receivers, tickets
from store.journal_rows import Wanted
from store.writer import Act
from tests.operations.whole_days import CANARY, live_three_days
from tests.support.asking import NO_PRINTERS, browser, request_id, seq
from tests.support.halls import MORNING, HandClock, new_hall
from tests.support.servers import running

ROOT = Path(__file__).parents[2]
UNREADABLE = "Không đọc được việc này"


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A file in which everything has happened, and its clock."""
    hall = new_hall()
    live_three_days(hall.do, hall.clock)
    hall.clock.forward(minutes=11)
    for printer in ("P1", "P2"):
        assert hall.do(printing.claim_slip, printer).job is None  # what waited for paper has expired: it is quiet
    for receiver in receivers.all_receivers(hall.db):
        hall.do(informing.remove_receiver, receiver.id)  # and nobody elsewhere is told of it
    return hall


@pytest.fixture
def house(lived, tmp_path):
    """A running centre on a copy of that file."""
    data = tmp_path / "data"
    data.mkdir()
    target = sqlite3.connect(str(data / "motcua.sqlite"), isolation_level=None)
    target.execute("PRAGMA journal_mode = WAL")
    lived.db.backup(target)
    target.close()
    with running(data, HandClock(lived.clock()), printer_of=NO_PRINTERS) as server:
        yield server


def person(server, login):
    return browser(server, f"motcua-person={server.person_cookie(login)}")


@pytest.fixture
def auditor(house):
    return person(house, "ql04")


def alter(server, sql: str) -> None:
    """What somebody does to the file behind the house's back."""
    db = sqlite3.connect(str(server.data / "motcua.sqlite"), isolation_level=None)
    db.execute(sql)
    db.close()


def rows_of(page: str) -> list[tuple[int, str]]:
    """Number and words of every row of a page."""
    body = page[page.index("<tbody>") : page.index("</tbody>")] if "<tbody>" in page else ""
    found = []
    for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL):
        words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", row)).split())
        found.append((int(words.split()[0]), words))
    return found


def walked(client, **asked) -> list[tuple[int, str]]:
    """All rows, page after page, by the page's own links."""
    answer, found = client.get("/admin/journal", params=asked), []
    for _ in range(200):
        assert answer.status_code == 200
        found += rows_of(answer.text)
        older = re.search(r'href="([^"]+)">Cũ hơn', answer.text)
        if older is None:
            return found
        answer = client.get(html.unescape(older[1]))
    raise AssertionError("the pages have no end")


def journal_of(server) -> list[journal.Recorded]:
    return server.store.read(lambda db: list(journal.read(db)))


# Words


def test_every_kind_of_event_has_a_name_and_a_sentence_of_its_own_fields():
    assert set(TOLD) == set(get_args(Event)), "a kind of event without a name"
    assert len(set(NAMES.values())) == len(NAMES), "two kinds have the same name"
    for kind, told in TOLD.items():
        own = {field.name for field in fields(kind)} | ({"ticket"} if kind.__name__ == "TicketIssued" else set())
        for text in (told.sentence, *(clause for _, clause in told.more)):
            assert set(re.findall(r"%\((\w+)\)s", text)) <= own, kind
        assert {name for name, _ in told.more} <= own, kind


@pytest.mark.planted
def test_a_kind_without_a_name_is_found(monkeypatch):
    monkeypatch.delitem(TOLD, next(iter(TOLD)))
    with pytest.raises(AssertionError, match="without a name"):
        test_every_kind_of_event_has_a_name_and_a_sentence_of_its_own_fields()


# The page


def test_every_event_stands_once_newest_first(house, auditor):
    found = walked(auditor)
    made = journal_of(house)
    assert [number for number, _ in found] == [recorded.seq for recorded in reversed(made)]
    assert {type(recorded.event).__name__ for recorded in made} >= set(NAMES) - {"JournalExported"}
    assert not [words for _, words in found if UNREADABLE in words]
    digests = house.store.read(lambda db: dict(db.execute("SELECT seq, hex(hash) FROM journal").fetchall()))
    for number, words in found:
        assert words.endswith(digests[number][:8].lower())


def test_a_row_says_when_who_and_what(house, auditor):
    called = next(r for r in journal_of(house) if type(r.event).__name__ == "TicketCalled" and r.who == "cb01")
    words = dict(walked(auditor, kind="TicketCalled"))[called.seq]
    number = house.store.read(tickets.load, called.event.ticket).number
    name = house.store.read(lambda db: db.execute("SELECT name FROM people WHERE id = 'cb01'").fetchone()[0])
    assert name in words
    assert f"Quầy 1 gọi số {' '.join(number.split())}." in words
    assert re.search(r"\d\d:\d\d:\d\d \d\d/\d\d/\d{4}", words)


@pytest.mark.parametrize("language", ["vi", "en", "fr"])
def test_no_row_of_any_language_holds_anything_about_an_applicant(auditor, language):
    said = " ".join(words for _, words in walked(auditor, lang=language))
    auditor.cookies.clear()
    for secret in (CANARY.name, CANARY.identity, CANARY.phone, CANARY.address, CANARY.summary, CANARY.paper):
        assert secret not in said
    assert CANARY.password not in said


def of(kind=None, who=None, counter=None):
    """Which events are meant, read from the events themselves."""

    def fits(recorded):
        event = recorded.event
        return (
            (kind is None or type(event).__name__ == kind)
            and (who is None or recorded.who == who)
            and (counter is None or getattr(event, "counter", None) == counter)
        )

    return fits


@pytest.mark.parametrize("asked", [
    {"kind": "TicketIssued"}, {"kind": "QueueStopped"}, {"who": "cb01"}, {"who": "device:K1"},
    {"kind": "ShiftOpened", "counter": 3}, {"kind": "TicketCalled", "who": "cb01", "counter": 1},
])  # fmt: skip
def test_the_page_is_narrowed_by_kind_by_whom_and_by_counter(house, auditor, monkeypatch, asked):
    monkeypatch.setattr(journal_rows, "REACH", 31)
    wanted = [r.seq for r in journal_of(house) if of(**asked)(r)]
    assert sorted(number for number, _ in walked(auditor, **asked)) == wanted
    assert wanted or asked["who"] == "device:K1"


def test_a_counter_has_also_what_was_done_there_without_being_named_in_the_event(house, auditor):
    undone = [r.seq for r in journal_of(house) if type(r.event).__name__ == "ActUndone"]
    found = [number for number, _ in walked(auditor, counter=1)]
    assert undone
    assert set(undone) <= set(found)


def test_the_page_is_narrowed_by_business_day_and_by_ticket(house, auditor):
    days = house.store.read(lambda db: db.execute("SELECT id, label FROM days ORDER BY id").fetchall())
    made, seen = journal_of(house), []
    for day, label in days:
        found = [number for number, _ in walked(auditor, date=label)]
        assert sorted(found) == [r.seq for r in made if r.day == day]
        seen += found
    assert len(seen) == len(set(seen)) >= len(made) - sum(r.day == 0 for r in made)
    issued = next(r for r in made if type(r.event).__name__ == "TicketIssued" and r.event.queue == "ho-tich")
    label = dict(days)[issued.day]
    found = {number for number, _ in walked(auditor, date=label, number=f"a {issued.event.n}")}
    own = {r.seq for r in made if getattr(r.event, "ticket", None) == issued.seq and r.day == issued.day}
    assert found >= {issued.seq}
    assert found == {s for s in own | {issued.seq} if type(made[s - 1].event).__name__ != "VisitRated"}


@pytest.fixture
def twice(tmp_path):
    """A centre whose clock was three days ahead once: Thursday's date stands on two business days, two between."""
    hall = new_hall()
    for ahead in (0, 3, 0, 1, 3, 4):
        hall.clock.moment = MORNING + timedelta(days=ahead)
        hall.do(opening.repair_day if ahead in (0, 1) else opening.ensure_day)
        for queue in ("ho-tich", "dat-dai", "ho-tich"):
            hall.do(ticketing.take_ticket, queue)
    data = tmp_path / "data"
    data.mkdir()
    target = sqlite3.connect(str(data / "motcua.sqlite"), isolation_level=None)
    target.execute("PRAGMA journal_mode = WAL")
    hall.db.backup(target)
    target.close()
    with running(data, HandClock(hall.clock()), printer_of=NO_PRINTERS) as server:
        yield server


@pytest.mark.parametrize("reach", [2, 4, 20_000])
def test_a_date_that_a_wrong_clock_used_once_shows_its_own_days_only(twice, monkeypatch, reach):
    monkeypatch.setattr(journal_rows, "REACH", reach)
    monkeypatch.setattr(auditing, "ROWS_A_PAGE", 3)
    days = twice.store.read(lambda db: db.execute("SELECT id, label FROM days").fetchall())
    labels = [label for _, label in sorted(days)]
    assert labels[1] == labels[4] != labels[2]
    assert labels[0] == labels[2]
    auditor, made = person(twice, "ql04"), journal_of(twice)
    for label in set(labels):
        own = {day for day, on in days if on == label}
        wanted = [r.seq for r in made if r.day in own]
        assert [number for number, _ in walked(auditor, date=label)] == wanted[::-1]
        calls = [r.seq for r in made if r.day in own and type(r.event).__name__ == "TicketIssued"]
        assert [number for number, _ in walked(auditor, date=label, kind="TicketIssued")] == calls[::-1]


def test_a_copy_of_such_a_date_holds_its_own_days_only_and_each_piece_is_noted(twice, monkeypatch):
    monkeypatch.setattr(auditing, "NUMBERS_A_PIECE", 2)
    auditor, before = person(twice, "ql04"), journal_of(twice)
    label = twice.store.read(lambda db: db.execute("SELECT label FROM days WHERE id = 2").fetchone()[0])
    wanted = [r.seq for r in before if r.day in (2, 5)]
    assert [line["seq"] for line in copied(auditor, date=label)] == wanted
    noted = [r.event for r in journal_of(twice) if type(r.event).__name__ == "JournalExported"]
    assert [n for event in noted for n in range(event.first, event.last + 1)] == wanted
    assert len(noted) == 2


def test_days_of_one_date_side_by_side_are_one_piece(twice):
    def alike(db):
        return journal_rows.spans_of(db, date(2026, 11, 23)), journal_rows.spans_of(db, date(1999, 1, 1))

    repaired, none = twice.store.read(alike)
    assert none == ()
    assert len(repaired) == 2
    twice.store.write_now(Act("t"), opening.repair_day)
    today = twice.store.read(journal_rows.spans_of, date(2026, 11, 27))
    assert len(today) == 1
    assert today[0][1] == seq(twice)


@pytest.mark.parametrize("asked", [
    {"date": "32.13"}, {"kind": "NoSuch"}, {"who": "x" * 61}, {"who": "a\x00"}, {"counter": "1' OR 1"},
    {"counter": "²"}, {"number": "A"}, {"number": "AA 1"}, {"before": "-1"}, {"before": "9" * 40}, {"before": "²"},
])  # fmt: skip
def test_what_cannot_be_asked_is_refused_in_words(house, auditor, asked):
    before = seq(house)
    assert auditor.get("/admin/journal", params=asked).status_code == 422
    if "before" not in asked:
        assert auditor.post("/admin/journal/exports", data=asked).status_code == 422
    assert seq(house) == before


@pytest.mark.parametrize(
    "asked", [{"date": "1999-01-01"}, {"number": "Z 9999"}, {"who": "nobody"}, {"before": "1"}]
)
def test_what_is_not_there_is_an_empty_page(auditor, asked):
    page = auditor.get("/admin/journal", params=asked)
    assert page.status_code == 200
    assert rows_of(page.text) == []


def test_reading_changes_nothing(house, auditor):
    before = seq(house)
    auditor.get("/admin/journal")
    auditor.get("/admin/journal/chain?again=1")
    auditor.get("/admin/tickets")
    assert seq(house) == before


@pytest.mark.parametrize("login", ["ql01", "ql02", "ql03", "cb01"])
def test_only_an_auditor_reads_the_journal(house, login):
    other = person(house, login)
    for path in ("/admin/journal", "/admin/journal/chain"):
        assert other.get(path).status_code == 403
    assert other.post("/admin/journal/exports").status_code == 403


# The chain


def chain_of(client, again: bool = False) -> str:
    page = client.get("/admin/journal/chain", params={"again": 1} if again else {}, headers={"HX-Request": "true"})
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_a_whole_chain_is_checked_in_pieces_and_remembered(house, auditor, monkeypatch):
    monkeypatch.setattr(auditing, "EVENTS_A_PIECE", 100)
    newest = seq(house)
    assert newest > 150
    for piece in range(1, newest // 100 + 1):
        said = chain_of(auditor)
        assert f"Chuỗi nguyên vẹn đến số {100 * piece} " in said
        assert f"đang kiểm tra tiếp đến số {newest}" in said
    said = chain_of(auditor)
    assert f"Chuỗi nguyên vẹn đến số {newest} kiểm tra lúc" in said
    house.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich")
    asked = []
    real = journal.check
    monkeypatch.setattr(
        journal, "check", lambda db, so_far, most: asked.append(so_far.seq) or real(db, so_far, most)
    )
    chain_of(auditor)
    assert asked == [newest]
    assert "Chuỗi nguyên vẹn đến số 100 " in chain_of(auditor, again=True)


ALTERED = {
    "a payload": ("UPDATE journal SET payload = CAST(payload || ' ' AS BLOB) WHERE seq = 60", 60),
    "no words": ("UPDATE journal SET payload = x'ff00' WHERE seq = 60", 60),
    "an unknown kind": ("UPDATE journal SET kind = 'x<b>' WHERE seq = 60", 60),
    "who": ("UPDATE journal SET who = '<script>' WHERE seq = 61", 61),
    "an instant": ("UPDATE journal SET at = 9223372036854775807 WHERE seq = 62", 62),
    "an instant in words": ("UPDATE journal SET at = 'x' WHERE seq = 62", 62),
    "a day": ("UPDATE journal SET day = 'x' WHERE seq = 63", 63),
    "a huge number": (
        """UPDATE journal SET kind = 'TicketReturned', payload = CAST(
        '{"ticket":1,"key":99999999999999999,"within_grace":true}' AS BLOB) WHERE seq = 60""", 60),
    "a row less": ("DELETE FROM journal WHERE seq = 64", 65),
    "a row put last": ("UPDATE journal SET seq = 100000 WHERE seq = 65", 66),
}  # fmt: skip


@pytest.mark.parametrize("what", ALTERED)
def test_an_altered_journal_is_named_and_still_shown(house, auditor, what):
    sql, first = ALTERED[what]
    alter(house, sql)
    page = auditor.get("/admin/journal").text
    assert f"Chuỗi đứt ở việc số {first}:" in page
    assert "<script>" not in page.replace("<script src", "")
    assert len(walked(auditor)) == house.store.read(
        lambda db: db.execute("SELECT count(*) FROM journal").fetchone()[0]
    )


@pytest.mark.parametrize("what", ["a payload", "no words"])
def test_an_altered_row_can_be_copied_and_does_not_verify(house, auditor, what):
    alter(house, ALTERED[what][0])
    answer = auditor.post("/admin/journal/exports", data={"request_id": request_id()})
    with pytest.raises(SystemExit, match="60"):
        outsider(answer.text)


def test_an_end_that_was_cut_off_is_seen_by_whoever_had_checked_it(house, auditor):
    newest = seq(house)
    assert f"đến số {newest} " in chain_of(auditor)
    alter(house, f"DELETE FROM journal WHERE seq > {newest - 3}")
    assert f"Chuỗi đứt ở việc số {newest - 2}:" in chain_of(auditor)


# Copies


def outsider(text: str) -> str:
    """What docs/operating.md gives to an outsider, run on a copy. Raises SystemExit where it does not verify."""
    found = re.search(r"```python\n(.*?)```", (ROOT / "docs/operating.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found
    said = []
    names = {"open": lambda *_, **__: text.splitlines(), "print": lambda *words: said.extend(words)}
    exec(compile(found[1], "operating.md", "exec"), names)
    return str(said[-1])


def copied(client, **asked) -> list[dict]:
    answer = client.post("/admin/journal/exports", data={"request_id": request_id(), **asked})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="nhat-ky-')
    assert answer.headers["cache-control"] == "no-store"
    outsider(answer.text)
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_copy_holds_all_and_verifies_elsewhere(house, auditor, monkeypatch):
    monkeypatch.setattr(auditing, "NUMBERS_A_PIECE", 37)
    before = seq(house)
    lines = copied(auditor)
    assert [line["seq"] for line in lines] == list(range(1, before + 1))
    assert all(line["previous"] == earlier["hash"] for earlier, line in pairwise(lines))
    newest = journal_of(house)[-1]
    assert (type(newest.event).__name__, newest.who) == ("JournalExported", "ql04")
    assert (newest.event.first, newest.event.last) == (1, before)


def test_a_narrowed_copy_holds_the_rows_of_the_page_and_verifies_line_by_line(house, auditor):
    for asked in ({"kind": "TicketCalled"}, {"who": "cb01"}, {"counter": "1"}):
        shown = sorted(number for number, _ in walked(auditor, **asked))
        assert [line["seq"] for line in copied(auditor, **asked)] == shown
    assert journal_of(house)[-1].event.counter == 1


@pytest.mark.planted
@pytest.mark.parametrize("field", ["payload", "who", "at", "hash", "previous"])
def test_a_copy_that_was_altered_does_not_verify(auditor, field):
    lines = copied(auditor)
    lines[40][field] = 1 if field == "at" else "0" * 64 if field in ("hash", "previous") else "x"
    with pytest.raises(SystemExit, match="41"):
        outsider("\n".join(json.dumps(line, ensure_ascii=False) for line in lines))


def test_a_press_repeated_notes_one_copy(house, auditor):
    form = {"request_id": request_id(), "kind": "QueueKept"}
    first, second = (auditor.post("/admin/journal/exports", data=form) for _ in range(2))
    assert first.text == second.text
    assert [type(r.event).__name__ for r in journal_of(house)[-2:]].count("JournalExported") == 1


def test_nothing_is_copied_where_nothing_is(house, auditor):
    before = seq(house)
    for nothing in ({"date": "1999-01-01"}, {"number": "Z9999"}):
        assert auditor.post("/admin/journal/exports", data=nothing).status_code == 404
    assert seq(house) == before


def test_who_said_what_is_in_no_row_and_in_no_copy_of_the_same_day(house, auditor):
    do = house.store.write_now
    do(Act("cb05"), shifts.open_shift, 5, "cb05")
    given = do(Act("device:K1"), ticketing.take_ticket, "cu-tru")
    while do(Act("cb05"), calling.call_next, 5, "cb05").ticket.id != given.id:
        pass
    do(Act("cb05"), calling.finish, 5, "cb05")
    do(Act("anyone"), rating.rate_visit, given.id, 1, "manner")
    rated = seq(house)
    number, words = rows_of(auditor.get("/admin/journal").text)[0]
    assert number == rated
    assert "Một lượt ở quầy 5 được đánh giá." in words
    assert (
        "/admin/tickets/"
        not in auditor.get("/admin/journal", params={"kind": "VisitRated"}).text.split("<tbody>")[1]
    )
    assert rated not in [n for n, _ in walked(auditor, number=f"C{given.n}")]
    ratings = {line["seq"]: line["payload"] for line in copied(auditor, kind="VisitRated")}
    assert ratings[rated] is None
    assert all(ratings[seen] for seen in ratings if seen != rated), "a day that is over has its ratings"
    do(Act("t"), opening.repair_day)
    assert {line["seq"]: line["payload"] for line in copied(auditor, kind="VisitRated")} == ratings, "the same date"


def test_wanted_reads_a_page_of_a_span_only(lived):
    wanted = Wanted(spans=((10, 20),))
    page = journal_rows.page(lived.db, wanted, 10**9, 5)
    assert [row.seq for row in page.rows] == [20, 19, 18, 17, 16]
    rest = journal_rows.page(lived.db, wanted, page.before, 50)
    assert [row.seq for row in rest.rows] == [15, 14, 13, 12, 11, 10]
    assert rest.before is None
