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
from tests.support.asking import follow_path
from tests.support.halls import write_file
from tests.support.servers import Server, running

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
    assert reading(practised.data, centres.current).axis is None
    assert (practised.axis_url, practised.axis_secret_file) == ("", None)
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


SCREENS = {
    None: ("/sign-in", "/pair/K2", "/booking", "/booking/mine", "/nowhere", "/api/v1"),
    "device:K1": ("/kiosk/K1", "/kiosk/K1/queues", "/kiosk/K1/procedures", "/kiosk/K1/scans",
        "/kiosk/K1/appointments"),
    "device:W1": ("/display/W1",),
    "device:T1": ("/rating/T1",),
    "person:cb01": ("/counter", "/counter/1", "/counter/keys", "/counter/1/scans", "/pin", "/admin/appointments"),
    "person:ql02": ("/display/managers", "/admin", "/admin/floor", "/admin/morning", "/admin/desk",
        "/admin/printers", "/admin/tickets", "/admin/reports", "/admin/reports/month?from=2026-11-01&to=2026-11-30",
        "/admin/paper-numbers", "/admin/procedures", "/admin/floor/counters/1"),
    "person:ql03": ("/admin/centre", "/admin/calling", "/admin/centre/drafts/0/sections"),
    "person:ql04": ("/admin/journal",),
}  # fmt: skip
MARK = 'class="practice"'


def unlike(server: Server, *, practising: bool) -> list[str]:
    """Screens that do not say it in a practice centre, or say it in a real one."""
    found = []
    for who, paths in SCREENS.items():
        kind, _, name = (who or "").partition(":")
        client = server.client(**{kind: name} if kind else {})
        pages = [client.get(path, follow_redirects=True) for path in paths]
        assert all("<html" in page.text for page in pages), paths
        found += [str(page.url) for page in pages if (MARK in page.text) is not practising]
    return found


@pytest.fixture(params=[True, False], ids=["practice", "real"])
def screens(request, tmp_path):
    """A centre's server, and whether one practises there."""
    with running(tmp_path / "data", practice=request.param) as server:
        server.open_shift("cb01", 1)
        yield server, request.param


def test_every_screen_says_so(screens):
    server, practising = screens
    assert unlike(server, practising=practising) == []


def test_the_ticket_on_a_phone_says_so(screens):
    server, practising = screens
    given = server.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich").id
    assert (MARK in server.client().get(follow_path(server, given)).text) is practising


@pytest.mark.planted
def test_a_screen_that_does_not_say_so_is_found(screens):
    server, practising = screens
    for environment in server.app.state.house.pages._environments.values():
        environment.globals["practice"] = not practising
    with pytest.raises(AssertionError):
        test_every_screen_says_so(screens)
