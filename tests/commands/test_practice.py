"""`motcua practice`: the same centre to learn on, without anybody's data, marked on every screen and slip."""

import pytest
from click.testing import CliRunner

import clock
from commands import practice
from commands.main import main
from domain.applicants import applicant, particulars, to_bytes
from operations import entering, intake, managing, shifts, ticketing
from store import centres, dossiers, people
from store import procedures as catalogue
from store import tickets as stored_tickets
from store.store import Store
from store.vault import Vault
from store.writer import Act
from tests.support.halls import write_file
from tests.support.servers import running

CANARY = "NGUYỄN THỊ CHIM YẾN"


@pytest.fixture
def lived(tmp_path):
    """A centre with a day behind it."""
    data = tmp_path / "data"
    data.mkdir()
    write_file(data / "motcua.sqlite")
    store = Store(data / "motcua.sqlite", clock.now)
    store.start()
    store.write_now(Act("t"), entering.set_password, "cb01", "argon2-hash")
    store.write_now(Act("t"), managing.add_person, "moi", "Người mới", ["guide"], "argon2-other")
    ticket = store.write_now(Act("t"), ticketing.take_ticket, "ho-tich")
    store.write_now(Act("cb01"), shifts.open_shift, 1, "cb01")
    sealed = Vault.open(data / "site.key").seal(to_bytes(particulars(applicant(CANARY, "", "", ""), "", ())))
    store.write_now(Act("cb01"), intake.receive_dossier, 1, "cb01", intake.Intake("1.001193", sealed))
    store.close()
    assert ticket.n > 0
    return data


@pytest.fixture
def practised(lived, monkeypatch):
    """The folder that the command made, and the settings it would have served with."""
    served = []
    monkeypatch.setattr(practice, "run", lambda settings, ready: served.append(settings))
    assert CliRunner().invoke(main, ["--data", str(lived), "practice"]).exit_code == 0
    return served[0]


def reading(data, query, *arguments):
    store = Store(data / "motcua.sqlite", clock.now)
    try:
        return store.read(query, *arguments)
    finally:
        store.close()


def test_the_copy_has_the_queues_the_catalogue_the_people_and_their_passwords(lived, practised):
    copy = practised.data
    assert reading(copy, centres.current).queues == reading(lived, centres.current).queues
    assert reading(copy, catalogue.count) == reading(lived, catalogue.count)
    assert reading(copy, people.by_login, "moi")[1] == "argon2-other"
    assert reading(copy, people.by_login, "canbo01")[1] == "argon2-hash"
    assert {p.name for p in reading(copy, people.everybody)} == {p.name for p in reading(lived, people.everybody)}


def test_it_holds_no_ticket_and_no_dossier_and_knows_no_portal(lived, practised):
    assert reading(practised.data, stored_tickets.of_day, 1) == []
    assert reading(practised.data, dossiers.newest, 10) == []
    assert reading(practised.data, centres.current).portal is None
    assert (practised.portal_url, practised.portal_password_file, practised.practice) == ("", None, True)
    assert CANARY.encode() not in b"".join(path.read_bytes() for path in practised.data.iterdir() if path.is_file())


def test_the_next_start_begins_anew_unless_it_is_to_be_kept(lived, practised):
    trace = practised.data / "trace"
    trace.touch()
    assert CliRunner().invoke(main, ["--data", str(lived), "practice", "--keep"]).exit_code == 0
    assert trace.exists()
    assert CliRunner().invoke(main, ["--data", str(lived), "practice"]).exit_code == 0
    assert not trace.exists()


def test_without_a_centre_there_is_nothing_to_copy(tmp_path):
    told = CliRunner().invoke(main, ["--data", str(tmp_path / "none"), "practice"])
    assert told.exit_code == 1
    assert "không có tệp" in told.output


@pytest.mark.parametrize(("practising", "shown"), [(True, True), (False, False)])
def test_every_screen_says_so(tmp_path, practising, shown):
    with running(tmp_path / "data", practice=practising) as server:
        for path, device in (("/sign-in", None), ("/kiosk/K1", "K1"), ("/display/W1", "W1")):
            page = server.client(device=device).get(path)
            assert page.status_code == 200
            assert ('class="practice"' in page.text) is shown
