"""The print agent against the running server, over real sockets; the simulated printer hangs on the agent."""

import asyncio
import hashlib
import json

import pytest
from click.testing import CliRunner
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from commands.print_agent import print_agent
from operations import entering
from printers import agents
from printers.agent_journal import AgentJournal
from printers.agent_program import Counter
from printers.agent_words import FRAME, LARGEST_JOB, WordWrong, frames
from printers.status import Trouble
from printers.tcp import NetworkConnection
from tests.printers.agent_hall import ACT, CODE, NAME, AgentHall, agent_hall, cable, program, until
from tests.support.asking import browser, watching


@pytest.fixture
def hall(tmp_path):
    with agent_hall(tmp_path) as found:
        yield found


def test_a_slip_is_printed_once_and_confirmed_by_the_printers_own_word(hall):
    hall.start()
    hall.await_agent()
    first, second = hall.take_ticket(), hall.take_ticket()
    assert [hall.await_end(first), hall.await_end(second)] == ["confirmed", "confirmed"]
    assert hall.printer.printed == 2
    assert hall.printer.complaints == []


def test_without_its_agent_a_slip_waits_and_the_reason_is_said(hall):
    ticket = hall.take_ticket()
    until(lambda: hall.trouble == Trouble.NO_AGENT, 20, "no trouble")
    assert hall.state(ticket) in ("queued", "preflight", "failed-before-first-byte")
    hall.start()
    assert hall.await_end(ticket) == "confirmed"


def test_what_the_printer_says_of_its_paper_reaches_the_server(hall):
    hall.printer.faults.set("paper_out")
    hall.start()
    hall.await_agent()
    ticket = hall.take_ticket()
    until(lambda: hall.trouble == Trouble.PAPER_OUT, 20, "no paper, and nobody says so")
    hall.printer.faults.clear()
    assert hall.await_end(ticket) == "confirmed"
    assert hall.printer.printed == 1


def cut_mid_job(hall: AgentHall) -> tuple[int, int]:
    """A ticket whose bytes were on the way to the agent when the cable was cut, and one after it."""
    with cable(hall.server.url) as wire:
        hall.start(server=wire.url)
        hall.await_agent()
        assert hall.await_end(hall.take_ticket()) == "confirmed"
        wire.limit = wire.carried + 9000  # status, prologue and some of the strips
        ticket = hall.take_ticket()
        hall.await_end(ticket)
        wire.limit = None
        after = hall.take_ticket()
        hall.await_end(after)
        return ticket, after


def test_a_cable_cut_in_the_middle_of_a_job_leaves_it_unknown_and_prints_nothing_twice(hall):
    ticket, after = cut_mid_job(hall)
    assert (hall.state(ticket), hall.state(after)) == ("unknown", "confirmed")
    pictures = [picture.tobytes() for picture in hall.printer.slips if picture.height > 100]
    assert len(pictures) == len(set(pictures)) == 2, "the job of the cut cable was never whole, so never printed"


def test_the_agent_finds_the_server_again_after_a_restart_and_prints_each_slip_once(hall):
    with cable(hall.server.url) as wire:
        agent = hall.start(server=wire.url)
        hall.await_agent()
        assert hall.await_end(hall.take_ticket()) == "confirmed"
        wire.lead_to(hall.restart_server())
        hall.await_agent()
        assert hall.await_end(hall.take_ticket()) == "confirmed"
        assert agent.notices == ["connected", *(["away"] * (len(agent.notices) - 2)), "connected"]
    assert hall.printer.printed == 2


def test_a_server_that_stops_in_the_middle_of_a_slip_finds_it_unknown_and_the_paper_whole_once(tmp_path):
    with agent_hall(tmp_path, speed=60) as hall, cable(hall.server.url) as wire:
        hall.start(server=wire.url)
        hall.await_agent()
        ticket = hall.take_ticket()
        until(lambda: len(hall.printer.received) > 5000, 15, "no byte reached the printer")
        wire.lead_to(hall.restart_server())
        assert hall.await_end(ticket) == "unknown"
        assert hall.await_end(hall.take_ticket()) == "confirmed"
        pictures = [picture.tobytes() for picture in hall.printer.slips if picture.height > 100]
        assert len(pictures) == len(set(pictures)) == 2


