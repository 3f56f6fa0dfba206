"""No desk is a dead end: each page of staff leads to the desks that its visitor may enter."""

import pytest

from domain.applicants import applicant, particulars, to_bytes
from operations import intake
from store.writer import Act
from tests.support.servers import Server


@pytest.fixture
def code(server: Server) -> str:
    """A dossier that was received at counter 1."""
    vault = server.app.state.house.vault
    sealed = vault.seal(to_bytes(particulars(applicant("LÊ VĂN MẪU", "", "", ""), "", ())))
    server.open_shift("cb01", 1)
    taken = intake.Intake("1.001193", sealed)
    return server.store.write_now(Act("cb01"), intake.receive_dossier, 1, "cb01", taken).code


@pytest.mark.parametrize(
    ("person", "path", "ways"),
    [
        ("cb01", "/counter", ("/dossiers", "/admin/desk", "/admin/appointments")),
        ("cb01", "/counter/1", ("/dossiers",)),
        ("cb01", "/admin/desk", ("/counter", "/dossiers")),
        ("cb01", "/dossiers", ("/counter", "/dossiers/register", "/admin/desk")),
        ("cb08", "/counter", ("/dossiers",)),
        ("ql01", "/dossiers", ("/admin", "/admin/desk")),
    ],
)
def test_a_desk_leads_to_the_others(server: Server, code: str, person: str, path: str, ways: tuple[str, ...]):
    page = server.client(person).get(path)
    assert page.status_code == 200
    for way in ways:
        assert f'href="{way}"' in page.text, way


def test_what_belongs_to_a_dossier_leads_back_to_it(server: Server, code: str):
    clerk = server.client("cb01")
    for path in (f"/dossiers/{code}/files", f"/counter/1/dossiers/{code}/payment"):
        assert f'href="/dossiers/{code}"' in clerk.get(path).text, path


def test_the_register_offers_itself_on_paper_to_those_who_may_have_it(server: Server, code: str):
    span = "?from=2020-01-01&to=2020-02-01"
    assert "register.pdf" not in server.client("cb01").get(f"/dossiers/register{span}").text, "nothing to print"
    assert "/dossiers/register.pdf?from=" in server.client("cb01").get("/dossiers/register").text
    assert "register.pdf" not in server.client("ql04").get("/dossiers/register").text


def test_whoever_may_not_enter_can_sign_in_as_somebody_else(server: Server):
    refused = server.client("cb01").get("/admin")
    assert refused.status_code == 403
    assert 'href="/sign-in?next=/admin"' in refused.text
    assert "/sign-in?next=" not in server.client(device="K1").get("/admin").text
