"""A citizen's number, name and phone go through every flow and are found nowhere that they should not be."""

import os
from unittest.mock import patch

import pytest
import structlog
from prometheus_client.core import GaugeMetricFamily

from domain.keeping_events import DataRemoved
from store.vault import Vault
from store.writer import Act
from tests.support import canaries
from tests.support.canaries import CANARY, found_in, listening, spellings
from tests.web import canary_flows as flows
from tests.web.canary_flows import FLOWS, centre
from tests.web.walks import ROUTE_OF
from web import forms
from web.measures import Measures

# Doors through which nothing of a citizen comes in: staff, devices, configuration; acts on a known number.
NOTHING_PERSONAL = (
    "/admin/", "/devices/", "/display/", "/lock", "/unlock", "/pin", "/pair/", "/sign-out", "/language",
)  # fmt: skip
ACTS_ALONE = frozenset({
    *(f"POST /counter/{{counter}}/{act}" for act in (
        "shifts", "shifts/end", "shifts/taken", "calls", "recalls", "absences", "finishes", "picks", "starts",
        "parks", "transfers", "returns", "delays", "departures", "classes", "undos", "pauses", "pauses/end", "help",
        "help/end", "walk-ups", "reprints",
    )),
    *(f"POST /api/v1/{act}" for act in (
        "tickets", "counters/{counter}/shifts", "counters/{counter}/calls", "counters/{counter}/recalls",
        "counters/{counter}/absences", "counters/{counter}/finishes", "appointments/{appointment}/moves",
        "appointments/{appointment}/cancellations",
    )),
    *(f"POST /follow/{{ticket}}-{{signature}}/{act}" for act in ("departures", "delays", "returns", "skips")),
    *(f"POST /counter/{{counter}}/dossiers/{{code}}/fees/{{fee}}/{act}" for act in ("cash", "refunds")),
    "POST /counter/keys", "POST /dossiers/letters/{letter}/resends", "POST /rating/{device}/visits/{ticket}/skips",
    "POST /kiosk/{device}/tickets/{ticket}/departures", "POST /kiosk/{device}/queues/{queue}/refusals",
})  # fmt: skip


def live_through(folder, chosen=FLOWS, after=lambda hall: None):
    """These flows in one centre; gives everything that is left anywhere, while the server runs and after it."""
    with listening() as ears:
        with centre(folder, ears) as hall:
            for flow in chosen:
                flow.go(hall)
            after(hall)
            traces = ears.traces(hall.server, hall.server.data)
        left = [path for path in sorted(hall.server.data.glob("motcua*")) if path.is_file()]
    return {**traces, **{f"afterwards {path.name}": path.read_bytes() for path in left}}


@pytest.fixture(scope="module")
def traces(tmp_path_factory):
    return live_through(tmp_path_factory.mktemp("canary"))


def test_the_canary_is_found_nowhere(traces):
    for name, least in (
        ("journal", 20_000), ("logs", 50), ("metrics", 500), ("addresses", 5_000), ("slips", 200),
        ("paper", 10_000), ("walls and phones", 100_000), ("disk motcua.sqlite", 500_000),
        ("disk backups/copy.sqlite", 500_000), ("file names", 100),
    ):  # fmt: skip
        assert len(traces[name]) > least, f"{name}: nothing was listened to"
    assert b"DossierReceived" in traces["journal"] and b"IdentityRevealed" in traces["journal"]
    assert b"/kiosk/K1/scans" in traces["addresses"] and b"motcua_waiting" in traces["metrics"]
    assert b"ReceiptSlip" in traces["slips"] and b"TicketSlip" in traces["slips"]
    assert found_in(traces) == []


def test_every_door_that_takes_personal_data_is_on_the_list():
    """A new door that takes anything is put into a flow, or among those that take nothing of a citizen."""
    doors = {key for key in ROUTE_OF if not key.startswith(("GET ", "WS "))}
    walked = {key for flow in FLOWS for key in flow.routes}
    assert walked <= doors, "a flow names a door that is none"
    plain = {key for key in doors if key.split()[1].startswith(NOTHING_PERSONAL)} | ACTS_ALONE
    assert doors >= ACTS_ALONE
    assert not walked & ACTS_ALONE
    assert doors - walked - plain == set()


def test_each_flow_goes_through_the_doors_that_it_names(traces):
    """As asked for over HTTP: what a flow claims it has done."""
    asked = {line.split()[0] + " /" + line.split()[1].split("/", 3)[3].partition("?")[0]
             for line in traces["addresses"].decode().splitlines() if line.count("/") > 2}  # fmt: skip
    for flow in FLOWS:
        for key in flow.routes:
            method, path = key.split()
            assert any(_fits(method, path, one) for one in asked), f"{flow.name} never went through {key}"


def _fits(method: str, path: str, asked: str) -> bool:
    there = asked.split(" ", 1)
    parts, wanted = there[1].split("/"), path.split("/")
    return there[0] == method and len(parts) == len(wanted) and all(
        want.startswith("{") or want == part for part, want in zip(parts, wanted, strict=True)
    )  # fmt: skip


