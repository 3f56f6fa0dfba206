"""The hall in a few situations, each a scene with a server of its own; made by operations only."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

from sqlite_utils.utils import sqlite3

from domain import refused_arrivals as refused
from domain.admission import Reason
from domain.attachments import FileActive
from domain.centre_rules import Calling, Policy, Text, Window, WindowKind
from domain.centres import Centre
from domain.days import local
from domain.deadlines import Unit
from domain.devices import Beat, Showing
from domain.differences import Difference
from domain.errors import UnknownProcedure
from domain.events import PersonAdded
from operations import (
    calling,
    cataloguing,
    configuring,
    declining,
    devices,
    informing,
    managing,
    moving,
    posting,
    rating,
    reconciling,
    shifts,
    syncing,
    undoing,
)
from operations.admitting import note_refusal
from operations.declining import Declined
from portal.inbox_files import FileNotTaken
from printers.status import Trouble
from printers.worker import Health
from store import migrations, outbox, plans, procedures, receivers
from store.writer import Act
from tests.browser.evenings import evening, evening_of_many, staffed
from tests.browser.indexes import indexed
from tests.browser.paperwork import emptied, paperwork
from tests.browser.scenes import CLERKS, IN_NO_HALL, NOWHERE, Scene
from tests.browser.voices import outspoken
from tests.printers.agent_hall import centre_with_agent
from tests.support.forecasts import refresh
from tests.support.halls import (
    HandClock,
    centre_with_needs,
    centre_with_walls,
    demo_calendar,
    demo_centre,
    demo_procedures,
)
from tests.support.servers import running

ELSEWHERE = replace(
    demo_procedures()[0], code="9.000001", title="Đăng ký khai thác khoáng sản ở vùng biển, cấp lại (chỉ nhận ở bộ)"
)


def quiet(scene: Scene) -> None:
    """The doors have just opened: nobody waits, two counters are manned."""
    scene.sit(1, 5)


def one_call(scene: Scene) -> None:
    """The first person of the day is called; nobody else is there."""
    scene.sit(1)
    scene.ticket("ho-tich")
    scene.call(1)


def busy(scene: Scene) -> None:
    """An ordinary full morning: all counters manned but one, nine called, thirty waiting, some done."""
    scene.server.store.write_now(Act("test"), managing.list_procedures, [*demo_procedures(), ELSEWHERE])
    _let_the_land_office_in(scene)
    scene.sit(*range(1, 12))
    queues = ("ho-tich", "chung-thuc", "cu-tru", "kinh-doanh", "dat-dai", "xay-dung", "giay-to", "tra-ket-qua")
    for _ in range(5):
        for queue in queues:
            scene.ticket(queue)
        scene.clock.forward(minutes=3)
    scene.ticket("ho-tich", priority="cao-tuoi")
    for counter in range(1, 11):
        scene.call(counter)
    scene.clock.forward(minutes=4)
    scene.end(4, calling.finish)
    scene.call(2)
    scene.dossier(2, "1.001193")
    done = scene.dossier(2, "2.000815")
    for message in scene.server.store.read(outbox.portal_messages_of, done):
        scene.server.store.write_now(Act("portal"), syncing.acknowledge, [message.id], "0")


def _let_the_land_office_in(scene: Scene) -> None:
    """One of the land office's people is its manager."""
    event = PersonAdded("cb16", ["manager"], "dat-dai", None)
    scene.server.store.write_now(Act("test"), lambda tx: tx.record(event).seq)


