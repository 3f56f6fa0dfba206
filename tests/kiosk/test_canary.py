"""A number and a name put through everything that a kiosk does are found nowhere afterwards."""

import logging
import socket
import threading
from pathlib import Path

import pytest
import structlog
from prometheus_client import generate_latest

from domain.appointments import code_from
from domain.days import local
from operations import booking, calling, intake
from store.writer import Act
from tests.kiosk.test_declaring import declared_on
from tests.kiosk.test_scanning import FRAGMENT, journey_in, press, scan
from tests.support import canaries
from tests.support.asking import QUEUE, browser, request_id, watching
from tests.support.canaries import CANARY
from tests.support.halls import MORNING, HandClock
from tests.support.servers import Server, running
from web import appointments, cards

IDENTITY, OLD, NAME = CANARY.identity, CANARY.old, CANARY.name
CARD = f"{CANARY.card}|{CANARY.acting_identity}|{CANARY.acting}|mẹ"
CLASS, CLASS_WORDS = "om-nang", "ốm nặng"


class Ear:
    """A printer that notes every byte and never answers."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.began = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            with line:
                line.settimeout(5)
                try:
                    while piece := line.recv(65536):
                        self.heard += piece
                        self.began.set()
                except OSError:
                    continue

    def close(self) -> None:
        self._socket.close()


def everything_a_kiosk_does(server: Server, clock: HandClock) -> list[str]:
    """The card through every flow, with and without script; gives every address and answer that there was."""
    house, told = server.app.state.house, []
    kiosk = browser(server, f"motcua-device-K1={server.device_cookie('K1')}")
    kiosk.event_hooks = {
        "response": [lambda r: told.append(f"{r.request.url} {dict(r.headers)} {r.read().decode()}")]
    }
    slot = local(clock()).replace(hour=10, minute=0)
    code = appointments.code_hash(house, code_from(b"canary canary canary"))
    hashed = {purpose: cards.hash_of(house.vault, purpose, IDENTITY) for purpose in cards.PURPOSES}
    holder = appointments.holder_hash(house, "0908000111")
    server.store.write_now(Act("anyone"), booking.book, QUEUE, slot, code, holder, card=hashed[cards.APPOINTMENT])
    server.open_shift("cb01", 1)
    taken = intake.Intake("1.001193", house.vault.seal(CARD.encode()), card=hashed[cards.DOSSIER])
    server.store.write_now(Act("cb01"), intake.receive_dossier, 1, "cb01", taken)
    kiosk.get("/kiosk/K1/scans")
    for text in (CARD, CARD.replace(f"|{OLD}", "|"), CARD.replace(f"|{OLD}", ""), CARD + "\r\n", "\x02" + CARD):
        scan(kiosk, text, "K1", "fr")
        scan(kiosk, text, "K1", "en", Accept="text/html")
    for broken in (CARD[1:], CARD.replace(NAME, NAME + "\x07"), CARD * 20, CARD.replace("|", "/"), IDENTITY):
        scan(kiosk, broken)
        scan(kiosk, broken, "K1", "vi", Accept="text/html")
    journey = journey_in(scan(kiosk, CARD).text)
    person = press(kiosk, "declarations", journey, priority=CLASS).text
    press(kiosk, "tickets", journey, queue="cu-tru", declared=declared_on(person))
    press(kiosk, "departures", journey_in(scan(kiosk, CARD).text))
    press(kiosk, "arrivals", journey_in(scan(kiosk, CARD).text))
    press(kiosk, "tickets", journey_in(scan(kiosk, CARD).text) if "journey" in told[-1] else "x", queue=QUEUE)
    kiosk.get("/kiosk/K1")
    press(kiosk, "departures", journey)
    kiosk.post("/kiosk/K1/tickets", data={"queue": QUEUE, "journey": CARD[:40], "request_id": request_id()})
    kiosk.post("/kiosk/K1/scans", data={"text": CARD, "queue": CARD}, headers=FRAGMENT)
    server.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")
    return told


def found_in(traces: dict[str, str]) -> list[str]:
    """Where a canary sings, in any spelling."""
    return canaries.found_in({where: text.encode() for where, text in traces.items()})


@pytest.fixture
def traces(tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]):
    """Everything that the flows have left anywhere."""
    clock, ear = HandClock(MORNING), Ear()
    caplog.set_level(logging.DEBUG)
    with (
        structlog.testing.capture_logs() as logged,
        running(
            tmp_path / "data",
            clock,
            printer_of=(("P1", ear.address), ("P2", ear.address)),
            follow_url="https://h.lan/follow",
        ) as server,
    ):
        told = everything_a_kiosk_does(server, clock)
        assert ear.began.wait(20)
        frames = []
        with watching(
            server,
            "/display/W1/live",
            {"Origin": server.url, "Cookie": f"motcua-device-W1={server.device_cookie('W1')}"},
        ) as wall:
            frames.append(str(wall.recv(timeout=5)))
        events = server.store.read(
            lambda db: str(db.execute("SELECT kind, CAST(payload AS TEXT) FROM journal").fetchall())
        )
        metrics = generate_latest().decode()
        kept = server.app.state.kiosk_memory
        memory = repr(kept.journeys._known) + repr(kept.declarations._known)
    ear.close()
    files = b"".join(path.read_bytes() for path in sorted((tmp_path / "data").rglob("*")) if path.is_file())
    printed = capsys.readouterr()
    return {
        "files": files.decode("utf-8", "replace") + files.decode("utf-16-le", "replace"),
        "journal": events, "logs": str(logged) + caplog.text + printed.out + printed.err, "metrics": metrics,
        "paper": bytes(ear.heard).decode("utf-8", "replace"), "wall": "".join(frames), "answers": "".join(told),
        "memory": memory, "addresses": "\n".join(part.partition(" {")[0] for part in told),
    }  # fmt: skip


def test_the_canary_is_found_nowhere(traces):
    assert len(traces["files"]) > 100_000 and len(traces["paper"]) > 1000 and "A" in traces["wall"]
    assert "TicketIssued" in traces["journal"] and "/kiosk/K1/scans" in traces["answers"]
    assert found_in(traces) == []


def test_the_class_stands_with_the_ticket_alone(traces):
    """In the journal, as the clerk's business; a slip, the wall, logs, metrics and memory know only 'priority'."""
    assert CLASS in traces["journal"]
    for where in ("logs", "metrics", "wall", "memory"):
        assert CLASS not in traces[where]
    for where in ("logs", "metrics", "memory"):
        assert CLASS_WORDS not in traces[where]
    assert traces["wall"].count(CLASS_WORDS) == traces["wall"].count("Trẻ em"), "only in the rule for everybody"
    assert not [told for told in traces["addresses"].splitlines() if CLASS in told]


@pytest.mark.planted
@pytest.mark.parametrize("where", ["files", "journal", "logs", "answers", "memory"])
def test_planted_a_canary_that_sings_is_heard(traces, where):
    heard = found_in({**traces, where: traces[where] + f'{{"holder": "{IDENTITY}"}}'})
    assert heard and all(one.startswith(f"{where}: {IDENTITY}") for one in heard)


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kiosk that keeps the number itself in place of its hash."""
    monkeypatch.setattr("web.cards.hash_of", lambda vault, purpose, identity: identity.encode())


@pytest.mark.planted
def test_planted_a_number_kept_in_clear_is_found(careless, traces):
    assert any(found.startswith("files") for found in found_in(traces))
