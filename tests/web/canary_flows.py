"""Every flow that a citizen's data take through a centre, each with the routes by which they come in.

A flow is a function of a `Hall`: it puts the canary in by the doors that people and programs use.
"""

import asyncio
import json
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from domain.applicants import words, words_to_bytes
from domain.appointments import bookable_slots
from domain.centre_axis import Axis
from domain.centre_outside import Lookup
from domain.dossiers import Act as Step
from domain.lookups import Database
from domain.tickets import milliseconds
from operations import calling, corresponding, managing
from operations.processing import Doing, note
from portal.files import Fetching
from portal.sandbox import TEST_ACCOUNTS, SandboxThread, axis
from portal.sandbox.national import KEYS
from portal.sandbox.payments import SECRET
from store import attachments, dossiers, fees, jobs, outbox, upkeep
from store.writer import Act
from tests.api.test_outgoing import listening as another_program
from tests.counter.test_receptions import sheet
from tests.kiosk.test_scanning import journey_in, press, scan
from tests.portal import inbox_letters
from tests.portal.letters import LETTER
from tests.support.asking import QUEUE, a_procedure, browser, follow_path, request_id, watching
from tests.support.canaries import CANARY, Ears
from tests.support.files import a_pdf
from tests.support.halls import DEMO, HandClock, demo_calendar, demo_centre
from tests.support.servers import Server, running

WAIT = 30.0
ADAPTER = "/XrdAdapter/RestService/forward"
ONLINE, POLLED = "000.00.00.G22-261123-000777", "000.00.00.G22-261123-000778"
INCOMPLETE = "000.00.00.G22-261123-000779"
BOOKED = "dat-dai"
OWNER = {
    "owner_name": CANARY.name, "identity": CANARY.identity, "phone": CANARY.phone, "address": CANARY.address,
}  # fmt: skip
ACTING = {"acting_name": CANARY.acting, "acting_identity": CANARY.acting_identity}
WORDS = words_to_bytes(words("đã xem"))
SAID = f"{CANARY.name}, {CANARY.identity}, {CANARY.phone}"


@dataclass
class Hall:
    """A running centre with its neighbours, and who works in it."""

    server: Server
    sandbox: SandboxThread
    clock: HandClock
    ears: Ears
    folder: Path
    told: Any
    codes: list[str] = field(default_factory=list)

    def of(self, person: str) -> httpx2.Client:
        """The browser of somebody who works here."""
        if person not in self._browsers:
            self._browsers[person] = self.server.client(person)
        return self._browsers[person]

    _browsers: dict[str, httpx2.Client] = field(default_factory=dict)

    def received(self, answer: httpx2.Response) -> str:
        """The code of the dossier that this answer leads to."""
        assert answer.status_code == 303, re.findall(r'class="(?:wrong|failure)"[^>]*>([^<]*)', answer.text)
        self.codes.append(answer.headers["location"].rsplit("/", 1)[1])
        return self.codes[-1]

    def bearer(self, kind: str, holder: str) -> dict[str, str]:
        """What a program sends that acts for somebody."""
        return {"Authorization": f"Bearer {self.server.bearer(kind, holder)}"}

    def until(self, condition: Callable[[], Any]) -> None:
        """The portal has it."""
        assert self.sandbox.state.wait_until(lambda _: condition(), WAIT), "it never came"

    def run(self, work: Any) -> Any:
        """On the server's own loop."""
        loop = self.server.store.writer._loop
        assert loop is not None
        return asyncio.run_coroutine_threadsafe(work, loop).result(WAIT)