def troubled(scene: Scene) -> None:
    """What managers should see at once: long waits, an unmanned queue, a stopped one, a refused dossier."""
    busy(scene)
    scene.stop("chung-thuc", "máy tính của quầy đang được sửa, dự kiến 14 giờ mở lại")
    scene.stop("dat-dai", "mất mạng")
    parked = scene.dossier(2, "1.001193")
    first = scene.server.store.read(outbox.portal_messages_of, parked)[0]
    scene.server.store.write_now(Act("portal"), syncing.park, [first.id], "Mã thủ tục không có trong danh mục")
    scene.slip(scene.ticket("ho-tich", IN_NO_HALL), "unknown")
    scene.slip(scene.ticket("cu-tru", IN_NO_HALL), "expired")
    scene.test_printer("P1", "status", "sensor", codes=False)
    scene.clock.forward(minutes=57)
    scene.server.store.write_now(Act(CLERKS[9]), shifts.close_shift, 9, CLERKS[9])


def differing(scene: Scene) -> None:
    """The portal is stopped, knows two dossiers otherwise, lists procedures otherwise than we do, and sent two
    things that could not be taken.
    """
    busy(scene)
    do = scene.server.store.write_now
    turned_down(scene)
    lost, late, refused = (scene.dossier(2, "1.001193") for _ in range(3))
    for code in (lost, late):
        messages = scene.server.store.read(outbox.portal_messages_of, code)
        do(Act("portal"), syncing.acknowledge, [message.id for message in messages], "inserted")
    first = scene.server.store.read(outbox.portal_messages_of, refused)[0]
    do(Act("portal"), syncing.park, [first.id], "Giá trị không có trong danh mục của Cổng. [MaTTHC]")
    do(Act("portal"), reconciling.note_difference, lost, Difference.MISSING_THERE, 2)
    do(Act("portal"), reconciling.note_difference, late, Difference.STATUS_DIFFERS, 2, 9)
    do(Act("portal"), reconciling.end_reconciliation, 1, 48, 2, whole=True)
    do(Act("ql01"), syncing.stop_portal, "ql01", "Cổng báo bảo trì đến 15 giờ")
    ours = scene.server.store.read(procedures.everything)
    longer = replace(ours[0], title=f"{ours[0].title} (sửa đổi)", channels=tuple(
        replace(row, limit=7, unit=Unit.WORKING_DAY) for row in ours[0].channels
    ))  # fmt: skip
    run = do(Act("portal"), cataloguing.start_run, [one.code for one in ours[:-1]])
    for one in (longer, *ours[1:-1]):
        do(Act("portal"), cataloguing.keep_row, run, one.code, one)
    do(Act("portal"), cataloguing.end_run, run)


def turned_down(scene: Scene) -> None:
    """An online dossier of another procedure, and a supplement with a file that does something by itself."""
    vault = scene.server.app.state.house.vault
    unknown, active = UnknownProcedure(procedure="2.001770"), FileActive()
    wrong = FileNotTaken(number=2, reason=active.text)
    wrong.__cause__ = active
    for number, (source, code, part, error) in enumerate((
        ("poll", "000.00.00.G22-261123-000412", "dossier", unknown),
        ("push", "000.00.00.G22-261123-000398", "supplement 1", wrong),
    )):  # fmt: skip
        sealed = vault.seal(refused.to_bytes(refused.kept(error, b"{}")))
        told = Declined(refused.Source(source), code, part, error.code, str(number), sealed)
        scene.server.store.write_now(Act("portal"), declining.note_refusal, told)


def bookable(scene: Scene) -> None:
    """The doors have just opened; some have booked, and one slot is full."""
    quiet(scene)
    for _ in range(4):
        scene.booked(hours=2)
    scene.booked(hours=1.5)
    scene.booked("dat-dai", hours=49)


def hands(scene: Scene) -> None:
    """Counter 1 has its hands full, counter 2 rests, counter 3 has just called."""
    scene.sit(1, 2, 3, 5)
    for _ in range(7):
        scene.ticket("ho-tich", priority="thai-san")
        scene.ticket("chung-thuc")
        scene.clock.forward(minutes=2)
    for end in (calling.mark_absent, calling.set_aside, calling.mark_absent, calling.set_aside):
        scene.call(1)
        scene.clock.forward(minutes=3)
        scene.end(1, end)
    scene.call(1)
    scene.end(1, calling.start)
    pause = (shifts.pause, 2, CLERKS[2], "errand", 15)
    scene.server.store.write_now(Act(CLERKS[2]), *pause)
    scene.clock.forward(minutes=4)
    scene.call(3)


