"""Two months of dossiers with everything that the index of Decision 766 counts, made by operations only."""

from datetime import timedelta

from domain.dossiers import Act
from domain.fees import Fee, FeeKind
from operations import attaching, endings, opening, paying, processing, syncing
from operations.attaching import Sent
from operations.processing import Doing
from store import outbox
from store.writer import Act as Who
from tests.browser.scenes import CLERKS, Scene

PROCEDURES = ("1.004873", "1.001193", "2.000815")
LIFE = timedelta(days=400)


def indexed(scene: Scene) -> None:
    """Forty dossiers: most known to the portal and in time, some late, some without what the index wants."""
    scene.sit(1)
    for turn in range(40):
        _live(scene, turn)
        scene.clock.forward(hours=6)
    scene.server.store.write_now(Who("test"), opening.ensure_day)


def _live(scene: Scene, turn: int) -> None:
    code = scene.dossier(1, PROCEDURES[turn % 3])
    if turn % 3 == 1:
        _pay(scene, code, turn)
    if turn % 8 == 7:
        return
    _do(scene, processing.note, Act.PROGRESS, Doing(code, CLERKS[1], b"sealed words"))
    if turn % 6 != 5:
        for part in ("submitted", "result")[turn % 2 :]:
            sent = Sent(f"{turn:063d}{part[0]}", "application/pdf", 900, b"n", part, reused=part == "submitted")
            _do(scene, attaching.attach_file, code, sent, attaching.Limits())
        _do(scene, attaching.issue_links, code, LIFE)
    if turn % 5:
        _do(scene, endings.resolve, Doing(code, CLERKS[1], None))
    told = [message.id for message in scene.server.store.read(outbox.portal_messages_of, code)]
    if turn % 9 == 4:
        _do(scene, syncing.park, told[:1], "Thiếu trường DinhDanhCHS")
    elif turn % 7:
        _do(scene, syncing.acknowledge, told, "0")


def _pay(scene: Scene, code: str, turn: int) -> None:
    fee = _do(scene, paying.ask_fee, code, CLERKS[1], Fee(FeeKind.DUTY, "8.000 đồng/bản", 8_000))
    if turn % 2:
        begun = _do(scene, paying.begin_online, fee)
        _do(scene, paying.confirm_online, f"P{turn}", begun.reference, 8_000)
    elif turn % 4:
        _do(scene, paying.take_cash, fee, CLERKS[1], 8_000)


def _do(scene: Scene, operation, *arguments):  # type: ignore[no-untyped-def]
    return scene.server.store.write_now(Who(CLERKS[1]), operation, *arguments)