@dataclass(frozen=True)
class Flow:
    """One way; `routes` are the doors by which personal data come in on it."""

    go: Callable[[Hall], None]
    routes: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What it is called."""
        return self.go.__name__


def kiosk_scans(hall: Hall) -> None:
    """The card with and without script, torn, too long, with a journey, a class, a number, and away again."""
    kiosk = browser(hall.server, f"motcua-device-K1={hall.server.device_cookie('K1')}")
    for text in (CANARY.card, CANARY.card.replace(f"|{CANARY.old}", "|"), CANARY.card + "\r\n", CANARY.card * 20):
        for accept in ({}, {"Accept": "text/html"}):
            hall.ears.shown.append(scan(kiosk, text, "K1", "fr", **accept).text)
    for broken in (CANARY.card[1:], CANARY.card.replace("|", "/"), CANARY.identity, CANARY.name):
        hall.ears.shown.append(scan(kiosk, broken, "K1", "vi", Accept="text/html").text)
    journey = journey_in(scan(kiosk, CANARY.card).text)
    hall.ears.shown += [
        press(kiosk, path, journey, **fields).text
        for path, fields in (
            ("declarations", {"priority": "cao-tuoi"}), ("classes", {}), ("arrivals", {}), ("departures", {}),
            ("tickets", {"queue": QUEUE}), ("check-ins", {"code": CANARY.identity}),
            ("speech", {"words": SAID}),
        )
    ]  # fmt: skip
    kiosk.post(
        "/kiosk/K1/tickets", data={"queue": CANARY.identity, "journey": CANARY.card, "request_id": CANARY.phone}
    )
    kiosk.post("/kiosk/K1/scans", data={"text": CANARY.card, "queue": CANARY.card})


def appointments(hall: Hall) -> None:
    """Booked by phone and card by the citizen, by staff and by a program; asked for with a wrong code."""
    rules = next(queue.booking for queue in demo_centre().queues if queue.id == BOOKED)
    first, second, third, *_ = bookable_slots(rules, hall.clock(), demo_calendar())
    citizen = browser(hall.server)
    form = {"queue": BOOKED, "phone": CANARY.phone, "identity": CANARY.identity, "request_id": request_id()}
    booked = citizen.post("/booking/appointments", data={**form, "slot": milliseconds(first)})
    assert booked.status_code == 200, booked.text
    hall.ears.shown.append(booked.text)
    for path in ("mine", "moves", "cancellations"):
        hall.ears.shown.append(
            citizen.post(f"/booking/{path}", data={"code": CANARY.identity, "slot": CANARY.phone}).text
        )
    hall.of("cb13").post("/admin/appointments", data={
        "place": f"{BOOKED}@{milliseconds(second)}", "phone": CANARY.phone, "request_id": request_id(),
    })  # fmt: skip
    wanted = {"queue": BOOKED, "slot": third.isoformat(), "phone": CANARY.phone, "identity": CANARY.identity}
    answer = citizen.post("/api/v1/appointments", json=wanted, headers=hall.bearer("person", "cb13"))
    assert answer.status_code in (201, 409), answer.text


def receptions(hall: Hall) -> None:
    """By card and typed, quick and whole, asked to complete, refused, checked as typed, with every field wrong."""
    clerk, page = hall.of("cb01"), "/counter/1/reception"
    said = {"summary": SAID, "authorisation": SAID, "words": SAID, "basis": SAID, "p8-name": SAID, "p8-taken": "1"}
    usual = sheet(clerk)
    shown = clerk.post(page, data={**usual, "card": CANARY.card, "way": "show"})
    assert CANARY.name in shown.text, "the card has filled the sheet"
    for way in ("receive", "complete", "refuse"):
        answer = clerk.post(page, data={**sheet(clerk), **OWNER, **ACTING, **said, "again": "1", "way": way})
        assert answer.status_code == 303, re.findall(r'class="(?:wrong|failure)"[^>]*>([^<]*)', answer.text)
        if way == "receive":
            hall.received(answer)
        clerk.get(answer.headers["location"])
    wrong = dict.fromkeys(
        ("owner_name", "identity", "phone", "email", "p0-originals", "procedure", "case"), SAID * 40
    )
    assert clerk.post(page, data={**usual, **wrong, "way": "receive"}).status_code in (404, 409, 422)
    elsewhere = next(one.code for one in demo_centre().procedures if one.system)
    noted = {"procedure": elsewhere, "reference": CANARY.identity, "way": "reference", "request_id": request_id()}
    assert clerk.post(page, data=noted).status_code == 422, "a reference is no place for a number"
    clerk.post("/counter/1/identities", data={"identity": CANARY.identity, "procedure": a_procedure()})
    clerk.post("/counter/1/scans", data={"text": CANARY.card})
    quick = clerk.post(
        "/counter/1/dossiers", data={**OWNER, "procedure": a_procedure(), "request_id": request_id()}
    )
    assert quick.status_code in (200, 303), quick.text[:400]


def batches(hall: Hall) -> None:
    """One representative with several, all of them or none."""
    rows = {
        f"r{n}-{key}": value
        for n in range(3)
        for key, value in {**OWNER, "procedure": a_procedure(), "whole": "1"}.items()
    }
    form = {"request_id": request_id(), "lines": "5", **ACTING, **rows}
    hall.received(hall.of("cb01").post("/counter/1/reception/batch", data={**form, "way": "receive"}))
    wrong = {**form, "r1-identity": SAID, "way": "receive"}
    assert hall.of("cb01").post("/counter/1/reception/batch", data=wrong).status_code == 422


def searches(hall: Hall) -> None:
    """By exact number, by name, by the scan of the card; by who may not know names too."""
    for text in (CANARY.identity, CANARY.name, CANARY.card, CANARY.phone, SAID):
        for person in ("cb01", "ql04"):
            answer = hall.of(person).post("/dossiers/searches", data={"text": text})
            assert answer.status_code in (200, 303, 422), answer.status_code


def acts(hall: Hall) -> None:
    """What is written of every step, the correction, the reveal with its reason; the forms as PDF; the register."""
    code, clerk = hall.codes[0], hall.of("cb01")
    here = f"/dossiers/{code}"
    for act, form in (
        ("progressed", {"words": SAID}),
        ("supplement-asked", {"words": SAID, "basis": SAID, "p0-name": SAID, "answer_by": CANARY.phone}),
        ("handed-over", {"words": SAID, "unit": CANARY.identity}),
        ("corrected", {**OWNER, "words": SAID, "summary": SAID}),
        ("extended", {"words": SAID, "day": CANARY.identity}),
    ):
        clerk.post(f"{here}/acts/{act}", data={"seen": _steps(hall, code), "request_id": request_id(), **form})
    assert _steps(hall, code) >= 2, "at least progress and correction were taken"
    shown = clerk.post(f"{here}/identity", data={"reason": "compare", "request_id": request_id()})
    assert CANARY.identity in shown.text, "it was really shown"
    clerk.post(f"{here}/identity", data={"reason": SAID, "request_id": request_id()})
    page = clerk.get(here).text
    assert CANARY.name in page
    found = [clerk.get(path) for path in dict.fromkeys(re.findall(rf'href="({here}/forms/[\w/]+)"', page))]
    found += [clerk.get(f"/dossiers/register.{kind}?from=2026-11-01&to=2026-11-30") for kind in ("pdf", "xlsx")]
    found += [clerk.get(f"/dossiers/{hall.codes[1]}/forms/batch"), clerk.get("/dossiers/register")]
    assert len(found) >= 5 and {answer.status_code for answer in found} == {200}


def _steps(hall: Hall, code: str) -> int:
    found = hall.server.store.read(dossiers.find, code)
    assert found is not None
    return found.steps


def scanned_files(hall: Hall) -> None:
    """Sent under a name that says it all, refused, opened with a reason, fetched by the portal, removed."""
    code, clerk = hall.codes[0], hall.of("cb01")
    here, sent = f"/dossiers/{code}/files", a_pdf(f"Họ tên: {CANARY.name} Số căn cước: {CANARY.identity} " * 4000)
    for content, name in (
        (sent, f"{CANARY.identity} {CANARY.name}.pdf"), (sent[:-9], f"{CANARY.identity}.pdf"),
        (b"MZ" + CANARY.identity.encode(), f"{CANARY.identity}.exe"), (b"", f"{CANARY.name}.pdf"),
    ):  # fmt: skip
        form = {"belongs": "submitted:", "request_id": request_id()}
        clerk.post(here, data=form, files={"file": (name, content)})
    (file,) = hall.server.store.read(attachments.of_dossier, code)
    opened = clerk.post(f"{here}/{file.number}/openings", data={"reason": "processing"})
    assert opened.content == sent
    assert hall.sandbox.state.files.wait_until(1, WAIT), "the portal has fetched it by its link"
    clerk.post(f"{here}/{file.number}/removals", data={"reason": "wrong-file", "request_id": request_id()})


def portal_sync(hall: Hall) -> None:
    """The record and its steps, also when the portal fails, answers rubbish, refuses a field and parks it."""
    hall.until(lambda: hall.sandbox.state.dossier(hall.codes[0]))
    record = hall.sandbox.state.dossier(hall.codes[0]).record
    assert CANARY.identity in json.dumps(record), "the portal was really told whose it is"
    for fault in ("bad_gateway", "not_json", "empty_answer", "expired_token"):
        hall.sandbox.faults.set(fault, 1)
    hall.sandbox.faults.set("refuse_field", 1, field="ChuHoSo")
    hall.server.store.write_now(
        Act("cb01"),
        note,
        Step.PROGRESS,
        Doing(hall.codes[1], "cb01", hall.server.app.state.house.vault.seal(WORDS)),
    )
    hall.until(lambda: hall.sandbox.state.dossier(hall.codes[1]))
    hall.sandbox.faults.clear()
    _, *parked = hall.server.store.read(outbox.portal_messages_of, hall.codes[1])
    for message in parked:
        hall.of("ql02").post(f"/admin/messages/{message.id}/resends", data={"request_id": request_id()})
    hall.of("ql02").get("/admin/desk")


def pushed(hall: Hall) -> None:
    """Online dossiers pushed and polled, with files; refused ones; the completion; accepted at the counter."""
    told = inbox_letters.dossier(**_online(ONLINE))
    client = browser(hall.server)
    for number, body in enumerate((
        inbox_letters.body_of(told), inbox_letters.body_of(told | {"NgayNopHoSo": CANARY.phone}),
        inbox_letters.body_of(told | {"MaHoSo": CANARY.identity}), CANARY.card.encode(),
        inbox_letters.body_of(inbox_letters.completion(NoiDungBoSung=SAID)),
        inbox_letters.body_of(inbox_letters.dossier(**_online(INCOMPLETE))),
    )):  # fmt: skip
        signed = inbox_letters.header(body, hall.clock(), f"nonce-{number:016d}")
        answer = client.post(inbox_letters.INBOX, content=body, headers={"Authorization": signed})
        assert number or answer.status_code == 200, answer.text
    client.post(inbox_letters.INBOX, content=CANARY.card, headers={"Authorization": CANARY.identity})
    clerk = hall.of("cb01")
    clerk.get("/counter/1/online")
    done = clerk.post(f"/counter/1/online/{ONLINE}/acceptances", data={"steps": "0", "request_id": request_id()})
    assert done.status_code == 303
    clerk.post(
        f"/counter/1/online/{POLLED}/refusals", data={"words": SAID, "steps": "0", "request_id": request_id()}
    )
    asked = clerk.post(
        f"/counter/1/online/{INCOMPLETE}/completions",
        data={"words": SAID, "steps": "0", "request_id": request_id()},
    )
    assert asked.status_code == 303, asked.text[:400]
    assert hall.server.store.read(dossiers.find, POLLED) is not None, "it was fetched from who cannot push"


def _online(code: str) -> dict[str, Any]:
    return {
        "MaHoSo": code, "ChuHoSo": CANARY.name, "SoDienThoai": CANARY.phone,
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": CANARY.identity}],
    }  # fmt: skip


def letters(hall: Hall) -> None:
    """Written by an officer with the owner's name in it, built as edXML, sent over the axis."""
    code, clerk = hall.codes[0], hall.of("cb01")
    form = {
        "purpose": "consultation::", "receiver": "H56.08", "number": "12", "notation": "CV-TTPVHCC",
        "subject": SAID, "content": SAID, "signer": CANARY.acting, "signed": "2026-11-23",
        "request_id": request_id(),
    }  # fmt: skip
    answer = clerk.post(f"/dossiers/{code}/letters", data=form)
    assert answer.status_code == 303, re.findall(r'class="(?:wrong|failure)"[^>]*>([^<]*)', answer.text)
    clerk.get(answer.headers["location"])
    assert hall.sandbox.axis.wait_until(lambda axis: bool(axis.documents), WAIT), "the axis has it"
    clerk.post(f"/dossiers/{code}/letters", data={**form, "number": CANARY.identity, "request_id": request_id()})
    clerk.post(f"/dossiers/{code}/letters", data=dict.fromkeys(form, SAID))
    said = hall.server.app.state.house.vault.seal(msgspec.json.encode(replace(LETTER, subject=SAID)))
    came = hall.server.store.write_now(
        Act("axis"), corresponding.take_in, corresponding.NewArrival("H56.07", "nr-1", "d", said, said)
    )
    refused = {"request_id": request_id(), "status": "02", "words": SAID}
    answer = clerk.post(f"/dossiers/letters/{came}/answers", data=refused)
    assert answer.status_code == 303, re.findall(r'class="(?:wrong|failure)"[^>]*>([^<]*)', answer.text)
    clerk.get(answer.headers["location"])


