"""The managers' wall: how the hall stands, how the day will end, and what to do about it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from display.hours import hours_of
from domain.admission import closes_at
from domain.centres import Centre
from domain.days import local
from domain.errors import msgid
from domain.hall_events import AnnouncementEnded
from domain.queue_events import VisitRated
from domain.tickets import milliseconds
from store import calendars, dossier_lists, figures, ratings
from store.boards import Board, Line
from store.database import Connection
from store.dossier_lists import Sight, Waiting
from store.ratings import Satisfaction
from web import airtime, alarms, standings, tonight, wording
from web.airtime import Zone
from web.house import House
from web.languages import translator
from web.live import NEVER_SHOWN
from web.pages import text_of
from web.scope import Scope

MOST_QUEUES, MOST_COUNTERS = 9, 12  # with more of them the letters are smaller
# Alarms in words, as there is room; the rows of all are marked.
CALM_ALARMS, MOST_ALARMS = 2, 3
MOST_ZONES = 3
DEAF_TO = tuple(kind for kind in NEVER_SHOWN if kind not in (AnnouncementEnded, VisitRated))
HELP = msgid("Quầy %(counters)s gọi trợ giúp: mời người đến ngay.")


def managers(house: House, scope: Scope, language: str) -> dict[str, Any]:
    """Four large figures, the queues, the counters and what needs somebody's eye, as far as the scope reaches."""
    centre, board, now = house.store.centre(), house.hub.board(), house.now()
    day = board.day.id if board.day else 0
    own = None if scope.agency is None else [p.code for p in centre.procedures if p.queue in scope.queues]
    synced = standings.synced_today(house, scope)
    said = house.store.read(ratings.of_queues, day)
    promises = {queue.id: queue.promise_minutes for queue in centre.queues if queue.promise_minutes}
    kept = {
        q: of
        for q, of in house.store.read(figures.kept_promises, day, promises, milliseconds(now)).items()
        if q in scope.queues
    }
    satisfied = {queue: sums for queue, sums in said.items() if queue in scope.queues}
    rows = _rows(house, scope, language, kept, satisfied)
    counters = _counters(centre, board, scope)
    is_large = len(rows) > MOST_QUEUES or len(counters["places"]) > MOST_COUNTERS
    place = next((agency for agency in centre.agencies if agency.id == scope.agency), centre)
    return {
        "centre_name": text_of(place.name, language),
        "now": now,
        "rows": rows,
        "most": max([row["waiting"] for row in rows] + [1]),
        "waiting": sum(row["waiting"] for row in rows),
        "longest": max([row["longest"] for row in rows] + [0]),
        "given": sum(row["figures"].given for row in rows),
        "served": sum(row["figures"].served for row in rows),
        "received": synced.below,
        "known": int(synced.above),
        "synchronised": _percent(int(synced.above), synced.below),
        "on_time": standings.on_time_this_month(house, scope),
        "satisfied": ratings.together(satisfied.values()),
        "kept": _percent(sum(within for within, _ in kept.values()), sum(called for _, called in kept.values())),
        "promised": sum(every for _, every in kept.values()),
        "due": house.store.read(figures.due_between, *_today(now), own),
        "overdue": house.store.read(_overdue, scope, now),
        "hours": hours_of(house, scope, board.day),
        **counters,
        **(alarmed := _alarms(house, board, scope, language)),
        **_tonight(house, scope, language),
        "zones": _zones(house, scope, language),
        "is_dense": is_large,
        "is_tight": len(alarmed["sentences"]) > CALM_ALARMS,
    }


def _overdue(db: Connection, scope: Scope, now: datetime) -> int:
    """Dossiers of the scope that are late and that somebody works on."""
    return dossier_lists.count(db, Waiting.OVERDUE, Sight(scope.agency), dossier_lists.today(db, now))


