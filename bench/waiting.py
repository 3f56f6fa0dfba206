"""How good the estimate of waiting times is: in a simulated centre, in the Warsaw halls, in a bank's log of calls.

The goals are those of waiting.md 11: `*_mae_ratio` is the error by that of the best simple rule of the same run.
"""

import random
import re
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time

from bench import house_boards
from bench.calls_replayed import replay_calls
from bench.closed_centre import Rule, close
from bench.figures import Figure, middle
from bench.halls_replayed import replay_halls
from bench.scores import BEST_OF, LEAST_ERROR, Board
from bench.simulated_centre import MEANS, SKILLS, Setting
from bench.waited import BANK, WARSAW
from bench.watched_centre import DAYS, Watched, watch
from domain.waiting.closings import chance_before_closing
from domain.waiting.estimates import Estimator
from domain.waiting.snapshots import Desk, Place, Snapshot, Standing
from domain.waiting.twins import BOARD_ROLLOUTS

FOLDER = Path(__file__).parent.parent / ".." / "shared" / "data" / "queues"
SEEDS, QUICK_SEEDS = (101, 102, 103, 104), (101,)
LOADS = (1.4, 1.25, 1.55)
QUICK_ROLLOUTS = 10  # on all days all the same: cover over three of them is chance
CLOSING_DAYS, CLOSING_TEACHING = 8, 4
WAITING, REPEATS = 300, 20
LONGEST_SECONDS = 60.0


def run(quick: bool, data: Path | None = None, seeds: Sequence[int] = ()) -> list[Figure]:
    """All data sets; `data` is a folder with both files, `seeds` those of the simulated centre."""
    found = simulated(seeds or (QUICK_SEEDS if quick else SEEDS), quick=quick)
    folder = data or (FOLDER if FOLDER.is_dir() else None)
    if folder is None:
        print("bench: no folder of real queues is here: the simulated centre alone", file=sys.stderr, flush=True)
    else:
        found += real(folder, quick=quick)
    return found + spent(quick=quick)


def simulated(seeds: Sequence[int], *, quick: bool) -> list[Figure]:
    """The simulated centre, seed by seed over the loads, with calls out of order, and its closing."""
    boards = [_watched(Setting(seed, LOADS[n % len(LOADS)]), quick=quick) for n, seed in enumerate(seeds)]
    disordered = [_watched(Setting(seeds[0], out_of_order=share), quick=quick) for share in (0.1, 0.25)]
    found: list[Figure] = []
    for seed, board in zip(seeds, boards, strict=True):
        board.name = f"simulated_{seed}"
        found += [*board.figures(), *_judged(board)]
    found += [
        ("simulated_mae_ratio_worst", _worst(boards, BEST_OF), "of_best"),
        ("simulated_skill_ratio_worst", _worst(boards, ("ql_skill",)), "of_ql_skill"),
    ]
    for percent, board in zip((10, 25), disordered, strict=True):
        ratio = board.ratio(among=(*BEST_OF, "ql_skill"))
        found.append((f"simulated_disorder_{percent}_mae_ratio", round(ratio, 3), "of_best"))
    return found + closing(seeds[0], quick=quick)


def _worst(boards: Sequence[Board], among: Sequence[str]) -> float:
    return round(max(board.ratio(among=among) for board in boards), 3)


def _watched(setting: Setting, *, quick: bool) -> Board:
    return watch(setting, DAYS, Watched(setting, QUICK_ROLLOUTS if quick else BOARD_ROLLOUTS)).scores


def closing(seed: int, *, quick: bool) -> list[Figure]:
    """Served, refused and stranded a day by each rule of closing."""
    days, teaching = (3, 2) if quick else (CLOSING_DAYS, CLOSING_TEACHING)
    rules = close(Setting(seed), days, teaching)
    found: list[Figure] = []
    for rule, closed in rules.items():
        found += [
            (f"closing_{rule}_served", round(closed.served / closed.days, 1), "tickets/day"),
            (f"closing_{rule}_refused", round(closed.refused / closed.days, 1), "people/day"),
            (f"closing_{rule}_stranded", round(closed.stranded / closed.days, 1), "tickets/day"),
            (f"closing_{rule}_idle", round(closed.idle_minutes / closed.days, 1), "min/day"),
        ]
    share = rules[Rule.CHANCE].served / rules[Rule.NONE].served
    return [*found, ("closing_served_share", round(share, 4), "of_no_rule")]


def real(folder: Path, *, quick: bool) -> list[Figure]:
    """Whichever of the two real data sets lies in the folder."""
    found: list[Figure] = []
    if (folder / WARSAW).is_file():
        board = replay_halls(folder)
        found += [*board.figures(), *_judged(board), *_halls(board)]
    if (folder / BANK).is_file():
        board = replay_calls(folder, QUICK_ROLLOUTS if quick else BOARD_ROLLOUTS)
        found += [*board.figures(), *_judged(board)]
    if not found:
        print(f"bench: {folder} has no days to judge in {WARSAW} or {BANK}", file=sys.stderr, flush=True)
    return found