def payments(hall: Hall) -> None:
    """Asked, begun online with the payer's name, confirmed; references that are somebody's number are refused."""
    code, clerk = hall.codes[0], hall.of("cb01")
    here = f"/counter/1/dossiers/{code}"
    form = {"kind": "le-phi", "text": "8.000 đồng", "amount": "8000", "timing": "thu-truoc", "relief": "khong"}
    for _ in range(2):
        assert clerk.post(f"{here}/fees", data={**form, "request_id": request_id()}).status_code == 303
    one, two = hall.server.store.read(fees.of_dossier, code)
    online = clerk.post(f"{here}/fees/{one.id}/online", data={"request_id": request_id()})
    assert online.status_code == 200, online.text[:300]
    (paid,) = hall.sandbox.till.payments
    httpx2.post(f"{hall.sandbox.url}/sandbox/payments/{paid}/pay", trust_env=False, verify=False)
    clerk.get(f"{here}/payment")
    for act, more in (
        ("transfers", {"reference": CANARY.identity}),
        ("cancellations", {"reason": CANARY.identity}),
    ):
        clerk.post(f"{here}/fees/{two.id}/{act}", data={"amount": "8000", "request_id": request_id(), **more})
    clerk.post(f"{here}/fees", data={**form, "relief_text": SAID, "relief": "mien", "request_id": request_id()})
    browser(hall.server).post("/portal/payments", json={"MaThamChieu": CANARY.identity, "NoiDung": SAID})