def alarmed(scene: Scene) -> None:
    """The same, and two colleagues call for help."""
    hands(scene)
    for counter in (2, 5):
        scene.server.store.write_now(Act(CLERKS[counter]), shifts.call_for_help, counter, CLERKS[counter])


def practising(scene: Scene) -> None:
    """A centre to learn on, with its hands full; fifteen visits were rated."""
    judged(scene)
    hands(scene)


def judged(scene: Scene) -> None:
    """Visits end one after the other at counter 1; fifteen of today were rated before, twelve with a smile."""
    scene.sit(1)
    for n in range(15):
        scene.clock.forward(minutes=2)
        score, reason = (1, "wait") if n % 5 == 4 else (2 + n % 2, "")
        scene.server.store.write_now(Act("anyone"), rating.rate_visit, scene.over(), score, reason)
    for queue in ("ho-tich", "chung-thuc", "cu-tru"):
        scene.ticket(queue)


def line(scene: Scene) -> None:
    """Two counters, and people who came one after the other."""
    scene.sit(1, 2)
    for _ in range(16):
        scene.ticket("ho-tich")
        scene.clock.forward(minutes=1)


def reported(scene: Scene) -> None:
    """Two days with everything that reports count lie behind: three queues, frowns, words, calls out of order."""
    _let_the_land_office_in(scene)
    for _ in range(2):
        scene.sit(1, 5, 10)
        for turn in range(15):
            for counter, queue in ((1, "ho-tich"), (5, "cu-tru"), (10, "dat-dai")):
                scene.ticket(queue, priority=("cao-tuoi", None, None)[turn % 3])
                if turn % 3 == 0:
                    refresh(scene.server)
                scene.clock.forward(minutes=3 + turn % 4)
                over = scene.call(counter)
                scene.clock.forward(minutes=4)
                scene.end(counter, calling.finish if turn % 7 else calling.mark_absent)
                if turn % 7 and over:
                    _judge(scene, over, turn)
        scene.ticket("ho-tich")
        first = scene.server.store.write_now(
            Act(CLERKS[1]), calling.call_this, 1, CLERKS[1], scene.ticket("ho-tich"), "frail"
        )
        assert first.ticket
        scene.end(1, calling.call_again)
        scene.end(1, calling.finish)
        scene.server.store.write_now(Act(CLERKS[5]), shifts.pause, 5, CLERKS[5], "meeting", 15)
        scene.clock.forward(minutes=21)
        scene.server.store.write_now(Act(CLERKS[5]), shifts.resume, 5, CLERKS[5])
        for n in range(11):
            scene.clock.forward(minutes=7)
            queue, reason = (("dat-dai", Reason.CLOSING), ("ho-tich", Reason.DAILY_LIMIT))[n % 3 == 2]
            scene.server.store.write_now(Act("device:K1"), note_refusal, queue, reason)
        scene.clock.forward(hours=24)
        scene.clock.at("08:00")
    scene.sit(1)
    scene.ticket("ho-tich")


def _judge(scene: Scene, over: int, turn: int) -> None:
    reasons = ("wait", "unclear", "papers")
    reason = reasons[turn % 3] if turn % 2 else ""
    said = "Đợi từ bảy giờ rưỡi mà gần trưa mới đến lượt, không ai nói phải chờ bao lâu." if turn % 3 else "Lâu."
    sealed = scene.server.app.state.house.vault.seal(said.encode()) if reason else b""
    act = Act("anyone")
    scene.server.store.write_now(act, rating.rate_visit, over, 1 if reason else 3, reason, sealed)