def _judged(board: Board) -> list[Figure]:
    """The figures with a goal, none where no day is judged; cover by kind where there are tickets enough."""
    if "estimate" not in board.scores:
        return []
    estimate, name = board.scores["estimate"], board.name
    kinds = [score.cover_percent for score in board.large_kinds().values()]
    found: list[Figure] = [
        (f"{name}_mae_ratio", round(board.ratio(), 3), "of_best"),
        (f"{name}_rmse_ratio", round(board.ratio("rmse"), 3), "of_best"),
        (f"{name}_coverage_percent", round(estimate.cover_percent, 1), "%"),
        (
            f"{name}_width_ratio",
            round(estimate.mean_width / max(board.scores["ql"].mean_width, LEAST_ERROR), 3),
            "of_ql",
        ),
    ]
    if kinds:
        found += [
            (f"{name}_kind_coverage_lowest", round(min(kinds), 1), "%"),
            (f"{name}_kind_coverage_highest", round(max(kinds), 1), "%"),
        ]
        found += [
            (f"{name}_kind_{_named(kind)}_coverage", round(score.cover_percent, 1), "%")
            for kind, score in sorted(board.large_kinds().items())
        ]
    return found


def _named(kind: str) -> str:
    """A hall's or a queue's name as part of a figure's: letters and digits of ASCII alone."""
    return re.sub(r"[^a-z0-9]+", "_", kind.lower())


def _halls(board: Board) -> list[Figure]:
    """Each large hall's ratio to its own best simple rule."""
    found: list[Figure] = []
    halls = {hall for hall, _ in board.rules}
    for hall, score in sorted(board.large_kinds().items()):
        if hall not in halls:
            continue
        best = max(min(board.rules[hall, rule].mae for rule in BEST_OF), LEAST_ERROR)
        found.append((f"warsaw_hall_{_named(hall)}_mae_ratio", round(score.mae / best, 3), "of_best"))
    ratios = [value for _, value, _ in found]
    if ratios:
        found.append(("warsaw_hall_mae_ratio_median", round(median(ratios), 3), "of_best"))
        found.append(("warsaw_hall_mae_ratio_worst", max(ratios), "of_best"))
    return found


def spent(*, quick: bool) -> list[Figure]:
    """Milliseconds of a board of 300 waiting, of a kiosk's estimate (40 rollouts) and of a closing check (25)."""
    repeats = REPEATS // 4 if quick else REPEATS
    estimator = Estimator({str(queue): float(mean) for queue, mean in enumerate(MEANS)})
    full, usual = crowded(WAITING), crowded(WAITING // 4)
    place = Place(usual.now, WAITING, WAITING, usual.now)
    acts: dict[str, Callable[[int], object]] = {
        "board": lambda seed: estimator.board(full, seed),
        "kiosk": lambda seed: estimator.newcomer(usual, "0", place, seed),
        "closing": lambda seed: chance_before_closing(usual, estimator.quantities, "0", place, seed),
    }
    found: list[Figure] = []
    for name, act in acts.items():
        took = _took_ms(repeats, act)
        found += [
            (f"{name}_ms", middle([wall for wall, _ in took]), "ms"),
            (f"{name}_cpu_ms", middle([cpu for _, cpu in took]), "ms"),
        ]
    return [*found, *house_boards.run(repeats)]


def _took_ms(repeats: int, act: Callable[[int], object]) -> list[tuple[float, float]]:
    """By the clock and by the processor, in a thread of its own, as the server does it."""

    def timed(seed: int) -> tuple[float, float]:
        began, busy = perf_counter(), thread_time()
        act(seed)
        return (perf_counter() - began) * 1000, (thread_time() - busy) * 1000

    with ThreadPoolExecutor(1) as worker:
        return [worker.submit(timed, seed).result(LONGEST_SECONDS) for seed in range(repeats)]


def crowded(waiting: int) -> Snapshot:
    """A hall in the afternoon in which all counters serve and so many wait."""
    chance, now = random.Random(waiting), 840.0
    lines: dict[str, list[Place]] = {str(queue): [] for queue in range(len(MEANS))}
    for ticket in range(waiting):
        came = now - (waiting - ticket) * 60 / waiting
        lines[str(chance.randrange(len(MEANS)))].append(Place(came, ticket, ticket, came))
    desks = [
        Desk(number, tuple(map(str, primary + secondary)), Standing.SERVING, str(primary[0]), now - 3)
        for number, (primary, secondary) in enumerate(SKILLS)
    ]
    return Snapshot(now, lines, desks, closings=dict.fromkeys(lines, 1020.0))