def look_ups(hall: Hall) -> None:
    """A question to the population database that is answered, answered with too much, and not at all."""
    clerk, code = hall.of("cb01"), hall.codes[0]
    for fault in ("", "says_too_much", "bad_gateway"):
        if fault:
            hall.sandbox.faults.set(fault, 2)
        typed = {**sheet(clerk), **OWNER, "born": "2001"}
        assert clerk.post("/counter/1/comparisons/population", data=typed).status_code == 200
        again = {"database": "population", "purpose": "appraisal", "born": "2001", "request_id": request_id()}
        assert clerk.post(f"/dossiers/{code}/comparisons", data=again).status_code == 200
    hall.sandbox.faults.clear()


def programs(hall: Hall) -> None:
    """A dossier through /api/v1, and refusals of it; what receivers elsewhere are told of the number."""
    client, right = browser(hall.server), hall.bearer("person", "cb01")
    wanted = {**OWNER, "procedure": a_procedure(), "summary": SAID}
    taken = client.post("/api/v1/counters/1/dossiers", json=wanted, headers=right)
    assert taken.status_code in (200, 201), taken.text
    for wrong in (
        {**wanted, "identity": SAID},
        {**wanted, CANARY.identity: 1},
        {**wanted, "phone": CANARY.name * 9},
    ):
        assert client.post("/api/v1/counters/1/dossiers", json=wrong, headers=right).status_code in (400, 422)
    client.post("/api/v1/check-ins", json={"code": CANARY.identity}, headers=right)
    added = hall.of("ql03").post("/admin/receivers", data={
        "label": "Ứng dụng", "address": hall.told.url + "tin", "ahead": 3, "request_id": request_id(),
    })  # fmt: skip
    assert added.status_code in (200, 303), added.text[:300]
    client.post("/api/v1/tickets", json={"queue": QUEUE}, headers=hall.bearer("device", "K1"))
    assert client.post("/api/v1/counters/1/calls", json={}, headers=right).status_code in (200, 201)
    headers, body = hall.told.next()
    hall.ears.shown.append(f"{headers} {body!r}")


