"""The managers' and administrators' pages without a browser."""

import re

import pytest

from domain.applicants import applicant, to_bytes
from operations import entering, intake, printing, shifts, syncing, ticketing
from store import jobs, outbox, people
from store.writer import Act
from tests.support.asking import CHEAP, NO_PRINTERS, PASSWORD, browser, seq
from tests.support.halls import demo_centre
from tests.support.servers import running
from tests.web.walks import ROUTE_OF, roles_of


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    with running(tmp_path_factory.mktemp("admin") / "data", printer_of=NO_PRINTERS) as server:
        yield server


@pytest.fixture(scope="module")
def desk(centre):
    """A browser of each of these people."""
    found = {"supervisor": "ql01", "manager": "ql02", "administrator": "ql03", "auditor": "ql04", "clerk": "cb01"}
    return {n: browser(centre, f"motcua-person={centre.person_cookie(person)}") for n, person in found.items()}


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch):
    monkeypatch.setattr("admin.routes.hash_password", CHEAP.hash)


def test_the_overview_shows_the_centre_as_it_is_configured(desk):
    page = desk["auditor"].get("/admin").text
    found = demo_centre()
    assert found.name.vi in page
    for queue in found.queues:
        assert queue.title.vi in page
    for counter in found.counters:
        assert counter.way.vi in page
    for device in found.devices:
        assert f"{device.id} · {device.name}" in page
    for person in found.people:
        assert person.name in page
        assert person.login in page
    for printer in found.printers:
        assert printer.address in page


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_overview_speaks_the_language_that_was_chosen(desk, language):
    page = desk["manager"].get(f"/admin?lang={language}").text
    assert f'<html lang="{language}">' in page
    assert getattr(demo_centre().queues[0].title, language) in page


