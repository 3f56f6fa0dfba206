"""Everybody who might ask, and for every route one request that it takes: what the walks share."""

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import httpx2
from argon2 import PasswordHasher
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from app import ROUTES
from domain.applicants import applicant, particulars, to_bytes
from domain.centre_rules import Booking
from domain.centre_toml import write_centre
from domain.centres import DeviceKind
from domain.days import local
from domain.queue_events import AppointmentBooked, DayOpened, TicketIssued, VisitRated
from domain.roles import PERSON_ROLES, Role
from domain.tickets import milliseconds
from operations import calling, configuring, entering, intake, managing, shifts, syncing, ticketing
from store import appointments as rows
from store import jobs, plans, ratings
from store.writer import Act, Tx
from tests.support.halls import demo_calendar, demo_centre
from tests.support.servers import Server
from web import appointments
from web.devices import plain_code
from web.visitors import DEVICE_COOKIE, SIGN_IN_COOKIE, hash_of

QUEUE = "ho-tich"
QUIET_QUEUE = "xay-dung"
QUIET_HALL = "tang-2"
SPARE_DEVICE = "K9"
PASSWORD = "a long enough password"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
COUNTER_OF = {Role.CLERK: 1, Role.RESULT_OFFICER: 8, Role.SUPERVISOR: 3}
NOBODY, SIGNED_OUT, REVOKED = "nobody", "signed out", "revoked kiosk"
DEVICES = {"kiosk": "K1", "other kiosk": "K2", "wall": "W1", "other wall": "W2", "tablet": "T1"}
DEVICE_ROLE = {"K": Role.KIOSK, "W": Role.WALL, "T": Role.TABLET}
PEOPLE = {role.value: role for role in sorted(PERSON_ROLES)}
VISITORS = [NOBODY, SIGNED_OUT, REVOKED, *DEVICES, *PEOPLE]
# Nobody listens there: slips stay in the outbox, so that no event comes between two looks at the journal.
# Places on every day that the calendar leaves open, whatever day it is when the tests run.
EVERY_DAY = Booking((("07:30", "11:00"), ("13:30", "16:00")), 30, 100, 60, (1, 2, 3, 4, 5, 6, 7))
NO_PRINTERS = (("P1", "tcp://127.0.0.1:1"), ("P2", "tcp://127.0.0.1:1"))
_numbers = itertools.count(1)


def request_id() -> str:
    """A request id that nobody has used."""
    return f"walk-{next(_numbers):08d}"


def key_of(route: Any) -> str:
    """'POST /kiosk/{device}/tickets', 'WS /kiosk/{device}/live'."""
    methods = sorted((getattr(route, "methods", None) or {"WS"}) - {"HEAD"})
    return f"{methods[0]} {re.sub(r':[a-z]+}', '}', route.path)}"


def roles_of(route: Any) -> frozenset[Role]:
    """Who is named at the route's handler."""
    return frozenset(route.endpoint.roles)


def a_phone() -> str:
    """A phone number that nobody has used."""
    return f"09{next(_numbers):08d}"


ROUTE_OF = {key_of(route): route for route in ROUTES}


@dataclass(frozen=True)
class Asked:
    """One request: a path with its parameters, and what is posted."""

    path: str
    form: dict[str, Any] | None = None
    json: Any = None


