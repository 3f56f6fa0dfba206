"""What is done on the reception pages to bring them into a state; each waits until the page shows it."""

from collections.abc import Callable

from playwright.sync_api import Page

from domain.applicants import Paper, applicant, particulars, to_bytes
from domain.lookups import Agreement, Answer, Database, Found, Purpose, Question, Reason, Unverified
from operations import arrivals
from operations.arrivals import Arrival
from operations.looking_up import Noted, note_lookup
from store.store import Store
from store.writer import Act
from tests.browser.scenes import Scene

BIRTH, PERMIT, ELSEWHERE, LAND = "1.001193", "1.013225", "2.001159", "1.012783"
COPIES, MARRIAGE, PAGES = "2.000635", "1.000894", "2.000815"  # one sum, doubtful words, two prices
LONG = "Phòng 1204, tòa nhà Hoa Sen, ngõ 12 đường Nguyễn Thị Minh Khai, Phường Vạn Xuân, tỉnh Vạn Xuân"


def filled(page: Page, scene: Scene) -> None:
    """A sheet as it stands before the last press: a card, a representative, papers in all shapes, one missing."""
    page.fill("#owner_name", "NGUYỄN THỊ MẪU")
    page.fill("#identity", "038190000001")
    page.fill("#phone", "0900000001")
    page.fill("#address", LONG)
    page.check("#p0-taken")
    page.fill("[name=p1-certified]", "1")
    page.fill("[name=p1-copies]", "2")
    page.check("[name=p2-digitised]")
    page.check("[name=p3-missing]")
    page.click("details:not(.not-yet):has(#acting_name) summary")
    page.fill("#acting_name", "TRẦN VĂN THAY")


def faulty(page: Page, scene: Scene) -> None:
    filled(page, scene)
    page.fill("#identity", "123")
    page.click("[value=receive]")
    page.wait_for_selector("#wrong-identity")


class Databases:
    """Databases that say at once what they are told to, in the place of the house's asker."""

    def __init__(self, store: Store, **answers: Answer) -> None:
        self._store, self._answers = store, answers

    async def look_up(
        self, database: Database, question: Question, purpose: Purpose, person: str, dossier: str = ""
    ) -> Noted:
        answer = self._answers[database]
        act = Act(person)
        return Noted(
            await self._store.write(act, note_lookup, database, purpose, person, dossier, answer, 40), answer
        )


def answering(scene: Scene, **answers: Answer) -> None:
    """From now on the databases say this."""
    scene.server.app.state.lookups = Databases(scene.server.store, **answers)


def compared(page: Page, scene: Scene) -> None:
    """A matter of land: the person agrees, the plot belongs to somebody else."""
    agrees, differs = Agreement.AGREES, Agreement.DIFFERS
    answering(
        scene, population=Found(dict.fromkeys(("number", "name", "birth_year"), agrees)),
        land=Found({"commune": agrees, "sheet": agrees, "plot": agrees, "owner": differs}),
    )  # fmt: skip
    page.fill("#owner_name", "NGUYỄN THỊ MẪU")
    page.fill("#identity", "038190000001")
    page.click("[formaction$=population]")
    page.wait_for_selector("[data-answer=population]")
    for name, value in (("commune", "14764"), ("map_sheet", "12"), ("plot", "345")):
        page.fill(f"#{name}", value)
    page.click("[formaction$=land]")
    page.wait_for_selector("[data-answer=land]")


def unverified(page: Page, scene: Scene) -> None:
    """The database did not answer in time."""
    answering(scene, population=Unverified(Reason.TIMEOUT))
    filled(page, scene)
    page.click("[formaction$=population]")
    page.wait_for_selector("[data-answer=population]")


