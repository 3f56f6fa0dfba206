"""Finding a procedure by the words people use: without marks, half typed, mistyped, run together, everyday words.

An index in memory over codes, titles and sectors. The same words always give the same order. Knows no file and no
screen; `first` and `common` say what a centre receives and what is asked for most.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import log

from domain.procedures import fold

LONGEST_QUERY = 80  # characters
MOST_TERMS = 10
SHORTEST_QUERY = 2  # letters; one begins a thousand titles
# What a word of the query is worth where it is met otherwise than in full.
BEGINNING, MISTYPED, MISTYPED_SHORT, ANOTHER_WORD = 0.8, 0.7, 0.55, 0.45
IN_SECTOR = 0.35
# Of what was asked this share must be met, each word weighed by how rare it is.
ENOUGH = 0.5
NEAR = 0.6  # what fits less than this share of the best is left out
SHORTEST_MISTYPED, SHORT = 3, 4
SHORTEST_CODE = 5  # digits
BESIDE, WHOLE, HERE, COMMON = 0.35, 0.35, 0.12, 0.12
MOST_BEGUN = 60
MOST = 60  # found at once
NO_LINES: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Saying:
    """What people call something, and the procedures meant, the likeliest first."""

    says: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """One line that can be found: a title, or a saying that stands for a code; `worth` tells the likelier apart."""

    code: str
    text: str
    length: int
    worth: float


class Index:
    """The catalogue made ready for finding; building it for 2,642 procedures takes about a fifth of a second."""

    def __init__(
        self, rows: Iterable[tuple[str, str, str]], sayings: Iterable[Saying] = (), fillers: Iterable[str] = ()
    ) -> None:
        """`rows` are code, title and sector; `fillers` are words that say nothing of what is wanted."""
        self._fillers = frozenset(word for filler in fillers for word in terms(filler))
        self._lines: list[_Line] = []
        self._titles: dict[str, str] = {}
        self._in_title: dict[str, set[int]] = defaultdict(set)
        self._in_sector: dict[str, set[int]] = defaultdict(set)
        for code, title, sector in rows:
            self._titles[code] = title
            self._add(code, terms(title), terms(sector))
        for saying in sayings:
            for said in saying.says:
                for place, code in enumerate(saying.codes):
                    if code in self._titles:
                        self._add(code, terms(said), (), 0.04 - 0.01 * place)
        self._words = sorted({*self._in_title, *self._in_sector})
        self._weight = {word: self._rarity(self._seen(word)) for word in self._words}
        self._near = _neighbourhood(self._words)
        self._order = {code: (len(title), code) for code, title in self._titles.items()}

    def __len__(self) -> int:
        """How many procedures it knows."""
        return len(self._titles)

    def find(self, words: str, first: Collection[str] = (), common: Collection[str] = ()) -> list[str]:
        """The codes that these words may mean, the likeliest first, at most 60; none when nothing is near.

        Codes among `first` (received here) and `common` come before others that fit as well, never before better.
        """
        words = words[:LONGEST_QUERY]
        if codes := self._by_code(words):
            return codes
        asked = self._asked(words)
        if sum(map(len, asked)) < SHORTEST_QUERY:
            return []
        met = self._met(asked)
        likely = []
        for at, share in met.shares.items():
            if share < ENOUGH:
                continue
            line = self._lines[at]
            score = share + WHOLE * min(1.0, met.held[at] / line.length) + line.worth
            score += HERE * (line.code in first) + COMMON * (line.code in common)
            likely.append((-round(score, 6), self._order[line.code], at))
        return self._ranked(sorted(likely), met, len(asked))

    def _add(self, code: str, title: tuple[str, ...], sector: tuple[str, ...], worth: float = 0.0) -> None:
        at = len(self._lines)
        self._lines.append(_Line(code, f" {' '.join(title)} ", max(1, len(title)), worth))
        for word in title:
            self._in_title[word].add(at)
        for word in sector:
            self._in_sector[word].add(at)

    def _seen(self, word: str) -> float:
        return len(self._in_title.get(word, ())) + len(self._in_sector.get(word, ())) / 4

    def _rarity(self, seen: float) -> float:
        return log(1 + len(self._lines) / (1 + seen))

    def _telling(self, term: str, meant: list[tuple[str, float]]) -> float:
        """How much a word of the question tells: the rarer, the more; half a word as little as all it may be."""
        if term in self._weight:
            return self._weight[term]
        if not meant:
            return 0.0
        return self._rarity(sum(self._seen(word) for word, _ in meant)) * meant[0][1]

    def _by_code(self, words: str) -> list[str]:
        """'1.001193', '1001193' or the beginning of it."""
        digits = "".join(c for c in words if c.isdigit())
        if len(digits) < SHORTEST_CODE or any(c.isalpha() for c in words):
            return []
        return sorted(code for code in self._titles if code.replace(".", "").startswith(digits))[:MOST]

    def _asked(self, words: str) -> list[str]:
        """The words that count: without fillers where something else is left, words run together taken apart."""
        typed = [part for word in terms(words) for part in self._apart(word)][:MOST_TERMS]
        # The last letter typed so far says nothing yet beside whole words.
        if len(typed) > 1 and len(typed[-1]) == 1:
            typed.pop()
        telling = [word for word in typed if word not in self._fillers]
        return list(dict.fromkeys(telling or typed))

    def _apart(self, word: str) -> Iterable[str]:
        """'khaisinh' as 'khai', 'sinh' where no word begins like it; the fewest pieces, the longest first."""
        if len(word) < 5 or next(self._beginning(word), None) is not None or self._near.get(word):
            return (word,)
        best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 8), end):
                before, piece = best[start], word[start:end]
                if before is None or piece not in self._weight or len(piece) < 2:
                    continue
                known = best[end]
                if known is None or len(before) + 1 < len(known):
                    best[end] = (*before, piece)
        return best[-1] or (word,)

    def _meant(self, term: str, is_last: bool) -> Iterator[tuple[str, float]]:
        """The words of the catalogue that this one may stand for, each with its worth."""
        exact = term in self._weight
        if exact:
            yield term, 1.0
        if len(term) > 1 or is_last:
            for count, word in enumerate(self._beginning(term)):
                if count == MOST_BEGUN:
                    break
                if word != term:
                    yield word, BEGINNING if is_last else BEGINNING * MISTYPED
        if len(term) < SHORTEST_MISTYPED:
            return
        worth = ANOTHER_WORD if exact else MISTYPED_SHORT if len(term) < SHORT else MISTYPED
        found = {word for key in _without_one(term) for word in self._near.get(key, ())}
        for word in sorted(found):
            if word != term and is_one_slip(term, word):
                yield word, worth

    def _beginning(self, term: str) -> Iterator[str]:
        at = bisect_left(self._words, term)
        while at < len(self._words) and self._words[at].startswith(term):
            yield self._words[at]
            at += 1

    def _met(self, asked: list[str]) -> "Met":
        """Every line that meets enough of what was asked.

        Rare words first: once the rest cannot make up for them, common words are looked up in the lines already met
        only. They stand in a thousand titles each, and this is where the time goes.
        """
        meant = [sorted(self._meant(term, term == asked[-1]), key=lambda pair: -pair[1]) for term in asked]
        weights = [self._telling(term, found) for term, found in zip(asked, meant, strict=True)]
        # A word that nobody knows counts like a rare one: half a question understood is no answer.
        unknown = max(weights, default=0.0)
        weights = [weight or unknown for weight in weights]
        met = Met({}, {}, [{} for _ in asked])
        whole = rest = sum(weights)
        if not whole:
            return met
        rarest_first = sorted(range(len(asked)), key=lambda place: -weights[place])
        for place in rarest_first:
            words = [(word, worth) for word, worth in meant[place] if worth != ANOTHER_WORD]
            self._note(met, place, words, weights[place] / whole, may_add=rest >= ENOUGH * whole)
            rest -= weights[place]
        for place in rarest_first:  # what a right word could have been besides only adds to what is there
            words = [(word, worth) for word, worth in meant[place] if worth == ANOTHER_WORD]
            self._note(met, place, words, weights[place] / whole, may_add=False)
        return met

    def _note(
        self, met: "Met", place: int, words: list[tuple[str, float]], weight: float, *, may_add: bool
    ) -> None:
        """Note the lines that have one of these words, the best first, for one word of the question."""
        here, shares, held = met.chosen[place], met.shares, met.held
        for among, part in ((self._in_title, 1.0), (self._in_sector, IN_SECTOR)):
            for word, worth in words:
                lines = among.get(word, NO_LINES)
                fresh = (lines if may_add else lines & shares.keys()) - here.keys()
                here.update(dict.fromkeys(fresh, word))
                share, counts = weight * worth * part, worth if part == 1.0 else 0.0
                for line in fresh:
                    shares[line] = shares.get(line, 0.0) + share
                    held[line] = held.get(line, 0.0) + counts

    def _ranked(self, likely: list[tuple[float, tuple[int, str], int]], met: "Met", asked: int) -> list[str]:
        """The codes in their order, at most `MOST`, once it counts too which words stand beside each other.

        Looked at from the likeliest on, until no other can come so far up any more.
        """
        scores: dict[str, float] = {}
        least = 0.0
        for negative, _, at in likely:
            line = self._lines[at]
            if -negative + BESIDE < least:
                break
            score = -negative + BESIDE * self._beside(line, at, met, asked)
            scores[line.code] = max(score, scores.get(line.code, 0.0))
            if len(scores) >= MOST:
                least = sorted(scores.values(), reverse=True)[MOST - 1]
        least = NEAR * max(scores.values(), default=0.0)
        near = [code for code, score in scores.items() if score >= least]
        return sorted(near, key=lambda code: (-round(scores[code], 6), self._order[code]))[:MOST]

    def _beside(self, line: _Line, at: int, met: "Met", asked: int) -> float:
        """Which share of the neighbours in the question are neighbours in the line too."""
        if asked < 2:
            return 1.0
        words = [chosen.get(at, "") for chosen in met.chosen]
        return sum(f" {one} {other} " in line.text for one, other in pairwise(words)) / (asked - 1)


@dataclass(frozen=True, slots=True)
class Met:
    """Which lines meet a question: how much of it, how many words of the line itself, and by which word each."""

    shares: dict[int, float]
    held: dict[int, float]
    chosen: list[dict[int, str]]


def terms(text: str) -> tuple[str, ...]:
    """The words of a text for comparing: folded, and 'ký' like 'kí', as both are written."""
    folded = fold(text).replace("y", "i")
    return tuple("".join(c if c.isalnum() else " " for c in folded).split())


def is_one_slip(one: str, other: str) -> bool:
    """Whether one letter left out, put in or changed, or two neighbours exchanged, makes one word of the other."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1 or one == other:
        return one == other
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    if one[at + 1 :] == other[at + 1 :]:
        return True
    return one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]


def _without_one(word: str) -> set[str]:
    """The word, and the word without each of its letters: two words one slip apart share one of these."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _neighbourhood(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in words:
        if len(word) >= SHORTEST_MISTYPED - 1:
            for key in _without_one(word):
                found[key].append(word)
    return {key: tuple(near) for key, near in found.items()}
