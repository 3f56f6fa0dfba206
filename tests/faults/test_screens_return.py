"""The server is killed and started again under hundreds of walls: all fresh in 10 s, and kiosks wait no longer."""

import asyncio
from pathlib import Path

import pytest

from tests.support.crowd import (
    Browser,
    Furnished,
    Process,
    Screen,
    fresh_request,
    furnish,
    quantile,
    report,
    serving,
    until,
)
from tests.support.sizes import size

pytestmark = pytest.mark.fault

FRESH_SECONDS, SLOWEST_MS = 10.0, 500.0
PRESS_EVERY_SECONDS = 0.05
PRESSED_SECONDS = size("returning_seconds", 5, 10)  # from the restart on


async def take_numbers(place: Furnished, process: Process, done: asyncio.Event) -> list[float]:
    """Somebody presses at a kiosk again and again; the milliseconds of each answer."""
    kiosk, took = Browser(process.url, place.cookie("K1")), list[float]()
    loop = asyncio.get_running_loop()
    while not done.is_set():
        begun = loop.time()
        answer = await kiosk.press("/kiosk/K1/tickets", queue="ho-tich", request_id=fresh_request())
        assert answer.status == 200
        took.append(1000 * (loop.time() - begun))
        await asyncio.sleep(PRESS_EVERY_SECONDS)
    await kiosk.leave()
    return took


async def come_back(place: Furnished, process: Process, count: int, strangers: int = 0) -> None:
    """Kill, start, and see when every screen has a picture again."""
    cookies = [place.cookie("W1")] * count + ["motcua-device-W1=stranger"] * strangers
    screens = [Screen(process.url, "/display/W1/live", cookie) for cookie in cookies]
    watching = [asyncio.create_task(screen.watch()) for screen in screens]
    known = screens[:count]
    try:
        await until(lambda: all(screen.picture for screen in known), 60, "all walls hang")
        process.kill()
        await until(lambda: not any(screen.picture for screen in known), 20, "all walls know it")
        await asyncio.to_thread(process.start)
        begun, done = asyncio.get_running_loop().time(), asyncio.Event()
        pressing = asyncio.create_task(take_numbers(place, process, done))
        while not all(screen.picture for screen in screens):
            if asyncio.get_running_loop().time() - begun > FRESH_SECONDS:
                break
            await asyncio.sleep(0.02)
        seconds = asyncio.get_running_loop().time() - begun
        await asyncio.sleep(max(0.0, PRESSED_SECONDS - seconds))
        done.set()
        took = await pressing
        late = sum(not screen.picture for screen in screens)
        report("screens_return_seconds", f"{seconds:.1f}")
        report("screens_return_ticket_p95_ms", f"{quantile(took, 0.95):.0f}")
        check_back(late, quantile(took, 0.95))
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)


def check_back(late: int, press_ms: float) -> None:
    """Nobody is without a picture, and numbers were given meanwhile."""
    assert not late, f"{late} screens have no picture after {FRESH_SECONDS:g} s"
    assert press_ms < SLOWEST_MS, f"people waited {press_ms:.0f} ms for their numbers"


def test_all_screens_are_fresh_again_after_a_restart(quiet_path: Path):
    place = furnish(quiet_path / "data", ("K1", "W1"), {1: "cb01"})
    with serving(place) as process:
        asyncio.run(come_back(place, process, size("returning_screens", 80, 500)))


@pytest.mark.planted
def test_a_screen_that_stays_dark_is_caught(quiet_path: Path):
    place = furnish(quiet_path / "data", ("K1", "W1"), {1: "cb01"})
    with serving(place) as process, pytest.raises(AssertionError, match="1 screens have no picture"):
        asyncio.run(come_back(place, process, 5, strangers=1))
