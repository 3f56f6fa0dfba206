"""The simulated printers' page and program."""

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.request import urlopen

import pytest
from PIL import Image
from starlette.testclient import TestClient

from printers.simulator import Fault, PrinterSimulator, main
from printers.simulator.page import create_page
from tests.printers.simulated_hosts import CUT, EOT, INIT, black, say

HOME = "http://testserver"


@pytest.fixture
def printer() -> Iterator[PrinterSimulator]:
    noon = datetime(2026, 11, 21, 5, 0, 7, tzinfo=UTC)
    with PrinterSimulator.threaded(384, name="Kiosk <1>", now=lambda: noon) as printer:
        yield printer


@pytest.fixture
def client(printer) -> TestClient:
    return TestClient(create_page([printer]), base_url=HOME, follow_redirects=False)


def press(client: TestClient, fault: str, act: str, **headers: str):
    return client.post(f"/printers/Kiosk%20%3C1%3E/faults/{fault}/{act}", headers=headers)


def test_an_empty_page_says_so(client):
    answer = client.get("/")
    assert "Chưa in phiếu nào." in answer.text
    assert "Kiosk &lt;1&gt;" in answer.text
    assert "Sẵn sàng" in answer.text


def test_slips_come_newest_first_with_time_and_count(client, printer):
    for rows in (8, 16, 24):
        say(printer, black(384, rows) + CUT)
    text = client.get("/").text
    assert re.findall(r'<li id="slip-(\d+)">', text) == ["3", "2", "1"]
    assert "12:00:07" in text
    assert "Đã in <b>3</b> phiếu" in text
    assert "dài 3 mm" in text


def test_the_log_names_what_came_and_marks_what_should_not_have(client, printer):
    say(printer, INIT + black(384, 8) + CUT + b"\x1d\xee")
    text = client.get("/").text
    assert re.search(r'<li class="event"><b>cut</b> GS V 66 0: 8 rows <small>byte \d+</small>', text)
    assert re.search(r'<li class="complaint"><b>unknown_command</b> 1d ee', text)


@pytest.mark.parametrize("fault", ["paper_near_end", "cutter_jam", "head_hot"])
def test_sensors_are_clicked(client, printer, fault):
    assert press(client, fault, "set").status_code == 303
    assert fault in printer.faults
    assert f"/faults/{fault}/clear" in client.get("/").text
    assert press(client, fault, "clear").status_code == 303
    assert fault not in printer.faults


def test_the_list_for_programs_and_its_pictures(client, printer):
    say(printer, black(384, 8) + CUT + black(384, 8) + CUT + black(384, 9) + CUT)
    newest, second, first = client.get("/slips.json").json()
    assert (newest["id"], newest["size"], newest["printer"]) == (3, [384, 9], "Kiosk <1>")
    assert newest["time"] == "2026-11-21T05:00:07+00:00"
    assert first["sha256"] == second["sha256"] != newest["sha256"]
    picture = client.get(newest["url"])
    assert picture.headers["content-type"] == "image/png"
    image = Image.open(io.BytesIO(picture.content))
    assert (image.mode, image.size, image.getpixel((383, 8))) == ("1", (384, 9), 0)
    assert client.get("/slips/77.png").status_code == 404


def test_the_list_is_unchanged_until_something_new_comes(client, printer):
    def look(tag: str) -> tuple[int, str]:
        answer = client.get("/slips.json", headers={"If-None-Match": tag})
        return answer.status_code, answer.headers["etag"]

    _, empty = look("")
    assert look(empty) == (304, empty)
    say(printer, black(384, 8) + CUT)
    status, printed = look(empty)
    assert status == 200
    printer.faults.set("cover_open")
    status, opened = look(printed)
    assert status == 200
    assert f'data-state="{opened.replace(chr(34), "&quot;")}"' in client.get("/").text