def screens(hall: Hall) -> None:
    """The wall, the managers' wall, a phone: pages and frames, while the person with that card is called."""
    kiosk = browser(hall.server, f"motcua-device-K2={hall.server.device_cookie('K2')}")
    hall.ears.shown.append(scan(kiosk, CANARY.card, "K2").text)
    kiosk.post("/kiosk/K2/tickets", data={"queue": QUEUE, "request_id": request_id()})
    called = hall.server.store.write_now(Act("cb01"), calling.call_next, 1, "cb01").ticket
    wall = f"motcua-device-W1={hall.server.device_cookie('W1')}"
    manager = "; ".join(f"{name}={value}" for name, value in hall.of("ql02").cookies.items())
    phone = follow_path(hall.server, called.id)
    for path, cookies in (
        ("/display/W1", wall),
        ("/display/managers", manager),
        (phone, ""),
        (f"{phone}/feed.json", ""),
    ):
        answer = browser(hall.server, cookies).get(path)
        assert answer.status_code == 200, path
        hall.ears.shown.append(answer.text)
    for path, cookies in (("/display/W1/live", wall), ("/display/managers/live", manager)):
        with watching(hall.server, path, {"Origin": hall.server.url, "Cookie": cookies}) as socket:
            hall.ears.shown.append(str(socket.recv(timeout=10)))


