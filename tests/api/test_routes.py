"""The programs' way in: every documented act, the document itself, and what schemathesis thinks of it."""

import json
import re

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from api import messages, openapi
from api.routes import ROUTES
from domain.errors import Invalid
from operations import calling, entering, shifts, ticketing
from store import jobs, outbox, tickets
from store.writer import Act
from tests.counter.test_receptions import kept_of
from tests.support.asking import NO_PRINTERS, a_procedure, browser, request_id, seq
from tests.support.servers import Server, running

V1 = "/api/v1"
EXAMPLES_AN_ACT = 8


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    with running(tmp_path_factory.mktemp("api") / "data", printer_of=NO_PRINTERS) as server:
        yield server


def program(server: Server, kind: str, holder: str):
    """A program with a bearer token: no cookie, no Origin."""
    client = browser(server)
    del client.headers["Origin"]
    client.headers["Authorization"] = f"Bearer {server.bearer(kind, holder)}"
    return client


@pytest.fixture(scope="module")
def kiosk(centre):
    return program(centre, "device", "K1")


@pytest.fixture(scope="module")
def clerk(centre):
    found = program(centre, "person", "cb01")
    assert found.post(f"{V1}/counters/1/shifts").status_code == 201
    return found


@pytest.fixture(scope="module")
def document(centre):
    return browser(centre).get(f"{V1}/openapi.json").json()


