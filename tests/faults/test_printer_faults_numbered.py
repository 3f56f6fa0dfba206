"""The 26 failure scenarios of a slip printer, each under its number, with the whole application around it.

Whatever happens: the number is on the screen within a second, no slip comes out twice unmarked, what the screen
calls printed is whole on the paper, everything else is on a person's list, and the other kiosk prints on.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from operations import managing, printing
from printers import conversations, tcp, thermal
from printers.simulator import EventKind, Model
from store import printers as remembered
from store.writer import Writer
from tests.faults.paper_hall import NO_PAPER, TAKE_IT, PaperHall, Taken, play, with_printers
from tests.support.halls import demo_calendar

pytestmark = pytest.mark.fault

SLOW = {"P1": {"speed": 60.0}, "P2": {"speed": 220.0}}
UNPROVING = Model(answers_completion=False)
DUMB = Model(answers_completion=False, answers_status=False)
HALF_A_SLIP = 6000


async def says(hall: PaperHall, *words: str) -> None:
    """The operator's page names the cause and what to do."""
    page = (await hall.ask("ql01", "/admin/printers?lang=vi")).text
    for word in words:
        assert word in page, f"{word!r} is not on the operator's page"


async def first_slip(hall: PaperHall, kiosk: str = "K1") -> Taken:
    """A good slip: the printer is known from here on, and how it answers."""
    taken = await hall.take(kiosk)
    await hall.ended(taken, "confirmed", seconds=10)
    return taken


async def tells_no_paper(hall: PaperHall, taken: Taken, within: float = 8.0) -> None:
    """The kiosk says so while the citizen still stands there."""
    end = hall.loop.time() + within
    while NO_PAPER not in (page := await hall.screen(taken)):
        assert hall.loop.time() < end, f"the kiosk keeps saying: {page}"
        await asyncio.sleep(0.5)


async def other_kiosk_prints_on(hall: PaperHall) -> None:
    """It has a printer of its own."""
    begun = hall.loop.time()
    other = await hall.take("K2")
    await hall.ended(other, "confirmed", seconds=10)
    assert hall.loop.time() - begun < 8, "the other kiosk was delayed"


async def reprinted(hall: PaperHall, taken: Taken, printer: str = "P1") -> None:
    """The supervisor presses the one button of the desk; the copy is marked."""
    page = (await hall.ask("ql01", "/admin/desk?lang=vi")).text
    assert f'action="/admin/tickets/{taken.id}/reprints"' in page
    assert "In lại (lần 2)" in page
    answer = await hall.ask("ql01", f"/admin/tickets/{taken.id}/reprints", printer=printer)
    assert answer.status == 303
    await hall.ended(taken, "confirmed")
    assert hall.copies(taken, copy=2) == 1, "the copy is not marked as one"


async def prints_whole(hall: PaperHall, seconds: float = 60.0) -> Taken:
    """The next citizen's slip comes out as if nothing had happened."""
    taken = await hall.take()
    await hall.ended(taken, "confirmed", seconds=seconds)
    assert hall.copies(taken) == 1
    return taken


async def half_sent(hall: PaperHall, taken: Taken, pieces: int = 6) -> None:
    """Wait until some of the slip's pieces have left."""
    health = hall.printing.health["P1"]
    await hall.until(lambda: health.job == hall.job(taken).id and health.pieces >= pieces, what="half a slip")