def _rows(
    house: House, scope: Scope, language: str, kept: Mapping[str, tuple[int, int]],
    satisfied: Mapping[str, Satisfaction],
) -> list[dict[str, Any]]:  # fmt: skip
    """One row a queue of the scope, in the centre's order."""
    board, now = house.hub.board(), house.now()
    of_queue = house.store.read(figures.of_queues, board.day.id if board.day else 0)
    rows = []
    for queue in (queue for queue in house.store.centre().queues if queue.id in scope.queues):
        line, counted = board.lines[queue.id], of_queue.get(queue.id, figures.NOTHING)
        rows.append({
            "id": queue.id, "prefix": queue.prefix, "title": text_of(queue.title, language),
            "waiting": line.waiting,
            "longest": _minutes_since(line, now), "figures": counted, "satisfied": satisfied.get(queue.id),
            "open": len(alarms.serving(board, queue.id)),
            "promise": queue.promise_minutes, "kept": _percent(*kept.get(queue.id, (0, 0))),
            "stopped": wording.stop(board.stop_of(queue.id, now), translator(language)),
            "end": tonight.end_of(house, queue.id),
        })  # fmt: skip
    return rows


def _tonight(house: House, scope: Scope, language: str) -> dict[str, Any]:
    """Whether there is a forecast to closing, what to do, and from how many days the coming people are guessed."""
    found = tonight.known(house)
    own = [end for end in found.ends.values() if end.queue in scope.queues] if found else []
    return {
        "is_forecast": bool(own),
        "has_no_closing": not _has_closing(house, scope),
        "guessed_from": found.days if found else 0,
        "advice": tonight.advice(house, scope, language),
        "at": tonight.at,
    }


def _has_closing(house: House, scope: Scope) -> bool:
    """Whether any queue of the scope closes today."""
    centre, calendar = house.store.centre(), house.store.read(calendars.newest)
    return any(closes_at(centre, queue, house.now(), calendar) is not None for queue in scope.queues)


def _alarms(house: House, board: Board, scope: Scope, language: str) -> dict[str, Any]:
    """What needs somebody at once, as sentences, the most urgent first; and the queues that they name."""
    asked = [one.counter for one in board.alarms if _is_seen(board, scope, one.counter)]
    words = [translator(language)(HELP) % {"counters": ", ".join(map(str, asked))}] if asked else []
    found = alarms.of_queues(house, scope, language)
    words += [alarm.words for alarm in found]
    named = frozenset[str]().union(*(alarm.queues for alarm in found))
    return {"alarms": named, "sentences": words[:MOST_ALARMS], "unsaid": len(words[MOST_ALARMS:])}


def _is_seen(board: Board, scope: Scope, counter: int) -> bool:
    place = board.places.get(counter)
    return place is not None and scope.has_counter(counter, place.skills.all)


def _zones(house: House, scope: Scope, language: str) -> list[Zone]:
    """The loudspeakers, the busiest first; they belong to no agency, so that the centre's own managers see them."""
    found = airtime.zones(house, language) if scope.agency is None else []
    return sorted(found, key=lambda zone: (-zone.percent, -zone.day.missed))[:MOST_ZONES]


def _counters(centre: Centre, board: Board, scope: Scope) -> dict[str, Any]:
    """The counters that the scope reaches, and how many are open, busy and resting."""
    seen = [place for place in board.places.values() if scope.has_counter(place.number, place.skills.all)]
    return {
        "places": [(place.number, place, _prefixes(centre, place.skills.all)) for place in seen],
        "open": sum(place.shift is not None for place in seen),
        "busy": sum(place.ticket is not None for place in seen),
        "resting": sum(place.pause is not None for place in seen),
    }


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def _today(now: datetime) -> tuple[int, int]:
    """The first instant of today and of tomorrow, in milliseconds."""
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return milliseconds(midnight), milliseconds(midnight + timedelta(days=1))


def _prefixes(centre: Centre, queues: tuple[str, ...]) -> str:
    """The letters of these queues, 'A · B'."""
    letters = {queue.id: queue.prefix for queue in centre.queues}
    return " · ".join(letters[queue] for queue in queues)


def _minutes_since(line: Line, now: datetime) -> int:
    return int((now - line.oldest).total_seconds() // 60) if line.oldest else 0


def managers_picture(house: House, scope: Scope, language: str) -> str:
    """The fragment that every managers' wall of this scope gets."""
    return house.pages.render("display/_managers_live.html", language, **managers(house, scope, language))
