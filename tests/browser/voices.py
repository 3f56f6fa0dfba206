"""A morning on which the voice fell behind, and a centre that records its own."""

from admin.recording import needed_by
from domain.announcements import Outcome
from operations import speaking
from operations.speaking import Ended
from store.writer import Act
from tests.browser.scenes import Scene
from tests.support.asking import a_clip
from tests.support.halls import demo_centre
from web import sounds
from web.recordings import Recordings

RECORDED = 12


def outspoken(scene: Scene) -> None:
    """Six calls, two of them shown and not spoken; one own pack just begun, another whole."""
    scene.sit(1, 2, 3, 4, 5)
    for _ in range(6):
        scene.ticket("ho-tich")
        scene.ticket("cu-tru")
    for counter in (1, 5, 2, 3, 4):
        scene.call(counter)
    scene.clock.forward(seconds=95)
    store, act = scene.server.store, Act("device:W1")
    seqs = [row[0] for row in store.read(lambda db: db.execute("SELECT seq FROM calls ORDER BY seq").fetchall())]
    said = [Ended(seq, Outcome.SPOKEN, 590.4) for seq in seqs[:-2]]
    store.write_now(act, speaking.end_announcements, "khu-1", said)
    store.write_now(act, speaking.end_announcements, "khu-1", [Ended(seq, Outcome.LATE) for seq in seqs[-2:]])
    _record(Recordings(scene.server.app.state.packs.own))


def _record(recordings: Recordings) -> None:
    clip, every = sounds.recorded(a_clip()), needed_by(demo_centre(), "vi")
    for name, tokens in (("giong-phuong", every[:RECORDED]), ("giong-quan", every)):
        recordings.begin(name, "vi", ())
        for token in tokens:
            recordings.keep(name, token, clip)