def test_01_connection_refused(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        hall.printers["P1"].faults.set("off")
        taken = await hall.take()
        await tells_no_paper(hall, taken)
        assert hall.job(taken).state == "failed-before-first-byte"
        await says(hall, "không kết nối được máy in", "cắm dây mạng")
        asked = hall.loop.time()
        assert (await hall.ask("ql01", "/admin/morning?lang=vi")).status == 200
        assert hall.loop.time() - asked < 1, "the page waited for the printer's rest between two tries"
        await other_kiosk_prints_on(hall)
        await hall.check()
        hall.printers["P1"].faults.clear("off")
        await hall.ended(taken, "confirmed", seconds=15)
        assert await hall.check() == {"confirmed": 2}

    play(scenario, quiet_path)


@asynccontextmanager
async def unanswered_port() -> AsyncIterator[int]:
    """A port whose queue of waiting callers is full: the next call hangs, as without a route."""
    with ExitStack() as open_sockets:
        listener = open_sockets.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            caller = open_sockets.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_02_no_route(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        async with unanswered_port() as port:
            p2 = hall.printers["P2"].port
            way = (("P1", f"tcp://127.0.0.1:{port}"), ("P2", f"tcp://127.0.0.1:{p2}"))
            await hall.restart(printer_of=way)
            begun = hall.loop.time()
            taken = await hall.take()
            await hall.until(lambda: hall.job(taken).state == "failed-before-first-byte", 15, "the call times out")
            assert hall.loop.time() - begun < 10
            await tells_no_paper(hall, taken)
            await says(hall, "không kết nối được máy in")
            await other_kiosk_prints_on(hall)
            await hall.restart()
        await hall.ended(taken, "confirmed")
        assert await hall.check() == {"confirmed": 2}

    play(scenario, quiet_path)


def test_03_accepts_then_silence(quiet_path: Path):
    """A printer that has answered before and is silent now gets no byte of a slip."""

    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        hall.printers["P1"].faults.set("silent")
        taken = await hall.take()
        await tells_no_paper(hall, taken)
        await says(hall, "máy in không trả lời", "tắt rồi bật máy in")
        await other_kiosk_prints_on(hall)
        await asyncio.sleep(60)
        assert hall.job(taken).state == "failed-before-first-byte"
        await hall.check()
        hall.printers["P1"].faults.clear()
        await hall.ended(taken, "confirmed", seconds=20)
        assert await hall.check() == {"confirmed": 3}

    play(scenario, quiet_path)


def test_03_a_stranger_that_is_silent_should_have_answered(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        hall.printers["P1"].faults.set("silent")
        taken = await hall.take()
        await hall.ended(taken, "unknown")
        await tells_no_paper(hall, taken)
        await other_kiosk_prints_on(hall)
        await hall.check()

    play(scenario, quiet_path)


def test_04_reset_in_the_middle(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        hall.printers["P1"].faults.set("reset_after", HALF_A_SLIP)
        taken = await hall.take()
        await hall.ended(taken, "unknown")
        await tells_no_paper(hall, taken)
        await says(hall, "mất liên lạc giữa chừng", "bàn xử lý")
        hall.printers["P1"].faults.clear()
        await prints_whole(hall)
        assert hall.copies(taken) == 0
        await reprinted(hall, taken)
        assert hall.printers["P1"].complaints == []
        await other_kiosk_prints_on(hall)
        await hall.check()

    play(scenario, quiet_path)


def test_05_orderly_close_after_all_bytes(quiet_path: Path):
    """It may still come out, and say so to whoever asks next: then it is confirmed late, else it stays unknown."""

    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        printer, health = hall.printers["P1"], hall.printing.health["P1"]
        taken = await hall.take()
        await hall.until(lambda: health.total and health.pieces == health.total, what="all bytes have left")
        printer.run_inside(lambda: [line.close() for line in tuple(printer._board._lines)])
        await hall.ended(taken, "unknown")
        await says(hall, "mất liên lạc giữa chừng", "nằm ở bàn xử lý")
        await asyncio.sleep(20)
        out = hall.copies(taken)
        assert hall.job(taken).state == ("confirmed" if out else "unknown")
        await prints_whole(hall)
        await other_kiosk_prints_on(hall)
        await hall.check()

    play(scenario, quiet_path, machines=SLOW)


def test_06_swallows_all_then_power_cut(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        printer = hall.printers["P1"]
        await first_slip(hall)
        printer.faults.set("swallow")
        taken = await hall.take()
        await half_sent(hall, taken)
        printer.faults.set("off")
        await hall.ended(taken, "unknown")
        await tells_no_paper(hall, taken)
        await other_kiosk_prints_on(hall)
        printer.faults.clear()
        await prints_whole(hall)
        assert hall.copies(taken) == 0
        await reprinted(hall, taken)
        await hall.check()

    play(scenario, quiet_path, machines=SLOW)


def test_07_back_pressure_for_minutes(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        taken = await hall.take()
        await half_sent(hall, taken)
        hall.printers["P1"].faults.set("silent")
        await hall.ended(taken, "unknown", seconds=12)
        await tells_no_paper(hall, taken)
        next_in_line = await hall.take()
        await other_kiosk_prints_on(hall)
        await asyncio.sleep(180)
        assert hall.job(next_in_line).state == "failed-before-first-byte"
        await hall.check()
        hall.printers["P1"].faults.clear()
        await hall.ended(next_in_line, "confirmed")
        assert hall.copies(next_in_line) == 1
        await hall.check()

    play(scenario, quiet_path, machines=SLOW)


def test_08_half_open(quiet_path: Path):
    """The cable is pulled: nobody says so, the kernel must find out, and the slip is unknown within seconds."""

    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        way = tcp.Network("127.0.0.1", hall.printers["P2"].port)
        line = await tcp.connect(way)
        wire = line._writer.get_extra_info("socket")
        assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert 0 < wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) <= 15_000
        await line.close()
        taken = await hall.take()
        await half_sent(hall, taken)
        hall.printers["P1"].faults.set("silent")
        job = await hall.ended(taken, "unknown", seconds=20)
        # By how much the kernels on both sides still took, it stalls or its word does not come.
        assert job.note in ("máy in không nhận dữ liệu", "máy in không xác nhận")
        await asyncio.sleep(60)  # asked again by then
        await says(hall, "máy in không trả lời")
        await other_kiosk_prints_on(hall)
        await hall.check()

    play(scenario, quiet_path, machines=SLOW)


def test_09_another_host_holds_the_port(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        await asyncio.sleep(1)
        _, other = await asyncio.open_connection("127.0.0.1", hall.printers["P1"].port)
        await asyncio.sleep(0.2)
        taken = await hall.take()
        await tells_no_paper(hall, taken)
        await says(hall, "máy in không trả lời", "máy khác đang dùng máy in này")
        await other_kiosk_prints_on(hall)
        await asyncio.sleep(30)
        other.close()
        await hall.ended(taken, "confirmed")
        assert await hall.check() == {"confirmed": 3}

    play(scenario, quiet_path)


def test_10_near_end(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        hall.printers["P1"].faults.set("paper_near_end")
        await prints_whole(hall)
        await says(hall, "sắp hết giấy")
        await other_kiosk_prints_on(hall)
        assert await hall.check() == {"confirmed": 2}

    play(scenario, quiet_path)


def test_11_paper_out_before_the_slip(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        hall.printers["P1"].faults.set("paper_out")
        taken = await hall.take()
        await tells_no_paper(hall, taken)
        await says(hall, "hết giấy", "Lắp cuộn giấy mới")
        await other_kiosk_prints_on(hall)
        await hall.check()
        hall.printers["P1"].faults.clear()
        await hall.ended(taken, "confirmed", seconds=15)
        assert hall.store.read(remembered.past, "P1").roll_at is not None, "nobody noticed the new roll"
        assert await hall.check() == {"confirmed": 3}

    play(scenario, quiet_path)


@pytest.mark.parametrize(
    "model",
    [Model(), Model(forgets_on_stop=True), Model(reprints_on_resume=True)],
    ids=["resumes", "drops", "reprints"],
)
@pytest.mark.parametrize("trouble", ["paper_out", "cover_open"])
def test_12_and_13_stops_within_the_slip(quiet_path: Path, model: Model, trouble: str):
    """Paper out (12), cover opened (13) in the middle, for printers that go on, lose the rest, or begin again."""

    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        hall.printers["P1"].faults.set(f"{trouble}_after", 300)
        taken = await hall.take()
        await hall.ended(taken, "unknown", seconds=30)
        await tells_no_paper(hall, taken)
        await says(hall, *{"paper_out": ("hết giấy", "cuộn"), "cover_open": ("nắp đang mở", "Đóng nắp")}[trouble])
        next_in_line = await hall.take()
        await other_kiosk_prints_on(hall)
        await asyncio.sleep(120)
        await hall.check()
        hall.printers["P1"].faults.clear()
        await hall.ended(next_in_line, "confirmed")
        assert hall.copies(next_in_line) == 1
        await reprinted(hall, taken)
        await hall.check()

    play(scenario, quiet_path, model=model, machines=SLOW)


def test_14_cutter_jam(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        hall.printers["P1"].faults.set("cutter_jam")
        taken = await hall.take()
        await tells_no_paper(hall, taken)
        await says(hall, "kẹt dao cắt", "gỡ giấy kẹt")
        await other_kiosk_prints_on(hall)
        await hall.check()
        hall.printers["P1"].faults.clear()
        await hall.ended(taken, "confirmed", seconds=15)
        assert await hall.check() == {"confirmed": 3}

    play(scenario, quiet_path)


def test_14_hot_head_mends_itself(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        taken = await hall.take()
        await half_sent(hall, taken)
        hall.printers["P1"].faults.set("head_hot")
        await asyncio.sleep(3)
        hall.printers["P1"].faults.clear()
        await hall.ended(taken, "confirmed", seconds=20)
        assert hall.copies(taken) == 1
        hall.printers["P1"].faults.set("head_hot")
        waiting = await hall.take()
        await tells_no_paper(hall, waiting)
        await says(hall, "đầu in quá nóng", "Không phải làm gì")
        await other_kiosk_prints_on(hall)
        hall.printers["P1"].faults.clear()
        await hall.ended(waiting, "confirmed", seconds=20)
        await hall.check()

    play(scenario, quiet_path, machines=SLOW)


STRAYS = (b"\x12", b"\x00", b"\x10", b"\x37", b"\x37\x22zz", b"\x37\x22aaaa\x00", b"\x0f", b"\x11\x13", b"\x7e")


@pytest.mark.parametrize("model", [Model(), UNPROVING], ids=["names", "works-through"])
def test_15_stray_bytes(quiet_path: Path, model: Model):
    """Bytes that nobody asked for prove nothing, and spoil no proof."""

    async def scenario(hall: PaperHall) -> None:
        printer = hall.printers["P1"]
        await first_slip(hall)
        printer.faults.set("swallow")
        for stray in STRAYS:
            taken = await hall.take()
            await half_sent(hall, taken, 1)
            printer.send_stray(stray)
            await hall.ended(taken, "unknown")
        assert printer.printed == 1
        printer.faults.clear()
        for stray in STRAYS:
            taken = await hall.take()
            await half_sent(hall, taken, 1)
            printer.send_stray(stray)
            await hall.ended(taken, "confirmed", "unknown")
        await prints_whole(hall)
        await other_kiosk_prints_on(hall)
        await hall.check()

    play(scenario, quiet_path, model=model)


def test_16_status_byte_caused_by_raster(quiet_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The slips hold no such sequence; were there one, its answer would not be taken for proof."""

    async def scenario(hall: PaperHall) -> None:
        printer = hall.printers["P1"]
        for _ in range(3):
            await prints_whole(hall)
        assert EventKind.REALTIME_IN_DATA not in [event.kind for event in printer.events]
        drawn = hall.printing._papers.job

        def unscrubbed(*arguments: Any) -> Any:
            paper = drawn(*arguments)
            strip = next(i for i, chunk in enumerate(paper.chunks) if len(chunk) > 1000)
            chunk = paper.chunks[strip]
            bad = chunk[:500] + b"\x10\x04\x01" + chunk[503:]
            return replace(paper, chunks=(*paper.chunks[:strip], bad, *paper.chunks[strip + 1 :]))

        monkeypatch.setattr(hall.printing._papers, "job", unscrubbed)
        printer.faults.set("swallow")
        taken = await hall.take()
        await hall.ended(taken, "unknown")
        assert EventKind.REALTIME_IN_DATA in [event.kind for event in printer.events]
        monkeypatch.undo()
        await other_kiosk_prints_on(hall)
        await hall.check()

    play(scenario, quiet_path)


def test_17_replaced_by_another_width(quiet_path: Path):
    """A narrower printer stands there: from the changed configuration on every slip fits, the waiting ones, too."""

    async def scenario(hall: PaperHall) -> None:
        hall.printers["P1"].faults.set("off")
        waiting = await hall.take()
        await asyncio.sleep(3)
        narrower = with_printers(P1={"width": 384})
        await hall.do(managing.load_centre, narrower, demo_calendar())
        hall.printers["P1"].faults.clear()
        await hall.ended(waiting, "confirmed")
        await prints_whole(hall)
        assert EventKind.RASTER_TOO_WIDE not in [event.kind for event in hall.printers["P1"].events]
        wide = hall.printing._papers.picture(hall.job(waiting), 576)
        with pytest.raises(thermal.PictureTooWide):
            thermal.job(wide, 384, b"abcd")
        await other_kiosk_prints_on(hall)
        await hall.check()

    machines = {"P1": {"width": 384, "speed": 220.0}, "P2": {"speed": 220.0}}
    play(scenario, quiet_path, machines=machines)


def test_18_crash_between_sent_and_recorded(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        taken = await hall.take()
        await half_sent(hall, taken, 2)
        hall.printers["P1"].faults.set("mute")
        await hall.until(lambda: hall.printers["P1"].printed == 2, what="the slip is out")
        await hall.crash()
        hall.printers["P1"].faults.clear()
        await hall.boot()
        await hall.ended(taken, "unknown")
        assert hall.copies(taken) == 1
        await prints_whole(hall)
        await reprinted(hall, taken)
        assert hall.copies(taken) == 1
        await other_kiosk_prints_on(hall)
        await hall.check()

    play(scenario, quiet_path)


def test_19_crash_before_sending(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        hall.printers["P1"].faults.set("answer_delay_ms", 250)
        taken = await hall.take()
        await hall.until(lambda: hall.job(taken).state == "preflight", what="the printer is being asked")
        await hall.crash()
        hall.printers["P1"].faults.clear()
        await hall.boot()
        await hall.ended(taken, "confirmed")
        assert hall.copies(taken) == 1
        await other_kiosk_prints_on(hall)
        assert await hall.check() == {"confirmed": 3}

    play(scenario, quiet_path)


def test_20_two_workers_on_one_printer(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        mine = hall.printing
        twin = type(mine)(
            hall.store, hall.app.state.house.vault, hall.now, "http://127.0.0.1:8000/follow", mine._addresses,
            mine._papers._translator, hall.place.data / "twin",
        )  # fmt: skip
        hall.store.listen(twin.heed)
        twin._papers.load()
        await twin._rearrange()
        for _ in range(12):
            await hall.take()
            await asyncio.sleep(0.3)
        for taken in hall.taken:
            await hall.ended(taken, "confirmed", seconds=120)
        assert hall.printers["P1"].printed == 12
        assert hall.printers["P1"].complaints == []
        assert await hall.check() == {"confirmed": 12}
        for task in twin._tasks:
            task.cancel()

    play(scenario, quiet_path)


@pytest.mark.parametrize("leap", [timedelta(hours=-3), timedelta(hours=3)], ids=["back", "forward"])
def test_21_clock_jump(quiet_path: Path, leap: timedelta):
    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        hall.printers["P1"].faults.set("cover_open")
        waiting = await hall.take()
        await tells_no_paper(hall, waiting)
        hall.jumped += leap
        await asyncio.sleep(10)
        hall.printers["P1"].faults.clear()
        await prints_whole(hall, seconds=30)
        job = await hall.ended(waiting, "confirmed", "expired", seconds=30)
        assert hall.copies(waiting) == (job.state == "confirmed")
        assert (job.state == "expired") == (leap > timedelta(0))
        await other_kiosk_prints_on(hall)
        await hall.check()

    play(scenario, quiet_path)


def test_22_disk_full(quiet_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What came out while nothing could be written is recorded as soon as there is room; nothing comes twice."""
    commit, is_full = Writer._commit, False

    class Full(Exception):
        sqlite_errorname = "SQLITE_FULL"

    def limited(self: Writer, batch: Any) -> Any:
        if not is_full:
            return commit(self, batch)
        self._break(batch, Full())
        return []

    monkeypatch.setattr(Writer, "_commit", limited)

    async def scenario(hall: PaperHall) -> None:
        nonlocal is_full
        await first_slip(hall)
        taken = await hall.take()
        await half_sent(hall, taken)
        is_full = True
        await hall.until(lambda: hall.printers["P1"].printed == 2, what="the slip is out")
        await asyncio.sleep(90)
        assert TAKE_IT not in await hall.screen(taken)
        refused = await hall.ask("K1", "/kiosk/K1/tickets", queue="ho-tich", request_id="page-while-full")
        assert refused.status == 503
        is_full = False
        await hall.ended(taken, "confirmed", seconds=20)
        await prints_whole(hall)
        await other_kiosk_prints_on(hall)
        assert await hall.check() == {"confirmed": 4}

    play(scenario, quiet_path, machines=SLOW)


def test_23_burst(quiet_path: Path):
    """Fifty people in ten seconds: each number at once, the slips one after the other, none of them lost."""

    async def scenario(hall: PaperHall) -> None:
        for _ in range(50):
            await hall.take()
            await asyncio.sleep(0.2)
        await other_kiosk_prints_on(hall)
        for taken in hall.taken:
            await hall.ended(taken, "confirmed", seconds=120)
        assert hall.printers["P1"].complaints == []
        assert await hall.check() == {"confirmed": 51}

    play(scenario, quiet_path)


def test_24_fail_over_while_the_first_is_unknown(quiet_path: Path):
    """What may be on paper stays where it is; what surely is not goes to the other printer, as the kiosk says."""

    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        await first_slip(hall, "K2")
        hall.printers["P1"].faults.set("reset_after", HALF_A_SLIP)
        unknown = await hall.take()
        await hall.ended(unknown, "unknown")
        hall.printers["P1"].faults.clear()
        hall.printers["P1"].faults.set("off")
        moved = await hall.take()
        await hall.ended(moved, "confirmed", seconds=15)
        assert hall.job(moved).printer == "P2"
        assert hall.copies(moved) == 1
        assert "Máy in ki-ốt tầng 2" in await hall.screen(moved)
        assert hall.job(unknown).printer == "P1"
        assert hall.job(unknown).state == "unknown"
        assert hall.copies(unknown) == 0
        await hall.check()
        await reprinted(hall, unknown, "P2")
        await hall.check()

    play(scenario, quiet_path, centre=with_printers(P1={"fallback": "P2"}))


def test_25_expired(quiet_path: Path):
    """A slip older than its minutes is worth nothing: it is not printed, and the kiosk and the desk know it."""

    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        hall.printers["P1"].faults.set("off")
        taken = await hall.take()
        await hall.ended(taken, "expired", seconds=4 * 60)
        await tells_no_paper(hall, taken)
        await other_kiosk_prints_on(hall)
        await hall.check()
        hall.printers["P1"].faults.clear()
        await asyncio.sleep(60)
        assert hall.copies(taken) == 0
        await reprinted(hall, taken)
        await hall.check()

    play(scenario, quiet_path, centre=with_printers(P1={"slip_minutes": 3}))


def test_26_half_a_ticket_of_a_predecessor(quiet_path: Path):
    """The printer still waits for the rest of somebody's picture; the next slip must not fall into it."""

    async def scenario(hall: PaperHall) -> None:
        await hall.crash()
        _, other = await asyncio.open_connection("127.0.0.1", hall.printers["P1"].port)
        other.write(b"\x1b@\x1dv0\x00" + struct.pack("<HH", 72, 24) + b"\xaa" * 700)
        await asyncio.sleep(0.5)
        other.close()
        await asyncio.sleep(0.5)
        assert hall.printers["P1"].expected_bytes > 0
        await hall.boot()
        await prints_whole(hall)
        assert hall.printers["P1"].complaints == []
        await other_kiosk_prints_on(hall)
        assert await hall.check() == {"confirmed": 2}

    play(scenario, quiet_path)


def test_a_printer_that_cannot_answer_ends_in_sent(quiet_path: Path):
    """Its self-test found that out: no list, but the kiosk keeps the number large and promises no paper."""

    async def scenario(hall: PaperHall) -> None:
        stranger = await hall.take()
        await hall.ended(stranger, "unknown", seconds=20)
        found = printing.PrinterTested("P1", [], 576, 1, edges=True, letters=True, codes=True)
        await hall.do(printing.note_test, found)
        taken = await hall.take()
        await hall.ended(taken, "sent", seconds=5)
        await hall.until(lambda: hall.printers["P1"].printed == 2, what="the paper comes all the same")
        assert hall.copies(taken) == 1
        page = await hall.screen(taken)
        assert TAKE_IT not in page
        assert "Đã gửi máy in" in page
        await says(hall, "máy này không trả lời")
        await hall.check()

    play(scenario, quiet_path, model=DUMB)


async def break_and_go_on(hall: PaperHall) -> None:
    """What every planted fault is held against: a reset in the middle, a good slip, an empty roll, a new one."""
    await first_slip(hall)
    hall.printers["P1"].faults.set("reset_after", HALF_A_SLIP)
    taken = await hall.take()
    await asyncio.sleep(3)
    hall.printers["P1"].faults.clear()
    following = await hall.take()
    await asyncio.sleep(30)
    for one in (taken, following):
        await hall.screen(one)
    hall.printers["P1"].faults.set("mute")
    silent = await hall.take()
    await asyncio.sleep(30)
    await hall.screen(silent)
    hall.printers["P1"].faults.clear()
    await asyncio.sleep(60)
    await hall.check()


def test_the_scenario_for_planted_faults_holds(quiet_path: Path):
    play(break_and_go_on, quiet_path)


@pytest.mark.planted
def test_a_worker_that_believes_its_own_bytes_is_caught(quiet_path: Path, monkeypatch: pytest.MonkeyPatch):
    async def hopeful(self: Any, *_: Any) -> Any:
        return conversations.Ended("confirmed", "", "printed")

    monkeypatch.setattr(conversations.Conversation, "_proof", hopeful)
    real = conversations.Conversation.send

    async def send(self: Any, *arguments: Any) -> Any:
        ended = await real(self, *arguments)
        return replace(ended, state="confirmed", note="")

    monkeypatch.setattr(conversations.Conversation, "send", send)
    with pytest.raises(AssertionError, match=r"did not come out whole|which the screen promised"):
        play(break_and_go_on, quiet_path)


@pytest.mark.planted
def test_a_worker_that_sends_again_is_caught(quiet_path: Path, monkeypatch: pytest.MonkeyPatch):
    end = printing.end_slip

    def again(tx: Any, job: int, state: str, note: str = "", *rest: Any) -> None:
        if state == "unknown":
            printing.give_back_slip(tx, job, note, None, rest[-1])
        else:
            end(tx, job, state, note, *rest)

    async def scenario(hall: PaperHall) -> None:
        await first_slip(hall)
        taken = await hall.take()
        await half_sent(hall, taken, 2)
        hall.printers["P1"].faults.set("mute")
        await hall.until(lambda: hall.printers["P1"].printed == 2, what="the slip is out")
        hall.printers["P1"].faults.clear()
        await asyncio.sleep(60)
        await hall.check()

    play(scenario, quiet_path / "whole")
    monkeypatch.setattr(printing, "end_slip", again)
    with pytest.raises(AssertionError, match="2 unmarked slips"):
        play(scenario, quiet_path / "planted")


@pytest.mark.planted
def test_a_worker_without_resync_is_caught(quiet_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(conversations.Conversation, "break_off", lambda self: None)
    with pytest.raises(AssertionError):
        play(break_and_go_on, quiet_path)


@pytest.mark.planted
def test_a_desk_that_forgets_is_caught(quiet_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("admin.views.unsure", lambda request: [])
    with pytest.raises(AssertionError, match="on nobody's list"):
        play(break_and_go_on, quiet_path)