@dataclass
class Crowd:
    """A running centre in which every kind of visitor has come through the door."""

    server: Server
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
        queues = tuple(replace(q, booking=EVERY_DAY) if q.booking else q for q in found.queues)
        changed = replace(found, devices=(*found.devices, spare), queues=queues)
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

    def in_force(self) -> int:
        """The number of the configuration that may be changed: nothing is planned behind it."""
        plan = self.server.store.read(plans.waiting)
        if plan is not None:
            self.do(configuring.cancel_plan, plan.number)
        return int(self.server.store.read(plans.number_in_force))

    def other_centre(self) -> str:
        """A centre file that changes one word."""
        found = self.server.store.read(plans.in_force)
        return write_centre(replace(found, province=f"Tỉnh thứ {next(_numbers)}"))

    def draft(self) -> int:
        """The same, sent and found right."""
        sealed = self.server.app.state.house.vault.seal(self.other_centre().encode())
        return int(self.do(configuring.keep_draft, sealed))

    def plan(self) -> int:
        """The configuration of now, planned for the next business day."""
        seen = self.in_force()
        found = self.server.store.read(plans.in_force)
        return int(self.do(configuring.plan_centre, found, demo_calendar(), None, seen))

    def parked_message(self) -> int:
        """A dossier that the portal has refused."""
        counter, person = self.seated("clerk"), self.person["clerk"]
        told = to_bytes(particulars(applicant("LÊ THỬ", "", "", ""), "", ()))
        sealed = self.server.app.state.house.vault.seal(told)
        code = self.do(intake.receive_dossier, counter, person, intake.Intake(a_procedure(), sealed)).code
        message = self.server.store.read(jobs.portal_messages_of, code)[0].id
        self.do(syncing.park, message, "từ chối")
        return int(message)

    def open_code(self) -> str:
        """A pairing code for the spare kiosk."""
        self.do(entering.offer_pairing, SPARE_DEVICE, hash_of(plain_code("CODE-OPEN")))
        return "CODE-OPEN"

    def send(self, name: str, key: str, asked: Asked | None = None, **headers: str) -> httpx2.Response:
        """Ask for a route as this visitor; redirects are not followed."""
        asked = asked or example(self, key, name)
        known = self.headers(name, bearer=key.split()[1].startswith("/api/"))
        assert self.client is not None
        answer = self.client.request(
            key.split()[0], asked.path, data=asked.form, json=asked.json, headers=known | headers
        )
        self.client.cookies.clear()  # whoever asks next has only the cookies of the own header
        return answer

    def answer(self, name: str, key: str) -> int | str:
        """The status of the route's example, 'sign in' when it leads there; a socket that opens counts as 200."""
        if key.startswith("WS "):
            return self._answer_of_socket(name, example(self, key, name).path)
        answer = self.send(name, key)
        if key in ("POST /sign-out", "POST /lock") and name in PEOPLE:
            self.sign_in(name)
        leads = answer.headers.get("location", "").startswith("/sign-in?next=/")
        return "sign in" if leads and answer.status_code == 303 and key.startswith("GET ") else answer.status_code

    def _answer_of_socket(self, name: str, path: str) -> int:
        try:
            with watching(self.server, path, self.headers(name)) as socket:
                assert socket.recv(timeout=5)
        except InvalidStatus as refusal:
            return refusal.response.status_code
        return 200


def _book_now(tx: Tx, code_hash: bytes, holder_hash: bytes) -> int:
    """An appointment at this instant, at which no centre may have a slot."""
    booked = tx.record(AppointmentBooked(QUEUE, milliseconds(tx.now)))
    rows.keep_secrets(tx.db, booked.seq, code_hash, holder_hash)
    return booked.seq


def _frown_yesterday(tx: Tx, sealed: bytes) -> int:
    """Yesterday, on which five people wrote why they were not satisfied; the next act opens today."""
    day = (tx.day.id if tx.day else 0) + 1
    tx.record(DayOpened(day, (local(tx.now).date() - timedelta(days=1)).isoformat(), True))
    for n in range(1, 6):
        ticket = tx.record(TicketIssued(QUEUE, "A", n, milliseconds(tx.now), 0, "vi")).seq
        tx.record(VisitRated(ticket, 1, 1, "wait"))
        ratings.keep_words(tx.db, ticket, sealed)
    return day


def browser(server: Server, cookies: str = "") -> httpx2.Client:
    """A fresh browser on our own pages; without certificates to load it takes a tenth of the time."""
    headers = {"Origin": server.url} | ({"Cookie": cookies} if cookies else {})
    client = httpx2.Client(base_url=server.url, headers=headers, trust_env=False, verify=False, timeout=20)
    server.clients.append(client)
    return client


@contextmanager
def watching(server: Server, path: str, headers: dict[str, str]) -> Iterator[ClientConnection]:
    """An open socket of the server. Raises InvalidStatus when it is refused."""
    address = server.url.replace("http://", "ws://") + path
    with connect(
        address, additional_headers=headers, compression=None, proxy=None, open_timeout=10, close_timeout=2
    ) as socket:
        yield socket


def a_procedure() -> str:
    """A procedure that the demo centre receives."""
    return demo_centre().procedures[0].code


