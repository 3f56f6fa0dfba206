"""`motcua diagnose`: what the technician needs, and not a word about a person."""

import json
from dataclasses import astuple

import pytest
from click.testing import CliRunner

from commands import diagnose
from commands.logging import ERRORS
from commands.main import main
from domain.events import Event
from operations import devices, managing, printing, syncing, ticketing
from settings import Settings
from store import database, diagnosis, migrations
from store.devices import Change
from tests.operations.whole_days import CANARY, live_three_days
from tests.store.conftest import Bench
from tests.support.halls import MORNING, demo_centre, write_file


@pytest.fixture
def data(tmp_path):
    """The demo centre after three whole days, in which the canary was put wherever a person can write."""
    (tmp_path / "data").mkdir()
    bench = Bench(write_file(tmp_path / "data" / "motcua.sqlite"))
    live_three_days(bench.do, bench.clock)
    put_the_canary_everywhere(bench)
    bench.store.close()
    return tmp_path / "data"


def put_the_canary_everywhere(bench) -> None:
    bench.do(managing.stop_queue, "cu-tru", f"gặp {CANARY.name}"[:120])
    bench.do(managing.keep_queue, "cu-tru", CANARY.staff)
    message = bench.do(syncing.claim_messages).messages[0]
    bench.do(syncing.park, [message.id], f"sai số {CANARY.identity} {CANARY.phone}")
    bench.do(ticketing.take_ticket, "giay-to", printer="P2")
    job = bench.do(printing.claim_slip, "P2").job
    bench.do(printing.end_slip, job.id, "unknown", CANARY.name)


def made(data, *words):
    file = data.parent / "report.json"
    answer = CliRunner().invoke(main, ["--data", str(data), "diagnose", str(file), *words])
    assert answer.exit_code == 0, answer.output
    return file


def names_nobody(text: str, data) -> None:
    """Neither the canary, nor a name or login of those who work there, nor where the file lies."""
    names = [name for person in demo_centre().people for name in (person.name, person.login)]
    secrets = [*astuple(CANARY), *names, str(data), str(data.parent)]
    for secret in secrets:
        assert secret not in text
        assert json.dumps(secret)[1:-1] not in text


def test_it_tells_what_a_technician_asks_first(data):
    told = json.loads(made(data).read_text(encoding="utf-8"))
    assert set(told) == {
        "form",
        "made",
        "versions",
        "settings",
        "machine",
        "health",
        "file",
        "dossier_files",
        "errors",
        "logs",
    }
    assert {"motcua", "python", "sqlite", "uvicorn", "starlette"} <= set(told["versions"])
    assert told["settings"] == {name: name == "data" for name in Settings.__dataclass_fields__}
    assert told["dossier_files"] == {"count": 0, "bytes": 0, "unnamed": 0, "missing": 1}
    assert told["health"]["write"] is True
    assert told["health"]["sqlite"] is True
    assert told["health"]["server_runs"] is False
    assert told["file"]["pages_are_whole"] is True
    assert told["file"]["schema"]["missing"] == told["file"]["schema"]["unknown"] == []
    assert told["file"]["rows"]["tickets"] > 15
    assert told["file"]["newest_events"][0]["kind"] == "SlipEnded"
    devices = {device["id"]: device for device in told["file"]["devices"]}
    assert (devices["K1"]["paired"], devices["K1"]["revoked"]) == (True, False)
    assert devices["W1"]["revoked"] is True
    assert (devices["K1"]["stopped"], devices["K2"]["stopped"]) == (None, "cleaning")
    assert devices["K1"]["heard"] is devices["K1"]["told"] is None
    printers = {printer["id"]: printer for printer in told["file"]["printers"]}
    assert printers["P1"]["slips"]["confirmed"] == 2
    assert printers["P2"]["last_trouble"] == "other"
    assert "parked" in {row["state"] for row in told["file"]["portal_messages"]}
    assert "journalctl" in told["logs"]
    assert told["errors"] == []


def test_the_servers_last_errors_are_told(data):
    (data / ERRORS).write_text(
        '{"event": "handler failed", "error": "KeyError", "value": "ai"}\n', encoding="utf-8"
    )
    assert json.loads(made(data).read_text(encoding="utf-8"))["errors"] == [
        {"event": "handler failed", "error": "KeyError"}
    ]


