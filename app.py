"""The composition root: Settings -> Store -> Hub -> workers -> Starlette. Imported by commands, bench and tests."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware

import clock
from admin.routes import ROUTES as ADMIN
from api.outgoing import Messengers
from api.routes import ROUTES as API
from counter.routes import ROUTES as COUNTER
from display.rating import ROUTES as RATING
from display.routes import ROUTES as DISPLAY
from domain.attachments import Limits
from dossiers.routes import ROUTES as DOSSIERS
from kiosk import speech
from kiosk.routes import ROUTES as KIOSK
from operations import ticketing
from portal.files import Fetching
from portal.inbox import Inbox
from portal.inbox_files import InboxFiles
from portal.inbox_routes import ROUTES as INBOX
from portal.national import Lookups
from portal.payment_routes import ROUTES as PAYMENTS
from portal.payment_service import Payments
from portal.service import LetterService, PollService, PortalService
from printers.agents import ROUTES as AGENTS
from printers.agents import Agents
from printers.devices import connect
from printers.service import PrinterService
from settings import Settings
from store.store import Store
from store.strongbox import FOLDER, Strongbox
from store.vault import Vault
from web import (
    assets,
    attachments,
    beats,
    booking,
    keeping,
    languages,
    leaflets,
    live,
    openings,
    portal_files,
    safety,
    stops,
)
from web.aloud import Aloud, Speaker
from web.entrance import ROUTES as ENTRANCE
from web.file_rooms import FileRoom
from web.floods import Floods
from web.forecasting import Forecaster
from web.heard import Beats
from web.house import House
from web.language_packs import LanguagePack, load_languages
from web.languages import translator
from web.live import Hub
from web.pages import Pages
from web.pictures import Shelf
from web.speakers import Speakers
from web.visitors import Visitors
from web.voice import PACKS, VOICES, Packs

STOP_SECONDS = 5.0
VENDOR = Path(assets.__file__).parent / "static" / "vendor"
PHRASES = VENDOR / "phrases"
SPEAKER = (sys.executable, "-m", "commands.speaking")
FILES = [*attachments.ROUTES, *portal_files.ROUTES]
SCREENS = [*KIOSK, *ENTRANCE, *booking.ROUTES, *leaflets.ROUTES, *COUNTER, *DISPLAY, *RATING]
ROUTES = [*SCREENS, *ADMIN, *DOSSIERS, *API, *AGENTS, *PAYMENTS, *FILES, *INBOX]


@dataclass(frozen=True, slots=True)
class PortalRooms:
    """What goes to the national portal and its neighbours, and what comes from there."""

    portal: PortalService
    inbox: Inbox
    poll: PollService
    payments: Payments
    lookups: Lookups
    letters: LetterService


@dataclass(frozen=True, slots=True)
class Rooms:
    """All that works in one server; what it prints, sends and speaks is behind the house that its pages share."""

    house: House
    printers: PrinterService
    outside: PortalRooms
    agents: Agents
    messengers: Messengers
    packs: Packs
    aloud: Aloud


def make_app(settings: Settings, now: Callable[[], datetime] = clock.now) -> Starlette:
    """The server of one centre. Raises AlreadyRunning, UnsafeSQLite, NewerFile, FrontEndMissing."""
    rooms = furnish(settings, now)
    policy = safety.content_policy(rooms.house.assets.script_hashes())
    walls = Middleware(safety.Walls, hosts=settings.known_hosts, policy=policy, https=settings.https)
    app = Starlette(
        routes=safety.guard(ROUTES), middleware=[walls], lifespan=lambda _: live_in(rooms),
        exception_handlers={404: safety.not_found, 405: safety.not_found},
    )  # fmt: skip
    app.router.redirect_slashes = False
    for some in (rooms, rooms.outside):
        for room in fields(some):
            setattr(app.state, room.name, getattr(some, room.name))
    app.state.keypad = dict(settings.keypad)
    return app


def furnish(settings: Settings, now: Callable[[], datetime]) -> Rooms:
    """Open the file and put everything in its place; nothing works yet."""
    store, vault = Store(settings.file, now, server=True), Vault.open(settings.data / "site.key")
    offer(load_languages(settings.data / "languages"))
    found, agents, packs = assets.Assets(), Agents(), Packs(VOICES, settings.data / PACKS)
    printers = PrinterService(
        store, vault, now, settings.follow_url, dict(settings.printer_of), translator, settings.data,
        settings.practice, partial(connect, agents=agents),
    )  # fmt: skip
    limits = Limits(settings.file_megabytes, settings.dossier_megabytes)
    files = FileRoom(store, Strongbox(settings.data / FOLDER, vault), limits)
    house = House(
        store=store, hub=Hub(store), pages=Pages(found, settings.practice), assets=found,
        visitors=Visitors(store), vault=vault, now=now, follow_url=settings.follow_url,
        secure_cookies=settings.https, printers=lambda: printers.health, drawings=printers.drawings,
        floods=Floods(settings.device_tickets, settings.device_requests, settings.stranger_requests),
        speakers=Speakers(now()), beats=Beats(now()), forecaster=Forecaster(store, now),
        pictures=Shelf(settings.data / "pictures"), receivers_nearby=settings.receivers_nearby, files=files,
        own_forms=settings.data / "forms",
    )  # fmt: skip
    messengers = Messengers(store, vault, now, nearby=settings.receivers_nearby)
    aloud = Aloud(packs, PHRASES, settings.data / "voice", Speaker(SPEAKER))
    return Rooms(house, printers, furnish_outside(settings, house), agents, messengers, packs, aloud)


def furnish_outside(settings: Settings, house: House) -> PortalRooms:
    """The rooms that look out of the house; without an address or a secret one stands idle."""
    store, vault, now = house.store, house.vault, house.now
    fetching = Fetching(settings.portal_files_url, timedelta(days=settings.portal_files_days))
    portal = PortalService(
        store, vault, now, settings.portal_url, settings.portal_password_file, fetching=fetching,
        reconcile_hour=settings.reconcile_hour,
    )  # fmt: skip
    inbox = Inbox(
        store, vault, now, settings.inbox_secret_file, InboxFiles(house.files, vault, settings.inbox_files_url)
    )
    return PortalRooms(
        portal,
        inbox,
        PollService(store, inbox, now, settings.poll_url, settings.poll_token_file),
        Payments(store, vault, now, settings.payment_secret_file),
        Lookups(store, settings.lookup_secrets),
        LetterService(store, vault, now, settings.axis_url, settings.axis_secret_file),
    )


@contextlib.asynccontextmanager
async def live_in(rooms: Rooms) -> AsyncIterator[None]:
    """Work from the first request to the last."""
    house, store = rooms.house, rooms.house.store
    store.start()
    await asyncio.to_thread(house.files.tidy)
    outside = rooms.outside
    for room in (rooms.printers, rooms.agents, outside.portal, outside.letters, rooms.messengers, house.forecaster):
        store.listen(room.heed)
    workers = (rooms.printers, outside.portal, outside.poll, outside.letters, rooms.messengers)
    work = [worker.run() for worker in workers]
    screens = [live.follow(store), live.tick(house.hub), house.forecaster.run(house.hub.change_walls)]
    watches = [openings.open_days(house), stops.end(house), beats.watch(house), keeping.tend(house.files, house)]
    every = (*work, *screens, *watches, speech.keep_ready(house, rooms.aloud))
    tasks = [asyncio.create_task(job) for job in every]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=STOP_SECONDS)
        rooms.aloud.close()
        house.forecaster.close()
        store.close()


def offer(packs: dict[str, LanguagePack]) -> None:
    """Citizens are spoken to in these languages too."""
    languages.add(packs)
    ticketing.offer_languages(packs)