def test_a_language_once_chosen_is_kept(centre):
    visitor = browser(centre)
    visitor.cookies.set("motcua-person", centre.person_cookie("ql02"))
    answer = visitor.post("/language", data={"language": "fr", "next": "/admin"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin")
    assert '<html lang="fr">' in visitor.get("/admin").text
    visitor.post("/language", data={"language": "xx"})
    assert '<html lang="fr">' in visitor.get("/admin").text


@pytest.mark.parametrize(
    ("who", "controls"),
    [
        ("supervisor", set()), ("manager", set()), ("administrator", {"codes", "people", "days"}),
        ("auditor", set()),
    ],
)  # fmt: skip
def test_everybody_sees_only_the_buttons_that_work_for_them(desk, who, controls):
    page = desk[who].get("/admin").text
    found = {action.rsplit("/", 1)[1] for action in re.findall(r'action="(/admin/[^"]+)"', page)}
    assert found - {"revocations"} == controls


NO_PAGES = {"/admin/centre/file"}  # what is downloaded from a page
WAYS = {
    key.removeprefix("GET "): roles_of(route)
    for key, route in ROUTE_OF.items()
    if key.startswith("GET /admin") and "{" not in key and not key.endswith("/chain")
}


@pytest.mark.parametrize("who", ["supervisor", "manager", "administrator", "auditor"])
def test_the_overview_leads_everybody_to_all_they_may_enter_and_nowhere_else(desk, who):
    led, seen = {"/admin"}, set()
    for _ in range(2):
        for path in led - seen:
            answer = desk[who].get(path, follow_redirects=True)
            assert answer.status_code == 200, path
            seen.add(path)
            led |= {found.split("?")[0] for found in re.findall(r'href="(/admin[^"]*)"', answer.text)}
    assert {path for path, roles in WAYS.items() if who in roles} - NO_PAGES <= led


def test_a_person_is_added_with_a_password_and_the_roles_that_were_ticked(centre, desk):
    form = {"login": "Le.Moi", "name": "Lê Thị Mới", "password": PASSWORD, "role": ["clerk", "guide"]}
    assert desk["administrator"].post("/admin/people", data=form).status_code == 303
    found, secret = centre.store.read(people.by_login, "le.moi")
    assert (found.name, sorted(found.roles)) == ("Lê Thị Mới", ["clerk", "guide"])
    assert CHEAP.verify(secret, PASSWORD)
    assert "Lê Thị Mới" in desk["auditor"].get("/admin").text


def test_the_name_of_a_person_is_no_part_of_the_journal(centre, desk):
    form = {"login": "an-danh", "name": "Trần Ẩn Danh", "password": PASSWORD, "role": "clerk"}
    assert desk["administrator"].post("/admin/people", data=form).status_code == 303
    rows = centre.store.read(lambda db: db.execute("SELECT payload FROM journal").fetchall())
    assert "Trần Ẩn Danh" not in str(rows)
    assert PASSWORD not in str(rows)


def test_every_person_added_by_hand_may_be_shown_even_with_the_longest_name(desk):
    form = {"login": "a" * 32, "name": "Ữ" * 80, "password": "x" * 200, "role": "auditor"}
    assert desk["administrator"].post("/admin/people", data=form).status_code == 303
    assert "Ữ" * 80 in desk["auditor"].get("/admin").text


def test_a_screen_is_paired_and_revoked_from_the_page(centre, desk):
    administrator = desk["administrator"]
    page = administrator.post("/admin/devices/W2/codes").text
    code = re.search(r'pairing-code">([A-Z0-9]{4}-[A-Z0-9]{4})<', page)[1]
    assert "/pair/W2" in page
    wall = browser(centre)
    assert wall.post("/pair/W2", data={"code": code}).status_code == 303
    assert wall.get("/display/W2").status_code == 200
    assert "đã ghép" in administrator.get("/admin").text
    assert administrator.post("/admin/devices/W2/revocations").status_code == 303
    assert wall.get("/display/W2").status_code == 401
    assert "đã thu hồi" in administrator.get("/admin").text


@pytest.mark.parametrize("words", ["khai sinh", "dat dai", "doi giay phep", "1.001193"])
def test_the_catalogue_is_searched_without_diacritics(desk, words):
    page = desk["auditor"].get("/admin/procedures", params={"q": words}).text
    codes = re.findall(r'href="/admin/procedures/([\d.]+)"', page)
    assert codes
    for code in codes[:2]:
        assert desk["auditor"].get(f"/admin/procedures/{code}").status_code == 200


def test_a_procedure_that_is_not_there_is_not_found(desk):
    assert desk["auditor"].get("/admin/procedures/9.999999").status_code == 404


def parked(server, reason: str) -> int:
    """A message that the portal has refused."""
    server.store.write_now(Act("cb01"), shifts.open_shift, 1, "cb01")
    owner = server.app.state.house.vault.seal(to_bytes(applicant("LÊ KÍN ĐÁO", "038190000001", "", "")))
    taken = intake.Intake(demo_centre().procedures[0].code, owner)
    code = server.store.write_now(Act("cb01"), intake.receive_dossier, 1, "cb01", taken).code
    message = server.store.read(outbox.portal_messages_of, code)[0].id
    server.store.write_now(Act("t"), syncing.park, [message], reason)
    return message


def test_what_the_portal_refused_is_on_the_desk_and_goes_again_once(centre, desk):
    message = parked(centre, "Mã thủ tục <b>sai</b>")
    page = desk["clerk"].get("/admin/desk").text
    assert "Mã thủ tục &lt;b&gt;sai&lt;/b&gt;" in page
    assert "LÊ KÍN ĐÁO" not in page
    assert "038190000001" not in page
    path = f"/admin/messages/{message}/resends"
    assert f'action="{path}"' in page
    assert desk["manager"].post(path).headers["location"] == "/admin/desk"
    assert centre.store.read(outbox.portal_message, message).state == "queued"
    before = seq(centre)
    assert desk["manager"].post(path).status_code in (303, 404, 409)
    assert seq(centre) == before


def test_a_slip_that_nobody_can_vouch_for_is_printed_once_more(centre, desk):
    ticket = centre.store.write_now(Act("device:K1"), ticketing.take_ticket, "ho-tich", "vi", None, "P1")
    job = centre.store.read(jobs.print_job_of, "ticket", str(ticket.id))
    centre.store.write_now(Act("t"), printing.end_slip, job.id, "unknown", "restart")
    page = desk["supervisor"].get("/admin/desk").text
    assert ticket.number in page
    answer = desk["supervisor"].post(f"/admin/tickets/{ticket.id}/reprints", data={"printer": "P2"})
    assert answer.status_code == 303
    again = centre.store.read(jobs.print_job_of, "ticket", str(ticket.id))
    assert (again.copy, again.printer) == (2, "P2")
    assert again.state in ("queued", "preflight", "failed-before-first-byte")  # its worker may try already


def check_one_copy(server, person) -> None:
    """An impatient press of the page's own button prints one copy."""
    ticket = server.store.write_now(Act("device:K1"), ticketing.take_ticket, "ho-tich", "vi", None, "P1")
    job = server.store.read(jobs.print_job_of, "ticket", str(ticket.id))
    server.store.write_now(Act("t"), printing.end_slip, job.id, "unknown", "restart")
    page = person.get("/admin/desk").text
    form = re.search(rf'<form[^>]*action="/admin/tickets/{ticket.id}/reprints".*?</form>', page, re.DOTALL)[0]
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)" value="([^"]*)"', form)) | {"printer": "P1"}
    for _ in range(3):
        person.post(f"/admin/tickets/{ticket.id}/reprints", data=fields)
    assert server.store.read(jobs.print_job_of, "ticket", str(ticket.id)).copy == 2


def test_an_impatient_press_prints_one_copy(centre, desk):
    check_one_copy(centre, desk["manager"])


def test_health_is_shown_as_lights(desk):
    page = desk["manager"].get("/admin").text
    lights = page[page.index('class="lights"') : page.index("</ul>", page.index('class="lights"'))]
    assert lights.count("sign ") >= 6
    assert "Traceback" not in lights


def test_an_administrator_confirms_the_day(centre, desk):
    assert desk["administrator"].post("/admin/days").status_code == 303
    before = seq(centre)
    assert desk["administrator"].post("/admin/days").status_code == 303
    assert seq(centre) == before


def test_a_revoked_screen_can_be_paired_anew(centre, desk):
    centre.device_cookie("K2")
    centre.store.write_now(Act("t"), entering.revoke_device, "K2")
    fresh = browser(centre, f"motcua-device-K2={centre.device_cookie('K2')}")
    assert fresh.get("/kiosk/K2").status_code == 200
    assert centre.store.read(people.device_states)["K2"].revoked_at is None
