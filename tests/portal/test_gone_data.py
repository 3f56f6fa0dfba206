"""The portal cannot be told of a dossier whose data went by rule: the message stands on the desk, in words."""

import asyncio
from types import SimpleNamespace

import pytest

from domain.keeping import DataGone
from operations import intake, shifts
from portal.worker import PortalWorker
from store import dossiers, outbox
from store.store import Store
from store.vault import Vault
from store.writer import Act
from tests.support.halls import HandClock, write_file

CLERK = Act("cb01")


class _Client:
    async def procedure(self, code: str) -> SimpleNamespace:
        return SimpleNamespace(code=code)


def tell(store: Store, clock: HandClock) -> list[tuple[str, str]]:
    """One try to tell the portal of a dossier that is empty; how its messages stand."""

    async def live() -> str:
        store.start()
        await store.write(CLERK, shifts.open_shift, 1, "cb01")
        taken = intake.Intake("1.001193", b"sealed")
        code = (await store.write(CLERK, intake.receive_dossier, 1, "cb01", taken)).code
        found = store.read(dossiers.find, code)
        assert found is not None
        await store.write(CLERK, lambda tx: dossiers.forget_particulars(tx.db, found.particulars))
        worker = PortalWorker(store, Vault(b"k" * 32), _Client(), clock)  # type: ignore[arg-type]
        assert await worker.send_next()
        return code

    code = asyncio.run(live())
    return [(one.state, one.answer) for one in store.read(outbox.portal_messages_of, code)]


@pytest.fixture
def place(tmp_path):
    clock = HandClock()
    store = Store(write_file(tmp_path / "motcua.sqlite"), clock)
    yield store, clock
    store.close()


def test_it_is_parked_with_the_reason(place):
    assert tell(*place)[0] == ("parked", DataGone.text)


@pytest.mark.planted
def test_a_worker_that_does_not_know_the_reason_is_caught(place, monkeypatch):
    class Other(Exception):
        pass

    monkeypatch.setattr("portal.worker.DataGone", Other)
    with pytest.raises(AssertionError):
        test_it_is_parked_with_the_reason(place)
