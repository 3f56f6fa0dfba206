"""Every route is tried by everybody: refused where not named, working where named."""

from pathlib import Path

import pytest
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute

from app import ROUTES
from domain.roles import COUNTER_ROLES, PERSON_ROLES, Role, open_to
from tests.support.asking import browser, request_id
from tests.web import roles_table
from tests.web.answers import Answered, asked
from tests.web.crowd import PEOPLE, VISITORS, Asked
from tests.web.walks import EXAMPLES, ROUTE_OF, is_named, key_of
from web.safety import UndeclaredRoute, guard
from web.sessions import first_page
from web.visitors import DEVICE_COOKIE, SIGN_IN_COOKIE

ROOT = Path(__file__).parent.parent.parent


def check_door(name: str, key: str, found: Answered) -> None:
    """The door of one route opens to this visitor if and only if the visitor is named there."""
    signs_in = found.leads_to_sign_in and key.startswith("GET ")
    if is_named(name, key):
        assert found.status in (200, 201, 303), f"{name} got {found.status} from {key}, where named"
        assert not signs_in, f"{name} has to sign in at {key}, where named"
    else:
        assert signs_in or found.status in (401, 403), f"{name} got {found.status} from {key}"


def test_every_route_has_an_example_to_be_tried_with():
    assert len(ROUTE_OF) == len(ROUTES)
    assert EXAMPLES.keys() == ROUTE_OF.keys()


@pytest.mark.parametrize("name", VISITORS)
def test_every_door_opens_to_those_who_are_named_and_to_nobody_else(answers, name):
    failed = []
    for key in EXAMPLES:
        try:
            check_door(name, key, answers[name, key])
        except AssertionError as error:
            failed.append(str(error).splitlines()[0])
    assert not failed


@pytest.mark.planted
def test_a_door_that_is_left_open_is_found(crowd, monkeypatch):
    monkeypatch.setattr("web.safety.admit", lambda visitor, roles: None)
    with pytest.raises(AssertionError):
        check_door("auditor", "POST /admin/days", asked(crowd, "auditor", "POST /admin/days"))


@pytest.mark.planted
def test_a_door_that_never_opens_is_found(crowd, monkeypatch):
    def refuse(visitor, roles):
        from domain.errors import NotAllowed

        raise NotAllowed()

    monkeypatch.setattr("web.safety.admit", refuse)
    with pytest.raises(AssertionError):
        check_door("manager", "GET /admin", asked(crowd, "manager", "GET /admin"))


async def forgotten(request: object) -> Response:
    return Response()


@pytest.mark.parametrize(
    "route",
    [Route("/new", forgotten), WebSocketRoute("/new", forgotten), Mount("/new", routes=[Route("/", forgotten)])],
    ids=["page", "socket", "mount"],
)
def test_a_route_that_does_not_say_who_may_enter_is_not_mounted(route):
    with pytest.raises(UndeclaredRoute, match="/new"):
        guard([*ROUTES, route])


def test_a_declared_route_is_mounted():
    assert len(guard([Route("/new", open_to(Role.KIOSK)(forgotten))])) == 1


def test_no_handler_names_a_role_twice_over_or_names_none():
    for route in ROUTES:
        roles = route.endpoint.roles
        assert roles, key_of(route)
        assert roles == {Role.ANYONE} or Role.ANYONE not in roles, key_of(route)


@pytest.mark.parametrize("name", sorted(PEOPLE))
def test_the_page_to_which_a_sign_in_leads_opens(crowd, name):
    page = first_page(frozenset({PEOPLE[name]}))
    assert crowd.send(name, f"GET {page}").status_code == 200


@pytest.mark.parametrize("path", ["/kiosk/K2", "/kiosk/K2/queues", "/display/W2"])
def test_a_screens_token_opens_only_its_own_screen_by_cookie_of_another_name_and_by_bearer(crowd, path):
    device = path.split("/")[2]
    own = "kiosk" if device.startswith("K") else "wall"
    stolen = crowd.cookies[own].partition("=")[2]
    with browser(crowd.server) as client:
        under_other_name = client.get(path, headers={"Cookie": f"{DEVICE_COOKIE}{device}={stolen}"})
        by_bearer = client.get(path, headers={"Authorization": f"Bearer {stolen}"})
        own_bearer = client.get(path, headers=crowd.headers(own, bearer=True))
    assert under_other_name.status_code in (401, 403)
    assert by_bearer.status_code in (401, 403)
    assert own_bearer.status_code in (401, 403), "a bearer token of one screen opens the page of another"


def test_a_screens_cookie_is_no_sign_in_and_a_sign_in_is_no_screen(crowd):
    screen, person = (crowd.cookies[name].partition("=")[2] for name in ("kiosk", "manager"))
    with browser(crowd.server) as client:
        swapped = client.get("/admin", headers={"Cookie": f"{SIGN_IN_COOKIE}={screen}"})
        other = client.get("/kiosk/K1", headers={"Cookie": f"{DEVICE_COOKIE}K1={person}"})
    assert swapped.status_code == 303
    assert other.status_code in (401, 403)


def test_an_administrator_whose_browser_is_also_a_kiosk_can_still_renew_that_kiosk(crowd):
    both = f"{crowd.cookies['administrator']}; {crowd.cookies['other kiosk']}"
    answer = crowd.send("administrator", "POST /admin/devices/{device}/codes", _renewing("K2"), Cookie=both)
    assert answer.status_code == 200


def _renewing(device):
    return Asked(f"/admin/devices/{device}/codes", {"request_id": request_id()})


def test_a_person_with_several_roles_may_do_what_any_of_them_may(crowd):
    token = crowd.server.person_cookie("cb13")  # clerk and guide
    with browser(crowd.server) as client:
        client.headers["Cookie"] = f"{SIGN_IN_COOKIE}={token}"
        assert client.get("/counter").status_code == 200
        assert client.get("/admin").status_code == 403


def test_the_table_in_the_documentation_is_the_table_of_the_routes():
    written = (ROOT / "docs" / "roles.md").read_text(encoding="utf-8")
    assert written == roles_table.table(), "run: python -m tests.web.roles_table"


@pytest.mark.planted
def test_a_table_that_lags_behind_is_found(monkeypatch):
    monkeypatch.setattr(roles_table, "ROUTES", ROUTES[1:])
    with pytest.raises(AssertionError):
        test_the_table_in_the_documentation_is_the_table_of_the_routes()


def test_every_role_is_good_for_something():
    named = frozenset().union(*(route.endpoint.roles for route in ROUTES))
    assert named >= PERSON_ROLES | COUNTER_ROLES
