"""A dossier's whole life in a real browser: from the card at the kiosk to the result in the citizen's hand.

The server, the sandbox portal and the printer are real and talk over loopback; only the clock is ours. Each of the
seven forms is opened from the page that offers it, read by other people's code, and kept as a picture.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zxingcpp
from playwright.sync_api import Page, expect

from portal.sandbox import TEST_ACCOUNTS, SandboxThread
from portal.sandbox.state import Dossier, State
from printers.simulator import PrinterSimulator
from store import dossiers
from tests.browser.forms_seen import FormsSeen
from tests.browser.scanning import STRANGER, scanned
from tests.browser.scenes import Scene
from tests.browser.screens import Screens, connected
from tests.portal.inbox_letters import INBOX, SECRET
from tests.support.files import a_real_pdf
from tests.support.halls import DEMO, MORNING, HandClock
from tests.support.servers import running

SHOTS = Path(__file__).parent.parent.parent / "build" / "screenshots" / "dossier-life"
NAME, IDENTITY = "TRẦN THỊ B", "038199000001"
PROCEDURE, ELSEWHERE = "1.004873", "1.000656"
PORTAL_SECONDS = 30.0
# Received, handed over, taken over, worked on; papers asked for and brought; stopped, resumed; put off; done,
# handed back, taken back, returned.
STATUSES_TOLD = ["2", "2", "4", "4", "5", "4", "8", "4", "4", "9", "9", "9", "10"]
ASKED = "Trích lục ly hôn chưa có dấu giáp lai. Mời Ông/Bà nộp bản có dấu giáp lai."
BASIS = "Điều 22 Nghị định 123/2015/NĐ-CP"


@dataclass
class Life:
    """The hall, the portal and the paper around one dossier."""

    scene: Scene
    portal: SandboxThread
    paper: PrinterSimulator
    screens: Screens
    forms: FormsSeen
    code: str = ""
    taken: int = 0

    def at(self, person: str, path: str, kind: str = "counter") -> Page:
        """Somebody's screen at this address."""
        return self.screens(kind, self.scene.server.url + path, passes=self.scene.passes(f"person:{person}"))

    def keep(self, page: Page, name: str) -> None:
        """A picture at true width, as long as the page."""
        self.taken += 1
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{self.taken:02d}-{name}.png", full_page=True)

    def at_portal(self, steps: int, status: str) -> Dossier:
        """What the sandbox has of the dossier once so many steps have come and it stands there."""

        def is_told(state: State) -> bool:
            known = state.dossier(self.code)
            return known is not None and len(known.steps) == steps and known.status == status

        told = self.portal.state.wait_until(is_told, PORTAL_SECONDS)
        found = self.portal.state.dossier(self.code)
        assert found is not None, "the portal does not know it"
        assert told, (found.status, [step["TrangThai"] for step in found.steps])
        return found


@pytest.fixture
def life(tmp_path: Path, open_screen: Screens) -> Iterator[Life]:
    shutil.rmtree(SHOTS, ignore_errors=True)  # another run may have had other steps
    clock = HandClock(MORNING)
    inbox, password = tmp_path / "inbox.secret", tmp_path / "portal.password"
    inbox.write_text(SECRET, encoding="utf-8")
    password.write_text(TEST_ACCOUNTS["H56"], encoding="utf-8")
    with (
        SandboxThread(DEMO / "procedures.jsonl", now=clock, push_secret=SECRET) as sandbox,
        PrinterSimulator.threaded(576) as paper,
        running(
            tmp_path / "data", now=clock, inbox_secret_file=inbox, portal_password_file=password,
            portal_url=sandbox.url + "/XrdAdapter/RestService/forward", follow_url="http://127.0.0.1/follow",
            printer_of=tuple((name, f"tcp://127.0.0.1:{paper.port}") for name in ("P1", "P2")),
        ) as server,
    ):  # fmt: skip
        sandbox.pushes.url = server.url + INBOX
        yield Life(Scene(server, clock), sandbox, paper, open_screen, FormsSeen(open_screen, SHOTS))


def test_from_the_card_to_the_returned_result(life: Life) -> None:
    number = take_a_number(life)
    clerk = call_it(life, number)
    turn_one_away(life, clerk)
    receive(life, clerk)
    file_a_scan(life, clerk)
    pay_in_cash(life, clerk)
    officer = hand_over(life)
    complete_it(life, officer)
    stop_and_go_on(life, officer)
    put_off_once(life, officer)
    return_the_result(life, officer)
    open_the_register(life)
    nothing_of_the_person_is_elsewhere(life)