def overnight(scene: Scene) -> None:
    """Somebody still holds a number of yesterday."""
    scene.ticket("ho-tich")
    scene.clock.forward(hours=24)
    scene.ticket("cu-tru")


def watched(scene: Scene) -> None:
    """What the floor must show: help called, a long pause, late people, other queues, two stops."""
    busy(scene)

    def write(operation: Callable[..., object], *arguments: object) -> None:
        scene.server.store.write_now(Act("test"), operation, *arguments)

    scene.stop("chung-thuc", "máy tính của quầy đang được sửa")
    write(managing.stop_queue, "dat-dai", "mất mạng", scene.clock() + timedelta(hours=2))
    write(managing.keep_queue, "dat-dai", "hệ thống đất đai ngừng")
    write(shifts.set_skills, 11, ["cu-tru"], ["giay-to", "ho-tich"])
    scene.end(3, calling.finish)
    write(shifts.pause, 3, CLERKS[3], "meeting", 15)
    scene.end(6, calling.finish)
    scene.end(5, calling.finish)
    write(shifts.close_shift, 6, CLERKS[6])
    scene.clock.forward(minutes=38)
    write(shifts.pause, 5, CLERKS[5], "break", 20)
    write(shifts.call_for_help, 8, CLERKS[8])


def ready(scene: Scene) -> None:
    """Everything is well and the doors may open: printers and screens are said to be there."""
    scene.sit(*range(1, 13))
    house, centre = scene.server.app.state.house, scene.server.store.centre()
    for device in centre.devices:
        scene.server.device_cookie(device.id)
    house.hub.silent_seconds = lambda who: 0.0
    well = Health(answers=True, looked=scene.clock())
    object.__setattr__(house, "printers", lambda: {printer.id: well for printer in centre.printers})
    copy = scene.server.data / "backups" / "motcua-20261123-070000.sqlite"
    copy.parent.mkdir()
    copy.touch()
    os.utime(copy, (scene.clock().timestamp() - 3600,) * 2)


def lived(scene: Scene) -> None:
    """Two days lie behind, one configuration was changed, nothing is planned."""
    for day in range(2):
        scene.sit(1, 2)
        for n in range(30):
            priority = ("cao-tuoi", "thai-san", None, None, None)[n % 5]
            scene.ticket("ho-tich" if n % 3 else "chung-thuc", priority=priority)
            scene.clock.forward(minutes=2)
        for counter in [1, 2] * 15:
            scene.call(counter)
            scene.clock.forward(minutes=4)
        scene.end(1, calling.finish)
        scene.clock.forward(hours=21 - day)
    scene.sit(1)
    _configure(scene, replace(scene.server.store.read(plans.in_force), province="tỉnh Vạn Xuân"))


def planned(scene: Scene) -> None:
    """The same, and another configuration waits for Thursday week."""
    lived(scene)
    found = scene.server.store.read(plans.in_force)
    queue = replace(found.queues[0], mean_minutes=9, daily_limit=120)
    changed = replace(found, calling=Calling(Policy.STRICT), queues=(queue, *found.queues[1:]))
    effective = local(scene.clock()).date() + timedelta(days=8)
    _configure(scene, changed, effective)


def _configure(scene: Scene, centre: Centre, effective: date | None = None) -> None:
    seen = scene.server.store.read(plans.number_in_force)
    if effective is None:
        scene.server.store.write_now(Act("ql03"), configuring.apply_centre, centre, demo_calendar(), seen)
    else:
        scene.server.store.write_now(Act("ql03"), configuring.plan_centre, centre, demo_calendar(), effective, seen)