_DOSSIER = {"procedure": a_procedure(), "owner_name": "LÊ THỊ THỬ"}
_PLAIN: dict[str, Callable[[Crowd, str], Asked]] = {
    "GET /": lambda c, w: Asked("/"),
    "GET /sign-in": lambda c, w: Asked("/sign-in"),
    "POST /sign-in": lambda c, w: Asked("/sign-in", {"login": "guide", "password": PASSWORD}),
    "POST /sign-out": lambda c, w: Asked("/sign-out", {}),
    "POST /lock": lambda c, w: Asked("/lock", {"next": "/"}),
    "GET /locked": lambda c, w: Asked("/locked"),
    "POST /unlock": lambda c, w: Asked("/unlock", {"pin": "2580"}),
    "GET /pin": lambda c, w: Asked("/pin"),
    "POST /pin": lambda c, w: Asked("/pin", {"pin": "2580"}),
    "POST /language": lambda c, w: Asked("/language", {"language": "en"}),
    "GET /pair/{screen}": lambda c, w: Asked(f"/pair/{SPARE_DEVICE}"),
    "POST /pair/{screen}": lambda c, w: Asked(f"/pair/{SPARE_DEVICE}", {"code": c.open_code()}),
    "GET /static/{name}": lambda c, w: Asked("/static/house.css"),
    "GET /healthz": lambda c, w: Asked("/healthz"),
    "GET /readyz": lambda c, w: Asked("/readyz"),
}
_KIOSK: dict[str, Callable[[Crowd, str], Asked]] = {
    "GET /kiosk/{device}": lambda c, w: Asked("/kiosk/K1"),
    "GET /kiosk/{device}/queues": lambda c, w: Asked("/kiosk/K1/queues"),
    "GET /kiosk/{device}/procedures": lambda c, w: Asked("/kiosk/K1/procedures?q=khai sinh"),
    "GET /kiosk/{device}/procedures/{code}": lambda c, w: Asked(f"/kiosk/K1/procedures/{a_procedure()}"),
    "POST /kiosk/{device}/tickets": lambda c, w: Asked(
        "/kiosk/K1/tickets", {"queue": QUEUE, "request_id": request_id()}
    ),
    "GET /kiosk/{device}/tickets/{ticket}": lambda c, w: Asked(f"/kiosk/K1/tickets/{c.ticket()}"),
    "GET /kiosk/{device}/tickets/{ticket}/paper": lambda c, w: Asked(f"/kiosk/K1/tickets/{c.ticket()}/paper"),
    "GET /kiosk/{device}/tickets/{ticket}/qr.svg": lambda c, w: Asked(f"/kiosk/K1/tickets/{c.ticket()}/qr.svg"),
    "POST /kiosk/{device}/tickets/{ticket}/departures": lambda c, w: Asked(
        f"/kiosk/K1/tickets/{c.ticket()}/departures", {}
    ),
    "GET /kiosk/{device}/appointments": lambda c, w: Asked("/kiosk/K1/appointments"),
    "POST /kiosk/{device}/check-ins": lambda c, w: Asked(
        "/kiosk/K1/check-ins", {"code": c.booked()[1], "request_id": request_id()}
    ),
    "WS /kiosk/{device}/live": lambda c, w: Asked("/kiosk/K1/live"),
}
_COUNTER: dict[str, Callable[[Crowd, str], Asked]] = {
    "GET /counter": lambda c, w: Asked("/counter"),
    "GET /counter/{counter}": lambda c, w: Asked(f"/counter/{c.seated(w)}"),
    "POST /counter/{counter}/shifts": lambda c, w: Asked(f"/counter/{c.counter(w)}/shifts", {}),
    "POST /counter/{counter}/shifts/end": lambda c, w: Asked(f"/counter/{c.seated(w)}/shifts/end", {}),
    "POST /counter/{counter}/calls": lambda c, w: Asked(f"/counter/{c.seated(w)}/calls", {}),
    "POST /counter/{counter}/recalls": lambda c, w: Asked(f"/counter/{c.serving(w)}/recalls", {}),
    "POST /counter/{counter}/absences": lambda c, w: Asked(f"/counter/{c.serving(w)}/absences", {}),
    "POST /counter/{counter}/finishes": lambda c, w: Asked(f"/counter/{c.serving(w)}/finishes", {}),
    "POST /counter/{counter}/picks": lambda c, w: Asked(
        f"/counter/{c.seated(w)}/picks", {"ticket": c.ticket(), "reason": "urgent"}
    ),
    "POST /counter/{counter}/starts": lambda c, w: Asked(f"/counter/{c.serving(w)}/starts", {}),
    "POST /counter/{counter}/parks": lambda c, w: Asked(f"/counter/{c.serving(w)}/parks", {"note": "form"}),
    "POST /counter/{counter}/transfers": lambda c, w: Asked(
        f"/counter/{c.serving(w)}/transfers", {"queue": "cu-tru", "note": "next-step"}
    ),
    "POST /counter/{counter}/returns": lambda c, w: Asked(
        f"/counter/{c.seated(w)}/returns", {"ticket": c.absent()}
    ),
    "POST /counter/{counter}/delays": lambda c, w: Asked(f"/counter/{c.seated(w)}/delays", {"ticket": c.ticket()}),
    "POST /counter/{counter}/departures": lambda c, w: Asked(
        f"/counter/{c.seated(w)}/departures", {"ticket": c.ticket()}
    ),
    "POST /counter/{counter}/classes": lambda c, w: Asked(
        f"/counter/{c.seated(w)}/classes", {"ticket": c.ticket(), "priority": "cao-tuoi", "reason": "confirmed"}
    ),
    "POST /counter/{counter}/undos": lambda c, w: Asked(f"/counter/{c.serving(w)}/undos", {"act": c.pressed(w)}),
    "POST /counter/{counter}/pauses": lambda c, w: Asked(
        f"/counter/{c.resting(w)}/pauses", {"reason": "break", "minutes": 10}
    ),
    "POST /counter/{counter}/pauses/end": lambda c, w: Asked(f"/counter/{c.seated(w)}/pauses/end", {}),
    "POST /counter/{counter}/help": lambda c, w: Asked(f"/counter/{c.seated(w)}/help", {}),
    "POST /counter/{counter}/help/end": lambda c, w: Asked("/counter/12/help/end", {"back": c.counter(w)}),
    "POST /counter/{counter}/walk-ups": lambda c, w: Asked(f"/counter/{c.seated(w)}/walk-ups", {"queue": QUEUE}),
    "POST /counter/{counter}/reprints": lambda c, w: Asked(
        f"/counter/{c.seated(w)}/reprints", {"ticket": c.ticket()}
    ),
    "GET /counter/{counter}/slips": lambda c, w: Asked(f"/counter/{c.seated(w)}/slips?queue={QUEUE}&at=09:30"),
    "POST /counter/{counter}/scans": lambda c, w: Asked(f"/counter/{c.seated(w)}/scans", {"text": "A001"}),
    "GET /counter/keys": lambda c, w: Asked("/counter/keys"),
    "POST /counter/keys": lambda c, w: Asked("/counter/keys", {"again": "KeyQ"}),
    "POST /counter/{counter}/shifts/taken": lambda c, w: Asked(f"/counter/{c.seated(w)}/shifts/taken", {}),
    "GET /counter/{counter}/papers": lambda c, w: Asked(f"/counter/{c.seated(w)}/papers?procedure={a_procedure()}"),
    "POST /counter/{counter}/dossiers": lambda c, w: Asked(f"/counter/{c.seated(w)}/dossiers", dict(_DOSSIER)),
    "WS /counter/{counter}/live": lambda c, w: Asked(f"/counter/{c.seated(w)}/live"),
}
_DISPLAY: dict[str, Callable[[Crowd, str], Asked]] = {
    "GET /display/managers": lambda c, w: Asked("/display/managers"),
    "WS /display/managers/live": lambda c, w: Asked("/display/managers/live"),
    "GET /display/{device}": lambda c, w: Asked("/display/W1"),
    "GET /display/{device}/calls": lambda c, w: Asked("/display/W1/calls?after=0"),
    "GET /display/{device}/voice/{language}/{seq}.wav": lambda c, w: Asked(
        f"/display/W1/voice/vi/{c.announced()}.wav"
    ),
    "WS /display/{device}/live": lambda c, w: Asked("/display/W1/live"),
    "GET /follow/{ticket}-{signature}": lambda c, w: Asked(follow_path(c.server, c.ticket())),
    "POST /follow/{ticket}-{signature}/departures": lambda c, w: Asked(
        follow_path(c.server, c.ticket()) + "/departures", {}
    ),
    "POST /follow/{ticket}-{signature}/delays": lambda c, w: Asked(
        follow_path(c.server, c.ticket()) + "/delays", {}
    ),
    "POST /follow/{ticket}-{signature}/returns": lambda c, w: Asked(
        follow_path(c.server, c.absent()) + "/returns", {}
    ),
}
_SCORE = {"score": 3}
_RATING: dict[str, Callable[[Crowd, str], Asked]] = {
    "GET /rating/{device}": lambda c, w: Asked("/rating/T1"),
    "WS /rating/{device}/live": lambda c, w: Asked("/rating/T1/live"),
    "GET /rating/{device}/visits/{ticket}/reason": lambda c, w: Asked(f"/rating/T1/visits/{c.over()}/reason"),
    "POST /rating/{device}/visits/{ticket}/ratings": lambda c, w: Asked(
        f"/rating/T1/visits/{c.over()}/ratings", dict(_SCORE)
    ),
    "POST /rating/{device}/visits/{ticket}/skips": lambda c, w: Asked(f"/rating/T1/visits/{c.over()}/skips", {}),
    "GET /follow/{ticket}-{signature}/reason": lambda c, w: Asked(follow_path(c.server, c.over()) + "/reason"),
    "POST /follow/{ticket}-{signature}/ratings": lambda c, w: Asked(
        follow_path(c.server, c.over()) + "/ratings", dict(_SCORE)
    ),
    "POST /follow/{ticket}-{signature}/skips": lambda c, w: Asked(follow_path(c.server, c.over()) + "/skips", {}),
}
_ADMIN: dict[str, Callable[[Crowd, str], Asked]] = {
    "GET /admin": lambda c, w: Asked("/admin"),
    "GET /admin/paper-numbers": lambda c, w: Asked("/admin/paper-numbers"),
    "POST /admin/paper-numbers": lambda c, w: Asked(
        "/admin/paper-numbers", {"queue": QUIET_QUEUE, "lines": f"{next(_numbers) % 9000 + 900} 00:00"}
    ),
    "GET /admin/procedures": lambda c, w: Asked("/admin/procedures?q=dat dai"),
    "GET /admin/procedures/{code}": lambda c, w: Asked(f"/admin/procedures/{a_procedure()}"),
    "POST /admin/devices/{device}/codes": lambda c, w: Asked(f"/admin/devices/{SPARE_DEVICE}/codes", {}),
    "POST /admin/devices/{device}/revocations": lambda c, w: Asked(
        f"/admin/devices/{SPARE_DEVICE}/revocations", {}
    ),
    "POST /admin/people": lambda c, w: Asked(
        "/admin/people",
        {"login": f"walk{next(_numbers)}", "name": "Người mới", "password": PASSWORD, "role": "clerk"},
    ),
    "POST /admin/days": lambda c, w: Asked("/admin/days", {}),
    "GET /admin/appointments": lambda c, w: Asked("/admin/appointments"),
    "POST /admin/appointments": lambda c, w: Asked(
        "/admin/appointments", {"place": f"{QUEUE}@{milliseconds(c.free_slot())}", "phone": a_phone()}
    ),
    "GET /admin/desk": lambda c, w: Asked("/admin/desk"),
    "POST /admin/messages/{message}/resends": lambda c, w: Asked(
        f"/admin/messages/{c.parked_message()}/resends", {}
    ),
    "POST /admin/tickets/{ticket}/reprints": lambda c, w: Asked(
        f"/admin/tickets/{c.ticket()}/reprints", {"printer": "P1"}
    ),
}
_AUDIT: dict[str, Callable[[Crowd, str], Asked]] = {
    "GET /admin/journal": lambda c, w: Asked("/admin/journal"),
    "GET /admin/journal/chain": lambda c, w: Asked("/admin/journal/chain"),
    "POST /admin/journal/exports": lambda c, w: Asked("/admin/journal/exports", {"kind": "QueueStopped"}),
    "GET /admin/tickets": lambda c, w: Asked("/admin/tickets"),
    "GET /admin/tickets/{day}/{number}": lambda c, w: Asked(c.story()),
}
_FLOOR: dict[str, Callable[[Crowd, str], Asked]] = {
    "GET /admin/floor": lambda c, w: Asked("/admin/floor"),
    "WS /admin/floor/live": lambda c, w: Asked("/admin/floor/live"),
    "GET /admin/floor/counters/{counter}": lambda c, w: Asked("/admin/floor/counters/12"),
    "POST /admin/floor/counters/{counter}/skills": lambda c, w: Asked(
        "/admin/floor/counters/12/skills", {"as": "configured"}
    ),
    "POST /admin/floor/counters/{counter}/help/end": lambda c, w: Asked(
        "/admin/floor/counters/12/help/end", {"false_alarm": "1"}
    ),
    "GET /admin/floor/queues/{queue}": lambda c, w: Asked(f"/admin/floor/queues/{QUIET_QUEUE}"),
    "POST /admin/floor/queues/{queue}/stops": lambda c, w: Asked(
        f"/admin/floor/queues/{QUIET_QUEUE}/stops", {"reason": "họp"}
    ),
    "POST /admin/floor/queues/{queue}/resumptions": lambda c, w: Asked(
        f"/admin/floor/queues/{QUIET_QUEUE}/resumptions", {}
    ),
    "POST /admin/floor/queues/{queue}/keeping": lambda c, w: Asked(
        f"/admin/floor/queues/{QUIET_QUEUE}/keeping", {"reason": "mất điện"}
    ),
    "GET /admin/floor/halls/{hall}": lambda c, w: Asked(f"/admin/floor/halls/{QUIET_HALL}"),
    "POST /admin/floor/halls/{hall}/stops": lambda c, w: Asked(
        f"/admin/floor/halls/{QUIET_HALL}/stops", {"reason": "họp"}
    ),
    "POST /admin/floor/halls/{hall}/resumptions": lambda c, w: Asked(
        f"/admin/floor/halls/{QUIET_HALL}/resumptions", {}
    ),
    "GET /admin/reports": lambda c, w: Asked("/admin/reports?by=agency"),
    "GET /admin/reports/calls": lambda c, w: Asked("/admin/reports/calls"),
    "GET /admin/reports/satisfaction": lambda c, w: Asked("/admin/reports/satisfaction"),
    "GET /admin/reports/month": lambda c, w: Asked("/admin/reports/month"),
    "GET /admin/reports/words": lambda c, w: Asked("/admin/reports/words"),
    "POST /admin/reports/words": lambda c, w: Asked("/admin/reports/words", {"day": 1, "queue": QUEUE}),
    "GET /admin/morning": lambda c, w: Asked("/admin/morning"),
    "GET /admin/morning/voice/{language}.wav": lambda c, w: Asked("/admin/morning/voice/vi.wav"),
}
_CENTRE: dict[str, Callable[[Crowd, str], Asked]] = {
    "GET /admin/centre": lambda c, w: Asked("/admin/centre"),
    "GET /admin/centre/file": lambda c, w: Asked("/admin/centre/file"),
    "POST /admin/centre/drafts": lambda c, w: Asked("/admin/centre/drafts", {"text": c.other_centre()}),
    "GET /admin/centre/drafts/{draft}": lambda c, w: Asked(f"/admin/centre/drafts/{c.draft()}"),
    "POST /admin/centre/drafts/{draft}/loads": lambda c, w: Asked(
        f"/admin/centre/drafts/{c.draft()}/loads", {"seen": c.in_force(), "why": "Thử"}
    ),
    "POST /admin/centre/plans/{plan}/cancellations": lambda c, w: Asked(
        f"/admin/centre/plans/{c.plan()}/cancellations", {}
    ),
    "GET /admin/centre/{number}": lambda c, w: Asked(f"/admin/centre/{c.in_force()}"),
    "POST /admin/centre/{number}/restorations": lambda c, w: Asked(
        f"/admin/centre/{c.in_force()}/restorations", {"seen": c.in_force(), "why": "Thử"}
    ),
    "GET /admin/calling": lambda c, w: Asked("/admin/calling?try=1&ratio=3"),
    "POST /admin/calling/plans": lambda c, w: Asked(
        "/admin/calling/plans", {"policy": "ratio", "ratio": 3, "seen": c.in_force(), "why": "Thử"}
    ),
}
_BOOKING: dict[str, Callable[[Crowd, str], Asked]] = {
    "GET /booking": lambda c, w: Asked("/booking"),
    "POST /booking/appointments": lambda c, w: Asked(
        "/booking/appointments",
        {"queue": QUEUE, "slot": milliseconds(c.free_slot()), "phone": a_phone(), "request_id": request_id()},
    ),
    "GET /booking/mine": lambda c, w: Asked("/booking/mine"),
    "POST /booking/mine": lambda c, w: Asked("/booking/mine", {"code": c.booked()[1]}),
    "POST /booking/moves": lambda c, w: Asked(
        "/booking/moves", {"code": c.booked()[1], "slot": milliseconds(c.free_slot())}
    ),
    "POST /booking/cancellations": lambda c, w: Asked("/booking/cancellations", {"code": c.booked()[1]}),
}
_V1 = "/api/v1"
_API: dict[str, Callable[[Crowd, str], Asked]] = {
    "GET /api/v1": lambda c, w: Asked(_V1),
    "GET /api/v1/openapi.json": lambda c, w: Asked(f"{_V1}/openapi.json"),
    "GET /api/v1/queues": lambda c, w: Asked(f"{_V1}/queues"),
    "POST /api/v1/tickets": lambda c, w: Asked(f"{_V1}/tickets", json={"queue": QUEUE}),
    "GET /api/v1/tickets/{ticket}": lambda c, w: Asked(f"{_V1}/tickets/{c.ticket()}"),
    "GET /api/v1/wall/{zone}": lambda c, w: Asked(f"{_V1}/wall/khu-1"),
    "POST /api/v1/counters/{counter}/shifts": lambda c, w: Asked(f"{_V1}/counters/{c.counter(w)}/shifts", json={}),
    "POST /api/v1/counters/{counter}/calls": lambda c, w: Asked(f"{_V1}/counters/{c.seated(w)}/calls", json={}),
    "POST /api/v1/counters/{counter}/recalls": lambda c, w: Asked(
        f"{_V1}/counters/{c.serving(w)}/recalls", json={}
    ),
    "POST /api/v1/counters/{counter}/absences": lambda c, w: Asked(
        f"{_V1}/counters/{c.serving(w)}/absences", json={}
    ),
    "POST /api/v1/counters/{counter}/finishes": lambda c, w: Asked(
        f"{_V1}/counters/{c.serving(w)}/finishes", json={}
    ),
    "POST /api/v1/counters/{counter}/dossiers": lambda c, w: Asked(
        f"{_V1}/counters/{c.seated(w)}/dossiers", json=dict(_DOSSIER)
    ),
    "GET /api/v1/slots": lambda c, w: Asked(f"{_V1}/slots?queue={QUEUE}"),
    "POST /api/v1/appointments": lambda c, w: Asked(
        f"{_V1}/appointments", json={"queue": QUEUE, "slot": c.free_slot().isoformat(), "phone": a_phone()}
    ),
    "POST /api/v1/appointments/{appointment}/moves": lambda c, w: Asked(
        f"{_V1}/appointments/{c.booked()[0]}/moves", json={"slot": c.free_slot().isoformat()}
    ),
    "POST /api/v1/appointments/{appointment}/cancellations": lambda c, w: Asked(
        f"{_V1}/appointments/{c.booked()[0]}/cancellations", json={}
    ),
    "POST /api/v1/check-ins": lambda c, w: Asked(f"{_V1}/check-ins", json={"code": c.booked()[1]}),
}
EXAMPLES = _PLAIN | _KIOSK | _BOOKING | _COUNTER | _DISPLAY | _RATING | _ADMIN | _AUDIT | _CENTRE | _FLOOR | _API


def example(crowd: Crowd, key: str, name: str) -> Asked:
    """A request that this route takes from a visitor who is named there; what it needs is prepared."""
    return EXAMPLES[key](crowd, name)


def follow_path(server: Server, ticket: int) -> str:
    """The address in the QR of this ticket."""
    return f"/follow/{ticket}-{server.app.state.house.vault.sign('follow', str(ticket))}"


def is_named(name: str, key: str) -> bool:
    """Whether this visitor may enter: by role, and a screen only where its own id stands in the path."""
    roles = roles_of(ROUTE_OF[key])
    if Role.ANYONE in roles:
        return True
    if name in PEOPLE:
        return PEOPLE[name] in roles
    if name not in DEVICES:
        return False
    role = DEVICE_ROLE[DEVICES[name][0]]
    return role in roles and (key.split()[1].startswith("/api/") or name in ("kiosk", "wall", "tablet"))


def seq(server: Server) -> int:
    """The number of the newest event: what a refusal must not move."""
    return int(server.store.read(lambda db: db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0]))
