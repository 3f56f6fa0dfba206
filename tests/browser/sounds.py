"""Listening to what a wall plays: every start and end of a sound, in order, with how many were on at once."""

from itertools import pairwise
from typing import Any

from playwright.sync_api import Page

LISTEN_TO_SOUNDS = """
(() => {
  const log = window.sounds = [], known = new WeakSet(), on = new Set(), playing = new WeakMap();
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (!known.has(this)) {
      known.add(this);
      for (const kind of ['playing', 'ended', 'error']) this.addEventListener(kind, () => {
        const asked = Number((this.src.match(/(\\d+)\\.wav/) || [])[1]);
        if (kind === 'playing' && on.has(this) && playing.get(this) === asked) return;  // goes on after a stall
        if (kind === 'playing') { on.add(this); playing.set(this, asked); } else on.delete(this);
        // When 'ended' comes here the next address may stand there already.
        log.push({ kind, seq: kind === 'ended' ? playing.get(this) : asked, at: performance.now(), on: on.size });
      });
    }
    this.defaultPlaybackRate = this.playbackRate = 3;  // the same clips, so that a test need not hear them out
    return play.call(this);
  };
})();
"""


def sounds(page: Page, kind: str | None = None) -> list[dict[str, Any]]:
    """What was heard so far: dictionaries of kind ('playing', 'ended', 'error'), seq, at (ms), on."""
    log: list[dict[str, Any]] = page.evaluate("window.sounds")
    return [entry for entry in log if kind in (None, entry["kind"])]


def wait_for_sounds(page: Page, count: int, kind: str = "ended", seconds: float = 40) -> None:
    """Wait until so many sounds ended (or began)."""
    page.wait_for_function(
        "([kind, count]) => window.sounds.filter(s => s.kind === kind).length >= count",
        arg=[kind, count], timeout=seconds * 1000,
    )  # fmt: skip


def assert_one_at_a_time(log: list[dict[str, Any]], seqs: list[int]) -> None:
    """Each of these announcements was played once, in order, and never two at once."""
    assert [entry["seq"] for entry in log if entry["kind"] == "playing"] == seqs
    assert max((entry["on"] for entry in log), default=0) <= 1
    kinds = [entry["kind"] for entry in log]
    assert all(kind != after for kind, after in pairwise(kinds)), kinds