def test_an_agent_killed_between_paper_and_confirmation_leaves_the_slip_unknown(hall, tmp_path):
    hall.offer()
    where = called(hall, tmp_path)
    with program(*where, "--code", CODE) as agent:
        hall.await_agent()
        hall.printer.faults.set("answer_delay_ms", 200)
        ticket = hall.take_ticket()
        until(lambda: hall.printer.printed == 1, 15, "nothing came out")
        agent.kill()
    assert hall.await_end(ticket) == "unknown"
    hall.printer.faults.clear()
    with program(*where):
        hall.await_agent()
        assert hall.await_end(hall.take_ticket()) == "confirmed"
    assert hall.state(ticket) in ("unknown", "confirmed"), "confirmed: the printer gave its word to the next one"
    pictures = [picture.tobytes() for picture in hall.printer.slips if picture.height > 100]
    assert len(pictures) == len(set(pictures)) == 2


def test_a_second_agent_for_one_printer_is_refused(hall, tmp_path):
    token = hall.pair()
    hall.start(token)
    hall.await_agent()
    second = hall.start(token, journal=AgentJournal(tmp_path / "other.journal"))
    second.await_notice("taken")
    assert hall.await_end(hall.take_ticket()) == "confirmed"
    assert hall.printer.printed == 1
    hall.running[0].stop()
    second.await_notice("connected")


@pytest.mark.parametrize("end", ["revoked", "paired anew", "no longer in the centre"])
def test_an_agent_whose_token_died_is_shown_the_door_within_five_seconds(hall, end):
    agent = hall.start()
    hall.await_agent()
    if end == "revoked":
        hall.server.store.write_now(ACT, entering.revoke_device, NAME)
    elif end == "paired anew":
        hall.pair()
    else:
        hall.server.store.write_now(ACT, _load_demo)
    until(lambda: not hall.is_connected, 5, "still connected")
    agent.await_notice("refused", 5)


def _load_demo(tx):
    from operations import managing
    from tests.support.halls import demo_calendar, demo_centre

    managing.load_centre(tx, demo_centre(), demo_calendar())


@pytest.mark.planted
def test_a_revocation_that_nobody_heeds_is_found(hall, monkeypatch):
    monkeypatch.setattr(agents.AgentLine, "send_away", lambda self, code: None)
    with pytest.raises(AssertionError, match="still connected"):
        test_an_agent_whose_token_died_is_shown_the_door_within_five_seconds(hall, "revoked")


def test_an_agent_with_another_token_prints_nothing(hall):
    hall.pair()
    for token in ("x" * 43, hall.server.device_cookie("K1"), hall.server.bearer("device", "K1")):
        agent = hall.start(token)
        agent.await_notice("refused")
        agent.stop()
        hall.running.clear()
    assert hall.printer.received == b""


def test_the_token_of_an_agent_opens_nothing_else(hall):
    token = hall.pair()
    for path in ("/kiosk/K1", "/display/W1", "/admin", "/counter"):
        answer = browser(hall.server).get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code in (303, 401, 403), path