@pytest.mark.parametrize("fault", ["off", "cover_open", "paper_out"])
def test_buttons_break_and_mend(client, printer, fault):
    answer = press(client, fault, "set", origin=HOME)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert fault in printer.faults
    assert f"/faults/{fault}/clear" in client.get("/").text
    press(client, fault, "clear", origin=HOME)
    assert fault not in printer.faults


@pytest.mark.parametrize(
    "headers", [{"origin": "http://elsewhere.test"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_a_foreign_page_cannot_press_a_button(client, printer, headers):
    assert press(client, "off", "set", **headers).status_code == 403
    assert "off" not in printer.faults


@pytest.mark.parametrize(
    "path", ["Kiosk%20%3C1%3E/faults/reset_after/set", "other/faults/off/set", "Kiosk%20%3C1%3E/faults/off/x"]
)
def test_unknown_buttons_are_not_found(client, path):
    assert client.post(f"/printers/{path}").status_code == 404


def test_every_answer_forbids_foreign_content_and_the_page_needs_none(client):
    for path in ("/", "/page.css", "/page.js", "/slips.json", "/nowhere"):
        assert "default-src 'none'" in client.get(path).headers["content-security-policy"]
    text = client.get("/").text
    assert not re.search(r"<style|style=|<script(?! src)|\son\w+=", text)


def test_two_printers_stand_side_by_side(printer):
    with PrinterSimulator.threaded(576, name="Kiosk 2") as second:
        say(second, black(576, 8) + CUT)
        text = TestClient(create_page([printer, second])).get("/").text
    assert text.count("<section") == 2
    assert 'class="many"' in text
    assert "giấy 58 mm, 384 điểm" in text
    assert "giấy 80 mm, 576 điểm" in text


def test_every_state_has_a_name_on_the_page(client, printer):
    for fault in ("paper_out", "paper_near_end", "cover_open", "off", "offline", "cutter_jam", "head_hot"):
        printer.faults.set(fault)
        assert "Sẵn sàng" not in client.get("/").text, Fault(fault)
        printer.faults.clear()


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The program with free ports, and the addresses of its ready line."""
    command = [sys.executable, "-W", "error", "-m", "printers.simulator", "--page-port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            said, ready, *doors = process.stdout.readline().split()
            assert (said, ready) == ("printer", "ready")
            yield process, doors
        finally:
            process.kill()


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM ends no process in good order on Windows")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_program_prints_shows_and_ends_cleanly(number, tmp_path):
    arguments = ["--printer", "A:0:576", "--printer", "B b:0:384", "--folder", str(tmp_path)]
    with running(*arguments) as (process, doors):
        assert [door.split(":")[0] for door in doors] == ["tcp", "tcp", "http"]
        for door, width in zip(doors, (576, 384), strict=False):
            with socket.create_connection(("127.0.0.1", int(door.rsplit(":", 1)[1])), timeout=5) as host:
                host.sendall(INIT + black(width, 8) + CUT + EOT[1])
                assert host.recv(1) == b"\x12"
        with urlopen(f"{doors[-1]}/slips.json", timeout=10) as answer:
            rows = json.load(answer)
        assert [(row["id"], row["printer"], row["size"]) for row in rows] == [
            (2, "B b", [384, 8]),
            (1, "A", [576, 8]),
        ]
        assert (tmp_path / "B-b" / "00002.png").is_file()
        process.send_signal(number)
        assert process.wait(10) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["--printer", "A:9100"],
        ["--printer", "A:9100:500"],
        ["--printer", ":9100:576"],
        ["--port", "70000"],
        ["--printer", "A:0:576", "--printer", "A:0:576"],
    ],
)
def test_a_wrong_command_line_is_refused(arguments, capsys):
    with pytest.raises(SystemExit) as ending:
        raise SystemExit(main(arguments))
    assert ending.value.code == 2
    assert capsys.readouterr().err


def test_a_taken_port_is_told_in_one_line(printer, capsys):
    assert main(["--port", str(printer.port), "--page-port", "0"]) == 1
    assert capsys.readouterr().err.startswith("cannot listen")
