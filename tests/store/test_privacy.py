"""No personal data in the journal; what was written of a dossier only sealed, wherever in the file one looks."""

from dataclasses import astuple
from pathlib import Path

import pytest

from domain.applicants import from_bytes, to_bytes
from domain.dossier_events import DossierReceived
from operations import configuring, entering, intake, managing, shifts
from store import dossiers, upkeep
from tests.operations.whole_days import CANARY, VAULT, live_three_days
from tests.store.conftest import Bench
from tests.support.halls import demo_calendar, demo_centre

APPLICANT = (CANARY.name, CANARY.identity, CANARY.phone, CANARY.address)
WRITTEN = (CANARY.summary, CANARY.paper)


def spellings(secret: str) -> list[bytes]:
    """How a text may stand in a file: as it is, in JSON's escapes, without spaces, each part of a name."""
    parts = [secret, secret.replace(" ", ""), *(word for word in secret.split() if len(word) > 3)]
    return [form for part in parts for form in whole(part)]


def whole(text: str) -> tuple[bytes, ...]:
    return text.encode(), text.encode("utf-16-le"), escaped(text)


def escaped(text: str) -> bytes:
    return "".join(c if c.isascii() else f"\\u{ord(c):04x}" for c in text).encode()


def the_journal_names_nobody(db) -> None:
    """No row of the journal, in payload or `who`, has any of the canary's data or a name of the centre's people."""
    names = [name for person in demo_centre().people for name in (person.name, person.login)]
    secrets = [form for secret in (*astuple(CANARY), *names) for form in (secret.encode(), escaped(secret))]
    for seq, kind, who, payload in db.execute("SELECT seq, kind, who, payload FROM journal"):
        text = who.encode() + bytes(payload)
        assert not [secret for secret in secrets if secret in text], f"event {seq} ({kind}) holds personal data"


def the_files_hide_the_applicants(path: Path) -> None:
    """Neither database nor log nor backup has an applicant's data, or a clerk's words, in any spelling."""
    forms = [form for secret in APPLICANT for form in spellings(secret)]
    forms += [form for secret in WRITTEN for form in whole(secret)]
    for file in sorted(path.parent.glob(path.name + "*")):
        data = file.read_bytes()
        found = [form for form in forms if form in data]
        assert not found, f"{file.name} holds {len(found)} pieces of an applicant"


def test_the_journal_holds_no_personal_data(hall):
    live_three_days(hall.do, hall.clock)
    the_journal_names_nobody(hall.db)


def test_the_files_hold_applicants_only_sealed(demo_file, tmp_path):
    bench = Bench(demo_file)
    live_three_days(bench.do, bench.clock)
    assert demo_file.with_name(demo_file.name + "-wal").stat().st_size > 0
    the_files_hide_the_applicants(demo_file)
    upkeep.back_up(demo_file, tmp_path / "copies" / "copy.sqlite")
    the_files_hide_the_applicants(tmp_path / "copies" / "copy.sqlite")
    bench.store.close()
    the_files_hide_the_applicants(demo_file)


def test_what_was_written_can_still_be_read_with_the_key(hall):
    live_three_days(hall.do, hall.clock)
    numbers = [dossier.particulars for dossier in dossiers.newest(hall.db)]
    assert len(set(numbers)) == 7
    for number in numbers:
        assert from_bytes(VAULT.unseal(dossiers.sealed_particulars(hall.db, number))) == CANARY.particulars


def test_a_login_stands_in_no_journal(hall):
    """A login is often a name ('lanh.nguyen'): the id, which every event carries, must not be made of it."""
    hall.do(managing.add_person, "lanh.nguyen", "Nguyễn Thị Lành", ["clerk"], None)
    rows = hall.db.execute("SELECT payload FROM journal WHERE payload LIKE '%lanh.nguyen%'").fetchall()
    assert rows == []


def test_secrets_stand_in_no_journal(hall):
    hall.do(entering.set_password, "cb01", "$argon2id$geheim")
    hall.do(entering.give_token, "person", "cb01", "x", b"geheim" * 6)
    hall.do(entering.sign_in, "cb01", b"geheim" * 6)
    assert hall.one("SELECT count(*) FROM journal WHERE instr(payload, 'geheim')") == 0


# Planted


@pytest.mark.planted
def test_a_name_in_the_centre_event_is_caught(hall, monkeypatch):
    from domain.records import plain

    monkeypatch.setattr(configuring, "as_data", plain)
    hall.do(managing.load_centre, demo_centre(), demo_calendar())
    with pytest.raises(AssertionError, match="CentreLoaded"):
        the_journal_names_nobody(hall.db)


@pytest.mark.planted
@pytest.mark.parametrize("words", [CANARY.name, CANARY.identity, *WRITTEN])
def test_what_a_clerk_typed_in_the_dossier_event_is_caught(hall, monkeypatch, words):
    def talkative(**facts):
        return DossierReceived(**facts | {"due_rule": {"for": words}})

    monkeypatch.setattr(intake, "DossierReceived", talkative)
    hall.do(shifts.open_shift, 1, "cb01")
    hall.do(intake.receive_dossier, 1, "cb01", intake.Intake("1.001193", b"sealed"))
    with pytest.raises(AssertionError, match="DossierReceived"):
        the_journal_names_nobody(hall.db)


@pytest.mark.planted
def test_unsealed_particulars_in_the_log_are_caught(demo_file):
    bench = Bench(demo_file)
    bench.do(shifts.open_shift, 1, "cb01")
    bench.do(intake.receive_dossier, 1, "cb01", intake.Intake("1.001193", to_bytes(CANARY.particulars)))
    with pytest.raises(AssertionError, match="wal"):
        the_files_hide_the_applicants(demo_file)
    bench.store.close()


@pytest.mark.planted
def test_a_number_in_an_answer_kept_for_repeats_is_caught(demo_file):
    def echo(tx, identity: str) -> str:
        return identity

    bench = Bench(demo_file)
    bench.do(echo, CANARY.identity, request="r1")
    with pytest.raises(AssertionError):
        the_files_hide_the_applicants(demo_file)
    bench.store.close()