def asked_again(page: Page, scene: Scene) -> None:
    """On the dossier's page: one field differs."""
    agrees, differs = Agreement.AGREES, Agreement.DIFFERS
    answering(scene, population=Found({"number": agrees, "name": differs, "birth_year": agrees}))
    page.select_option("#lookup-purpose", "appraisal")
    page.click("#comparisons form button")
    page.wait_for_selector("[data-answer=population]")


def not_yet(page: Page, scene: Scene) -> None:
    filled(page, scene)
    page.click(".not-yet summary")
    page.wait_for_selector("#words:visible")


def ended(way: str) -> Callable[[Page, Scene], None]:
    """One of the three ways out."""

    def act(page: Page, scene: Scene) -> None:
        page.fill("#owner_name", "NGUYỄN THỊ MẪU")
        page.check("#p0-taken")
        if way != "receive":
            page.check("[name=p1-missing]")
            page.click(".not-yet summary")
            page.fill("#words", "Tờ khai chưa ghi nơi sinh của trẻ. Mời bổ sung rồi nộp lại.")
        page.click(f"button[value={way}]:not(.unseen)")
        page.wait_for_selector(".outcome")

    return act


def undecided(page: Page, scene: Scene) -> None:
    """The catalogue's words are doubtful and nobody has decided."""
    filled(page, scene)
    page.uncheck("[name=p3-missing]")
    page.click("button[value=receive]")
    page.wait_for_selector("#wrong-fee_timing")


def without_rule(page: Page, scene: Scene) -> None:
    """Exempt, and nobody has said by what."""
    filled(page, scene)
    page.uncheck("[name=p3-missing]")
    page.select_option("#fee_timing", "mien")
    page.click("button[value=receive]")
    page.wait_for_selector("#wrong-fee_rule")


def referred(page: Page, scene: Scene) -> None:
    page.fill("#reference", "LT-2026/000123")
    page.click(".elsewhere .primary")
    page.wait_for_selector(".outcome")


def batch(*, to_the_end: bool) -> Callable[[Page, Scene], None]:
    """Three dossiers of one representative, before or after the press."""

    def act(page: Page, scene: Scene) -> None:
        page.fill("#acting_name", "TRẦN VĂN THAY")
        for row, name in enumerate(("NGUYỄN THỊ MẪU", "LÊ VĂN THỬ", "PHẠM THỊ DÙNG THỬ")):
            page.select_option(f"[name=r{row}-procedure]", BIRTH)
            page.fill(f"[name=r{row}-owner_name]", name)
        if to_the_end:
            page.click(".act [value=receive]")
            page.wait_for_selector("h1:has-text('Biên bản'), table td:nth-child(7)")

    return act


def answered_online(way: str) -> Callable[[Page, Scene], None]:
    """An online dossier is asked to be completed; 'wrong': nobody has said what is missing."""

    def act(page: Page, scene: Scene) -> None:
        sent_online(page, scene)
        if way != "wrong":
            page.check(".arrived [name=paper] >> nth=0")
            page.fill(".arrived textarea[name=words] >> nth=0", "Tờ khai chưa có chữ ký. Mời ký rồi gửi lại.")
        page.click(".arrived .answer .second >> nth=0")
        page.wait_for_selector(".done" if way != "wrong" else ".arrived .wrong")

    return act


def sent_online(page: Page, scene: Scene) -> None:
    """Two dossiers come from the portal; the page is loaded anew."""
    house, known = scene.server.app.state.house, page.locator(".arrived li").count()
    for number, name in ((1, "PHẠM THỊ MẠNG"), (2, "NGÔ VĂN LƯỚI"))[known:]:
        told = particulars(
            applicant(name, f"03819000000{number}", "", LONG), "", [Paper("Tờ khai", digitised=True)]
        )
        arrival = Arrival(f"G22.99-261123-00000{number}", BIRTH, house.vault.seal(to_bytes(told)), scene.clock())
        scene.server.store.write_now(Act("test"), arrivals.take_in, arrival)
    page.reload()
    page.wait_for_selector(".arrived li")
    page.click(".arrived details summary")
