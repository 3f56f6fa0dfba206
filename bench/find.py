"""Finding a procedure: the page that answers a letter typed at the kiosk, over a catalogue of 2,642 procedures.

Words are taken from titles: whole, half typed and with one slip of the finger. The server is a process of its own.
"""

import gzip
import http.client
import random
import string
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter
from urllib.parse import quote

import clock
from bench.figures import Figure, percentile
from bench.kiosks import Wrong
from bench.servers import BENCH, Hall, Server, furnished, serving
from domain.procedures import Channel, ChannelRow, Procedure
from operations import managing
from settings import Settings
from store import procedures
from store.store import Store
from web.visitors import DEVICE_COOKIE

CATALOGUE = Path(__file__).parent / "catalogue.tsv.gz"
ASKED, ASKED_QUICKLY = 2000, 400
MOST_WORDS = 6
SEED = 26


def run(quick: bool) -> list[Figure]:
    """Every question once, one after the other, as one kiosk asks."""
    with furnished() as hall:
        data = hall.copy("find")
        rows = list_catalogue(data)
        chance = random.Random(SEED)
        asked = questions([title for _, title, _ in rows], ASKED_QUICKLY if quick else ASKED, chance)
        with serving(data) as server:
            answered(hall, server, ["khai sinh"])  # the first question makes the index
            spent = server.cpu_seconds()
            plain = answered(hall, server, [words for words, _ in asked])
            slipped = answered(hall, server, [words for _, words in asked])
            spent = server.cpu_seconds() - spent
    return figures(len(rows), plain, slipped, spent)


def figures(procedures: int, plain: Sequence[float], slipped: Sequence[float], spent: float) -> list[Figure]:
    """Milliseconds from the question to the whole answer, and of the server's processor for one of them."""
    return [
        ("find_procedures", procedures, "procedures"),
        ("find_ms_p50", round(percentile(plain, 50), 1), "ms"),
        ("find_ms_p99", round(percentile(plain, 99), 1), "ms"),
        ("find_mistyped_ms_p50", round(percentile(slipped, 50), 1), "ms"),
        ("find_mistyped_ms_p99", round(percentile(slipped, 99), 1), "ms"),
        ("find_cpu_ms", round(spent * 1000 / (len(plain) + len(slipped)), 1), "ms"),
    ]


def catalogue() -> list[tuple[str, str, str]]:
    """Code, title and sector of the national extract; where it comes from stands in CATALOGUE.txt."""
    lines = gzip.decompress(CATALOGUE.read_bytes()).decode().splitlines()
    return [(code, title, sector) for code, sector, title in (line.split("\t") for line in lines)]


def list_catalogue(data: Path) -> list[tuple[str, str, str]]:
    """Put the catalogue into a data folder beside the records that are there already; gives its rows."""
    rows = catalogue()
    store = Store(Settings(data=data).file, clock.now)
    store.start()
    try:
        known = {code for code, _, _ in store.read(procedures.titles)}
        fresh = [_record(*row) for row in rows if row[0] not in known]
        store.write_now(BENCH, managing.list_procedures, fresh)
    finally:
        store.close()
    return rows


def _record(code: str, title: str, sector: str) -> Procedure:
    return Procedure(code, title, sector, (), (), "", (ChannelRow(Channel.DIRECT),), "", ())


def questions(titles: Sequence[str], most: int, chance: random.Random) -> list[tuple[str, str]]:
    """Words of titles as somebody types them, and the same with one slip of the finger."""
    asked: list[tuple[str, str]] = []
    while len(asked) < most:
        words = chance.choice(titles).split()
        begin = chance.randrange(len(words))
        some = words[begin : begin + chance.randint(1, MOST_WORDS)]
        if chance.random() < 0.5:  # half typed: the list is asked after every letter
            some[-1] = some[-1][: chance.randint(1, len(some[-1]))]
        asked.append((" ".join(some)[:80], " ".join(_slipped(some, chance))[:80]))
    return asked


def _slipped(words: Sequence[str], chance: random.Random) -> list[str]:
    at = chance.randrange(len(words))
    word = words[at]
    place = chance.randrange(len(word))
    wrong = word[:place] + chance.choice(string.ascii_lowercase) + word[place + chance.randint(0, 1) :]
    return [*words[:at], wrong, *words[at + 1 :]]


def answered(hall: Hall, server: Server, asked: Sequence[str]) -> list[float]:
    """How long each answer took, in milliseconds. Raises Wrong."""
    device, token = next(iter(hall.kiosks.items()))
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    headers = {"HX-Request": "true", "Cookie": token if "=" in token else f"{DEVICE_COOKIE}{device}={token}"}
    took = []
    with closing(line):
        for words in asked:
            began = perf_counter()
            line.request("GET", f"/kiosk/{device}/procedures?lang=vi&q={quote(words)}", headers=headers)
            answer = line.getresponse()
            page = answer.read()
            took.append((perf_counter() - began) * 1000)
            if answer.status != 200 or b"<html" in page:
                raise Wrong(f"{words!r} was answered with {answer.status}: {page[:200]!r}")
    return took
