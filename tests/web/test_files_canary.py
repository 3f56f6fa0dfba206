"""A citizen's number in a file, its name and its request: found nowhere outside the sealed file and the answer."""

import logging
import os
import re

import pytest
import structlog
from prometheus_client import generate_latest

from operations import attaching, intake
from store import attachments
from store.writer import Act
from tests.support import files
from tests.support.asking import request_id
from tests.support.halls import HandClock
from tests.support.servers import running
from web import forms

NUMBER = "038190123457"
NAME = "Chim Yến"
PROCEDURE = "1.001193"
CANARIES = (NUMBER, NAME, "Chim Y\\u1ebfn", "Chim%20Y")


def everything_with_files(server) -> list[str]:
    """Sent, seen, refused, opened, fetched by the portal, removed; gives every answer that was no file."""
    server.open_shift("cb01", 1)
    taken = intake.Intake(PROCEDURE, b"sealed")
    code = server.store.write_now(Act("cb01"), intake.receive_dossier, 1, "cb01", taken).code
    clerk, told = server.client("cb01"), []
    sent = files.a_pdf(f"Họ tên: {NAME} Số căn cước: {NUMBER} " * 60_000)
    assert len(sent) > 2 * 1024 * 1024, "larger than what the general reader of forms keeps in memory"
    for content, name in (
        (sent, f"{NUMBER} {NAME}.pdf"), (sent, f"{NUMBER}.pdf"), (sent[:-9], f"{NUMBER}.pdf"), (b"", f"{NAME}.pdf"),
        (b"MZ" + NUMBER.encode(), f"{NUMBER}.exe"),
    ):  # fmt: skip
        form = {"belongs": "submitted:", "request_id": request_id()}
        answer = clerk.post(f"/dossiers/{code}/files", data=form, files={"file": (name, content)})
        told.append(f"{answer.url} {answer.headers}")
    told.append(clerk.get(f"/dossiers/{code}/files").headers.__repr__())
    (file,) = server.store.read(attachments.of_dossier, code)
    opened = clerk.post(f"/dossiers/{code}/files/{file.number}/openings", data={"reason": "processing"})
    assert opened.content == sent
    told.append(str(opened.url))
    second = files.a_picture()
    form = {"belongs": "submitted:", "request_id": request_id()}
    clerk.post(f"/dossiers/{code}/files", data=form, files={"file": (f"{NUMBER}.png", second)})
    last = server.store.read(attachments.of_dossier, code)[-1]
    server.store.write_now(Act("cb01"), attaching.remove_file, code, last.number, "wrong-file")
    return told


@pytest.fixture
def traces(tmp_path, caplog, capsys, monkeypatch):
    """All that is left anywhere; every file that was ever written is looked at through its descriptor."""
    caplog.set_level(logging.DEBUG)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    opened: list[str] = []
    real = os.open

    def noted(path, *arguments, **more):
        opened.append(os.fsdecode(path) if not isinstance(path, int) else "")
        return real(path, *arguments, **more)

    monkeypatch.setattr(os, "open", noted)
    with structlog.testing.capture_logs() as logged, running(tmp_path / "data", HandClock()) as server:
        told = everything_with_files(server)
        journal = str(
            server.store.read(lambda db: db.execute("SELECT CAST(payload AS TEXT) FROM journal").fetchall())
        )
        metrics = generate_latest().decode()
        answers = str(
            server.store.read(lambda db: db.execute("SELECT CAST(answer AS TEXT) FROM requests").fetchall())
        )
    held = b"".join(path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file())
    printed = capsys.readouterr()
    # The browser of this test has a log of its own, with the headers that it got.
    heard = " ".join(r.getMessage() for r in caplog.records if not r.name.startswith("http"))
    return {
        "disk": held.decode("utf-8", "replace") + held.decode("utf-16-le", "replace"), "journal": journal,
        "logs": str(logged) + heard + printed.out + printed.err, "metrics": metrics, "requests": answers,
        "addresses": " ".join(told), "temporary": " ".join(path for path in opened if str(temporary) in path),
    }  # fmt: skip


def found_in(traces) -> list[str]:
    return [f"{where}: {canary}" for where, text in traces.items() for canary in CANARIES if canary in text]


def test_the_canary_is_found_nowhere_and_no_temporary_file_was_ever_made(traces):
    assert len(traces["disk"]) > 2_000_000 and "FileAttached" not in traces["addresses"]
    assert re.search(r'"part":"submitted"', traces["journal"])
    assert found_in(traces) == []
    assert traces["temporary"] == ""


@pytest.mark.planted
@pytest.mark.parametrize("where", ["disk", "journal", "logs", "addresses"])
def test_a_canary_that_sings_is_heard(traces, where):
    assert found_in({**traces, where: traces[where] + NUMBER}) == [f"{where}: {NUMBER}"]


@pytest.fixture
def spilling(monkeypatch) -> None:
    """A reader of forms that writes what is large to the disk, as the general one does."""
    monkeypatch.setattr(forms._InMemory, "spool_max_size", 1024 * 1024)


@pytest.mark.planted
def test_an_upload_that_spills_to_the_disk_is_caught(spilling, traces):
    with pytest.raises(AssertionError):
        test_the_canary_is_found_nowhere_and_no_temporary_file_was_ever_made(traces)


@pytest.fixture
def unsealed(monkeypatch) -> None:
    """Names that go into the vault as they are."""
    monkeypatch.setattr("store.vault.Vault.seal", lambda self, plain: plain)
    monkeypatch.setattr("store.vault.Vault.unseal", lambda self, sealed: sealed)


@pytest.mark.planted
def test_a_name_in_clear_is_caught(unsealed, traces):
    assert any(found.startswith("disk") for found in found_in(traces))