def checked(document: dict, answer, path: str, method: str = "post", status: int = 200):
    """The answer's content, after a look whether it is what the document promises."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    schema = document["paths"][path][method]["responses"][str(status)]["content"]["application/json"]["schema"]
    jsonschema_rs.validate({**schema, "components": document["components"]}, answer.json())
    return answer.json()


def test_a_whole_visit_goes_through_the_api(centre, kiosk, clerk, document):
    taken = kiosk.post(f"{V1}/tickets", json={"queue": "ho-tich", "language": "en", "printer": "P1"})
    ticket = checked(document, taken, f"{V1}/tickets", status=201)
    assert re.fullmatch(r"A\u202f\d{3}", ticket["number"])
    assert centre.store.read(jobs.print_job_of, "ticket", str(ticket["id"])).printer == "P1"
    queues = checked(document, kiosk.get(f"{V1}/queues"), f"{V1}/queues", "get")
    assert next(q for q in queues if q["id"] == "ho-tich")["waiting"] == 1
    act = f"{V1}/counters/{{counter}}"
    called = checked(document, clerk.post(f"{V1}/counters/1/calls", json={"seen": 0}), f"{act}/calls")
    assert called["ticket"]["id"] == ticket["id"]
    again = checked(document, clerk.post(f"{V1}/counters/1/recalls", json={}), f"{act}/recalls")
    assert again["seq"] > called["seq"]
    wall = checked(document, program(centre, "device", "W1").get(f"{V1}/wall/khu-1"), f"{V1}/wall/{{zone}}", "get")
    assert [row["seq"] for row in wall] == [called["seq"], again["seq"]]
    dossier = {"procedure": a_procedure(), "owner_name": "LÊ THỊ THỬ", "papers": [{"name": "Tờ khai", "copies": 2}]}
    received = clerk.post(f"{V1}/counters/1/dossiers", json=dossier)
    code = checked(document, received, f"{act}/dossiers", status=201)["code"]
    assert centre.store.read(outbox.portal_messages_of, code)
    done = checked(
        document, clerk.post(f"{V1}/counters/1/finishes", json={"seen": ticket["id"]}), f"{act}/finishes"
    )
    assert done["state"] == "finished"
    shown = checked(document, kiosk.get(f"{V1}/tickets/{ticket['id']}"), f"{V1}/tickets/{{ticket}}", "get")
    assert shown["state"] == "finished"


def test_somebody_who_does_not_come_is_marked_absent(kiosk, clerk, document):
    kiosk.post(f"{V1}/tickets", json={"queue": "ho-tich"})
    called = clerk.post(f"{V1}/counters/1/calls").json()["ticket"]
    answer = clerk.post(f"{V1}/counters/1/absences", json={"seen": called["id"]})
    gone = checked(document, answer, f"{V1}/counters/{{counter}}/absences")
    assert (gone["id"], gone["state"]) == (called["id"], "absent")


def test_with_nobody_waiting_the_answer_is_null(clerk, document):
    answer = clerk.post(f"{V1}/counters/1/calls", json={})
    assert checked(document, answer, f"{V1}/counters/{{counter}}/calls") == {"ticket": None, "seq": None}


def test_a_shift_is_opened_once_however_often_it_is_asked_for(centre, clerk, document):
    before = seq(centre)
    path = f"{V1}/counters/{{counter}}/shifts"
    assert checked(document, clerk.post(f"{V1}/counters/1/shifts"), path, status=201) == {
        "counter": 1,
        "person": "cb01",
    }
    assert seq(centre) == before


def check_idempotent(server: Server, kiosk) -> None:
    """The same key gives the same ticket; with other content it is refused."""
    key = {"Idempotency-Key": request_id()}
    answers = [kiosk.post(f"{V1}/tickets", json={"queue": "cu-tru"}, headers=key).json() for _ in range(3)]
    assert len({answer["id"] for answer in answers}) == 1
    before = seq(server)
    other = kiosk.post(f"{V1}/tickets", json={"queue": "ho-tich"}, headers=key)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "request-reused")
    assert seq(server) == before


def test_a_repeated_request_gets_the_same_answer(centre, kiosk):
    check_idempotent(centre, kiosk)


@pytest.mark.planted
def test_an_api_that_forgets_the_key_is_found(centre, kiosk, monkeypatch):
    monkeypatch.setattr("api.routes.act_of", lambda request: Act("device:K1"))
    with pytest.raises(AssertionError):
        check_idempotent(centre, kiosk)


@pytest.mark.parametrize("language", ["vi", "en", "fr"])
def test_queues_and_errors_speak_the_language_that_is_asked_for(centre, kiosk, language):
    titles = kiosk.get(f"{V1}/queues?lang={language}").json()
    assert titles[0]["title"] == {"vi": "Hộ tịch", "en": "Civil status", "fr": "État civil"}[language]
    error = kiosk.post(f"{V1}/tickets?lang={language}", json={"queue": "x"}).json()["error"]
    assert error["code"] == "unknown-queue"


def test_a_reader_may_not_write_and_a_kiosk_may_not_call(centre, kiosk):
    wall = program(centre, "device", "W1")
    assert wall.get(f"{V1}/queues").status_code == 200
    assert wall.post(f"{V1}/tickets", json={"queue": "ho-tich"}).status_code == 403
    assert kiosk.post(f"{V1}/counters/1/calls").status_code == 403
    assert program(centre, "person", "ql04").get(f"{V1}/queues").status_code == 403


def test_a_sign_in_may_use_the_api_from_our_own_pages_only(centre):
    cookie = f"motcua-person={centre.person_cookie('cb02')}"
    own = browser(centre, cookie)
    assert own.post(f"{V1}/tickets", json={"queue": "ho-tich"}).status_code == 201
    foreign = {"Origin": "http://evil.example"}
    assert own.post(f"{V1}/tickets", json={"queue": "ho-tich"}, headers=foreign).status_code == 403


def test_a_token_of_somebody_who_lost_the_role_opens_nothing(centre):
    secret = centre.bearer("person", "cb03")
    number = centre.store.read(lambda db: db.execute("SELECT max(id) FROM tokens").fetchone()[0])
    client = browser(centre)
    client.headers["Authorization"] = f"Bearer {secret}"
    assert client.get(f"{V1}/queues").status_code == 200
    centre.store.write_now(Act("t"), entering.revoke_token, number)
    refused = client.get(f"{V1}/queues")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "sign-in-needed")


def announce(server: Server, counter: int, person: str, queue: str, times: int) -> list[int]:
    """Calls to one counter."""
    server.store.write_now(Act(person), shifts.open_shift, counter, person)
    made = []
    for _ in range(times):
        server.store.write_now(Act("t"), ticketing.take_ticket, queue)
        made.append(server.store.write_now(Act(person), calling.call_next, counter, person).seq)
    return made


def check_feed(server: Server, reader, zone: str, made: list[int]) -> None:
    """Reading on from the last number that was seen, a program gets every call of the zone, in order, once."""
    seen: list[int] = [made[0] - 1]
    for _ in range(len(made) + 2):
        rows = reader.get(f"{V1}/wall/{zone}?after={seen[-1]}").json()
        if not rows:
            break
        seen += [row["seq"] for row in rows]
    assert seen[1:] == made


def test_a_feed_misses_nothing(centre, kiosk):
    check_feed(centre, kiosk, "khu-3", announce(centre, 9, "cb09", "kinh-doanh", 5))


@pytest.mark.parametrize("at_once", [2, 3])
def test_a_feed_misses_nothing_when_there_is_more_than_one_answer_holds(centre, kiosk, monkeypatch, at_once):
    made = announce(centre, 9, "cb09", "kinh-doanh", 7)
    monkeypatch.setattr("api.routes.CALLS_AT_ONCE", at_once)
    check_feed(centre, kiosk, "khu-3", made)


def test_a_feed_is_not_held_up_by_the_calls_of_another_zone(centre, kiosk, monkeypatch):
    own = announce(centre, 9, "cb09", "kinh-doanh", 1)
    announce(centre, 5, "cb05", "cu-tru", 4)
    own += announce(centre, 9, "cb09", "kinh-doanh", 1)
    monkeypatch.setattr("api.routes.CALLS_AT_ONCE", 2)
    check_feed(centre, kiosk, "khu-3", own)


@pytest.mark.planted
def test_a_feed_that_drops_a_call_is_found(centre, kiosk, monkeypatch):
    made = announce(centre, 9, "cb09", "kinh-doanh", 3)
    right = tickets.calls_after
    monkeypatch.setattr(tickets, "calls_after", lambda *asked: right(*asked)[1:])
    with pytest.raises(AssertionError):
        check_feed(centre, kiosk, "khu-3", made)


def test_every_route_but_the_two_that_describe_is_documented(document):
    described = {f"{V1}", f"{V1}/openapi.json"}
    paths = {route.path.replace(":int", "") for route in ROUTES} - described
    assert document["paths"].keys() == paths
    acts = {(act.method, act.path) for act in openapi.acts(ROUTES)}
    assert acts == {(method.upper(), path) for path, ways in document["paths"].items() for method in ways}


def test_the_page_for_people_lists_every_act_with_its_roles(centre):
    page = browser(centre).get(V1).text
    for act in openapi.acts(ROUTES):
        assert f"<code>{act.method} {act.path}</code>" in page
        assert ", ".join(act.roles) in page
    for language in ("en", "fr"):
        assert browser(centre).get(f"{V1}?lang={language}").text != page


def test_the_document_is_a_valid_openapi_3_1(document):
    schema = schemathesis.openapi.from_dict(document)
    schema.validate()
    assert document["openapi"].startswith("3.1")
    assert json.dumps(document).count('"$ref"') > 5
    for path, ways in document["paths"].items():
        for way in ways.values():
            names = {parameter["name"] for parameter in way["parameters"] if parameter["in"] == "path"}
            assert names == set(re.findall(r"{(\w+)}", path))
            assert way["summary"]
            assert {"401", "403", "404", "409", "413", "422", "503"} <= way["responses"].keys()


def test_every_example_of_the_document_is_taken(centre, clerk, document):
    way = document["paths"]["/api/v1/counters/{counter}/dossiers"]["post"]
    examples = way["requestBody"]["content"]["application/json"]["examples"]
    assert {"citizen", "representative", "electronic"} <= examples.keys()
    for name, example in examples.items():
        answer = clerk.post(f"{V1}/counters/1/dossiers", json=example["value"])
        assert answer.status_code == 201, (name, answer.text)
        told = kept_of(centre, answer.json()["code"])[1]
        assert told.owner.name == example["value"]["owner_name"]
        assert bool(told.representative) == (name == "representative")


@pytest.mark.parametrize(
    "wrong", [{"case": "không có"}, {"delivery": 1}, {"delivery": 3}, {"channel": 2}, {"email": "x"}]
)
def test_what_no_dossier_can_have_is_refused(centre, clerk, wrong):
    before = seq(centre)
    body = {"procedure": a_procedure(), "owner_name": "LÊ THỬ", **wrong}
    assert clerk.post(f"{V1}/counters/1/dossiers", json=body).status_code == 422
    assert seq(centre) == before


def test_the_document_says_the_bounds_that_are_kept(document):
    schemas = document["components"]["schemas"]
    assert schemas["TakeTicket"]["additionalProperties"] is False
    assert schemas["ReceiveDossier"]["properties"]["owner_name"]["maxLength"] == 200
    assert "Bearer".lower() in json.dumps(document["components"]["securitySchemes"])


def check_schema(server: Server, document: dict, client, examples: int) -> None:
    """Whatever schemathesis sends, valid or not: no answer of ours is a 5xx, and errors are as documented."""
    schema = schemathesis.openapi.from_dict(document)
    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
    quick = settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in modes:

            @seed(20261123)
            @quick
            @given(case=operation.as_strategy(generation_mode=mode))
            def send(case):
                if case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE:
                    _lead_inside(case)
                check_case(case, case.call(base_url=server.url, headers=dict(client.headers), timeout=10))

            send()


def _lead_inside(case) -> None:
    """Names that are here, so that more than the first check of an act is reached."""
    for name, known in (("counter", 1), ("zone", "khu-1")):
        if name in case.path_parameters:
            case.path_parameters[name] = known
    for name, known in (("queue", "ho-tich"), ("procedure", a_procedure())):
        if isinstance(case.body, dict) and name in case.body:
            case.body[name] = known


def check_case(case, answer) -> None:
    """Not our fault, and said as the document says; without a token (schemathesis leaves it out, too) no way in."""
    assert answer.status_code < 500, (case.method, case.path, case.body, answer.text[:200])
    if "authorization" not in {name.lower() for name in answer.request.headers}:
        assert answer.status_code in (401, 403, 404)  # 404: a number too long to be an address
    elif answer.status_code >= 400:
        assert answer.json()["error"]["code"], (case.method, case.path)


def test_schemathesis_finds_no_fault_of_ours(centre, clerk, document):
    check_schema(centre, document, clerk, EXAMPLES_AN_ACT)


@pytest.mark.planted
def test_an_act_that_breaks_is_found_by_schemathesis(centre, clerk, document, monkeypatch):
    monkeypatch.setattr("api.routes.messages.ticket_shown", lambda ticket: 1 / 0)
    with pytest.raises(AssertionError):
        check_schema(centre, document, clerk, 5)


@seed(20261123)
@settings(max_examples=100, deadline=None, database=None, phases=[Phase.generate])
@given(st.binary(max_size=200), st.sampled_from([messages.TakeTicket, messages.Seen, messages.ReceiveDossier]))
def test_no_bytes_break_the_reading_of_a_message(body, kind):
    try:
        messages.decode(body, kind)
    except Invalid as refused:
        assert refused.arguments["what"]
