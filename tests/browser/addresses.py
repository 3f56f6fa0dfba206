"""Where a state is seen: addresses for which something must have happened in the scene first."""

from collections.abc import Callable
from contextlib import suppress

from PIL import Image, ImageDraw
from playwright.sync_api import Page

from domain.attachments import FileHereAlready, Limits, Media
from domain.days import local
from domain.fees import Fee, FeeKind, Means, Relief, Timing
from domain.tickets import milliseconds
from operations import attaching, calling, paying
from store import dossiers, explanations, past_halls, plans, tickets
from store.writer import Act
from tests.browser.scenes import CLERKS, Scene

LAND_QUEUE = "/admin/floor/queues/dat-dai"
SECTIONS = "/admin/centre/drafts/0/sections"  # 0: what is in force


def slip(printer: str | None, slip: str = "", wait_seconds: float = 0, query: str = "") -> Callable[[Scene], str]:
    def path(scene: Scene) -> str:
        ticket = scene.ticket("giay-to", printer)
        if slip:
            scene.slip(ticket, slip)
        scene.clock.forward(seconds=wait_seconds)
        return f"/kiosk/K1/tickets/{ticket}{query}"

    return path


def follow(scene: Scene, ticket: int) -> str:
    return f"/follow/{ticket}-{scene.server.app.state.house.vault.sign('follow', str(ticket))}"


def followed(counter: int, end: Callable[..., object] | None = None) -> Callable[[Scene], str]:
    def path(scene: Scene) -> str:
        ticket = scene.call(counter)
        assert ticket is not None
        if end is not None:
            scene.end(counter, end)
        return follow(scene, ticket)

    return path


def replayed(scene: Scene) -> str:
    """The first hour of the last day that is over."""
    found = scene.server.store.read(past_halls.newest, local(scene.clock()).date())
    assert found is not None
    return f"/display/replays/{found.id}/khu-1?at={local(found.opened):%H}:55&speed=1"


def with_files(*names: str) -> Callable[[Scene], str]:
    """The files of a dossier: what was sent under these names."""

    def path(scene: Scene) -> str:
        house, write = scene.server.app.state.house, scene.server.store.write_now
        code = scene.server.store.read(dossiers.newest, 1, 2)[0].code
        for number, name in enumerate(names):
            media = Media.PDF if name.endswith(".pdf") else Media.JPEG
            address, sealed = house.files.box.put(name.encode()), house.vault.seal(name.encode())
            sent = attaching.Sent(address, media.value, 348_000 * (number + 1), sealed, digitised=number == 0)
            with suppress(FileHereAlready):
                write(Act(CLERKS[2]), attaching.attach_file, code, sent, Limits())
        return f"/dossiers/{code}/files"

    return path


def send_wrong_file(page: Page, scene: Scene) -> None:
    """A picture that is none; the sentence stands above the form."""
    page.set_input_files("#file", {"name": "ảnh.png", "mimeType": "image/png", "buffer": b"not a picture"})
    page.click(".file-form .primary")
    page.wait_for_selector(".files .failure")


def with_pictures(scene: Scene) -> str:
    """A wall that shows a picture: nothing has been called for two minutes."""
    shelf = scene.server.app.state.house.pictures
    shelf.folder.mkdir(exist_ok=True)
    picture = Image.new("RGB", (1600, 900), "#0B6E4F")
    for n in range(5):
        edge = 60 * n
        ring = (500 + edge, 150 + edge, 1100 - edge, 750 - edge)
        ImageDraw.Draw(picture).ellipse(ring, outline="#F2B705", width=12)
    picture.save(shelf.folder / "trong-dong.png")
    shelf._until = -1.0
    scene.clock.forward(minutes=2)
    return "/display/W1"