@pytest.mark.parametrize("secret", [*CANARY.numbers, *CANARY.words])
def test_every_spelling_is_heard_wherever_it_stands(secret):
    for how, form in spellings(secret).items():
        assert found_in({"log": b"before " + form + b" after"}), how
    for shift in range(4):
        packed = canaries.base64.b64encode(b"x" * shift + secret.encode() + b"yz")
        assert found_in({"log": packed}), f"packed behind {shift} letters"


def test_a_name_without_diacritics_is_heard():
    assert found_in({"log": b"KHUAT THI THIEN NGA"}) and not found_in({"log": b"khuat"})


# Planted


KIOSK = tuple(flow for flow in FLOWS if flow.go is flows.kiosk_scans)
DESK = tuple(flow for flow in FLOWS if flow.go in (flows.kiosk_scans, flows.receptions))
SLIPS = (*DESK, *(flow for flow in FLOWS if flow.go is flows.paper))
FILES = (*DESK, *(flow for flow in FLOWS if flow.go is flows.scanned_files))


@pytest.mark.planted
def test_a_log_line_that_names_somebody_is_caught(tmp_path):
    def talkative(hall):
        structlog.get_logger("planted").debug("received", owner=CANARY.name)

    assert any(one.startswith("logs") for one in found_in(live_through(tmp_path, KIOSK, talkative)))


@pytest.mark.planted
def test_an_exception_that_quotes_somebody_is_caught(tmp_path):
    def clumsy(hall):
        try:
            raise ValueError(CANARY.identity)
        except ValueError:
            structlog.get_logger("planted").exception("failed")

    assert any(one.startswith("logs") for one in found_in(live_through(tmp_path, KIOSK, clumsy)))


@pytest.mark.planted
def test_a_field_of_the_journal_that_names_somebody_is_caught(tmp_path):
    def careless(hall):
        hall.server.store.write_now(Act("system"), lambda tx: tx.record(DataRemoved(CANARY.identity, 1, [], 0)).seq)

    with patch("store.keeping.Held", str):
        heard = found_in(live_through(tmp_path, KIOSK, careless))
    assert any(one.startswith("journal") for one in heard)
    assert any(one.startswith("disk") for one in heard)


@pytest.mark.planted
def test_a_label_of_a_metric_that_names_somebody_is_caught(tmp_path, monkeypatch):
    def careless(self):
        family = GaugeMetricFamily("motcua_planted", "Of whom", labels=["phone"])
        family.add_metric([CANARY.phone], 1.0)
        yield family

    monkeypatch.setattr(Measures, "collect", careless)
    assert any(one.startswith("metrics") for one in found_in(live_through(tmp_path, KIOSK)))


@pytest.mark.planted
def test_a_number_kept_in_clear_is_caught(tmp_path, monkeypatch):
    monkeypatch.setattr("web.cards.hash_of", lambda vault, purpose, identity: identity.encode())
    assert any(one.startswith(("disk", "afterwards")) for one in found_in(live_through(tmp_path, DESK)))


@pytest.mark.planted
def test_particulars_that_are_not_sealed_are_caught(tmp_path, monkeypatch):
    monkeypatch.setattr(Vault, "seal", lambda self, plain: plain)
    monkeypatch.setattr(Vault, "unseal", lambda self, sealed: sealed)
    assert any(one.startswith(("disk", "afterwards")) for one in found_in(live_through(tmp_path, DESK)))


@pytest.mark.planted
def test_a_paper_named_after_somebody_on_a_slip_is_caught(tmp_path, monkeypatch):
    monkeypatch.setattr("printers.papers.names_somebody", lambda text, told: False)
    assert any(one.startswith("slips") for one in found_in(live_through(tmp_path, SLIPS)))


@pytest.mark.planted
def test_an_address_that_names_somebody_is_caught(tmp_path):
    def careless(hall):
        hall.of("cb01").get("/dossiers/searches", params={"text": CANARY.name})

    assert any(one.startswith("addresses") for one in found_in(live_through(tmp_path, KIOSK, careless)))


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Every file that is opened in the folder of temporary ones."""
    folder, opened, real = tmp_path / "temporary", [], os.open
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))

    def noted(path, *arguments, **more):
        opened.append("" if isinstance(path, int) else os.fsdecode(path))
        return real(path, *arguments, **more)

    monkeypatch.setattr(os, "open", noted)
    return lambda: [path for path in opened if str(folder) in path]


def test_a_large_file_is_never_on_the_disk_in_clear(tmp_path, temporary):
    heard = found_in(live_through(tmp_path / "centre", FILES))
    assert heard == []
    assert temporary() == []


@pytest.mark.planted
def test_an_upload_that_spills_to_the_disk_is_caught(tmp_path, temporary, monkeypatch):
    monkeypatch.setattr(forms._InMemory, "spool_max_size", 1024)
    live_through(tmp_path / "centre", FILES)
    assert temporary() != []