def test_what_a_screen_last_said_is_told(data):
    bench = Bench(data / "motcua.sqlite")
    told = {"browser": "Chromium", "version": 109, "width": 1080, "height": 1920, "showing": "start", "page": "1"}
    bench.do(devices.note_changes, [Change("K1", MORNING, False, told)])
    bench.store.close()
    found = json.loads(made(data).read_text(encoding="utf-8"))["file"]["devices"]
    kiosk = next(device for device in found if device["id"] == "K1")
    assert (kiosk["heard"], kiosk["since"], kiosk["told"]) == (False, MORNING.isoformat(), told)


def test_it_names_nobody(data):
    file = made(data)
    names_nobody(file.read_text(encoding="utf-8"), data)
    assert file.stat().st_mode & 0o777 == 0o600


def test_settings_are_told_without_their_values(data, monkeypatch):
    monkeypatch.setenv("MOTCUA_PORTAL_URL", "https://geheim.example/portal")
    text = made(data).read_text(encoding="utf-8")
    assert json.loads(text)["settings"]["portal_url"] is True
    assert "geheim" not in text


def test_it_changes_nothing_in_the_data(data):
    before = (data / "motcua.sqlite").read_bytes()
    made(data)
    assert (data / "motcua.sqlite").read_bytes() == before


def test_it_never_overwrites(data):
    file = made(data)
    again = CliRunner().invoke(main, ["--data", str(data), "diagnose", str(file)])
    assert again.exit_code == 1
    assert "chọn tên khác" in again.output


def test_a_broken_file_is_told_part_by_part(data):
    path = data / "motcua.sqlite"
    path.write_bytes(b"not a database " * 1000)
    told = json.loads(made(data).read_text(encoding="utf-8"))
    assert told["file"]["rows"] == {"error": "SQLITE_NOTADB"}
    assert told["health"]["write"] == {"error": "SQLITE_NOTADB"}
    assert told["versions"]["motcua"]


def test_without_a_file_the_machine_is_told_all_the_same(tmp_path):
    told = diagnose.report(Settings(data=tmp_path / "nothing"), MORNING)
    assert told["health"]["file_is_there"] is told["health"]["write"] is False
    assert told["file"]["rows"]["error"]


def test_an_older_schema_is_told_and_left_alone(tmp_path):
    db = database.open_writer(tmp_path / "motcua.sqlite")
    db.execute("CREATE TABLE other (id INTEGER)")
    db.close()
    steps = diagnose.report(Settings(data=tmp_path), MORNING)["file"]["schema"]
    assert steps["applied"] == []
    assert steps["missing"] == [step.name for step in migrations.migrations._migrations]
    assert diagnose.report(Settings(data=tmp_path), MORNING)["file"]["schema"] == steps


def test_a_running_server_is_seen(tmp_path):
    path = write_file(tmp_path / "motcua.sqlite")
    with database.lock(path):
        assert diagnosis.is_served(path)
        assert diagnose.report(Settings(data=tmp_path), MORNING)["health"]["server_runs"] is True
    assert not diagnosis.is_served(path)


def test_the_newest_copy_is_told(data):
    assert CliRunner().invoke(main, ["--data", str(data), "backup"]).exit_code == 0
    copies = json.loads(made(data).read_text(encoding="utf-8"))["machine"]["copies"]
    assert copies["count"] == 1
    assert copies["newest"]


def test_every_kind_that_is_told_is_one_of_the_house(data):
    told = json.loads(made(data).read_text(encoding="utf-8"))
    kinds = {kind.__name__ for kind in Event.__args__}
    assert {event["kind"] for event in told["file"]["newest_events"]} <= kinds
    assert set(told["file"]["kinds_of_newest_day"]) <= kinds


@pytest.mark.planted
@pytest.mark.parametrize(("part", "leak"), [
    ("rows", "SELECT reason, 1 FROM stopped_queues"),
    ("kinds_of_newest_day", "SELECT answer, 1 FROM portal_messages WHERE state = 'parked'"),
    ("pages_are_whole", "SELECT name, 1 FROM people"),
    ("schema", "SELECT printer, note FROM print_jobs"),
])  # fmt: skip
def test_a_part_that_tells_too_much_is_found(data, monkeypatch, part, leak):
    function = {"rows": "table_counts", "schema": "schema_steps"}.get(part, part)
    monkeypatch.setattr(diagnosis, function, lambda db: dict(db.execute(leak).fetchall()))
    text = made(data).read_text(encoding="utf-8")
    with pytest.raises(AssertionError):
        names_nobody(text, data)
