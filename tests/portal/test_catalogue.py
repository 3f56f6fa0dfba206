"""The portal's catalogue fetched from the sandbox: what differs is told field by field, and takes effect only when
somebody says so.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from domain.catalogue_differences import Aspect, Change, changes, settle
from domain.procedures import Channel, Procedure
from operations import cataloguing, intake, managing, shifts
from operations.cataloguing import CatalogueMoved
from portal.catalogue import CatalogueFetcher, procedure_of
from portal.client import PortalClient, Profile, Temporary
from portal.sandbox import TEST_ACCOUNTS, SandboxThread
from store import catalogue_drafts, dossiers, procedures
from store.store import Store
from store.writer import Act
from tests.portal.test_reconciler import ADAPTER, Blocking
from tests.support.halls import DEMO, HandClock, demo_procedures, write_file

ASK = Act("ql01")


def rows() -> list[dict]:
    return [json.loads(line) for line in (DEMO / "procedures.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    write_file(tmp_path / "motcua.sqlite")
    found = Blocking(tmp_path / "motcua.sqlite", HandClock(), server=True)
    found.start()
    yield found
    found.close()


def fetch(store: Store, folder: Path, told: list[dict], fault: str = "") -> None:
    """The store fetches the catalogue of a portal that tells this."""
    path = folder / "portal.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in told), encoding="utf-8")
    with SandboxThread(path, now=HandClock()) as sandbox:
        if fault:
            sandbox.faults.set(fault, -1, service="LayThuTuc")
        asyncio.run(_fetch(store, sandbox.url))


async def _fetch(store: Store, url: str) -> None:
    client = PortalClient(
        Profile(adapter_url=url + ADAPTER, madonvi="H56.19", username="H56"), TEST_ACCOUNTS["H56"]
    )
    async with client:
        await CatalogueFetcher(store, client, HandClock(), spacing=0).fetch()


def told(store: Store) -> dict[str, Change]:
    return {one.procedure.code: one.kind for one in store.read(cataloguing.read_differences)}


def test_the_same_catalogue_differs_in_nothing(store, tmp_path):
    fetch(store, tmp_path, rows())
    found = store.read(cataloguing.read_differences)
    assert found == [], [(one.procedure.code, one.fields) for one in found][:3]
    assert store.read(catalogue_drafts.unreadable) == []


def test_new_gone_and_changed_are_told_and_take_effect_only_then(store, tmp_path):
    first, second, third, *rest = rows()
    channels = [{**row, "limit": 7, "unit": "working_day"} for row in second["channels"]]
    changed = {**second, "title": "Tên mới của thủ tục", "channels": channels}
    fetch(store, tmp_path, [first, changed, {**third, "code": "9.123456"}, *rest])
    assert told(store) == {second["code"]: Change.CHANGED, third["code"]: Change.GONE, "9.123456": Change.NEW}
    found = {one.procedure.code: one for one in store.read(cataloguing.read_differences)}
    aspects = {field.aspect for field in found[second["code"]].fields}
    assert {Aspect.TITLE, Aspect.LIMIT} <= aspects
    assert store.read(procedures.find, second["code"]).title == second["title"], "nothing has taken effect yet"
    run = store.read(catalogue_drafts.newest).number
    store.write_now(ASK, cataloguing.put_in_force, run, [second["code"], third["code"]])
    assert store.read(procedures.find, second["code"]).title == "Tên mới của thủ tục"
    assert store.read(procedures.find, third["code"]) is None
    assert told(store) == {"9.123456": Change.NEW}
    store.write_now(ASK, cataloguing.refuse, run, ["9.123456"])
    assert told(store) == {}
    with pytest.raises(CatalogueMoved):
        store.write_now(ASK, cataloguing.put_in_force, run, ["9.123456"])


def test_a_dossier_keeps_what_it_was_received_under(store):
    store.write_now(ASK, shifts.open_shift, 1, "cb01")
    old = next(one for one in demo_procedures() if one.code == "1.004873")
    first = store.write_now(ASK, intake.receive_dossier, 1, "cb01", intake.Intake(old.code, b"x")).code
    store.write_now(ASK, managing.list_procedures, [replace(old, title="Tên mới")])
    second = store.write_now(ASK, intake.receive_dossier, 1, "cb01", intake.Intake(old.code, b"x")).code
    titles = [
        store.read(procedures.as_received, old.code, store.read(dossiers.find, code).seq).title
        for code in (first, second)
    ]
    assert titles == [old.title, "Tên mới"]


def test_a_fetching_that_was_cut_off_goes_on_where_it_stood(store, tmp_path):
    with pytest.raises(Temporary):
        fetch(store, tmp_path, rows(), "bad_gateway")
    run = store.read(catalogue_drafts.newest)
    assert run.ended_at is None
    assert told(store) == {}, "a list that was not fetched to its end drops nothing"
    fetch(store, tmp_path, rows())
    again = store.read(catalogue_drafts.newest)
    assert (again.number, again.ended_at is not None) == (run.number, True)


def test_a_row_that_cannot_be_read_is_counted_and_drops_nothing(store, tmp_path):
    first, *rest = rows()
    fetch(store, tmp_path, [{**first, "channels": []}, *rest])
    assert store.read(catalogue_drafts.unreadable) == [first["code"]]
    assert told(store) == {}


@pytest.mark.parametrize("row", [{}, {"MATTHC": "1.004873"}, {"MATTHC": 1, "CACHTHUCTHUCHIEN": "x"}])
def test_a_row_of_nonsense_is_none(row):
    assert procedure_of(row) is None


def test_our_word_stands_where_the_portal_says_nothing():
    ours: Procedure = demo_procedures()[0]
    silent = replace(ours, decision_no="")
    assert settle(ours, silent) == ours
    assert changes(ours, settle(ours, silent)) == ()
    online = tuple(replace(row, limit=99) if row.channel is Channel.ONLINE else row for row in ours.channels)
    fields = changes(ours, settle(ours, replace(silent, channels=online)))
    assert [(field.aspect, field.channel) for field in fields] == [(Aspect.LIMIT, Channel.ONLINE)]


@pytest.mark.planted
def test_a_difference_that_takes_effect_by_itself_is_found(store, tmp_path, monkeypatch):
    keep = cataloguing.keep_row

    def hasty(tx, run, code, found):
        keep(tx, run, code, found)
        managing.list_procedures(tx, [found])

    monkeypatch.setattr(cataloguing, "keep_row", hasty)
    with pytest.raises((AssertionError, KeyError)):
        test_new_gone_and_changed_are_told_and_take_effect_only_then(store, tmp_path)