def passed_by(scene: Scene) -> str:
    """Two went before: by class, and out of order."""
    mine = scene.ticket("ho-tich")
    scene.clock.forward(minutes=1)
    urgent = scene.ticket("ho-tich")
    scene.ticket("ho-tich", priority="cao-tuoi")
    scene.call(1)
    out_of_order = (calling.call_this, 2, CLERKS[2], urgent, "urgent")
    scene.server.store.write_now(Act(CLERKS[2]), *out_of_order)
    return follow(scene, mine)


def waiting_in(queue: str) -> Callable[[Scene], str]:
    """The first who waits there and has not asked for more time."""

    def path(scene: Scene) -> str:
        read = scene.server.store.read
        line = (ticket.id for ticket in read(tickets.waiting_in, queue, 40))
        return follow(scene, next(t for t in line if not read(explanations.has_asked_for_time, t)))

    return path


def just_over(language: str = "vi", page: str = "") -> Callable[[Scene], str]:
    def path(scene: Scene) -> str:
        ticket = scene.over(language)
        return f"/rating/T1/visits/{ticket}/{page}" if page else "/rating/T1"

    return path


def of_ho_tich(scene: Scene, minutes: int | None = None) -> str:
    """The pages on which this queue is booked; with the slot so many minutes after eight."""
    slot = "" if minutes is None else f"&slot={milliseconds(scene.clock()) + minutes * 60_000}"
    return f"/booking?queue=ho-tich{slot}"


def first_configuration(scene: Scene) -> str:
    return f"/admin/centre/{scene.server.store.read(plans.history, 5)[-1].number}"


def first_ticket(scene: Scene) -> int:
    return scene.server.store.read(lambda db: int(db.execute("SELECT min(id) FROM tickets").fetchone()[0]))


def owing(scene: Scene) -> str:
    """A dossier with a fee that is owed, one that is paid and one from which the law exempts."""
    code = scene.dossier(2, "2.000635")
    law = "Người thuộc hộ nghèo, Điều 10 Luật Phí và lệ phí số 97/2015/QH13"
    asked = (
        Fee(FeeKind.DUTY, "8.000 đồng/bản sao Trích lục", 8_000),
        Fee(FeeKind.DUTY, "8.000 đồng/bản sao Trích lục", 24_000),
        Fee(FeeKind.CHARGE, "Phí khai thác", 0, Timing.EXEMPT, Relief.EXEMPTED, law),
    )
    act = Act(CLERKS[2])
    numbers = [scene.server.store.write_now(act, paying.ask_fee, code, CLERKS[2], fee) for fee in asked]
    scene.server.store.write_now(act, paying.take_cash, numbers[0], CLERKS[2], 8_000)
    return f"/counter/2/dossiers/{code}/payment"


def owing_nothing(scene: Scene) -> str:
    """A dossier for which nobody has asked for a fee."""
    return f"/counter/2/dossiers/{scene.dossier(2, '2.000635')}/payment"


def taken(scene: Scene) -> str:
    """A day on which money came by all means, some went back, and two payments did not fit."""
    code, act, write = scene.dossier(2, "2.000635"), Act(CLERKS[2]), scene.server.store.write_now
    asked = Fee(FeeKind.DUTY, "8.000 đồng/bản sao Trích lục", 8_000)
    cash, back, transfer, online = (write(act, paying.ask_fee, code, CLERKS[2], asked) for _ in range(4))
    for fee in (cash, back):
        write(act, paying.take_cash, fee, CLERKS[2], 8_000)
    write(act, paying.refund_fee, back, CLERKS[2], Means.CASH, "nộp thừa")
    write(act, paying.note_transfer, transfer, CLERKS[2], 8_000, "FT26013")
    begun = write(act, paying.begin_online, online)
    for letter, amount in (("A", 9_000), ("B", 8_000), ("C", 8_000)):
        number = f"GD{begun.reference[-6:]}{letter}"  # a scene may be asked for this page again
        write(Act("payments"), paying.confirm_online, number, begun.reference, amount)
    return "/admin/takings"
