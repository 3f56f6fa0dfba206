"""Everybody who might ask in one running centre, and what must have happened before they ask."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx2
from websockets.exceptions import InvalidStatus

from admin.recording import needed_by
from domain import refused_arrivals as refused
from domain.applicants import applicant, particulars, to_bytes, words, words_to_bytes
from domain.centre_rules import Booking
from domain.centre_toml import write_centre
from domain.centres import DeviceKind
from domain.days import local
from domain.differences import Difference
from domain.queue_events import AppointmentBooked, DayOpened, TicketCalled, TicketIssued, VisitRated
from domain.roles import PERSON_ROLES, Role
from domain.tickets import milliseconds
from kiosk.memory import memory_of
from operations import (
    attaching,
    calling,
    cataloguing,
    configuring,
    declining,
    entering,
    informing,
    intake,
    managing,
    moving,
    printing,
    reconciling,
    shifts,
    supplements,
    syncing,
    ticketing,
)
from operations.declining import Declined
from operations.processing import Doing
from store import appointments as rows
from store import attachments, file_links, jobs, outbox, plans, portal_gates, ratings, receivers
from store.writer import Act, Tx
from tests.portal import inbox_letters
from tests.support.asking import CHEAP, PASSWORD, QUEUE, a_clip, a_number, a_phone, a_procedure, watching
from tests.support.files import a_pdf
from tests.support.halls import demo_calendar, demo_centre
from tests.support.servers import Server
from web import appointments, sounds
from web.devices import plain_code
from web.recordings import Recordings
from web.visitors import DEVICE_COOKIE, SIGN_IN_COOKIE, hash_of, new_token

QUIET_QUEUE = "xay-dung"
QUIET_HALL = "tang-2"
SPARE_DEVICE = "K9"
COUNTER_OF = {Role.CLERK: 1, Role.RESULT_OFFICER: 8, Role.SUPERVISOR: 3}
NOBODY, SIGNED_OUT, REVOKED = "nobody", "signed out", "revoked kiosk"
DEVICES = {"kiosk": "K1", "other kiosk": "K2", "wall": "W1", "other wall": "W2", "tablet": "T1", "agent": "A1"}
DEVICE_ROLE = {"K": Role.KIOSK, "W": Role.WALL, "T": Role.TABLET, "A": Role.AGENT}
PEOPLE = {role.value: role for role in sorted(PERSON_ROLES)}
RECEIVER = "receiver"
VISITORS = [NOBODY, SIGNED_OUT, REVOKED, *DEVICES, *PEOPLE, RECEIVER]
# Places on every day that the calendar leaves open, whatever day it is when the tests run.
EVERY_DAY = Booking((("07:30", "11:00"), ("13:30", "16:00")), 30, 100, 60, (1, 2, 3, 4, 5, 6, 7))


@dataclass(frozen=True)
class Asked:
    """One request: a path with its parameters, and what is posted."""

    path: str
    form: dict[str, Any] | None = None
    json: Any = None
    files: dict[str, bytes] | None = None


@dataclass
class Crowd:
    """A running centre into which every kind of visitor has come, with one request that each route takes."""

    server: Server
    examples: dict[str, "Example"]
    cookies: dict[str, str] = field(default_factory=dict)
    bearers: dict[str, str] = field(default_factory=dict)
    person: dict[str, str] = field(default_factory=dict)
    client: httpx2.Client | None = None

    def do(self, operation: Callable[..., Any], *args: Any, who: str = "test") -> Any:
        """One operation, as a colleague elsewhere in the centre would do it."""
        return self.server.store.write_now(Act(who), operation, *args)

    def gather(self) -> "Crowd":
        """Add a spare kiosk, one person a role, pair and sign in everybody."""
        self.client = httpx2.Client(base_url=self.server.url, trust_env=False, verify=False, timeout=20)
        self.server.clients.append(self.client)
        found = demo_centre()
        spare = replace(next(d for d in found.devices if d.kind is DeviceKind.KIOSK), id=SPARE_DEVICE)
        agent = replace(spare, id=DEVICES["agent"], kind=DeviceKind.AGENT, printer=None)
        queues = tuple(replace(q, booking=EVERY_DAY) if q.booking else q for q in found.queues)
        changed = replace(found, devices=(*found.devices, spare, agent), queues=queues)
        now, calendar = self.server.app.state.house.now(), demo_calendar()
        years = calendar.years | {now.year, now.year + 1}
        self.do(managing.load_centre, changed, replace(calendar, years=years))
        self.do(_frown_yesterday, self.server.app.state.house.vault.seal("Chờ lâu quá".encode()))
        self.cookies[REVOKED] = DEVICE_COOKIE + "K1=" + self.server.device_cookie("K1")
        self.do(entering.revoke_device, "K1")
        for name, device in DEVICES.items():
            self.cookies[name] = f"{DEVICE_COOKIE}{device}={self.server.device_cookie(device)}"
            self.bearers[name] = self.server.bearer("device", device)
        hashed = CHEAP.hash(PASSWORD)
        for name in PEOPLE:
            self.person[name] = self.do(managing.add_person, name, f"Người {name}", [name], hashed)
            self.bearers[name] = self.server.bearer("person", self.person[name])
            self.sign_in(name)
        self.bearers[RECEIVER] = new_token()
        self.receiver(self.bearers[RECEIVER])
        self.sign_in("auditor", SIGNED_OUT)
        token = self.cookies[SIGNED_OUT].partition("=")[2]
        self.do(entering.sign_out, hash_of(token))
        return self

    def sign_in(self, name: str, place: str = "") -> None:
        """A fresh sign-in of the person with this one role."""
        self.cookies[place or name] = f"{SIGN_IN_COOKIE}={self.server.person_cookie(self.person[name])}"

    def headers(self, name: str, *, bearer: bool = False) -> dict[str, str]:
        """What a browser of this visitor sends; `bearer` for programs."""
        if bearer:
            found = self.bearers.get(name)
            return {"Authorization": f"Bearer {found}"} if found else {"Origin": self.server.url}
        own = {"Cookie": self.cookies[name]} if name in self.cookies else {}
        return own | {"Origin": self.server.url}

    def counter(self, name: str) -> int:
        """The counter at which this visitor sits, 1 for those who may not sit down."""
        return COUNTER_OF.get(PEOPLE.get(name, Role.ANYONE), 1)

    def seated(self, name: str) -> int:
        """The same, after they have sat down."""
        counter = self.counter(name)
        if PEOPLE.get(name) in COUNTER_OF:
            self.do(shifts.open_shift, counter, self.person[name])
        return counter

    def serving(self, name: str) -> int:
        """The same, with a person called to the counter."""
        counter = self.seated(name)
        if PEOPLE.get(name) in COUNTER_OF:
            for queue in (QUEUE, "tra-ket-qua"):
                self.do(ticketing.take_ticket, queue)
            self.do(calling.call_next, counter, self.person[name])
        return counter

    def ticket(self, giver: str = "device:K1") -> int:
        """A number given by a kiosk."""
        return int(self.do(ticketing.take_ticket, QUEUE, "vi", None, None, who=giver).id)

    def story(self) -> str:
        """Where the story of a number is told."""
        found = self.do(ticketing.take_ticket, QUEUE)
        return f"/admin/tickets/{found.day}/{found.prefix}{found.n}"

    def absent(self) -> int:
        """A number that was called in vain."""
        counter = self.serving("clerk")
        return int(self.do(calling.mark_absent, counter, self.person["clerk"]).id)

    def resting(self, name: str) -> int:
        """The counter at which this visitor sits, with nobody before it."""
        counter = self.serving(name)
        if PEOPLE.get(name) in COUNTER_OF:
            self.do(calling.finish, counter, self.person[name])
        return counter

    def pressed(self, name: str) -> int:
        """The number of this visitor's own newest act at the counter."""
        if PEOPLE.get(name) not in COUNTER_OF:
            return 1
        counter, person = self.counter(name), self.person[name]
        return int(self.do(calling.call_again, counter, person, who=person).seq)

    def announced(self) -> int:
        """The number of a call in the hall of K1 and W1."""
        counter = self.serving("clerk")
        return int(self.do(calling.call_again, counter, self.person["clerk"]).seq)

    def over(self) -> int:
        """A visit that has just ended at the counter of T1."""
        return int(self.do(calling.finish, self.serving("clerk"), self.person["clerk"]).id)

    def free_slot(self) -> datetime:
        """A slot with places left."""
        house = self.server.app.state.house
        queue = next(q for q in house.store.centre().queues if q.id == QUEUE)
        return next(s.at for day in appointments.days_offered(house, queue) for s in day.slots if s.left)

    def booked(self) -> tuple[int, str]:
        """An appointment for this moment, and its code."""
        house, code = self.server.app.state.house, appointments.new_code(self.server.app.state.house, None)
        secrets = appointments.code_hash(house, code), appointments.holder_hash(house, a_phone())
        return int(self.do(_book_now, *secrets)), code

    def journey(self, *, to_appointment: bool = False) -> str:
        """Somebody at kiosk K1 whose card, or whose appointment's code, has just been scanned."""
        holder = None if to_appointment else f"holder {a_phone()}".encode()
        appointment = self.booked()[0] if to_appointment else None
        connection = SimpleNamespace(app=self.server.app)
        return memory_of(connection).journeys.begin("K1", holder, appointment).id  # type: ignore[arg-type]

    def in_force(self) -> int:
        """The number of the configuration that may be changed: nothing is planned behind it."""
        plan = self.server.store.read(plans.waiting)
        if plan is not None:
            self.do(configuring.cancel_plan, plan.number)
        return int(self.server.store.read(plans.number_in_force))

    def other_centre(self) -> str:
        """A centre file that changes one word."""
        found = self.server.store.read(plans.in_force)
        return write_centre(replace(found, province=f"Tỉnh thứ {a_number()}"))

    def draft(self) -> int:
        """The same, sent and found right."""
        sealed = self.server.app.state.house.vault.seal(self.other_centre().encode())
        return int(self.do(configuring.keep_draft, sealed))

    def plan(self) -> int:
        """The configuration of now, planned for the next business day."""
        seen = self.in_force()
        found = self.server.store.read(plans.in_force)
        return int(self.do(configuring.plan_centre, found, demo_calendar(), None, seen))

    def slip(self, end: str = "") -> int:
        """The print job of a new number, which nobody prints, or which came to this end."""
        ticket = self.do(ticketing.take_ticket, QUEUE, "vi", None, "P1")
        job = self.server.store.read(jobs.print_job_of, "ticket", str(ticket.id)).id
        if end:
            self.do(printing.end_slip, job, end)
        return int(job)

    def quiet_printer(self) -> str:
        """A printer whose test page waits no more."""
        page = self.server.store.read(jobs.print_job_of, jobs.TEST_PAGE, "P2")
        if page is not None:
            self.do(printing.end_slip, page.id, "confirmed")
        return "P2"

    def receiver(self, token: str = "") -> int:
        """A program elsewhere that fetches its messages with this token."""
        hashed, label = hash_of(token or new_token()), f"Bên nhận {a_number()}"
        return int(self.do(informing.add_receiver, label, "", 3, hashed, b"sealed"))

    def disappointed(self) -> int:
        """A receiver that has missed a message."""
        return int(self.do(_miss_a_message, f"Bên nhận {a_number()}"))

    def played(self) -> int:
        """A business day that is over, on which somebody was called."""
        return int(self.do(_call_yesterday))

    def dossier(self) -> str:
        """A dossier that was received."""
        return str(self.server.store.read(outbox.portal_message, self.parked_message()).dossier)

    def parked_message(self) -> int:
        """A dossier that the portal has refused."""
        counter, person = self.seated("clerk"), self.person["clerk"]
        told = to_bytes(particulars(applicant("LÊ THỬ", "", "", ""), "", ()))
        sealed = self.server.app.state.house.vault.seal(told)
        code = self.do(intake.receive_dossier, counter, person, intake.Intake(a_procedure(), sealed)).code
        message = self.server.store.read(outbox.portal_messages_of, code)[0].id
        self.do(syncing.park, [message], "từ chối")
        return int(message)

    def resumed_portal(self) -> str:
        """Messages go out; gives a reason to stop them."""
        if self.server.store.read(portal_gates.stop) is not None:
            self.do(syncing.resume_portal, "test")
        return "bảo trì"

    def stopped_portal(self) -> dict[str, str]:
        """No message goes out; gives an empty form."""
        if self.server.store.read(portal_gates.stop) is None:
            self.do(syncing.stop_portal, "test", "bảo trì")
        return {}

    def differing_dossier(self) -> str:
        """A dossier that the portal denies to have, with nothing on its way to it."""
        counter, person = self.seated("clerk"), self.person["clerk"]
        sealed = self.server.app.state.house.vault.seal(
            to_bytes(particulars(applicant("LÊ THỬ", "", "", ""), "", ()))
        )
        code = self.do(intake.receive_dossier, counter, person, intake.Intake(a_procedure(), sealed)).code
        messages = [message.id for message in self.server.store.read(outbox.portal_messages_of, code)]
        self.do(syncing.acknowledge, messages, "inserted")
        self.do(reconciling.note_difference, code, Difference.MISSING_THERE, 2)
        return str(code)

    def refused_arrival(self) -> int:
        """A right online dossier that was refused all the same; its number on the desk."""
        body = inbox_letters.body_of(
            inbox_letters.dossier(MaHoSo=f"000.00.00.G22-261123-3{a_number():05d}", NgayNopHoSo="20260101080000")
        )
        sealed = self.server.app.state.house.vault.seal(refused.to_bytes(refused.Kept(refused.Told("x", {}), body)))
        declined = Declined(refused.Source.POLL, "", "", "field-wrong", f"walk-{a_number()}", sealed)
        return int(self.do(declining.note_refusal, declined))

    def catalogue_run(self) -> int:
        """The portal's list, fetched."""
        return int(self.do(cataloguing.start_run, [a_procedure()]))

    def dossier_to_complete(self) -> str:
        """A dossier in which papers are missing: its first step is the request for them."""
        code = self.dossier()
        text = self.server.app.state.house.vault.seal(words_to_bytes(words("Thiếu tờ khai")))
        self.do(supplements.ask_supplement, Doing(code, self.person["clerk"], text))
        return code

    def turned_visit(self) -> int:
        """A visit that ended without a dossier; its number."""
        vault, counter, person = self.server.app.state.house.vault, self.seated("clerk"), self.person["clerk"]
        told = vault.seal(to_bytes(particulars(applicant("LÊ THỬ", "", "", ""), "", ())))
        text = vault.seal(words_to_bytes(words("Thiếu tờ khai")))
        return int(self.do(intake.turn_away, counter, person, "complete", a_procedure(), told, text))

    def filed(self) -> tuple[str, int]:
        """A dossier with a file in it; the dossier's code and the file's number."""
        files, code, content = self.server.app.state.house.files, self.dossier(), a_pdf(f"Tờ {a_number()}")
        address = files.box.put(content)
        name = self.server.app.state.house.vault.seal(b"to-khai.pdf")
        sent = attaching.Sent(address, "application/pdf", len(content), name)
        number = self.do(attaching.attach_file, code, sent, files.limits)
        files.box.release(address)
        return code, int(number)

    def fetched(self) -> str:
        """Where the portal fetches a file."""
        code, number = self.filed()
        self.do(attaching.issue_links, code, timedelta(days=400))
        link = self.server.store.read(attachments.links, code)[number]
        return "/portal-files/" + file_links.path(self.server.app.state.house.vault, link)

    def picture(self) -> str:
        """A picture on the shelf of the walls."""
        shelf = self.server.app.state.house.pictures
        shelf.folder.mkdir(exist_ok=True)
        (shelf.folder / "sen.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(32))
        shelf._until = -1.0
        return "sen.png"

    def recording(self, *, whole: bool = False) -> str:
        """The address of a pack in the making, with one clip or all that are needed."""
        recordings, name = Recordings(self.server.app.state.packs.own), f"thu-{a_number()}"
        recordings.begin(name, "en", ())
        centre = self.server.store.centre()
        clip = sounds.recorded(a_clip())
        for token in needed_by(centre, "en") if whole else ("7",):
            recordings.keep(name, token, clip)
        return f"/admin/voice/recordings/{name}"

    def open_code(self) -> str:
        """A pairing code for the spare kiosk."""
        self.do(entering.offer_pairing, SPARE_DEVICE, hash_of(plain_code("CODE-OPEN")))
        return "CODE-OPEN"

    def send(self, name: str, key: str, asked: Asked | None = None, **headers: str) -> httpx2.Response:
        """Ask for a route as this visitor; redirects are not followed."""
        asked = asked or self.examples[key](self, name)
        known = self.headers(name, bearer=key.split()[1].startswith("/api/"))
        assert self.client is not None
        answer = self.client.request(
            key.split()[0], asked.path, data=asked.form, json=asked.json, files=asked.files, headers=known | headers
        )
        self.client.cookies.clear()  # whoever asks next has only the cookies of the own header
        return answer

    def knock(self, name: str, path: str) -> int:
        """The status with which a socket is refused, 200 when it opens and says something."""
        try:
            with watching(self.server, path, self.headers(name)) as socket:
                assert socket.recv(timeout=5)
        except InvalidStatus as refusal:
            return refusal.response.status_code
        return 200


Example = Callable[[Crowd, str], Asked]


def _book_now(tx: Tx, code_hash: bytes, holder_hash: bytes) -> int:
    """An appointment at this instant, at which no centre may have a slot."""
    booked = tx.record(AppointmentBooked(QUEUE, milliseconds(tx.now)))
    rows.keep_secrets(tx.db, booked.seq, code_hash, holder_hash)
    return booked.seq


def _miss_a_message(tx: Tx, label: str) -> int:
    """Somebody leaves; the receiver who should hear of it is nowhere."""
    receiver = informing.add_receiver(tx, label, "http://127.0.0.1:9/", 0, hash_of(label), b"sealed")
    moving.leave(tx, ticketing.take_ticket(tx, QUEUE).id)
    message = receivers.messages_after(tx.db, receiver, 0, 1)[0]
    informing.give_up(tx, message.id, "refused 404")
    return receiver


def _frown_yesterday(tx: Tx, sealed: bytes) -> int:
    """Yesterday, on which five people wrote why they were not satisfied; the next act opens today."""
    day = (tx.day.id if tx.day else 0) + 1
    tx.record(DayOpened(day, (local(tx.now).date() - timedelta(days=1)).isoformat(), True))
    for n in range(1, 6):
        ticket = tx.record(TicketIssued(QUEUE, "A", n, milliseconds(tx.now), 0, "vi")).seq
        tx.record(VisitRated(ticket, 1, 1, "wait"))
        ratings.keep_words(tx.db, ticket, sealed)
    return day


def _call_yesterday(tx: Tx) -> int:
    """Yesterday, on which one person was called; the next act opens today."""
    day = (tx.day.id if tx.day else 0) + 1
    tx.record(DayOpened(day, (local(tx.now).date() - timedelta(days=1)).isoformat(), True))
    ticket = tx.record(TicketIssued(QUEUE, "A", 1, milliseconds(tx.now), 0, "vi")).seq
    tx.record(TicketCalled(ticket, 1, "cb01"))
    return day