def told(scene: Scene) -> None:
    """A 002 has been through much: called, taken back, called again, absent, back, sent on to another queue."""
    scene.sit(1, 2)

    def press(operation: Callable[..., object], *arguments: object) -> None:
        scene.clock.forward(seconds=40)
        scene.server.store.write_now(Act(CLERKS[1]), operation, 1, CLERKS[1], *arguments)

    scene.ticket("ho-tich")
    scene.clock.forward(minutes=12)
    second = scene.ticket("ho-tich", priority="cao-tuoi")
    scene.clock.forward(minutes=6)
    for queue in ("chung-thuc", "ho-tich"):
        scene.ticket(queue)
    press(calling.call_next)
    scene.clock.forward(seconds=-36)
    press(undoing.undo)
    press(calling.call_next)
    press(calling.call_again)
    press(calling.mark_absent)
    press(calling.call_next)
    scene.server.store.write_now(Act(CLERKS[1]), moving.come_back, second, 1, CLERKS[1])
    press(calling.call_next)
    press(calling.start)
    press(lambda tx, counter, person: moving.transfer(tx, counter, person, note="next-step", queue="cu-tru"))


def altered(scene: Scene) -> None:
    """Somebody has written into the file behind the house's back."""
    told(scene)
    db = sqlite3.connect(str(scene.server.data / "motcua.sqlite"), isolation_level=None)
    db.execute("UPDATE journal SET payload = x'7b7d' WHERE seq = (SELECT max(seq) - 4 FROM journal)")
    db.close()


def distant(scene: Scene) -> None:
    """The first kiosk's printer hangs on a computer of its own, behind a print agent."""
    scene.server.store.write_now(Act("test"), managing.load_centre, centre_with_agent(), demo_calendar())


def many_needs(scene: Scene) -> None:
    """A centre that names twenty common needs."""
    scene.server.store.write_now(Act("test"), managing.load_centre, centre_with_needs(), demo_calendar())


def closed(scene: Scene) -> None:
    """The afternoon in a centre whose first and last queue give numbers in the mornings only."""
    mornings = Window(WindowKind.TICKETS, (("07:30", "11:00"),), queues=("ho-tich", "tra-ket-qua"))
    changed = replace(demo_centre(), windows=(mornings,))
    scene.server.store.write_now(Act("test"), managing.load_centre, changed, demo_calendar())
    scene.clock.at("14:00")


def hung(scene: Scene) -> None:
    """A busy morning in a centre with walls of every layout."""
    scene.server.store.write_now(Act("test"), managing.load_centre, centre_with_walls(), demo_calendar())
    busy(scene)
    for counter in (1, 5, 6):
        for _ in range(3):
            scene.clock.forward(minutes=7)
            scene.call(counter)
    for _ in range(4):
        for queue in ("ho-tich", "cu-tru", "giay-to"):
            scene.ticket(queue)
    words = Text(
        "Chiều thứ Sáu 27/11 trung tâm nghỉ từ 15:30 để diễn tập chữa cháy.", "Fire drill on Friday", "Exercice"
    )
    scene.server.store.write_now(Act("ql02"), posting.post_bulletin, "tang-1", words, None, None)
    scene.call(3)


def minded(scene: Scene) -> None:
    """Screens on a bad day: one old, one lost, one asleep, a kiosk out of order because its roll is at an end."""
    beats, release = scene.server.app.state.house.beats, version("motcua")
    said = Beat("Chromium", 142, 1080, 1920, Showing.START, release, 600)
    wall = replace(said, width=1920, height=1080, sounded=95)
    for device in ("K1", "K2", "W1", "W2", "T1"):
        scene.passes(f"device:{device}")
    beats.note("W2", wall, scene.clock())
    beats.timer = lambda: 90.0
    scene.clock.forward(seconds=90)
    beats.note("K1", replace(said, version=109), scene.clock())
    beats.note("K2", replace(said, showing=Showing.OUT), scene.clock())
    beats.note("W1", wall, scene.clock())
    beats.note("T1", replace(said, width=1280, height=800, showing=Showing.ASLEEP), scene.clock())
    end = scene.clock.moment.replace(minute=30)
    scene.server.store.write_now(Act("ql02"), devices.stop_device, "K2", "paper", end)
    well = Health(answers=True, looked=scene.clock())
    out = Health(answers=True, looked=scene.clock(), trouble=Trouble.PAPER_OUT)
    object.__setattr__(scene.server.app.state.house, "printers", lambda: {"P1": well, "P2": out})


