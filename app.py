"""The composition root: Settings -> Store -> Hub -> workers -> Starlette. Imported by commands, bench and tests."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware

import clock
from admin.routes import ROUTES as ADMIN
from api.routes import ROUTES as API
from counter.routes import ROUTES as COUNTER
from display.rating import ROUTES as RATING
from display.routes import ROUTES as DISPLAY
from kiosk import speech
from kiosk.routes import ROUTES as KIOSK
from operations import ticketing
from portal.service import PortalService
from printers.agents import ROUTES as AGENTS
from printers.agents import Agents
from printers.devices import connect
from printers.service import PrinterService
from settings import Settings
from store.store import Store
from store.vault import Vault
from web import assets, beats, booking, languages, leaflets, live, openings, safety, stops
from web.aloud import Aloud, Speaker
from web.entrance import ROUTES as ENTRANCE
from web.floods import Floods
from web.heard import Beats
from web.house import House
from web.language_packs import LanguagePack, load_languages
from web.languages import translator
from web.live import Hub
from web.pages import Pages
from web.visitors import Visitors
from web.voice import load_packs

FOLLOW_JOURNAL_SECONDS = 0.5
STOP_SECONDS = 5.0
VENDOR = Path(assets.__file__).parent / "static" / "vendor"
VOICES, PHRASES = VENDOR / "voice", VENDOR / "phrases"
SPEAKER = (sys.executable, "-m", "commands.speaking")
ROUTES = [*KIOSK, *ENTRANCE, *booking.ROUTES, *leaflets.ROUTES, *COUNTER, *DISPLAY, *RATING, *ADMIN, *API, *AGENTS]


def make_app(settings: Settings, now: Callable[[], datetime] = clock.now) -> Starlette:
    """The server of one centre. Raises AlreadyRunning, UnsafeSQLite, NewerFile, FrontEndMissing."""
    store = Store(settings.file, now, server=True)
    vault, found = Vault.open(settings.data / "site.key"), assets.Assets()
    offer(load_languages(settings.data / "languages"))
    follow, addresses = settings.follow_url, dict(settings.printer_of)
    agents = Agents()
    ways = partial(connect, agents=agents)
    printers = PrinterService(
        store, vault, now, follow, addresses, translator, settings.data, settings.practice, ways
    )
    packs = load_packs(VOICES)
    aloud = Aloud(packs, PHRASES, settings.data / "voice", Speaker(SPEAKER))
    portal = PortalService(store, vault, now, settings.portal_url, settings.portal_password_file)
    house = House(
        store=store, hub=Hub(store), pages=Pages(found, settings.practice), assets=found,
        visitors=Visitors(store), vault=vault, now=now, follow_url=settings.follow_url,
        secure_cookies=settings.https,
        printers=lambda: printers.health, drawings=printers.drawings, beats=Beats(now()),
        floods=Floods(settings.device_tickets, settings.device_requests, settings.stranger_requests),
    )  # fmt: skip

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        store.start()
        store.listen(printers.heed)
        store.listen(agents.heed)
        store.listen(portal.heed)
        work = [printers.run(), portal.run(), _follow(store), _tick(house.hub), speech.keep_ready(house, aloud)]
        watches = [openings.open_days(house), stops.end(house), beats.watch(house)]
        tasks = [asyncio.create_task(job) for job in (*work, *watches)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=STOP_SECONDS)
            aloud.close()
            store.close()

    policy = safety.content_policy(found.script_hashes())
    walls = Middleware(safety.Walls, hosts=settings.known_hosts, policy=policy, https=settings.https)
    app = Starlette(
        routes=safety.guard(ROUTES), middleware=[walls], lifespan=lifespan,
        exception_handlers={404: safety.not_found, 405: safety.not_found},
    )  # fmt: skip
    app.router.redirect_slashes = False
    app.state.house, app.state.packs, app.state.aloud, app.state.agents = house, packs, aloud, agents
    app.state.printers, app.state.portal, app.state.keypad = printers, portal, dict(settings.keypad)
    return app


def offer(packs: dict[str, LanguagePack]) -> None:
    """Citizens are spoken to in these languages too."""
    languages.add(packs)
    ticketing.offer_languages(packs)


async def _follow(store: Store) -> None:
    """Bring the events of other processes (the command line) to the screens."""
    while True:
        await asyncio.sleep(FOLLOW_JOURNAL_SECONDS)
        store.catch_up()


async def _tick(hub: Hub) -> None:
    """Clocks and waits move even when nothing happens."""
    while True:
        await asyncio.sleep(live.TICK_SECONDS)
        hub.change_all()
