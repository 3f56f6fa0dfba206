"""A department's manager before every page and program's request that names a queue, counter, number or dossier.

The manager holds every role that a department's manager may hold beside. What is another agency's is as unknown as
what is not there, and nothing is written; what lists names nothing of another agency.
"""

import pytest

from domain.days import local
from domain.events import PersonAdded
from domain.roles import PERSON_ROLES, Role
from operations import printing, ticketing
from store import jobs, outbox, people, tickets
from tests.support.asking import a_number, seq
from tests.web.crowd import Asked, Crowd
from tests.web.walks import ROUTE_OF, example, roles_of

AGENCY, QUEUE, COUNTER = "cong-an-tinh", "giay-to", 7
STRANGER = "department"
# Administrators and auditors see the whole centre, whatever else they lead.
ROLES = PERSON_ROLES - {Role.ADMINISTRATOR, Role.AUDITOR}
# These name no queue, counter, number or dossier of one agency.
WHOLE = {
    "GET /dossiers": "counts by agency: see tests/dossiers/test_routes.py",
    "GET /dossiers/searches": "the same page",
    "POST /dossiers/searches": "own dossiers, by what was typed: see tests/dossiers/test_routes.py",
    "GET /dossiers/register": "own dossiers",
    "GET /dossiers/waiting/{waiting}": "own dossiers",
    "GET /admin": "own queues, counters and colleagues; screens and printers of the centre to read",
    "GET /admin/appointments": "own queues",
    "GET /admin/calling": "the centre's one policy, to read",
    "GET /admin/desk": "own dossiers and slips",
    "GET /admin/devices": "screens at their counters",
    "GET /admin/floor": "own queues and counters; calls for help of the centre",
    "WS /admin/floor/live": "the same",
    "POST /admin/floor/counters/{counter}/help/end": "whoever is nearest helps, whosever counter it is",
    "GET /admin/morning": "own queues; screens, printers, clock and copies of the centre to read",
    "GET /admin/morning/voice/{language}.wav": "the centre's voice",
    "GET /admin/paper-numbers": "own queues",
    "GET /admin/printers": "printers of the centre to read",
    "GET /admin/voice": "loudspeakers of the centre to read",
    "POST /admin/voice/tests/{device}": "whoever is nearest listens",
    "POST /admin/printers/{printer}/rolls": "whoever is nearest changes the roll",
    "POST /admin/printers/{printer}/test-pages": "whoever is nearest looks at the page",
    "GET /admin/procedures": "the national catalogue",
    "GET /admin/procedures/{code}": "the national catalogue",
    "GET /admin/reports": "own queues",
    "GET /admin/reports/766": "sums that name nothing; whose they are: see tests/admin/test_indicators.py",
    "GET /admin/reports/766/{indicator}": "own procedures",
    "GET /admin/reports/calls": "own queues",
    "GET /admin/reports/month": "own queues",
    "GET /admin/reports/estimates": "own queues",
    "GET /admin/reports/satisfaction": "own queues",
    "GET /admin/reports/staffing": "a day to choose; for the chosen day see tests/admin/test_staffing.py",
    "GET /admin/reports/words": "own queues",
    "GET /admin/tickets": "calls of own queues",
    "GET /dossiers/letters": "letters of own dossiers; see tests/dossiers/test_letters.py",
    "GET /dossiers/register.pdf": "days to choose; see tests/dossiers/test_form_routes.py",
    "GET /dossiers/register.xlsx": "the same",
    "GET /api/v1": "the description",
    "GET /api/v1/openapi.json": "the description",
    "GET /api/v1/queues": "own queues",
}
DOORS = {
    key
    for key, route in ROUTE_OF.items()
    if key.split()[1].startswith(("/admin", "/api/", "/dossiers")) and roles_of(route) & {*ROLES, Role.ANYONE}
}
CLOSED = sorted(DOORS - WHOLE.keys())
LISTS = sorted(key for key, why in WHOLE.items() if key.startswith("GET ") and " own " in f" {why}")


def _add_stranger(tx):
    people.keep_person(tx.db, STRANGER, STRANGER, "Người phòng khác")
    tx.record(PersonAdded(STRANGER, sorted(ROLES), AGENCY, None))
    return STRANGER


@pytest.fixture(scope="module")
def hall(crowd: Crowd) -> Crowd:
    """Everybody, and the manager of a department that has none of the queues of the examples."""
    crowd.person[STRANGER] = crowd.do(_add_stranger)
    crowd.bearers[STRANGER] = crowd.server.bearer("person", STRANGER)
    crowd.sign_in(STRANGER)
    return crowd


@pytest.fixture(scope="module")
def foreign(hall: Crowd) -> list[str]:
    """What stands on a list of the whole centre, and nowhere for this manager."""
    centre, store = hall.server.store.centre(), hall.server.store
    call = store.read(tickets.call, hall.announced())
    dossier = store.read(outbox.portal_message, hall.parked_message()).dossier
    ticket = hall.do(ticketing.take_ticket, "ho-tich", "vi", None, "P1")
    hall.do(printing.end_slip, store.read(jobs.print_job_of, "ticket", str(ticket.id)).id, "unknown")
    titles = [queue.title.vi for queue in centre.queues if queue.agency != AGENCY]
    agencies = [agency.name.vi for agency in centre.agencies if agency.id != AGENCY]
    colleagues = [person.name for person in store.read(people.everybody) if person.agency != AGENCY]
    return [*titles, *agencies, *colleagues, dossier, ticket.number, call.number]