def paper(hall: Hall) -> None:
    """Every slip that was asked for, as a printer of the counter or an agent elsewhere gets it."""
    store, papers = hall.server.store, hall.server.app.state.printers._papers
    asked = store.read(lambda db: db.execute("SELECT DISTINCT kind, subject FROM print_jobs").fetchall())
    assert {kind for kind, _ in asked} >= {"ticket", "receipt"}
    for kind, subject in asked:
        job = store.read(jobs.print_job_of, kind, subject)
        hall.ears.paper += b"".join(papers.job(job, 576).chunks)
    hall.ears.shown.append(hall.of("ql02").get("/admin/printers").text)


def reports(hall: Hall) -> None:
    """Everything that leads: figures, indicators, the journal's export, as page, CSV, workbook and PDF."""
    manager, auditor = hall.of("ql02"), hall.of("ql04")
    for path in ("", "/766", "/calls", "/estimates", "/satisfaction", "/month"):
        for kind in ("", "csv", "xlsx", "pdf"):
            answer = manager.get(f"/admin/reports{path}" + (f"?as={kind}" if kind else ""))
            hall.ears.shown.append(answer.text if kind in ("", "csv") else "")
    exported = auditor.post("/admin/journal/exports", data={"request_id": request_id()})
    hall.ears.shown += [exported.text, auditor.get("/admin/journal").text, manager.get("/admin/keeping").text]
    assert exported.status_code == 200


def backups(hall: Hall) -> None:
    """The copy of the file while the server runs."""
    upkeep.back_up(hall.server.store.path, hall.server.data / "backups" / "copy.sqlite")


def staff_words(hall: Hall) -> None:
    """A citizen's number in the place of a login; names and numbers in the words of a rating."""
    stranger = browser(hall.server)
    stranger.post("/sign-in", data={"login": CANARY.identity, "password": CANARY.card})
    kiosk = browser(hall.server, f"motcua-device-T1={hall.server.device_cookie('T1')}")
    over = hall.server.store.write_now(Act("cb01"), calling.finish, 1, "cb01")
    reason = {"score": 1, "reason": "manner", "words": SAID, "request_id": request_id()}
    rated = stranger.post(follow_path(hall.server, over.id) + "/ratings", data=reason)
    assert rated.status_code in (200, 303), rated.text[:300]
    kiosk.post("/rating/T1/visits/1/ratings", data={"score": 1, "reason": "wait", "words": SAID})


