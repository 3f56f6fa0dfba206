"""Finding a dossier among 200,000: by code, a part of it, name, two words, a frequent surname, number, nothing.

What is asked is asked as the desk asks it (`dossiers.searches.find`, then a line for each with its owner unsealed),
one question after the other in one thread: by who sees the whole centre, and by who sees one agency's dossiers.
"""

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, thread_time

import clock
from bench.figures import Figure, percentile
from bench.history import _on_disk
from bench.old_dossiers import Poured, pour
from dossiers import searches
from settings import Settings
from store import dossier_lists
from store.dossier_lists import Sight, Today, Waiting
from store.store import Store
from store.vault import Vault

MANY, FEW = 200_000, 4_000
ASKED, ASKED_QUICKLY = 300, 20  # of each kind
WHOLE, OWN = Sight(), Sight("cong-an-tinh", ("cb07",))
KINDS: Mapping[str, Callable[[Poured, random.Random], str]] = {
    "code": lambda one, _: one.code,
    "part": lambda one, chance: one.code[-chance.randint(4, 11) :],
    "name": lambda one, _: one.name,
    "two_words": lambda one, _: " ".join(one.name.split()[-2:]),
    "apart": lambda one, _: " ".join((one.name.split()[0], one.name.split()[-1])),
    "surname": lambda one, _: one.name.split()[0],
    "identity": lambda one, _: one.identity,
    "nothing": lambda one, chance: f"{one.name} {chance.choice(('Xyz', 'Kràjan', 'Liêng'))}",
    "nobody": lambda one, chance: f"{chance.choice(('Ksor', 'Điểu', 'Lò'))} {one.name.split()[-1]}",
}


class NotFound(AssertionError):
    """A dossier that is there was not found: then no figure counts."""


def run(quick: bool) -> list[Figure]:
    """A file of so many dossiers, and the questions."""
    return measure(FEW if quick else MANY, ASKED_QUICKLY if quick else ASKED)


def measure(count: int, asked: int) -> list[Figure]:
    """Milliseconds of a question of each kind and of all kinds mixed, and of the counts of the desk."""
    with TemporaryDirectory(prefix="motcua-dossiers-", dir=_on_disk()) as folder:
        data = Path(folder)
        store, vault = Store(Settings(data=data).file, clock.now), Vault.open(data / "site.key")
        try:
            known = pour(store.writer.db, vault, count, clock.now())
            return [("dossiers", count, "dossiers"), *_asked(store, vault, known, asked), *_counted(store)]
        finally:
            store.close()


def _asked(store: Store, vault: Vault, known: list[Poured], asked: int) -> list[Figure]:
    chance, took = random.Random(7), dict[str, list[float]]()
    ask(store, vault, known[0].code, WHOLE)
    questions = [(kind, chance.choice(known)) for kind in KINDS for _ in range(asked)]
    chance.shuffle(questions)
    for kind, one in questions:
        text = KINDS[kind](one, chance)
        for name, sight in (("", WHOLE), ("own_", OWN)):
            began, spent = perf_counter(), thread_time()
            codes = ask(store, vault, text, sight)
            took.setdefault(f"{name}cpu", []).append((thread_time() - spent) * 1000)
            took.setdefault(name + kind, []).append((perf_counter() - began) * 1000)
            if kind in ("code", "identity") and sight is WHOLE and one.code not in codes:
                raise NotFound(kind)
    every = [one for kind in KINDS for one in took[kind]]
    own = [one for kind in KINDS for one in took["own_" + kind]]
    return [
        ("search_p50_ms", round(percentile(every, 50), 2), "ms"),
        ("search_p99_ms", round(percentile(every, 99), 2), "ms"),
        ("search_own_agency_p99_ms", round(percentile(own, 99), 2), "ms"),
        ("search_cpu_p99_ms", round(percentile(took["cpu"], 99), 2), "ms"),
        *((f"search_{kind}_p99_ms", round(percentile(took[kind], 99), 2), "ms") for kind in KINDS),
    ]


def ask(store: Store, vault: Vault, text: str, sight: Sight) -> set[str]:
    """One question as the desk asks it; gives the codes of what it found."""
    with store.snapshot() as db:
        found = searches.find(db, vault, text, sight, by_owner=True)
        for one in found.dossiers:
            searches.owner_of(db, vault, one)
    return {one.code for one in found.dossiers}


def _counted(store: Store) -> list[Figure]:
    """All seven counts of the desk, for the whole centre and for one agency."""
    today, figures = Today(clock.now(), clock.now()), []
    for name, sight in (("lists_ms", WHOLE), ("lists_own_agency_ms", OWN)):
        began = perf_counter()
        with store.snapshot() as db:
            for waiting in Waiting:
                dossier_lists.count(db, waiting, sight, today)
        figures.append((name, round((perf_counter() - began) * 1000, 2), "ms"))
    return figures
