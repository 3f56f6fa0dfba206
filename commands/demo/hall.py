"""The demo centre's people, screens and first hour: made by operations only, so that the journal replays to it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

import clock
from commands.centre import calendar_of
from commands.demo.neighbours import INBOX_SECRET, Neighbours
from domain.applicants import Paper, applicant, particulars, to_bytes
from domain.centre_outside import Lookup
from domain.centres import Centre, read_centre
from domain.events import DevicePaired
from domain.lookups import Database
from domain.procedures import read_catalogue
from operations import calling, entering, intake, managing, shifts, ticketing
from operations.opening import ensure_day
from settings import Settings
from store import centres, marks, tickets
from store.journal import Recorded
from store.store import Store
from store.vault import Vault
from store.writer import Act, Tx

HERE = Path(__file__).parent
PASSWORD = "mot-cua-2026"  # noqa: S105 the demo only; it is printed in the table of links
ACT = Act("demo")
CODE_LASTS = timedelta(days=3650)
OPEN_COUNTERS = 11
FIRST_HOUR = (5, 3, 4, 2, 3, 1, 4, 2)


def prepare(base: Settings, port: int, near: Neighbours, *, empty: bool) -> Settings:
    """The demo's settings, and its data where there is none yet. `empty` leaves the file without a centre."""
    settings = replace(
        base, port=port, host="127.0.0.1", metrics_port=near.measures_port, follow_url=f"http://127.0.0.1:{port}/follow",
        portal_url=near.portal_adapter, portal_password_file=near.password_file,
        inbox_secret_file=base.data / INBOX_SECRET,
        axis_url=near.portal_url, axis_secret_file=near.axis_secret_file, lookup_secrets=near.lookup_secrets,
        portal_files_url=f"http://127.0.0.1:{port}/portal-files",
        printer_of=tuple((name, f"tcp://127.0.0.1:{at}") for name, at in near.printers),
    )  # fmt: skip
    if not empty:
        store = Store(settings.file, clock.now, server=True)
        store.start()
        try:
            _furnish(store, settings, near)
        finally:
            store.close()
    return settings


def _furnish(store: Store, settings: Settings, near: Neighbours) -> None:
    if not store.read(centres.is_loaded):
        _say("demo centre: 32 procedures, 12 counters, calendar")
        found = _connected(read_centre((HERE / "centre.toml").read_text(encoding="utf-8")), near)
        store.write_now(ACT, managing.load_centre, found, calendar_of(found))
        rows, _ = read_catalogue((HERE / "procedures.jsonl").read_bytes().splitlines())
        store.write_now(ACT, managing.list_procedures, rows)
        _set_passwords(store, found)
    centre = store.centre()
    for device in centre.devices:
        store.write_now(ACT, entering.offer_pairing, device.id, code_hash(device.id), CODE_LASTS)
    number = store.write_now(ACT, open_day)
    if not store.read(tickets.of_day, number):
        _first_hour(store, centre, Vault.open(settings.data / "site.key"))


def _connected(found: Centre, near: Neighbours) -> Centre:
    """With the sandbox's databases: people and plots that do not exist."""
    ways = tuple(Lookup(one, f"{near.portal_url}/national/{one}") for one in (Database.POPULATION, Database.LAND))
    return replace(found, lookups=ways)


def _set_passwords(store: Store, found: Centre) -> None:
    from web.sessions import hash_password

    hashed = hash_password(PASSWORD)  # one hash for all: Argon2 is slow on purpose
    for person in found.people:
        store.write_now(ACT, entering.set_password, person.id, hashed)


def open_day(tx: Tx) -> int:
    """The business day of now."""
    return ensure_day(tx).id


def _first_hour(store: Store, centre: Centre, vault: Vault) -> None:
    """Eleven open counters, people waiting, a few served, one dossier on its way."""
    clerks = [p for p in centre.people if p.counter is not None][:OPEN_COUNTERS]
    for clerk in clerks:
        store.write_now(Act(clerk.id), shifts.open_shift, clerk.counter or 0, clerk.id)
    for turn in range(max(FIRST_HOUR)):
        for queue, count in zip(centre.queues, FIRST_HOUR, strict=False):
            if turn < count:
                store.write_now(ACT, ticketing.take_ticket, queue.id)
    for clerk in clerks[:6]:
        store.write_now(Act(clerk.id), calling.call_next, clerk.counter or 0, clerk.id)
    _one_dossier(store, centre, vault, clerks[0].id, clerks[0].counter or 0)


