"""Reports: how long a manager waits for a month of 60,000 tickets, on every page, as a workbook and as a PDF.

The days are poured into the tables as `bench.history` does it, then the server is asked as a browser asks.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import httpx2

import clock
from bench.figures import Figure
from bench.history import ME, _on_disk, _remember, live_through
from bench.kiosks import Wrong
from bench.servers import Server, demo_centre, serving
from commands.centre import calendar_of
from domain.days import local
from operations import entering, managing, ticketing
from settings import Settings
from store.store import Store
from store.writer import Act
from web.visitors import SIGN_IN_COOKIE, hash_of, new_token

TICKETS, QUICK_TICKETS, ROUNDS = 60_000, 6_000, 5
MANAGER = "ql02"
SPAN_DAYS = 90
PAGES = {
    "queue": "/admin/reports?by=queue",
    "hour": "/admin/reports?by=hour",
    "calls": "/admin/reports/calls?",
    "satisfaction": "/admin/reports/satisfaction?",
    "estimates": "/admin/reports/estimates?",
    "month": "/admin/reports/month?",
    "workbook": "/admin/reports/month?as=xlsx",
    "pdf": "/admin/reports/month?as=pdf",
}


def run(quick: bool) -> list[Figure]:
    """The median of a few rounds for each page."""
    return measure(QUICK_TICKETS if quick else TICKETS, 2 if quick else ROUNDS)


def measure(tickets: int, rounds: int) -> list[Figure]:
    """Ask for every page in turn. Raises Wrong when one is refused or holds too few numbers."""
    times: dict[str, list[float]] = {name: [] for name in PAGES}
    work: dict[str, list[float]] = {name: [] for name in PAGES}
    today = local(clock.now()).date()
    span = f"&from={today - timedelta(days=SPAN_DAYS)}&to={today}"
    with (
        _month(tickets) as (server, cookie),
        httpx2.Client(base_url=server.url, headers={"Cookie": cookie}, trust_env=False, timeout=60) as browser,
    ):
        _check(browser.get(f"{PAGES['queue']}&as=csv{span}").text, tickets)
        for _ in range(rounds):
            for name, path in PAGES.items():
                before = server.cpu_seconds()
                times[name].append(_timed(browser, path + span))
                work[name].append(server.cpu_seconds() - before)
    slowest = max(median(found) for found in times.values())
    return [
        *((f"reports_{name}_seconds", round(median(found), 3), "s") for name, found in times.items()),
        ("reports_slowest_seconds", round(slowest, 3), "s"),
        ("reports_slowest_cpu_seconds", round(max(median(found) for found in work.values()), 3), "s"),
        ("reports_tickets", tickets, "tickets"),
    ]


def _check(table: str, tickets: int) -> None:
    """The last row is of all."""
    given = int(table.strip().splitlines()[-1].split(",")[1])
    if given < tickets:
        raise Wrong(f"the report counts {given} numbers of {tickets}")


def _timed(browser: httpx2.Client, path: str) -> float:
    start = perf_counter()
    answer = browser.get(path)
    spent = perf_counter() - start
    if answer.status_code != 200:
        raise Wrong(f"{path} answered {answer.status_code}")
    return spent


@contextmanager
def _month(tickets: int) -> Iterator[tuple[Server, str]]:
    """A server whose file holds so many old tickets, and a manager's sign-in."""
    centre, token = demo_centre(), new_token()
    with tempfile.TemporaryDirectory(prefix="motcua-reports-", dir=_on_disk()) as folder:
        data = Path(folder)
        store = Store(Settings(data=data).file, clock.now)
        _remember(store, centre, tickets)
        live_through(store)
        store.start()
        store.write_now(ME, managing.load_centre, centre, calendar_of(centre))
        store.write_now(Act(MANAGER), entering.sign_in, MANAGER, hash_of(token))
        store.write_now(ME, ticketing.take_ticket, centre.queues[0].id)
        store.close()
        with serving(data) as server:
            yield server, f"{SIGN_IN_COOKIE}={token}"