def take_a_number(life: Life) -> str:
    """Kiosk: the card is read, a queue is chosen, the number comes on paper."""
    url, passes = life.scene.server.url, life.scene.passes("device:K1")
    kiosk = connected(life.screens("kiosk", f"{url}/kiosk/K1", passes=passes))
    scanned(kiosk, STRANGER)
    expect(kiosk.locator(".person")).to_be_visible()
    life.keep(kiosk, "kiosk-card")
    kiosk.tap(".person .queues button >> nth=0")
    number = str(kiosk.locator("#number").inner_text())
    life.keep(kiosk, "kiosk-number")
    slip = life.paper.block_for_slip(1)
    assert any("/follow/" in found.text for found in zxingcpp.read_barcodes(slip.convert("L")))
    slip.save(SHOTS / "slip-ticket.png")
    return number


def call_it(life: Life, number: str) -> Page:
    """Counter: the clerk sits down and presses F2."""
    life.scene.clock.forward(minutes=4)
    life.scene.sit(1)
    clerk = connected(life.at("cb01", "/counter/1"))
    clerk.keyboard.press("F2")
    expect(clerk.locator("#own-number")).to_have_text(number)
    life.keep(clerk, "counter-called")
    return clerk


def choose(life: Life, clerk: Page, words: str) -> None:
    """The reception page: a procedure by two words without marks, then the card."""
    clerk.keyboard.type(words)
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#card")).to_be_focused()
    scanned(clerk, STRANGER)
    expect(clerk.locator("#owner_name")).to_have_value(NAME)
    expect(clerk.locator("#identity")).to_have_value(IDENTITY)
    expect(clerk.locator(".prefilled")).to_be_visible()


def turn_one_away(life: Life, clerk: Page) -> None:
    """The first thing that she asks for belongs elsewhere: Mẫu 03, in the same visit."""
    for _ in range(2):
        clerk.keyboard.press("F8")
        expect(clerk.locator("#procedure, #finder").first).to_be_visible()
    expect(clerk.locator("#finder")).to_be_focused()
    choose(life, clerk, "khai tu")
    clerk.click(".not-yet summary")
    clerk.fill("#words", "Người chết thường trú ở phường khác; mời nộp tại phường nơi thường trú.")
    clerk.fill("#basis", "Điều 32 Luật Hộ tịch")
    life.keep(clerk, "reception-refusing")
    clerk.click("[value=refuse]")
    expect(clerk.locator(".outcome")).to_be_visible()
    life.keep(clerk, "reception-refused")
    text = life.forms.open(clerk, "In mẫu A4", "form-03")
    for said in ("PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ", NAME, "nơi thường trú", "Điều 32 Luật Hộ tịch"):
        assert said in text, (said, text)
    clerk.click("text=Hồ sơ tiếp theo của người này")


def receive(life: Life, clerk: Page) -> None:
    """What can be received is: papers ticked, the receipt on the roll and on A4, the portal knows."""
    life.scene.clock.forward(minutes=3)
    expect(clerk.locator("#finder")).to_be_focused()
    choose(life, clerk, "tinh trang hon nhan")
    clerk.fill("#address", "Thôn 2, Quảng Phú, Thanh Hóa")
    clerk.fill("#phone", "0912345678")
    clerk.check("#p0-taken")
    clerk.fill("#p0-originals", "1")
    clerk.check("[name=p0-digitised]")
    if clerk.locator("#fee_timing").count():  # the sheet asks for the fee itself
        clerk.select_option("#fee_timing", "thu-truoc")
        clerk.fill("#fee_amount", "15000")
    life.keep(clerk, "reception-filled")
    clerk.keyboard.press("F8")
    expect(clerk.locator(".outcome .code")).to_be_visible()
    life.code = clerk.locator(".outcome .code").inner_text()
    life.keep(clerk, "reception-received")
    slip = life.paper.block_for_slip(2).convert("L")
    slip.save(SHOTS / "slip-receipt.png")
    assert life.code in [found.text for found in zxingcpp.read_barcodes(slip)], "beside it perhaps the fee's VietQR"
    known = life.at_portal(1, "2")
    assert known.record["MaTTHC"] == PROCEDURE
    assert known.record["ChuHoSo"] == NAME
    text = life.forms.open(clerk, "In mẫu A4", "form-01")
    for said in (
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", life.code, NAME, "*********001", "3 ngày làm việc",
        "08 giờ 07 phút, ngày 23 tháng 11 năm 2026", "17 giờ 00 phút, ngày 27 tháng 11 năm 2026",
    ):  # fmt: skip
        assert said in text, (said, text)
    assert IDENTITY not in text


