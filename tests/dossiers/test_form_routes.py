"""The forms of a real dossier over HTTP: their words, who may have them, and what is never on them."""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from domain.applicants import Paper, applicant, particulars, to_bytes, words, words_to_bytes
from domain.days import local
from domain.dossiers import Act
from domain.events import PersonAdded
from operations import arrivals, endings, intake, processing, shifts, supplements
from operations.arrivals import Arrival
from operations.processing import Doing
from store import calendars, people
from store.writer import Act as Who
from store.writer import Tx
from tests.support.servers import Server

THREE_DAYS = "1.004873"
NUMBER = "038090123457"


def write(server: Server, operation, *args):
    return server.store.write_now(Who("cb01"), operation, *args)


@pytest.fixture
def code(server: Server) -> str:
    """A dossier of counter 1 with a representative and papers."""
    vault = server.app.state.house.vault
    owner = applicant("LÊ THỊ HẠNH", NUMBER, "0912345678", "Thôn 2, Quảng Phú")
    bringer = applicant("LÊ VĂN ĐẠI", "", "", "")
    told = particulars(owner, "Xác nhận để kết hôn", [Paper("Tờ khai", 1), Paper("Trích lục", 0, 2)], bringer)
    write(server, shifts.open_shift, 1, "cb01")
    return write(
        server, intake.receive_dossier, 1, "cb01", intake.Intake(THREE_DAYS, vault.seal(to_bytes(told)))
    ).code


def doing(server: Server, code: str, text: str = "Cần thêm trích lục ly hôn") -> Doing:
    sealed = server.app.state.house.vault.seal(
        words_to_bytes(words(text, "Điều 22", [Paper("Trích lục ly hôn", 1)]))
    )
    return Doing(code, "cb01", sealed)


def pdf_text(server: Server, path: str, person: str = "cb01") -> str:
    answer = server.client(person).get(path)
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)


def test_the_receipt_says_what_was_received_and_masks_the_number(server: Server, code: str):
    text = " ".join(pdf_text(server, f"/dossiers/{code}/forms/receipt").split())
    for said in (
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả".upper(),
        code,
        "LÊ THỊ HẠNH",
        "LÊ VĂN ĐẠI",
        "3 ngày làm việc",
    ):
        assert said in text.upper() or said in text, said
    assert NUMBER not in text
    assert NUMBER[-3:] in text


def test_a_step_has_its_own_form(server: Server, code: str):
    write(server, supplements.ask_supplement, doing(server, code))
    assert "Trích lục ly hôn" in pdf_text(server, f"/dossiers/{code}/forms/supplement/1")
    assert server.client("cb01").get(f"/dossiers/{code}/forms/stop/1").status_code == 404
    assert server.client("cb01").get(f"/dossiers/{code}/forms/supplement/2").status_code == 404


def test_extension_stop_and_control_slip(server: Server, code: str):
    house = server.app.state.house
    write(server, processing.hand_over, doing(server, code), "dat-dai")
    write(server, processing.take_over, doing(server, code))
    first, calendar = local(house.now()).date(), house.store.read(calendars.current)
    day = calendar.working_from(first + timedelta(days=20))
    write(server, endings.extend, doing(server, code, "Chờ xác minh"), day)
    write(server, processing.note, Act.STOP, doing(server, code, "Người nộp đã mất"))
    assert "Chờ xác minh" in pdf_text(server, f"/dossiers/{code}/forms/apology/3")
    assert "Người nộp đã mất" in pdf_text(server, f"/dossiers/{code}/forms/stop/4")
    slip = pdf_text(server, f"/dossiers/{code}/forms/control")
    assert code in slip
    assert "Văn phòng đăng ký đất đai".lower() in " ".join(slip.lower().split())


def test_who_was_turned_away_gets_it_in_writing(server: Server, code: str):
    vault = server.app.state.house.vault
    told = vault.seal(to_bytes(particulars(applicant("TRẦN VĂN BA", "", "", ""), "", ())))
    text = vault.seal(words_to_bytes(words("Không thuộc thẩm quyền")))
    for way in ("complete", "refuse"):
        number = write(server, intake.turn_away, 1, "cb01", way, THREE_DAYS, told, text)
        assert "Không thuộc thẩm quyền" in pdf_text(server, f"/dossiers/turned/{number}/form")
    assert server.client("cb01").get("/dossiers/turned/999999/form").status_code == 404


def test_an_online_dossier_is_refused_in_writing(server: Server, code: str):
    house = server.app.state.house
    told = house.vault.seal(to_bytes(particulars(applicant("TRẦN VĂN BA", "", "", ""), "", ())))
    arrival = Arrival("000.00.00.G22-261123-000001", THREE_DAYS, told, house.now())
    write(server, arrivals.take_in, arrival)
    write(server, processing.note, Act.REFUSE, doing(server, arrival.code, "Sai thẩm quyền"))
    assert "Sai thẩm quyền" in pdf_text(server, f"/dossiers/{arrival.code}/forms/refusal/1")


def test_the_register_is_a_workbook_and_a_pdf(server: Server, code: str):
    today = f"{local(server.app.state.house.now()):%Y-%m-%d}"
    assert code in pdf_text(server, f"/dossiers/register.pdf?from={today}&to={today}").replace("\n", "")
    answer = server.client("cb01").get(f"/dossiers/register.xlsx?from={today}&to={today}")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"


@pytest.mark.parametrize("span", ["", "from=2026-11-23", "from=2026-11-23&to=2026-11-22", "from=x&to=y",
                                  "from=2020-01-01&to=2026-01-01"])  # fmt: skip
def test_a_span_that_is_none_is_refused(server: Server, code: str, span: str):
    assert server.client("cb01").get(f"/dossiers/register.xlsx?{span}").status_code == 422


def test_together_is_one_list(server: Server, code: str):
    vault = server.app.state.house.vault
    told = vault.seal(to_bytes(particulars(applicant("TRẦN VĂN BA", "", "", ""), "", ())))
    three = [intake.Intake(THREE_DAYS, told)] * 3
    codes = [one.code for one in write(server, intake.receive_together, 1, "cb01", three)]
    text = pdf_text(server, f"/dossiers/{codes[1]}/forms/batch")
    assert all(one in text.replace("\n", "") for one in codes)


def test_a_department_reads_its_own_dossiers_only(server: Server, code: str):
    """The manager of an agency that receives none of this: no form, no line in the register."""
    server.store.write_now(Who("t"), _add_stranger)
    today = f"{local(server.app.state.house.now()):%Y-%m-%d}"
    assert server.client("stranger").get(f"/dossiers/{code}/forms/receipt").status_code == 404
    assert code not in pdf_text(server, f"/dossiers/register.pdf?from={today}&to={today}", "stranger")
    assert code in pdf_text(server, f"/dossiers/register.pdf?from={today}&to={today}").replace("\n", "")


def _add_stranger(tx: Tx) -> None:
    people.keep_person(tx.db, "stranger", "stranger", "Người phòng khác")
    tx.record(PersonAdded("stranger", ["manager"], "cong-an-tinh", None))