FLOWS = (
    Flow(kiosk_scans, frozenset({
        "POST /kiosk/{device}/scans", "POST /kiosk/{device}/tickets", "POST /kiosk/{device}/declarations",
        "POST /kiosk/{device}/classes", "POST /kiosk/{device}/arrivals", "POST /kiosk/{device}/departures",
        "POST /kiosk/{device}/check-ins", "POST /kiosk/{device}/speech",
    })),
    Flow(appointments, frozenset({
        "POST /booking/appointments", "POST /booking/mine", "POST /booking/moves", "POST /booking/cancellations",
        "POST /admin/appointments", "POST /api/v1/appointments",
    })),
    Flow(receptions, frozenset({
        "POST /counter/{counter}/reception", "POST /counter/{counter}/identities", "POST /counter/{counter}/scans",
        "POST /counter/{counter}/dossiers",
    })),
    Flow(batches, frozenset({"POST /counter/{counter}/reception/batch"})),
    Flow(searches, frozenset({"POST /dossiers/searches"})),
    Flow(acts, frozenset({"POST /dossiers/{code}/acts/{act}", "POST /dossiers/{code}/identity"})),
    Flow(scanned_files, frozenset({
        "POST /dossiers/{code}/files", "POST /dossiers/{code}/files/{file}/openings",
        "POST /dossiers/{code}/files/{file}/removals",
    })),
    Flow(portal_sync, frozenset({"POST /admin/messages/{message}/resends"})),
    Flow(pushed, frozenset({
        "POST /portal/inbox/nhanhsdvcqg", "POST /counter/{counter}/online/{code}/acceptances",
        "POST /counter/{counter}/online/{code}/refusals", "POST /counter/{counter}/online/{code}/completions",
    })),
    Flow(letters, frozenset({"POST /dossiers/{code}/letters", "POST /dossiers/letters/{letter}/answers"})),
    Flow(payments, frozenset({
        "POST /counter/{counter}/dossiers/{code}/fees", "POST /portal/payments",
        "POST /counter/{counter}/dossiers/{code}/fees/{fee}/online",
        "POST /counter/{counter}/dossiers/{code}/fees/{fee}/transfers",
        "POST /counter/{counter}/dossiers/{code}/fees/{fee}/cancellations",
    })),
    Flow(look_ups, frozenset({
        "POST /counter/{counter}/comparisons/{database}", "POST /dossiers/{code}/comparisons",
    })),
    Flow(programs, frozenset({"POST /api/v1/counters/{counter}/dossiers", "POST /api/v1/check-ins"})),
    Flow(screens),
    Flow(paper),
    Flow(staff_words, frozenset({"POST /sign-in", "POST /rating/{device}/visits/{ticket}/ratings",
                          "POST /follow/{ticket}-{signature}/ratings"})),
    Flow(reports),
    Flow(backups),
)  # fmt: skip


@contextmanager
def centre(folder: Path, ears: Ears) -> Iterator[Hall]:
    """A centre with all its neighbours: portal both ways, axis, payments, a national database, a program."""
    clock, secrets = HandClock(), folder / "secrets"
    secrets.mkdir(parents=True)
    for name, text in {
        "inbox": inbox_letters.SECRET, "portal": TEST_ACCOUNTS["H56"], "payment": SECRET,
        "axis": axis.ACCOUNTS["H56.19"], **KEYS,
    }.items():  # fmt: skip
        (secrets / name).write_text(text, encoding="utf-8")
    with ExitStack() as stack:
        sandbox = stack.enter_context(SandboxThread(DEMO / "procedures.jsonl", now=clock))
        server = stack.enter_context(running(
            folder / "data", clock, portal_url=sandbox.url + ADAPTER, portal_password_file=secrets / "portal",
            inbox_secret_file=secrets / "inbox", payment_secret_file=secrets / "payment", lookup_secrets=secrets,
            axis_secret_file=secrets / "axis", axis_url=sandbox.url, receivers_nearby=True,
            poll_url=stack.enter_context(_who_cannot_push()), follow_url="https://h.lan/follow",
            printer_of=tuple((name, stack.enter_context(_printer(ears))) for name in ("P1", "P2")),
        ))  # fmt: skip
        hall = Hall(server, sandbox, clock, ears, folder, stack.enter_context(another_program()))
        _join(hall)
        yield hall


def _join(hall: Hall) -> None:
    """The centre knows its neighbours, and cb01 sits at the first counter."""
    found, url = demo_centre(), hall.sandbox.url
    lookups = (Lookup(Database.POPULATION, f"{url}/national/population", 2.0),)
    payment = replace(found.payment, gateway_url=f"{url}/payments/init", partner="H56")
    changed = replace(found, lookups=lookups, payment=payment, axis=Axis(url, "H56.19", "H56.19"))
    hall.server.store.write_now(Act("test"), managing.load_centre, changed, demo_calendar())
    hall.sandbox.till.callback = hall.server.url + "/portal/payments"
    service, fetching = (
        hall.server.app.state.portal,
        Fetching(hall.server.url + "/portal-files/", timedelta(days=400)),
    )
    service._fetching = fetching
    if service.worker is not None:
        service.worker._fetching = fetching
    hall.server.open_shift("cb01", 1)


@contextmanager
def _who_cannot_push() -> Iterator[str]:
    """A system that gives one online dossier to whoever asks."""
    body = json.dumps({"total": 1, "data": [inbox_letters.dossier(**_online(POLLED))]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/dossiers"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextmanager
def _printer(ears: Ears) -> Iterator[str]:
    """A printer that takes every byte and never answers."""

    class Taking(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(10)
            try:
                while piece := self.request.recv(65536):
                    ears.paper += piece
            except OSError:
                pass

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Taking)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"tcp://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