def file_a_scan(life: Life, clerk: Page) -> None:
    """The scanned declaration is added to its component."""
    clerk.click("text=Tệp của hồ sơ")
    clerk.set_input_files("#file", {"name": "Tờ khai.pdf", "mimeType": "application/pdf", "buffer": a_real_pdf()})
    clerk.check("[name=digitised]")
    life.keep(clerk, "files-empty")
    clerk.click(".file-form .primary")
    expect(clerk.locator(".file-name")).to_have_text("Tờ khai.pdf")
    life.keep(clerk, "files-one")


def pay_in_cash(life: Life, clerk: Page) -> None:
    """The fee is asked for and taken; the receipt has its number."""
    clerk.goto(f"{life.scene.server.url}/counter/1/dossiers/{life.code}/payment")
    if not clerk.locator(".sum").count():
        clerk.fill("#fee-amount", "15000")
        life.keep(clerk, "payment-asking")
        clerk.click("form.fields .second")
    expect(clerk.locator(".sum")).to_contain_text("15.000")
    life.keep(clerk, "payment-owed")
    clerk.click("text=Đã nhận đủ tiền mặt")
    expect(clerk.locator(".done")).to_be_visible()
    expect(clerk.locator("td.number")).to_have_text(re.compile(r"\d"))
    life.keep(clerk, "payment-paid")


def press(life: Life, page: Page, name: str, picture: str = "", **fields: str) -> None:
    """An act of the dossier's page: its form is filled in and sent, the dossier is shown again."""
    page.get_by_role("link", name=name, exact=True).first.click()
    for field, value in fields.items():
        control = page.locator(f"[name={field}]").first
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        elif control.get_attribute("type") in ("radio", "checkbox"):
            page.locator(f"[name={field}][value='{value}']").check()
        else:
            control.fill(value)
    if picture:
        life.keep(page, f"act-{picture}")
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("heading", name="Từ số thứ tự đến Cổng")).to_be_visible()
    life.scene.clock.forward(minutes=20)


def hand_over(life: Life) -> Page:
    """To the police of the ward with the control slip, which both sides sign. Gives the officer's page."""
    sender = life.at("cb01", "/dossiers")
    life.keep(sender, "desk")
    sender.get_by_label("Tìm hồ sơ").fill("tran thi b")
    sender.get_by_role("button", name="Tìm").click()
    expect(sender.get_by_role("heading", level=1)).to_have_text(life.code)
    life.keep(sender, "dossier-received")
    press(life, sender, "Chuyển hồ sơ", "hand-over", unit="cong-an-phuong", words="Kèm một bộ hồ sơ")
    life.forms.open(sender, "Phiếu kiểm soát", "form-06-going")
    officer = life.at("cb05", "/dossiers")
    officer.get_by_role("link", name="Chuyển chưa nhận").click()
    life.keep(officer, "waiting-handed")
    officer.get_by_role("link", name=life.code).click()
    press(life, officer, "Nhận bàn giao", "take-over")
    life.at_portal(3, "4")
    press(life, officer, "Ghi tiến độ", "progress", words="Đã thẩm tra hồ sơ, đủ điều kiện giải quyết.")
    life.at_portal(4, "4")
    text = life.forms.open(officer, "Phiếu kiểm soát", "form-06-taken")
    for said in ("PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ", life.code, NAME, "Người giao", "Người nhận"):
        assert said in text, (said, text)
    return officer


def complete_it(life: Life, officer: Page) -> None:
    """What is missing is asked for once, in writing, with a limit; the citizen brings it and the clock goes on."""
    press(
        life, officer, "Yêu cầu bổ sung", "supplement", other_papers="Trích lục ly hôn (bản chính)", words=ASKED,
        basis=BASIS, answer_by="2026-12-04",
    )  # fmt: skip
    known = life.at_portal(5, "5")
    assert "dấu giáp lai" in str(known.record), known.record
    found = life.scene.server.store.read(lambda db: dossiers.steps_of(db, life.code))[-1]
    assert (found.facts["stage"], found.facts["approver"]) == ("appraisal", "")
    life.keep(officer, "dossier-supplement")
    text = life.forms.open(officer, "Văn bản của bước này", "form-02")
    for said in ("PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", "Trích lục ly hôn", ASKED, BASIS):
        assert said in text, (said, text)
    life.scene.clock.forward(hours=1)
    press(life, officer, "Nhận bổ sung", "supplement-taken")
    life.at_portal(6, "4")