def test_a_kiosks_cookie_token_is_no_bearer(hall):
    token = hall.server.device_cookie("K1")
    answer = browser(hall.server).get("/kiosk/K1", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (401, 403)


def test_the_agent_is_paired_by_program_only_and_its_code_works_once(hall):
    hall.offer()
    page = browser(hall.server)
    assert page.get(f"/pair/{NAME}").status_code == 404
    assert page.post(f"/pair/{NAME}", data={"code": CODE}).status_code == 404
    headers = {"Accept": "application/json"}
    answer = page.post(f"/pair/{NAME}", data={"code": CODE}, headers=headers)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert len(answer.json()["token"]) >= 40
    assert page.post(f"/pair/{NAME}", data={"code": CODE}, headers=headers).status_code == 403


def called(hall: AgentHall, folder) -> tuple[str, ...]:
    """The arguments with which the program is started."""
    state = str(folder / "s")
    return ("--server", hall.server.url, "--printer", NAME, "--device", hall.device, "--state", state)


def test_the_program_pairs_runs_and_prints(hall, tmp_path):
    hall.offer()
    where = called(hall, tmp_path)
    with program(*where, "--code", CODE, "--pair-only") as first:
        assert first.communicate(timeout=60)[0].startswith("Đã ghép IN1")
    assert first.returncode == 0
    assert (tmp_path / "s" / f"{NAME}.token").stat().st_mode & 0o777 == 0o600
    with program(*where) as agent:
        hall.await_agent()
        assert hall.await_end(hall.take_ticket()) == "confirmed"
        with program(*where) as second:
            assert "đang chạy" in second.communicate(timeout=60)[1]
        assert second.returncode == 1
        agent.terminate()
        assert "Đã kết nối" in agent.communicate(timeout=20)[0]
    assert agent.returncode == 0
    assert hall.printer.printed == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (("--server", "ftp://x"), "should look like"),
        (("--device", "lpr://x"), "tcp://, usb://"),
        (("--device", "agent://IN1"), "not an agent"),
        (("--code", "WRNG-CODE"), "không nhận mã ghép"),
        ((), "pair first"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(hall, tmp_path, changed, says):
    usual = called(hall, tmp_path)
    words = dict(zip(usual[::2], usual[1::2], strict=True)) | (dict([changed]) if changed else {})
    ended = CliRunner().invoke(print_agent, [word for pair in words.items() for word in pair])
    assert ended.exit_code in (1, 2)
    assert says in " ".join(ended.output.split())


def test_a_frame_that_is_too_large_ends_the_connection(hall):
    headers = {"Authorization": f"Bearer {hall.pair()}"}
    with watching(hall.server, f"/agents/{NAME}", headers) as socket:
        assert json.loads(socket.recv(timeout=5))["t"] == "hello"
        socket.send("x" * 5000)
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=5)
    assert closed.value.rcvd.code == 1009
    until(lambda: not hall.is_connected, 5, "still there")


@pytest.mark.parametrize("word", ["", "[]", "{}", "{", '{"t":1}', '{"t":"at"}', "[" * 3000])
def test_words_that_cannot_be_understood_harm_nothing(hall, word):
    headers = {"Authorization": f"Bearer {hall.pair()}"}
    with watching(hall.server, f"/agents/{NAME}", headers) as socket:
        socket.recv(timeout=5)
        with pytest.raises(ConnectionClosed):  # by the first or the second word, whichever the server reads in time
            socket.send(word)
            socket.send(b"bytes")
            socket.recv(timeout=5)
    hall.start()
    hall.await_agent()
    assert hall.await_end(hall.take_ticket()) == "confirmed"


def test_a_page_of_another_site_does_not_become_an_agent(hall):
    address = hall.server.url.replace("http", "ws") + f"/agents/{NAME}"
    headers = {"Cookie": f"motcua-device-{NAME}={hall.pair()}", "Origin": "http://elsewhere.example"}
    with pytest.raises(InvalidStatus) as refused, connect(address, additional_headers=headers, proxy=None):
        pass
    assert refused.value.response.status_code == 403


# -- the agent's own counter: what it prints, and what it refuses to print a second time ---------------------


class Wire:
    """The agent's side of a socket: gives the frames of a list, keeps what is said."""

    def __init__(self, frames: list[bytes]) -> None:
        self.frames, self.words = frames, []

    async def recv(self) -> bytes:
        return self.frames.pop(0)

    async def send(self, text: str) -> None:
        self.words.append(json.loads(text))

    @property
    def said(self) -> list[str]:
        return [word.get("why") or word["t"] for word in self.words]


SLIP = b"\x1b@" + b"\x1dv0\x00\x30\x00\x18\x00" + b"\xff" * 1152 + b"\x1dVB\x00"


def tell(hall: AgentHall, journal: AgentJournal, *jobs: tuple[str, bytes], sha256: str = "") -> Wire:
    """What an agent with this journal answers when the server gives it these jobs, one connection each."""
    wire = Wire([])

    async def scenario() -> None:
        counter = Counter(wire, hall.device, journal)
        for number, (job, data) in enumerate(jobs, 1):
            wire.frames.append(data)
            await counter.hear({"t": "open", "s": number})
            fingerprint = sha256 or hashlib.sha256(data).hexdigest()
            await counter.hear({"t": "job", "s": number, "job": job, "bytes": len(data), "sha256": fingerprint})
            await counter.hear({"t": "close", "s": number})

    asyncio.run(scenario())
    return wire


def check_never_twice(hall: AgentHall, path) -> None:
    """A job that comes again is not printed again, also by an agent that was killed after its paper came out."""
    killed = AgentJournal(path)
    assert tell(hall, killed, ("17", SLIP)).said == ["opened", "ready", "at", "closed"]
    killed.close()
    hall.printer.block_for_slip(1)
    restarted = AgentJournal(path)
    again = tell(hall, restarted, ("17", SLIP))
    restarted.close()
    assert "at" not in again.said, "printed twice"
    assert again.said == ["opened", "BEGUN_BEFORE", "closed"]
    assert hall.printer.printed == 1


def test_an_agent_that_was_killed_between_print_and_confirmation_answers_unknown(hall, tmp_path):
    check_never_twice(hall, tmp_path / "journal")


@pytest.mark.planted
def test_an_agent_without_a_journal_is_found(hall, tmp_path, monkeypatch):
    monkeypatch.setattr(AgentJournal, "begin", lambda self, job, sha256: None)
    with pytest.raises(AssertionError, match="printed twice"):
        check_never_twice(hall, tmp_path / "journal")


@pytest.mark.planted
def test_a_journal_that_is_written_only_in_memory_is_found(hall, tmp_path, monkeypatch):
    monkeypatch.setattr("printers.agent_journal.os.write", lambda handle, data: len(data))
    with pytest.raises(AssertionError, match="printed twice"):
        check_never_twice(hall, tmp_path / "journal")


def test_the_job_is_on_the_disk_before_the_first_byte_reaches_the_printer(hall, tmp_path, monkeypatch):
    seen, path = [], tmp_path / "journal"
    journal, write = AgentJournal(path), NetworkConnection.write

    async def noting(self, data):
        seen.append("17 " in path.read_text())
        await write(self, data)

    monkeypatch.setattr(NetworkConnection, "write", noting)
    tell(hall, journal, ("17", SLIP))
    journal.close()
    assert seen
    assert all(seen)


def test_after_a_restore_a_number_may_come_again_with_another_slip(hall, tmp_path):
    journal = AgentJournal(tmp_path / "journal")
    assert tell(hall, journal, ("17", SLIP), ("17", b"\x1b@" + SLIP)).said.count("ready") == 2
    journal.close()


def test_a_job_that_did_not_come_whole_is_not_printed(hall, tmp_path):
    journal = AgentJournal(tmp_path / "journal")
    assert tell(hall, journal, ("17", SLIP), sha256="0" * 64).said == ["opened", "BROKEN_JOB", "closed"]
    assert not journal.has("17", "0" * 64)
    journal.close()
    assert hall.printer.received == b""


def test_a_journal_that_cannot_be_written_prints_nothing(hall, tmp_path, monkeypatch):
    journal = AgentJournal(tmp_path / "journal")
    monkeypatch.setattr(AgentJournal, "begin", lambda *_: (_ for _ in ()).throw(OSError(28, "no space")))
    assert tell(hall, journal, ("17", SLIP)).said == ["opened", "NO_JOURNAL", "closed"]
    journal.close()
    assert hall.printer.received == b""


@pytest.mark.parametrize("size", [LARGEST_JOB + 1, -1, "12", None, 3.5])
def test_a_job_of_an_impossible_size_ends_the_connection(hall, tmp_path, size):
    journal = AgentJournal(tmp_path / "journal")

    async def scenario() -> None:
        counter = Counter(Wire([b"x"]), hall.device, journal)
        await counter.hear({"t": "open", "s": 1})
        try:
            await counter.hear({"t": "job", "s": 1, "job": "1", "bytes": size, "sha256": "0" * 64})
        finally:
            await counter.leave()

    with pytest.raises(WordWrong):
        asyncio.run(scenario())
    journal.close()


def test_a_torn_line_of_the_journal_is_passed_over(tmp_path):
    path = tmp_path / "journal"
    one, two = "1" * 64, "2" * 64
    journal = AgentJournal(path)
    journal.begin("1", one)
    journal.close()
    with path.open("a") as torn:
        torn.write("2 2222")
    journal = AgentJournal(path)
    assert (journal.has("1", one), journal.has("2", two)) == (True, False)
    journal.begin("2", two)
    journal.close()
    journal = AgentJournal(path)
    assert (journal.has("1", one), journal.has("2", two)) == (True, True)
    journal.close()


def test_a_long_journal_is_cleaned_and_keeps_the_newest(tmp_path, monkeypatch):
    monkeypatch.setattr("printers.agent_journal.KEPT", 10)
    monkeypatch.setattr("printers.agent_journal.KEPT_AFTER_CLEANING", 4)
    path = tmp_path / "journal"
    for first in (0, 12):
        journal = AgentJournal(path)
        for n in range(first, first + 12):
            journal.begin(str(n), f"{n:064}")
        journal.close()
    journal = AgentJournal(path)
    assert [journal.has(str(n), f"{n:064}") for n in (0, 11, 19, 20, 23)] == [False, False, False, True, True]
    assert len(path.read_text().split()) == 8
    journal.close()


def test_frames_of_a_job_are_never_larger_than_the_agent_takes():
    data = bytes(3 * FRAME + 1)
    assert b"".join(frames(data)) == data
    assert max(map(len, frames(data))) == FRAME