def telling(scene: Scene) -> None:
    """Three programs elsewhere: one has heard, one refuses, one fetches by itself."""
    quiet(scene)
    write, act = scene.server.store.write_now, Act("test")
    taken, refused = (
        write(act, informing.add_receiver, label, f"https://{host}/motcua/tin", 3, label.encode().ljust(32), b"-")
        for label, host in (("Ứng dụng tỉnh Vạn Xuân", "app.vanxuan.example"), ("Cổng nhắn tin", "sms.example"))
    )
    write(act, informing.add_receiver, "Bảng tính của văn phòng", "", 0, b"3" * 32, b"-")
    write(act, moving.leave, scene.ticket("ho-tich"))
    for receiver, what, *why in ((taken, informing.take), (refused, informing.give_up, "refused 404")):
        message = scene.server.store.read(receivers.messages_after, receiver, 0, 1)[0]
        write(act, what, message.id, *why)


def wrong_clock(scene: Scene) -> None:
    """The machine said for a while that it was three days later."""
    scene.clock.forward(days=3)
    scene.ticket("ho-tich")
    scene.clock.forward(days=-3)


SCENES: dict[str, Callable[[Scene], None] | None] = {
    "quiet": quiet, "one": one_call, "mute": one_call, "busy": busy, "troubled": troubled, "overnight": overnight,
    "differing": differing,
    "line": line, "judged": judged, "bookable": bookable, "hands": hands, "alarmed": alarmed, "bare": None,
    "watched": watched, "ready": ready, "wrong-clock": wrong_clock, "lived": lived,
    "planned": planned, "told": told, "altered": altered, "reported": reported, "distant": distant,
    "indexed": indexed,
    "minded": minded, "hung": hung, "outspoken": outspoken, "telling": telling,
    "needs": many_needs, "closed": closed, "paperwork": paperwork, "emptied": emptied,
    "practising": practising, "evening": evening, "evening-of-many": evening_of_many,
    "staffed": staffed,
}  # fmt: skip


@contextmanager
def all_scenes(folder: Path) -> Iterator[Callable[[str], Scene]]:
    """A function that opens a scene at its first use and keeps it; all end together."""
    opened: dict[str, Scene] = {}
    with ExitStack() as stack:

        def scene(name: str) -> Scene:
            if name not in opened:
                opened[name] = stack.enter_context(_scene(name, folder / name))
            return opened[name]

        yield scene


# Halls with a board of estimates; in the others no minutes are known yet.
ESTIMATED = {"one", "busy", "troubled", "line", "watched"}


@contextmanager
def _scene(name: str, data: Path) -> Iterator[Scene]:
    clock, furnish = HandClock(), SCENES[name]
    data.mkdir(parents=True)
    if furnish is None:
        _empty_file(data / "motcua.sqlite")
    url = "http://127.0.0.1:1/follow"
    practice = name == "practising"
    with running(data, now=clock, printer_of=NOWHERE, follow_url=url, practice=practice) as server:
        scene = Scene(server, clock)
        beats = server.app.state.house.beats
        beats.timer, beats._began = (lambda: 0.0), 0.0  # no screen is lost while others are looked at
        if furnish is not None:
            furnish(scene)
            if name in ESTIMATED:
                refresh(server)
        else:
            server.store.write_now(
                Act("test"), managing.add_person, "quantri", "Mai Thị Linh", ["administrator"], None
            )
        yield scene


def _empty_file(path: Path) -> None:
    db = sqlite3.connect(str(path), isolation_level=None)
    migrations.upgrade(db)
    db.close()