def stop_and_go_on(life: Life, officer: Page) -> None:
    """Stopped in writing, and resumed when the reason is gone."""
    press(
        life, officer, "Dừng giải quyết", "stop", words="Chờ Tòa án trả lời về bản án ly hôn.",
        basis="Điều 22 Nghị định 123/2015/NĐ-CP",
    )  # fmt: skip
    life.at_portal(7, "8")
    text = life.forms.open(officer, "Văn bản của bước này", "form-05")
    for said in (
        "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ", life.code, NAME, "Chờ Tòa án trả lời", "1 loại giấy tờ",
        "15.000 đồng (biên lai BL26-0000001)",
    ):  # fmt: skip
        assert said in text, (said, text)
    press(life, officer, "Giải quyết tiếp", "resume", words="Tòa án đã trả lời.")
    life.at_portal(8, "4")


def put_off_once(life: Life, officer: Page) -> None:
    """A new date with an apology; it is not offered a second time."""
    press(
        life, officer, "Xin lỗi và gia hạn", "extend", words="Phải xác minh nơi cư trú trước đây của Bà.",
        day="2026-12-03",
    )  # fmt: skip
    expect(officer.get_by_role("link", name="Xin lỗi và gia hạn", exact=True)).to_have_count(0)
    life.keep(officer, "dossier-extended")
    text = life.forms.open(officer, "Văn bản của bước này", "form-04")
    for said in (
        "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT", life.code, NAME, "Phải xác minh nơi cư trú",
        "không thể trả", "17 giờ 00 phút, ngày 03 tháng 12 năm 2026",
    ):  # fmt: skip
        assert said in text, (said, text)


def return_the_result(life: Life, officer: Page) -> None:
    """The result is there, goes back to the one-stop, and is handed to its owner who shows the receipt."""
    life.scene.clock.forward(days=2)
    press(life, officer, "Có kết quả", "resolve", result="KQ.G15.000038")
    life.at_portal(10, "9")
    press(life, officer, "Chuyển hồ sơ", "hand-back", unit="phuong", words="Kết quả kèm theo")
    giver = life.at("cb08", "/dossiers")
    giver.get_by_role("link", name="Chuyển chưa nhận").click()
    giver.get_by_role("link", name=life.code).click()
    press(life, giver, "Nhận bàn giao")
    text = life.forms.open(giver, "Phiếu kiểm soát", "form-06")
    assert "Cơ quan phối hợp giải quyết hồ sơ: Công an phường Bến Lụa" in text, text
    assert "Trước hạn" in text.partition("GHI CHÚ")[2], text
    giver.goto(f"{life.scene.server.url}/dossiers")
    giver.get_by_role("link", name="Chờ trả kết quả").click()
    life.keep(giver, "waiting-results")
    giver.get_by_role("link", name=life.code).click()
    press(life, giver, "Trả kết quả", "return", handing="owner:receipt")
    expect(giver.locator(".head .status")).to_have_text("Đã trả kết quả")
    told = life.at_portal(13, "10")
    assert [step["TrangThai"] for step in told.steps] == STATUSES_TOLD
    life.keep(giver, "dossier-returned")


def open_the_register(life: Life) -> None:
    """Mẫu 07 of the days between, from the page of the register."""
    page = life.at("ql01", "/dossiers/register?from=2026-11-01&to=2026-11-30")
    life.keep(page, "register")
    text = life.forms.open(page, "PDF", "form-07")
    for said in ("SỔ THEO DÕI HỒ SƠ", life.code, NAME, "23/11/2026"):
        assert said in text, (said, text)


def nothing_of_the_person_is_elsewhere(life: Life) -> None:
    """Her number stands on no form, and every form has been seen."""
    assert set(life.forms.texts) >= {f"form-0{n}" for n in range(1, 8)}
    assert not any(IDENTITY in text for text in life.forms.texts.values())
