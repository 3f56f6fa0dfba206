"""For every route one request that it takes, and who may enter there: what the walks share."""

import re
from base64 import b64decode
from typing import Any

from app import ROUTES
from display.phones import presses
from domain.roles import Role
from domain.tickets import milliseconds
from portal.inbox import Seal
from tests.portal import inbox_letters
from tests.support.asking import PASSWORD, QUEUE, a_clip, a_number, a_phone, a_procedure, follow_path, request_id
from tests.support.files import a_pdf
from tests.support.halls import demo_centre
from tests.web import receptions
from tests.web.crowd import (
    DEVICE_ROLE,
    DEVICES,
    PEOPLE,
    QUIET_HALL,
    QUIET_QUEUE,
    RECEIVER,
    SPARE_DEVICE,
    Asked,
    Crowd,
    Example,
)
from tests.web.fee_walks import FEES
from tests.web.letter_walks import LETTERS


def key_of(route: Any) -> str:
    """'POST /kiosk/{device}/tickets', 'WS /kiosk/{device}/live'."""
    methods = sorted((getattr(route, "methods", None) or {"WS"}) - {"HEAD"})
    return f"{methods[0]} {re.sub(r':[a-z]+}', '}', route.path)}"


def roles_of(route: Any) -> frozenset[Role]:
    """Who is named at the route's handler."""
    return frozenset(route.endpoint.roles)


ROUTE_OF = {key_of(route): route for route in ROUTES}
_DOSSIER = {"procedure": a_procedure(), "owner_name": "LÊ THỊ THỬ"}


def _letter(crowd: Crowd, _: str) -> Asked:
    """An online dossier; whose signature it bears, tests/portal/test_inbox.py asks."""
    door: Any = crowd.server.app.state.inbox
    now = crowd.server.app.state.house.now
    door.examine = lambda header: Seal(now(), f"nonce-of-walk-{a_number():08d}", "")
    door._verify = lambda seal, body: None
    code = f"000.00.00.G22-261123-2{a_number():05d}"
    return Asked("/portal/inbox/nhanhsdvcqg", json=inbox_letters.dossier(MaHoSo=code, NgayNopHoSo="20260101080000"))


def _absent_phone(crowd: Crowd, _: str) -> Asked:
    """The phone of somebody absent, who may be the one who came back before: this thumb has not pressed yet."""
    presses.forget()
    return Asked(follow_path(crowd.server, crowd.absent()) + "/returns", {})


def _with_portal(crowd: Crowd, path: str) -> Asked:
    """There is a portal to ask."""
    portal: Any = crowd.server.app.state.portal
    portal.ask_reconciliation = portal.ask_catalogue = lambda: True
    return Asked(path, {})