def check_closed(hall: Crowd, key: str) -> None:
    """The route's example is another agency's: refused, and nothing happens."""
    asked = example(hall, key, STRANGER)
    before = seq(hall.server)
    answer = hall.send(STRANGER, key, asked)
    assert answer.status_code in (403, 404), f"{key} answered {answer.status_code}"
    assert seq(hall.server) == before, f"{key} wrote"


def check_list(hall: Crowd, key: str, foreign: list[str]) -> None:
    """The list opens and names nothing of another agency."""
    today = f"{local(hall.server.app.state.house.now()):%Y-%m-%d}"
    this_month = Asked(f"/admin/reports/month?from={today}&to={today}")  # by itself it is the last one
    answer = hall.send(STRANGER, key, this_month if key == "GET /admin/reports/month" else None)
    assert answer.status_code == 200, f"{key} answered {answer.status_code}"
    text = answer.text
    for zone in hall.server.store.centre().zones:  # a screen stands in a zone, which is named after its queues
        text = text.replace(zone.name.vi, "")
    found = [name for name in foreign if name in text]
    assert not found, f"{key} names {found}"


def faults(check, keys) -> dict[str, str]:
    """Which of these routes fail the check, and how."""
    found = {}
    for key in keys:
        try:
            check(key)
        except AssertionError as error:
            found[key] = str(error).splitlines()[0]
    return found


def test_every_route_is_closed_or_named_as_one_that_concerns_the_whole_centre():
    assert WHOLE.keys() <= DOORS
    assert len(CLOSED) > 25


def test_what_is_another_agencys_is_unknown_and_nothing_is_written(hall):
    assert faults(lambda key: check_closed(hall, key), CLOSED) == {}


def test_lists_name_nothing_of_another_agency(hall, foreign):
    assert faults(lambda key: check_list(hall, key, foreign), LISTS) == {}


OWN = {
    "POST /api/v1/tickets": lambda hall: Asked("/api/v1/tickets", json={"queue": QUEUE}),
    "GET /api/v1/tickets/{ticket}": lambda hall: Asked(f"/api/v1/tickets/{own_ticket(hall)}"),
    "GET /api/v1/wall/{zone}": lambda hall: Asked("/api/v1/wall/khu-2"),
    "POST /api/v1/counters/{counter}/shifts": lambda hall: Asked(f"/api/v1/counters/{COUNTER}/shifts", json={}),
    "POST /api/v1/counters/{counter}/calls": lambda hall: Asked(f"/api/v1/counters/{COUNTER}/calls", json={}),
    "POST /admin/tickets/{ticket}/reprints": lambda hall: Asked(
        f"/admin/tickets/{own_ticket(hall)}/reprints", {"printer": "P1"}
    ),
    "POST /admin/paper-numbers": lambda hall: Asked(
        "/admin/paper-numbers", {"queue": QUEUE, "lines": f"{a_number() % 9000 + 900} 00:00 {COUNTER} 00:00 00:00"}
    ),
    "POST /admin/floor/queues/{queue}/keeping": lambda hall: Asked(
        f"/admin/floor/queues/{QUEUE}/keeping", {"reason": "mất điện"}
    ),
}


def own_ticket(hall: Crowd) -> int:
    """A number of the own queue."""
    return hall.do(ticketing.take_ticket, QUEUE).id


@pytest.mark.parametrize("key", OWN)
def test_what_is_the_own_agencys_is_open(key, hall):
    assert hall.send(STRANGER, key, OWN[key](hall)).status_code in (200, 201, 303)


def test_a_served_number_on_paper_names_an_own_counter_too(hall):
    lines = {"queue": QUEUE, "lines": f"{a_number() % 9000 + 900} 00:00 1 00:00 00:00"}
    before = seq(hall.server)
    answer = hall.send(STRANGER, "POST /admin/paper-numbers", Asked("/admin/paper-numbers", lines))
    assert (answer.status_code, seq(hall.server)) == (404, before)


@pytest.mark.planted
def test_a_route_that_forgets_the_agency_is_found(hall, monkeypatch):
    """Each of them: were the agency forgotten, every example would be taken or refused for another reason."""
    monkeypatch.setattr("web.scope._department", lambda person, centre: None)
    assert faults(lambda key: check_closed(hall, key), CLOSED).keys() == set(CLOSED)


@pytest.mark.planted
def test_a_list_that_forgets_the_agency_is_found(hall, foreign, monkeypatch):
    monkeypatch.setattr("web.scope._department", lambda person, centre: None)
    found = faults(lambda key: check_list(hall, key, foreign), LISTS).keys()
    assert found == set(LISTS)
