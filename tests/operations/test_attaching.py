from dataclasses import replace
from datetime import timedelta

import pytest

from domain.attachments import (
    DossierFilesFull,
    FileHereAlready,
    FileTooLarge,
    Limits,
    NoSuchDossier,
    NoSuchFile,
    Part,
)
from domain.dossier_events import DossierReceived
from domain.errors import Invalid
from domain.file_events import FileAttached, FileFetched, FileOpened, FileRemoved, LinkIssued
from domain.indicators import Id
from operations import attaching, intake, shifts
from operations.attaching import Sent
from operations.intake import Intake
from store import attachments, indicators, outbox
from store.indicators import Period
from store.instants import moment
from store.vault import Vault

PROCEDURE = "1.001193"
SENT = Sent("a" * 64, "application/pdf", 1000, b"sealed name")
LIFE = timedelta(days=400)
VAULT = Vault(b"k" * 32)


@pytest.fixture
def desk(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    return hall


@pytest.fixture
def code(desk):
    return receive(desk)


def receive(desk):
    return desk.do(intake.receive_dossier, 1, "cb01", Intake(PROCEDURE, b"sealed")).code


def attach(desk, code, limits=None, **more):
    return desk.do(attaching.attach_file, code, replace(SENT, **more), limits or Limits(), who="cb01")


def kinds(desk):
    return [type(recorded.event) for recorded in desk.events]


def finish(desk, code):
    """As returned; the life after reception is told elsewhere."""
    desk.db.execute("UPDATE dossiers SET status = 10 WHERE code = ?", (code,))


def test_a_file_is_in_its_dossier_with_its_facts_and_its_name_in_the_vault(desk, code):
    number = attach(desk, code, digitised=True, reused=True)
    (file,) = attachments.of_dossier(desk.db, code)
    assert (file.number, file.part, file.size, file.who) == (number, Part.SUBMITTED, 1000, "cb01")
    assert (file.digitised, file.reused, file.from_warehouse) == (True, True, False)
    assert attachments.sealed_names(desk.db, code) == {number: b"sealed name"}
    assert attachments.addresses(desk.db) == {"a" * 64}


def test_the_portal_is_told_anew_of_papers_but_not_of_others(desk, code):
    def waiting():
        return [message.kind for message in outbox.portal_messages_of(desk.db, code)]

    before = waiting()
    number = attach(desk, code)
    attach(desk, code, address="b" * 64, part="other")
    assert waiting() == [*before, "dossier"]
    desk.do(attaching.remove_file, code, number, "replaced")
    assert waiting() == [*before, "dossier", "dossier"]


def test_a_component_is_one_of_the_procedures_own(desk, code):
    from store import procedures

    found = procedures.find(desk.db, PROCEDURE)
    papers, results = (attaching.choices(found, part) for part in (Part.SUBMITTED, Part.RESULT))
    assert papers and results and attaching.choices(found, Part.OTHER) == []
    attach(desk, code, component=papers[0][0])
    attach(desk, code, address="b" * 64, part="result", component=results[0][0])
    for wrong in (
        {"component": "Sổ đỏ của ông Ba"},
        {"part": "result", "component": papers[0][0]},
        {"part": "secret"},
        {"part": "other", "component": papers[0][0]},
    ):
        with pytest.raises(Invalid):
            attach(desk, code, address="c" * 64, **wrong)


def test_the_same_file_twice_in_one_dossier_is_named_in_another_it_is_fine(desk, code):
    number = attach(desk, code)
    with pytest.raises(FileHereAlready) as twin:
        attach(desk, code)
    assert twin.value.arguments == {"number": number}
    attach(desk, receive(desk))
    desk.do(attaching.remove_file, code, number, "wrong-file")
    assert attachments.is_named(desk.db, "a" * 64), "the other dossier still has it"
    attach(desk, code)


def test_limits_are_kept_to_the_byte(desk, code):
    limits = Limits(file=1, dossier=2)
    with pytest.raises(FileTooLarge):
        attach(desk, code, limits, size=1_000_001)
    attach(desk, code, limits, size=1_000_000)
    attach(desk, code, limits, size=999_999, address="b" * 64)
    with pytest.raises(DossierFilesFull):
        attach(desk, code, limits, size=2, address="c" * 64)
    attach(desk, code, limits, size=1, address="c" * 64)


def test_a_dossier_holds_so_many_files_and_no_more(desk, code, monkeypatch):
    monkeypatch.setattr(attaching, "MOST_FILES", 2)
    first = attach(desk, code)
    attach(desk, code, address="b" * 64)
    with pytest.raises(DossierFilesFull):
        attach(desk, code, address="c" * 64)
    desk.do(attaching.remove_file, code, first, "replaced")
    attach(desk, code, address="c" * 64)


def test_a_repeated_request_attaches_once(desk, code):
    first = desk.do(attaching.attach_file, code, SENT, Limits(), request="press-0001")
    assert desk.do(attaching.attach_file, code, SENT, Limits(), request="press-0001") == first
    assert len(attachments.of_dossier(desk.db, code)) == 1


def test_opening_and_removing_need_a_reason_of_the_list_and_a_file_of_this_dossier(desk, code):
    number, other = attach(desk, code), receive(desk)
    before = len(desk.events)
    for act in (attaching.note_opening, attaching.remove_file):
        with pytest.raises(Invalid):
            desk.do(act, code, number, "curiosity")
        for wrong in ((other, number), (code, number + 1), (code, 1)):
            with pytest.raises(NoSuchFile):
                desk.do(act, *wrong, "processing")
    with pytest.raises(NoSuchDossier):
        attach(desk, "H56.19-000000-0000")
    with pytest.raises(Invalid):
        desk.do(attaching.remove_file, code, number, "retention")
    assert len(desk.events) == before
    desk.do(attaching.note_opening, code, number, "applicant", who="cb01")
    assert desk.events[-1].event == FileOpened(number, code, "applicant")


def test_name_and_file_go_together(desk, code):
    number = attach(desk, code)
    assert desk.do(attaching.remove_file, code, number, "wrong-file") == "a" * 64
    assert attachments.sealed_names(desk.db, code) == {}
    assert not attachments.is_named(desk.db, "a" * 64)
    with pytest.raises(NoSuchFile):
        desk.do(attaching.note_opening, code, number, "processing")


def link_of(desk, code, number):
    return attachments.links(desk.db, code)[number]


def test_a_link_is_issued_once_and_anew_before_it_ends(desk, code):
    number = attach(desk, code)
    attach(desk, code, address="b" * 64, part="other")
    assert len(desk.do(attaching.issue_links, code, LIFE)) == 1
    assert desk.do(attaching.issue_links, code, LIFE) == []
    first = link_of(desk, code, number)
    desk.clock.forward(days=369)
    assert desk.do(attaching.issue_links, code, LIFE) == []
    desk.clock.forward(days=2)
    assert len(desk.do(attaching.issue_links, code, LIFE)) == 1
    assert link_of(desk, code, number).expires > first.expires


def test_every_fetch_is_recorded_until_the_link_ends_with_its_time_or_its_file(desk, code):
    number = attach(desk, code)
    desk.do(attaching.issue_links, code, LIFE)
    link = link_of(desk, code, number)
    assert desk.do(attaching.note_fetch, link.number, link.expires)
    assert desk.events[-1].event == FileFetched(link.number, number, code)
    assert desk.one("SELECT fetches FROM file_links") == 1
    with pytest.raises(NoSuchFile):
        desk.do(attaching.note_fetch, link.number, link.expires + timedelta(days=1))
    with pytest.raises(NoSuchFile):
        desk.do(attaching.note_fetch, number, link.expires)
    before = len(desk.events)
    desk.clock.moment = link.expires
    assert not desk.do(attaching.note_fetch, link.number, link.expires)
    desk.clock.moment -= timedelta(seconds=1)
    desk.do(attaching.remove_file, code, number, "replaced")
    assert not desk.do(attaching.note_fetch, link.number, link.expires)
    assert kinds(desk)[before:] == [FileRemoved]


def test_the_index_counts_dossiers_not_files(desk, code):
    def counts():
        period = Period(moment(0), desk.clock() + timedelta(days=1), desk.clock())
        found = dict(indicators.counted(desk.db, period, ()))
        return [(int(found[id].above), found[id].below) for id in (Id.LINKED, Id.DIGITISED, Id.REUSED)]

    receive(desk)
    for letter in "abc":
        attach(desk, code, address=letter * 64, reused=letter != "a")
    assert counts() == [(0, 0), (0, 2), (1, 2)]
    number = attach(desk, code, address="d" * 64, part="result")
    finish(desk, code)
    assert counts() == [(0, 1), (1, 2), (1, 2)]
    desk.do(attaching.issue_links, code, LIFE)
    assert counts() == [(1, 1), (1, 2), (1, 2)]
    desk.do(attaching.remove_file, code, number, "wrong-file")
    assert counts() == [(0, 1), (0, 2), (1, 2)]
    assert kinds(desk).count(LinkIssued) == kinds(desk).count(FileAttached) == 4
    assert kinds(desk).count(DossierReceived) == 2