def _one_dossier(store: Store, centre: Centre, vault: Vault, person: str, counter: int) -> None:
    served = next(c for c in centre.counters if c.number == counter).queues
    code = next(p.code for p in centre.procedures if p.queue in served)
    owner = applicant("NGUYỄN THỊ MẪU", "038190000001", "0900000001", "Thôn 2, Vạn Xuân", "mau@example.vn")
    acting = applicant("TRẦN VĂN THAY", "001090123456", "0900000002", "")
    papers = [
        Paper("Tờ khai", originals=1, digitised=True), Paper("Giấy chứng sinh", certified=1, copies=2),
        Paper("Giấy chứng nhận kết hôn", reused=True),
    ]  # fmt: skip
    told = particulars(owner, "Hồ sơ mẫu", papers, acting, "Giấy ủy quyền số 5/2026", "Thôn 2, Vạn Xuân")
    taken = intake.Intake(
        code, vault.seal(to_bytes(told)), delivery=intake.BY_POST, found_by=marks.of_owner(vault, owner)
    )
    store.write_now(Act(person), intake.receive_dossier, counter, person, taken)


def code_of(device: str) -> str:
    """The demo's fixed pairing code of a screen; a real centre's codes are random and die in 15 minutes."""
    return f"DEMO-{device}"


def code_hash(device: str) -> bytes:
    """The hash under which the code is kept."""
    from web.devices import plain_code
    from web.visitors import hash_of

    return hash_of(plain_code(code_of(device)))


async def keep_codes_alive(app: Any) -> None:
    """In the demo a used code is offered again, so that its link works in the next browser too."""
    store: Store = app.state.house.store
    used: asyncio.Queue[str] = asyncio.Queue()

    def note(events: Sequence[Recorded]) -> None:
        for recorded in events:
            if isinstance(recorded.event, DevicePaired):
                used.put_nowait(recorded.event.device)

    store.listen(note)
    while True:
        device = await used.get()
        await store.write(ACT, entering.offer_pairing, device, code_hash(device), CODE_LASTS)


def show(url: str, near: Neighbours, *, empty: bool) -> None:
    """The ready line and the table of links."""
    click.echo(f"ready {url}")
    rows = [] if empty else _links(url)
    rows += [
        ("cổng thử nghiệm đã nhận gì", near.portal_url + "/", ""),
        ("trục văn bản thử nghiệm đã nhận gì", near.portal_url + "/axis", ""),
        ("giấy mà máy in mô phỏng đã in", near.paper_url + "/", ""),
        ("API", f"{url}/api/v1", ""),
        ("số đo (Prometheus)", f"http://127.0.0.1:{near.measures_port}/metrics", ""),
    ]
    if empty:
        rows.insert(0, ("quản trị", f"{url}/admin", "tạo người đầu tiên: motcua person add"))
    for name, link, note in rows:
        click.echo(f"  {name:34} {link:58} {note}".rstrip())


def _links(url: str) -> list[tuple[str, str, str]]:
    found = read_centre((HERE / "centre.toml").read_text(encoding="utf-8"))
    names = {"kiosk": "ki-ốt", "wall": "màn hình sảnh", "tablet": "đánh giá tại quầy", "agent": "chương trình in"}
    rows = [(f"{names[d.kind]} {d.id}", f"{url}/pair/{d.id}?code={code_of(d.id)}", "") for d in found.devices]
    clerks = [p for p in found.people if p.counter is not None]
    rows += [(f"quầy {p.counter}", f"{url}/counter/{p.counter}", f"{p.login} / {PASSWORD}") for p in clerks[:3]]
    rows.append((f"… quầy {clerks[3].counter} đến {clerks[-1].counter}", f"{url}/counter", f"… {clerks[-1].login}"))
    by_role = {str(role): p.login for p in reversed(found.people) for role in p.roles}
    rows.append(("màn hình điều hành", f"{url}/display/managers", f"{by_role['manager']} / {PASSWORD}"))
    rows.append(("quản trị", f"{url}/admin", f"{by_role['administrator']} / {PASSWORD}"))
    return rows


def _say(step: str) -> None:
    click.echo(f"demo: {step}", err=True)
