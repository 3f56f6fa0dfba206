"""Both books compared with the sandbox over real HTTP: what differs is found, shown once, mended, and gone."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from domain.applicants import Paper, applicant, particulars, to_bytes, words, words_to_bytes
from domain.differences import Difference, Explanation, difference_of
from domain.dossiers import Act, Status
from domain.errors import Invalid, NotFound
from operations import intake, processing, reconciling, shifts, syncing
from operations.processing import Doing
from operations.reconciling import Seen, StillQueued
from portal.client import PortalClient, Profile
from portal.reconciler import Reconciler
from portal.sandbox import TEST_ACCOUNTS, SandboxThread
from portal.worker import PortalWorker
from store import differences, dossiers, outbox
from store.store import Store
from store.vault import Vault
from store.writer import Act as Asking
from tests.portal.adapters import RECORD
from tests.support.halls import DEMO, HandClock, write_file

ADAPTER = "/XrdAdapter/RestService/forward"
PROCEDURE = "1.004873"


@dataclass
class Centre:
    """A store with a clerk at counter 1, and a portal that is reached by a real client."""

    store: Store
    vault: Vault
    sandbox: SandboxThread
    clock: HandClock

    def do(self, operation, *args, **kwargs):
        return self.store.write_now(Asking("cb01"), operation, *args, **kwargs)

    def receive(self) -> str:
        told = particulars(applicant("NGUYỄN VĂN MẪU", "038190000001", "", ""), "", [Paper("Tờ khai", 1)])
        taken = intake.Intake(PROCEDURE, self.vault.seal(to_bytes(told)))
        return self.do(intake.receive_dossier, 1, "cb01", taken).code

    def progress(self, code: str) -> None:
        said = self.vault.seal(words_to_bytes(words("Thẩm định")))
        self.do(processing.note, Act.PROGRESS, Doing(code, "cb01", said))

    def client(self) -> PortalClient:
        profile = Profile(adapter_url=self.sandbox.url + ADAPTER, madonvi="H56.19", username="H56")
        return PortalClient(profile, TEST_ACCOUNTS["H56"])

    def at_work(self, what: Callable[[PortalWorker, Reconciler], Awaitable[None]]) -> None:
        """Run something with a worker and a reconciler of one client, on a loop of its own."""

        async def run() -> None:
            client = self.client()
            worker = PortalWorker(self.store, self.vault, client, self.clock)
            async with client:
                await what(worker, Reconciler(self.store, client, self.clock, 2, spacing=0))

        asyncio.run(run())

    def send_all(self) -> None:
        """Everything in the outbox goes to the portal."""

        async def send(worker: PortalWorker, _: Reconciler) -> None:
            while messages := self.do(syncing.claim_messages).messages:
                answer = await worker.send(messages)
                self.do(syncing.acknowledge, [message.id for message in messages], answer)

        self.at_work(send)

    def compare(self) -> None:
        async def once(_: PortalWorker, reconciler: Reconciler) -> None:
            await reconciler.compare()

        self.at_work(once)

    def differing(self) -> dict[str, Difference]:
        return {one.dossier: one.kind for one in self.store.read(differences.standing)}


class Blocking(Store):
    """A store whose `write` waits in place: these tests have a loop for each step."""

    async def write(self, act, operation, *args, **kwargs):  # type: ignore[override]
        return self.write_now(act, operation, *args, **kwargs)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    clock = HandClock()
    write_file(tmp_path / "motcua.sqlite")
    store = Blocking(tmp_path / "motcua.sqlite", clock, server=True)
    store.start()
    try:
        with SandboxThread(DEMO / "procedures.jsonl", now=clock) as sandbox:
            found = Centre(store, Vault(b"k" * 32), sandbox, clock)
            found.do(shifts.open_shift, 1, "cb01")
            yield found
    finally:
        store.close()


def test_two_books_that_agree_leave_one_line(centre):
    for _ in range(3):
        centre.progress(centre.receive())
    centre.send_all()
    centre.compare()
    last = centre.store.read(differences.last)
    assert (last.looked, last.found, last.whole) == (3, 0, True)
    assert centre.differing() == {}
    counts = centre.store.read(outbox.completeness, 0)
    assert (counts.received, counts.known, counts.per_mille) == (3, 3, 1000)


def test_what_waits_to_be_sent_is_not_asked_for(centre):
    centre.receive()
    centre.compare()
    assert centre.store.read(differences.last).looked == 0
    assert centre.sandbox.state.counts.overlapping == 0


def test_a_dossier_that_the_portal_lost_is_sent_again_whole_and_then_agrees(centre):
    code = centre.receive()
    centre.progress(code)
    centre.send_all()
    centre.sandbox.state.clear()
    centre.compare()
    assert centre.differing() == {code: Difference.MISSING_THERE}
    centre.do(reconciling.retell, code, "ql01", steps=True)
    assert centre.store.read(differences.find, code).state == differences.RETOLD
    centre.send_all()
    found = centre.sandbox.state.dossier(code)
    assert (found.status, len(found.steps)) == ("4", 2)
    centre.compare()
    assert centre.differing() == {}


def test_a_status_that_differs_is_shown_once_and_mended(centre):
    code = centre.receive()
    centre.send_all()
    kept = centre.sandbox.state.dossier(code)
    centre.sandbox.state.store({**kept.record, "TrangThaiHoSo": "9"}, "H56.19", centre.clock())
    before = centre.store.seen
    for _ in range(2):
        centre.compare()
    assert centre.differing() == {code: Difference.STATUS_DIFFERS}
    found = centre.store.read(differences.find, code)
    assert (found.ours, found.theirs) == (Status.RECEIVED, Status.DONE)
    assert before < centre.store.seen
    centre.do(reconciling.retell, code, "ql01", steps=False)
    centre.send_all()
    centre.compare()
    assert centre.differing() == {}
    assert len(centre.sandbox.state.dossier(code).steps) == 1, "the portal dropped the step that it had"


def test_what_was_explained_is_not_asked_about_again_until_it_changes(centre):
    code = centre.receive()
    centre.send_all()
    centre.sandbox.state.clear()
    centre.compare()
    centre.do(reconciling.explain, code, "ql01", Explanation.REPORTED)
    centre.compare()
    assert centre.differing() == {}
    centre.sandbox.state.store({**RECORD, "MaHoSo": code, "TrangThaiHoSo": "9"}, "H56.19", centre.clock())
    centre.compare()
    assert centre.differing() == {code: Difference.STATUS_DIFFERS}


def test_a_portal_that_is_away_makes_no_difference(centre):
    for _ in range(5):
        centre.receive()
    centre.send_all()
    centre.sandbox.faults.set("bad_gateway", -1)
    centre.compare()
    last = centre.store.read(differences.last)
    assert (last.looked, last.found, last.whole) == (0, 0, False)
    assert centre.differing() == {}
    centre.sandbox.faults.clear()
    centre.compare()
    assert centre.store.read(differences.last).looked == 5, "nobody holds a dossier back after a failure"


def test_a_single_silence_is_that_dossiers_own_matter(centre):
    codes = [centre.receive() for _ in range(3)]
    centre.send_all()
    centre.sandbox.faults.set("bad_gateway", 1, service="TraCuuHoSo")
    centre.compare()
    assert centre.differing() == {codes[0]: Difference.UNCLEAR}


def test_an_ended_dossier_is_asked_for_once_more_and_then_rests(centre):
    code = centre.receive()
    centre.progress(code)
    said = centre.vault.seal(words_to_bytes(words("Rút hồ sơ")))
    centre.do(processing.note, Act.WITHDRAW, Doing(code, "cb01", said))
    centre.send_all()
    looked = []
    for _ in range(3):
        centre.compare()
        looked.append(centre.store.read(differences.last).looked)
    assert looked == [1, 0, 0]


def test_while_it_is_asked_for_nothing_of_it_is_sent(centre):
    code = centre.receive()
    centre.send_all()
    look = centre.do(reconciling.claim_look, 0, 0).candidate
    assert look.code == code
    centre.progress(code)
    assert centre.do(syncing.claim_messages).messages == ()
    centre.do(reconciling.end_look, look, Seen(there=True, status=2))
    assert centre.do(syncing.claim_messages).messages[0].dossier == code


def test_a_stopped_portal_gets_nothing_and_is_not_asked(centre):
    code = centre.receive()
    centre.do(syncing.stop_portal, "ql01", "Cổng bảo trì")
    assert centre.do(syncing.claim_messages).messages == ()
    centre.compare()
    assert not centre.store.read(differences.last).whole
    with pytest.raises(syncing.PortalStoppedAlready):
        centre.do(syncing.stop_portal, "ql01", "lần nữa")
    centre.do(syncing.resume_portal, "ql01")
    with pytest.raises(syncing.PortalNotStopped):
        centre.do(syncing.resume_portal, "ql01")
    centre.send_all()
    assert centre.sandbox.state.dossier(code) is not None


def test_what_cannot_be_done_is_refused(centre):
    code = centre.receive()
    with pytest.raises(StillQueued):
        centre.do(reconciling.retell, code, "ql01", steps=True)
    with pytest.raises(NotFound):
        centre.do(reconciling.explain, code, "ql01", Explanation.TEST)
    with pytest.raises(Invalid):
        centre.do(reconciling.explain, code, "ql01", "typed words")


def test_it_is_due_once_a_night_at_its_hour(centre):
    async def hours(_: PortalWorker, reconciler: Reconciler) -> None:
        assert not reconciler.is_due(), "08:00"
        centre.clock.forward(hours=18)
        assert reconciler.is_due(), "02:00"
        await reconciler.compare()
        assert not reconciler.is_due()
        centre.clock.moment += timedelta(days=1)
        assert reconciler.is_due()

    centre.at_work(hours)


@pytest.mark.parametrize(
    ("ours", "there", "theirs", "kind"),
    [
        (2, True, 2, None), (2, True, 4, Difference.STATUS_DIFFERS), (2, False, None, Difference.MISSING_THERE),
        (2, True, None, Difference.UNCLEAR), (None, True, 4, Difference.MISSING_HERE), (None, False, None, None),
    ],
)  # fmt: skip
def test_how_two_books_differ(ours, there, theirs, kind):
    assert difference_of(ours, there, theirs) is kind


@pytest.mark.planted
def test_a_question_beside_a_message_on_its_way_is_found(centre, monkeypatch):
    monkeypatch.setattr(outbox, "LOOK_UP", "another kind of lease")
    code = centre.receive()
    centre.send_all()
    look = centre.do(reconciling.claim_look, 0, 0).candidate
    monkeypatch.setattr(outbox, "LOOK_UP", "look-up")
    centre.progress(code)
    with pytest.raises(AssertionError):
        assert centre.do(syncing.claim_messages).messages == ()
    assert look.code == code
    assert dossiers.find(centre.store.writer.db, code) is not None
