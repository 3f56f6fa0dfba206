"""Listening to a kiosk: what it asked to be spoken, what sounded, and whether that is all that can be read."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Request, Response

# The same sounds played thirty times as fast, and a log of what began, ended early or was given a loudness.
HEAR = """
(() => {
  window.heard = [];
  const make = AudioContext.prototype.createBufferSource;
  AudioContext.prototype.createBufferSource = function () {
    const source = make.call(this), start = source.start.bind(source), stop = source.stop.bind(source);
    source.playbackRate.value = 30;
    source.start = () => { window.heard.push({ kind: 'start', seconds: source.buffer.duration }); start(); };
    source.stop = () => { window.heard.push({ kind: 'stop' }); stop(); };
    return source;
  };
  const tone = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () {
    window.heard.push({ kind: 'tone' });
    return tone.call(this);
  };
})();
"""
# The drawn keys speak one by one, when one stands on them. Written apart from the kiosk's own walk: every text
# node that somebody can see, and every picture's words.
READABLE = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const e = node.parentElement, words = node.textContent.trim().replace(/\\s+/g, ' ');
    const range = document.createRange();
    range.selectNodeContents(node);
    if (!words || e.closest('.unseen, .keys, script, style')
        || !e.checkVisibility({ visibilityProperty: true })) continue;
    if ([...range.getClientRects()].some(r => r.width > 1)) found.push(words);
  }
  for (const picture of document.images) if (picture.alt && picture.checkVisibility()) found.push(picture.alt);
  for (const field of document.querySelectorAll('input:not([type=hidden])'))
    if (field.checkVisibility()) found.push(field.value || field.placeholder);
  return found.filter(words => /[\\p{L}\\p{N}]/u.test(words));
}"""


class Ear:
    """Hears one page: `words` is what it asked for, as (language, words)."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.words: list[tuple[str, str]] = []
        self.refused: list[int] = []
        page.add_init_script(HEAR)
        page.on("request", self._note)
        page.on("response", self._check)

    def _note(self, request: Request) -> None:
        if request.method == "POST" and request.url.partition("?")[0].endswith("/speech"):
            language = parse_qs(urlsplit(request.url).query)["lang"][0]
            self.words.append((language, parse_qs(request.post_data or "")["words"][0]))

    def _check(self, response: Response) -> None:
        if "/speech" in response.url and response.status != 200:
            self.refused.append(response.status)

    @property
    def all_words(self) -> str:
        """Everything that was asked for so far, in one line."""
        return plain(" ".join(words for _, words in self.words))

    def log(self, kind: str) -> list[dict[str, Any]]:
        """The sounds that began ('start'), were cut off ('stop'), or the tones of the chime ('tone')."""
        entries: list[dict[str, Any]] = self.page.evaluate("window.heard")
        return [entry for entry in entries if entry["kind"] == kind]

    def until_silent(self, seconds: float = 60) -> None:
        """Wait until the page has said all it wants to say."""
        self.page.wait_for_function("() => !document.documentElement.dataset.speaking", timeout=seconds * 1000)

    def unspoken(self) -> list[str]:
        """What can be read on the page and was not spoken."""
        readable: list[str] = self.page.evaluate(READABLE)
        return [words for words in readable if plain(words) not in self.all_words]


def plain(words: str) -> str:
    """Without the differences of spaces and cases that no ear hears."""
    return " ".join(words.split()).casefold()