_PLAIN: dict[str, Example] = {
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
_KIOSK: dict[str, Example] = {
    "GET /kiosk/{device}": lambda c, w: Asked("/kiosk/K1"),
    "GET /kiosk/{device}/queues": lambda c, w: Asked("/kiosk/K1/queues"),
    "GET /kiosk/{device}/procedures": lambda c, w: Asked("/kiosk/K1/procedures?q=khai sinh"),
    "GET /kiosk/{device}/procedures/{code}/qr.svg": lambda c, w: Asked(
        f"/kiosk/K1/procedures/{a_procedure()}/qr.svg"
    ),
    "GET /procedures/{code}": lambda c, w: Asked(f"/procedures/{a_procedure()}"),
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
    "POST /kiosk/{device}/queues/{queue}/refusals": lambda c, w: Asked(f"/kiosk/K1/queues/{QUEUE}/refusals", {}),
    "GET /kiosk/{device}/needs": lambda c, w: Asked("/kiosk/K1/needs"),
    "GET /kiosk/{device}/sectors": lambda c, w: Asked("/kiosk/K1/sectors"),
    "GET /kiosk/{device}/sectors/{sector}": lambda c, w: Asked("/kiosk/K1/sectors/1"),
    "GET /kiosk/{device}/scans": lambda c, w: Asked("/kiosk/K1/scans"),
    "POST /kiosk/{device}/scans": lambda c, w: Asked("/kiosk/K1/scans", {"text": c.booked()[1]}),
    "POST /kiosk/{device}/arrivals": lambda c, w: Asked(
        "/kiosk/K1/arrivals", {"journey": c.journey(to_appointment=True), "request_id": request_id()}
    ),
    "POST /kiosk/{device}/departures": lambda c, w: Asked(
        "/kiosk/K1/departures", {"journey": c.journey(), "request_id": request_id()}
    ),
    "GET /kiosk/{device}/classes": lambda c, w: Asked("/kiosk/K1/classes"),
    "POST /kiosk/{device}/classes": lambda c, w: Asked("/kiosk/K1/classes", {"journey": c.journey()}),
    "POST /kiosk/{device}/declarations": lambda c, w: Asked("/kiosk/K1/declarations", {"priority": "cao-tuoi"}),
    "GET /kiosk/{device}/appointments": lambda c, w: Asked("/kiosk/K1/appointments"),
    "POST /kiosk/{device}/check-ins": lambda c, w: Asked(
        "/kiosk/K1/check-ins", {"code": c.booked()[1], "request_id": request_id()}
    ),
    "POST /kiosk/{device}/speech": lambda c, w: Asked("/kiosk/K1/speech", {"words": "A 012"}),
    "WS /kiosk/{device}/live": lambda c, w: Asked("/kiosk/K1/live"),
}
_BEAT = {
    "browser": "Chromium", "version": 142, "width": 1080, "height": 1920, "showing": "start", "page": "0.1.0",
    "age": 5,
}  # fmt: skip
_DEVICES: dict[str, Example] = {
    "POST /devices/{device}/beats": lambda c, w: Asked(
        f"/devices/{DEVICES[w] if w in ('wall', 'tablet') else 'K1'}/beats", dict(_BEAT)
    ),
    "GET /admin/devices": lambda c, w: Asked("/admin/devices"),
    "POST /admin/devices/{device}/stops": lambda c, w: Asked(
        f"/admin/devices/{SPARE_DEVICE}/stops", {"reason": "paper"}
    ),
    "POST /admin/devices/{device}/resumptions": lambda c, w: Asked(
        f"/admin/devices/{SPARE_DEVICE}/resumptions", {}
    ),
    "POST /admin/devices/{device}/reloads": lambda c, w: Asked(f"/admin/devices/{SPARE_DEVICE}/reloads", {}),
}
_COUNTER: dict[str, Example] = {
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
    "GET /counter/{counter}/scans": lambda c, w: Asked(f"/counter/{c.seated(w)}/scans"),
    "POST /counter/{counter}/scans": lambda c, w: Asked(f"/counter/{c.seated(w)}/scans", {"text": "A001"}),
    "GET /counter/keys": lambda c, w: Asked("/counter/keys"),
    "POST /counter/keys": lambda c, w: Asked("/counter/keys", {"again": "KeyQ"}),
    "POST /counter/{counter}/shifts/taken": lambda c, w: Asked(f"/counter/{c.seated(w)}/shifts/taken", {}),
    "GET /counter/{counter}/papers": lambda c, w: Asked(f"/counter/{c.seated(w)}/papers?procedure={a_procedure()}"),
    "POST /counter/{counter}/dossiers": lambda c, w: Asked(f"/counter/{c.seated(w)}/dossiers", dict(_DOSSIER)),
    "GET /counter/{counter}/reception": lambda c, w: Asked(f"/counter/{c.seated(w)}/reception"),
    "POST /counter/{counter}/reception": lambda c, w: Asked(
        f"/counter/{c.seated(w)}/reception", {**_DOSSIER, "way": "refuse", "words": "không thuộc thẩm quyền"}
    ),
    "POST /counter/{counter}/identities": lambda c, w: Asked(
        f"/counter/{c.seated(w)}/identities", {"identity": "038190000001"}
    ),
    "POST /counter/{counter}/comparisons/{database}": lambda c, w: Asked(
        f"/counter/{c.seated(w)}/comparisons/population", {"identity": "038190000001", "owner_name": "LÊ THỬ"}
    ),
    "GET /counter/{counter}/reception/batch": lambda c, w: Asked(f"/counter/{c.seated(w)}/reception/batch"),
    "POST /counter/{counter}/reception/batch": lambda c, w: Asked(
        f"/counter/{c.seated(w)}/reception/batch", {"way": "more"}
    ),
    "GET /counter/{counter}/reception/{code}": lambda c, w: Asked(
        f"/counter/{c.seated(w)}/reception/{receptions.received_by(c, w)}"
    ),
    "GET /counter/{counter}/turned/{visit}": lambda c, w: Asked(
        f"/counter/{c.seated(w)}/turned/{receptions.turned_by(c, w)}"
    ),
    "GET /counter/{counter}/references/{visit}": lambda c, w: Asked(
        f"/counter/{c.seated(w)}/references/{receptions.noted_by(c, w)}"
    ),
    "GET /counter/{counter}/online": lambda c, w: Asked(f"/counter/{c.seated(w)}/online"),
    "POST /counter/{counter}/online/{code}/acceptances": lambda c, w: Asked(
        f"/counter/{c.seated(w)}/online/{receptions.arrived(c)}/acceptances", {}
    ),
    "POST /counter/{counter}/online/{code}/refusals": lambda c, w: Asked(
        f"/counter/{c.seated(w)}/online/{receptions.arrived(c)}/refusals", {"words": "không thuộc thẩm quyền"}
    ),
    "POST /counter/{counter}/online/{code}/completions": lambda c, w: Asked(
        f"/counter/{c.seated(w)}/online/{receptions.arrived(c)}/completions", {"words": "thiếu tờ khai"}
    ),
    "WS /counter/{counter}/live": lambda c, w: Asked(f"/counter/{c.seated(w)}/live"),
}
_DISPLAY: dict[str, Example] = {
    "WS /agents/{device}": lambda c, w: Asked(f"/agents/{DEVICES['agent']}"),
    "GET /display/managers": lambda c, w: Asked("/display/managers"),
    "WS /display/managers/live": lambda c, w: Asked("/display/managers/live"),
    "GET /display/replays": lambda c, w: Asked("/display/replays"),
    "GET /display/replays/{day}/{zone}": lambda c, w: Asked(f"/display/replays/{c.played()}/khu-1"),
    "GET /display/{device}": lambda c, w: Asked("/display/W1"),
    "GET /display/{device}/sizes.css": lambda c, w: Asked("/display/W1/sizes.css"),
    "GET /display/{device}/pictures/{name}": lambda c, w: Asked(f"/display/W1/pictures/{c.picture()}"),
    "GET /display/{device}/calls": lambda c, w: Asked("/display/W1/calls?after=0"),
    "POST /display/{device}/voice/turns": lambda c, w: Asked(
        "/display/W1/voice/turns", {"speaker": "abcdef", "n": a_number()}
    ),
    "GET /display/{device}/voice/{parts}/{seq}.wav": lambda c, w: Asked(
        f"/display/W1/voice/chime+vi/{c.announced()}.wav"
    ),
    "WS /display/{device}/live": lambda c, w: Asked("/display/W1/live"),
    "GET /follow/{ticket}-{signature}/feed.json": lambda c, w: Asked(
        f"{follow_path(c.server, c.ticket())}/feed.json"
    ),
    "GET /follow/{ticket}-{signature}": lambda c, w: Asked(follow_path(c.server, c.ticket())),
    "POST /follow/{ticket}-{signature}/departures": lambda c, w: Asked(
        follow_path(c.server, c.ticket()) + "/departures", {}
    ),
    "POST /follow/{ticket}-{signature}/delays": lambda c, w: Asked(
        follow_path(c.server, c.ticket()) + "/delays", {}
    ),
    "POST /follow/{ticket}-{signature}/returns": _absent_phone,
}
_VOICE: dict[str, Example] = {
    "GET /admin/voice": lambda c, w: Asked("/admin/voice"),
    "POST /admin/voice/tests/{device}": lambda c, w: Asked("/admin/voice/tests/W2", {}),
    "POST /admin/voice/recordings": lambda c, w: Asked(
        "/admin/voice/recordings", {"name": f"giong-{a_number()}", "language": "en"}
    ),
    "GET /admin/voice/recordings/{pack}": lambda c, w: Asked(c.recording()),
    "POST /admin/voice/recordings/{pack}/finishes": lambda c, w: Asked(f"{c.recording(whole=True)}/finishes", {}),
    "GET /admin/voice/recordings/{pack}/clips/{token}": lambda c, w: Asked(f"{c.recording()}/clips/7"),
    "POST /admin/voice/recordings/{pack}/clips/{token}": lambda c, w: Asked(
        f"{c.recording()}/clips/7", {}, files={"clip": a_clip()}
    ),
    "GET /admin/voice/recordings/{pack}/clips/{token}/sound.wav": lambda c, w: Asked(
        f"{c.recording()}/clips/7/sound.wav"
    ),
}
_SCORE = {"score": 3}
_RATING: dict[str, Example] = {
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
_ADMIN: dict[str, Example] = {
    "GET /admin": lambda c, w: Asked("/admin"),
    "GET /admin/paper-numbers": lambda c, w: Asked("/admin/paper-numbers"),
    "POST /admin/paper-numbers": lambda c, w: Asked(
        "/admin/paper-numbers", {"queue": QUIET_QUEUE, "lines": f"{a_number() % 9000 + 900} 00:00"}
    ),
    "GET /admin/procedures": lambda c, w: Asked("/admin/procedures?q=dat dai"),
    "GET /admin/procedures/{code}": lambda c, w: Asked(f"/admin/procedures/{a_procedure()}"),
    "POST /admin/devices/{device}/codes": lambda c, w: Asked(f"/admin/devices/{SPARE_DEVICE}/codes", {}),
    "POST /admin/devices/{device}/revocations": lambda c, w: Asked(
        f"/admin/devices/{SPARE_DEVICE}/revocations", {}
    ),
    "POST /admin/people": lambda c, w: Asked(
        "/admin/people",
        {"login": f"walk{a_number()}", "name": "Người mới", "password": PASSWORD, "role": "clerk"},
    ),
    "POST /admin/days": lambda c, w: Asked("/admin/days", {}),
    "GET /admin/appointments": lambda c, w: Asked("/admin/appointments"),
    "POST /admin/appointments": lambda c, w: Asked(
        "/admin/appointments", {"place": f"{QUEUE}@{milliseconds(c.free_slot())}", "phone": a_phone()}
    ),
    "GET /admin/desk": lambda c, w: Asked("/admin/desk"),
    "POST /portal/inbox/nhanhsdvcqg": _letter,
    "POST /admin/portal/stops": lambda c, w: Asked("/admin/portal/stops", {"reason": c.resumed_portal()}),
    "POST /admin/portal/resumptions": lambda c, w: Asked("/admin/portal/resumptions", c.stopped_portal()),
    "POST /admin/portal/reconciliations": lambda c, w: _with_portal(c, "/admin/portal/reconciliations"),
    "POST /admin/portal/dossiers/{code}/retellings": lambda c, w: Asked(
        f"/admin/portal/dossiers/{c.differing_dossier()}/retellings", {"steps": "1"}
    ),
    "POST /admin/portal/dossiers/{code}/explanations": lambda c, w: Asked(
        f"/admin/portal/dossiers/{c.differing_dossier()}/explanations", {"reason": "test"}
    ),
    "POST /admin/portal/arrivals/{arrival}/takings": lambda c, w: Asked(
        f"/admin/portal/arrivals/{c.refused_arrival()}/takings", {}
    ),
    "POST /admin/portal/arrivals/{arrival}/dismissals": lambda c, w: Asked(
        f"/admin/portal/arrivals/{c.refused_arrival()}/dismissals", {"reason": "sender-told"}
    ),
    "GET /admin/catalogue": lambda c, w: Asked("/admin/catalogue"),
    "POST /admin/catalogue/runs": lambda c, w: _with_portal(c, "/admin/catalogue/runs"),
    "POST /admin/catalogue/decisions": lambda c, w: Asked(
        "/admin/catalogue/decisions", {"run": str(c.catalogue_run()), "code": a_procedure(), "decision": "refuse"}
    ),
    "POST /admin/messages/{message}/resends": lambda c, w: Asked(
        f"/admin/messages/{c.parked_message()}/resends", {}
    ),
    "GET /admin/printers": lambda c, w: Asked("/admin/printers"),
    "POST /admin/printers/{printer}/rolls": lambda c, w: Asked("/admin/printers/P1/rolls", {}),
    "POST /admin/printers/{printer}/test-pages": lambda c, w: Asked(
        f"/admin/printers/{c.quiet_printer()}/test-pages", {}
    ),
    "POST /admin/slips/{job}/sightings": lambda c, w: Asked(f"/admin/slips/{c.slip('unknown')}/sightings", {}),
    "POST /admin/slips/{job}/moves": lambda c, w: Asked(f"/admin/slips/{c.slip()}/moves", {"printer": "P2"}),
    "POST /admin/dossiers/{code}/reprints": lambda c, w: Asked(
        f"/admin/dossiers/{c.dossier()}/reprints", {"printer": "P1"}
    ),
    "POST /admin/tickets/{ticket}/reprints": lambda c, w: Asked(
        f"/admin/tickets/{c.ticket()}/reprints", {"printer": "P1"}
    ),
}
_RECEIVERS: dict[str, Example] = {
    "GET /admin/receivers": lambda c, w: Asked("/admin/receivers"),
    "POST /admin/receivers": lambda c, w: Asked(
        "/admin/receivers", {"label": f"Cổng nhắn tin {a_number()}", "address": "", "ahead": 3}
    ),
    "POST /admin/receivers/{receiver}/removals": lambda c, w: Asked(
        f"/admin/receivers/{c.receiver()}/removals", {}
    ),
    "POST /admin/receivers/{receiver}/trials": lambda c, w: Asked(
        f"/admin/receivers/{c.disappointed()}/trials", {}
    ),
    "POST /admin/receivers/{receiver}/resends": lambda c, w: Asked(
        f"/admin/receivers/{c.disappointed()}/resends", {}
    ),
    "GET /api/v1/messages": lambda c, w: Asked("/api/v1/messages?after=0"),
}
_AUDIT: dict[str, Example] = {
    "GET /admin/journal": lambda c, w: Asked("/admin/journal"),
    "GET /admin/journal/chain": lambda c, w: Asked("/admin/journal/chain"),
    "POST /admin/journal/exports": lambda c, w: Asked("/admin/journal/exports", {"kind": "QueueStopped"}),
    "GET /admin/tickets": lambda c, w: Asked("/admin/tickets"),
    "GET /admin/tickets/{day}/{number}": lambda c, w: Asked(c.story()),
}
_FLOOR: dict[str, Example] = {
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
    "POST /admin/floor/halls/{hall}/bulletins": lambda c, w: Asked(
        f"/admin/floor/halls/{QUIET_HALL}/bulletins", {"vi": "Nghỉ chiều nay"}
    ),
    "POST /admin/floor/halls/{hall}/bulletins/{bulletin}/removals": lambda c, w: Asked(
        f"/admin/floor/halls/{QUIET_HALL}/bulletins/1/removals", {}
    ),
    "GET /admin/reports": lambda c, w: Asked("/admin/reports?by=agency"),
    "GET /admin/reports/766": lambda c, w: Asked("/admin/reports/766"),
    "GET /admin/reports/766/{indicator}": lambda c, w: Asked("/admin/reports/766/1.4"),
    "GET /admin/reports/calls": lambda c, w: Asked("/admin/reports/calls"),
    "GET /admin/reports/estimates": lambda c, w: Asked("/admin/reports/estimates"),
    "GET /admin/reports/satisfaction": lambda c, w: Asked("/admin/reports/satisfaction"),
    "GET /admin/reports/month": lambda c, w: Asked("/admin/reports/month"),
    "GET /admin/reports/staffing": lambda c, w: Asked("/admin/reports/staffing"),
    "GET /admin/reports/words": lambda c, w: Asked("/admin/reports/words"),
    "POST /admin/reports/words": lambda c, w: Asked("/admin/reports/words", {"day": 1, "queue": QUEUE}),
    "GET /admin/morning": lambda c, w: Asked("/admin/morning"),
    "GET /admin/morning/voice/{language}.wav": lambda c, w: Asked("/admin/morning/voice/vi.wav"),
}
SECTIONS = "/admin/centre/drafts/0/sections"  # 0: what is in force
A_PICTURE = b64decode(demo_centre().logo)
_CENTRE: dict[str, Example] = {
    "GET /admin/centre": lambda c, w: Asked("/admin/centre"),
    "GET /admin/centre/file": lambda c, w: Asked("/admin/centre/file"),
    "POST /admin/centre/drafts": lambda c, w: Asked("/admin/centre/drafts", {"text": c.other_centre()}),
    "GET /admin/centre/drafts/{draft}": lambda c, w: Asked(f"/admin/centre/drafts/{c.draft()}"),
    "POST /admin/centre/drafts/{draft}/loads": lambda c, w: Asked(
        f"/admin/centre/drafts/{c.draft()}/loads", {"seen": c.in_force(), "why": "Thử"}
    ),
    "GET /admin/centre/drafts/{draft}/sections": lambda c, w: Asked(SECTIONS),
    "GET /admin/centre/drafts/{draft}/sections/{section}": lambda c, w: Asked(f"{SECTIONS}/counters?q=1"),
    "POST /admin/centre/drafts/{draft}/sections/{section}": lambda c, w: Asked(
        f"{SECTIONS}/halls",
        {"id": "moi", "name.vi": "Sảnh mới", "name.en": "New", "name.fr": "Neuf", "seen": c.in_force()},
    ),
    "GET /admin/centre/drafts/{draft}/sections/{section}/addition": lambda c, w: Asked(
        f"{SECTIONS}/queues/addition"
    ),
    "GET /admin/centre/drafts/{draft}/sections/{section}/entries/{entry}": lambda c, w: Asked(
        f"{SECTIONS}/queues/entries/{QUEUE}"
    ),
    "POST /admin/centre/drafts/{draft}/sections/{section}/entries/{entry}": lambda c, w: Asked(
        f"{SECTIONS}/printers/entries/P1",
        {
            "name": "Máy 1",
            "address": "tcp://192.0.2.1:9100",
            "width": 576,
            "slip_minutes": 10,
            "roll_metres": 50,
            "seen": c.in_force(),
        },
    ),
    "GET /admin/centre/drafts/{draft}/sections/slips/pictures/{kind}/{language}/{width}": lambda c, w: Asked(
        f"{SECTIONS}/slips/pictures/ticket/en/384"
    ),
    "POST /admin/centre/drafts/{draft}/sections/logo/pictures": lambda c, w: Asked(
        f"{SECTIONS}/logo/pictures",
        {"seen": c.in_force(), "request_id": request_id()},
        files={"picture": A_PICTURE},
    ),
    "POST /admin/centre/drafts/{draft}/sections/{section}/entries/{entry}/removals": lambda c, w: Asked(
        f"{SECTIONS}/devices/entries/W2/removals", {"seen": c.in_force()}
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
_BOOKING: dict[str, Example] = {
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
_API: dict[str, Example] = {
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
_DOSSIERS: dict[str, Example] = {
    "GET /dossiers": lambda c, w: Asked("/dossiers"),
    "GET /dossiers/searches": lambda c, w: Asked("/dossiers/searches"),
    "POST /dossiers/searches": lambda c, w: Asked("/dossiers/searches", {"text": "không ai cả"}),
    "GET /dossiers/register": lambda c, w: Asked("/dossiers/register"),
    "GET /dossiers/waiting/{waiting}": lambda c, w: Asked("/dossiers/waiting/parked"),
    "GET /dossiers/{code}": lambda c, w: Asked(f"/dossiers/{c.dossier()}"),
    "POST /dossiers/{code}/identity": lambda c, w: Asked(
        f"/dossiers/{c.dossier()}/identity", {"reason": "compare", "request_id": request_id()}
    ),
    "POST /dossiers/{code}/comparisons": lambda c, w: Asked(
        f"/dossiers/{receptions.arrived(c, '038190000001')}/comparisons",
        {"database": "population", "purpose": "appraisal"},
    ),
    "GET /dossiers/{code}/acts/{act}": lambda c, w: Asked(f"/dossiers/{c.dossier()}/acts/handed-over"),
    "POST /dossiers/{code}/acts/{act}": lambda c, w: Asked(
        f"/dossiers/{c.dossier()}/acts/handed-over", {"unit": "dat-dai", "seen": 0, "request_id": request_id()}
    ),
}
_FILES: dict[str, Example] = {
    "GET /dossiers/register.pdf": lambda c, w: Asked("/dossiers/register.pdf?from=2026-10-01&to=2026-10-31"),
    "GET /dossiers/register.xlsx": lambda c, w: Asked("/dossiers/register.xlsx?from=2026-11-01&to=2026-11-30"),
    "GET /dossiers/turned/{visit}/form": lambda c, w: Asked(f"/dossiers/turned/{c.turned_visit()}/form"),
    "GET /dossiers/{code}/forms/{form}": lambda c, w: Asked(f"/dossiers/{c.dossier()}/forms/receipt"),
    "GET /dossiers/{code}/forms/{form}/{step}": lambda c, w: Asked(
        f"/dossiers/{c.dossier_to_complete()}/forms/supplement/1"
    ),
    "GET /dossiers/{code}/files": lambda c, w: Asked(f"/dossiers/{c.dossier()}/files"),
    "POST /dossiers/{code}/files": lambda c, w: Asked(
        f"/dossiers/{c.dossier()}/files", {"belongs": "submitted:"}, files={"file": a_pdf(f"Tờ {a_number()}")}
    ),
    "POST /dossiers/{code}/files/{file}/openings": lambda c, w: Asked(
        "/dossiers/{}/files/{}/openings".format(*c.filed()), {"reason": "processing"}
    ),
    "POST /dossiers/{code}/files/{file}/removals": lambda c, w: Asked(
        "/dossiers/{}/files/{}/removals".format(*c.filed()), {"reason": "replaced"}
    ),
    "GET /portal-files/{link}-{expires}-{signature}": lambda c, w: Asked(c.fetched()),
}
EXAMPLES = {
    **_FILES, **LETTERS,
    **_PLAIN, **_KIOSK, **_DEVICES, **_BOOKING, **_COUNTER, **_DISPLAY, **_VOICE, **_RATING, **_ADMIN, **_AUDIT,
    **_CENTRE, **_FLOOR, **_API, **_RECEIVERS, **_DOSSIERS, **FEES,
}  # fmt: skip


def example(crowd: Crowd, key: str, name: str) -> Asked:
    """A request that this route takes from a visitor who is named there; what it needs is prepared."""
    return EXAMPLES[key](crowd, name)


def is_named(name: str, key: str) -> bool:
    """Whether this visitor may enter: by role, and a screen only where its own id stands in the path."""
    roles = roles_of(ROUTE_OF[key])
    if Role.ANYONE in roles:
        return True
    if name in PEOPLE:
        return PEOPLE[name] in roles
    if name == RECEIVER:
        return Role.RECEIVER in roles
    if name not in DEVICES:
        return False
    role = DEVICE_ROLE[DEVICES[name][0]]
    return role in roles and (key.split()[1].startswith("/api/") or name in ("kiosk", "wall", "tablet", "agent"))
