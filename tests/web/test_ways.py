"""No desk is a dead end: each page of staff leads to the desks that its visitor may enter."""

import re

import pytest

from domain.applicants import applicant, particulars, to_bytes
from domain.fees import FeeWrong
from operations import intake
from store import fees
from store.writer import Act
from tests.support.servers import ROOT, Server
from web import failures


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


def test_a_refused_press_leads_back_to_its_dossier_and_names_the_field_in_words(server: Server, code: str):
    clerk, here = server.client("cb01"), f"/counter/1/dossiers/{code}"
    asked = {"text": "Lệ phí", "kind": "phi", "amount": "8000", "timing": "thu-truoc", "relief": "khong"}
    assert clerk.post(f"{here}/fees", data={**asked, "relief_text": ""}).status_code == 303
    fee = server.store.read(fees.of_dossier, code)[0].id
    refused = clerk.post(f"{here}/fees/{fee}/transfers", data={"amount": "8000", "reference": "Thử"})
    assert refused.status_code == 409
    assert "số giao dịch ngân hàng" in refused.text
    assert f'href="{here}/payment"' in refused.text
    lost = clerk.post(f"/dossiers/{code}/identity", data={"reason": "no-such"})
    assert f'href="/dossiers/{code}"' in lost.text
    assert clerk.get("/dossiers/H56.19-261123-9999/files").text.count('href="/dossiers/H56.19-261123-9999"') <= 1


ROOMS = ("domain", "operations", "counter", "dossiers")
NAMED = re.compile(r'what="([a-z_, ]+)"')
# What only programs send, what only forms of ours carry hidden, and what is the same in every language.
OF_PROGRAMS = {
    "act",
    "after",
    "ahead",
    "back",
    "beyond",
    "copy",
    "declared",
    "dossier",
    "override",
    "showing",
    "vi",
    "way",
    "",
}


def test_every_field_that_a_refusal_names_has_a_name_in_words():
    fields = set(failures.FIELDS) | set(FeeWrong.fields) | OF_PROGRAMS
    named = {
        name: str(path)
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for found in NAMED.findall(path.read_text(encoding="utf-8"))
        for name in found.split(", ")
    }
    assert {name: path for name, path in named.items() if name not in fields} == {}
