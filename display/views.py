"""What walls and phones show. No variable here could hold a name: numbers, counters and waits only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from display import announcing
from display.plans import plan
from domain.centre_rules import Policy
from domain.centres import Centre, Device, Queue
from domain.days import is_over, local
from domain.errors import msgid
from domain.halls_shut import Shut, shut
from domain.satisfaction import FACES
from domain.tickets import Ticket
from domain.waiting.ranges import LONGEST, STEP
from domain.walls import Screen
from store import announcements, bulletins, calendars, nexts
from store.tickets import Call
from web import waits, wording
from web.house import House
from web.languages import translator
from web.pages import text_of
from web.pictures import Picture
from web.voice import Pack
from web.waits import Told

LAST_CALLS = 5
MOST_WITH_NEXT = 5  # queues of a hall; more of them have no room for who comes next
NEXT_AT_DOOR, MOST_TITLES = 3, 3
WORDS_SECONDS = 10  # each of several texts, in turn
RULE = msgid("Ưu tiên: %(classes)s")
LONGER = msgid("Hàng %(letters)s chờ lâu hơn: %(reason)s")
FRESH_SECONDS = 8


def hall(house: House, zone: str, language: str, device: Device | None = None) -> dict[str, Any]:
    """A wall of one zone: the newest call, those before it, and who waits; of this device, if it has wishes."""
    centre, board = house.store.centre(), house.hub.board()
    every = [] if is_yesterday(house) else announcing.calls_of_zone(centre, board, zone)
    calls = still_valid(every)
    glass = device.glass if device else Screen()
    picture, closed = _between_calls(house, every, glass), closed_hall(house, zone)
    newest = calls[-1] if calls and not picture and not closed else None
    before = _latest_of_each(calls[:-1] if newest else calls, newest)
    shown = [*before, newest] if newest else before
    return {
        "centre_name": text_of(centre.name, language),
        "now": house.now(),
        "newest": newest,
        "closed": closed,
        **_way_to(centre, zone, newest.counter if newest else 0, language),
        "picture": picture,
        "picture_at": f"/display/{device.id}/pictures/{picture.name}" if device and picture else "",
        "before": before,
        "fresh": {call.seq for call in before if is_fresh(call, house.now())},
        "unspoken": house.store.read(announcements.missed_among, [call.seq for call in shown]),
        "taken_back": [call.number for call in every if is_fresh_withdrawal(call, house.now())],
        "calls": [] if is_yesterday(house) else announcing.newest(house, zone),
        "lines": lines(house, zone, language),
        "stops": stops(house, zone, language),
        "words": _words(house, zone, language),
        "layout": glass.layout,
    }


def is_yesterday(house: House) -> bool:
    """Whether the newest business day is over and nobody has begun another one: nothing of it is said any more."""
    day = house.hub.board().day
    return day is not None and is_over(day, house.now())


def closed_hall(house: House, zone: str) -> Shut | None:
    """How this zone's hall is shut; whoever sits at one of its counters keeps it open."""
    centre, board = house.store.centre(), house.hub.board()
    hall = centre.hall_of(zone)
    if any((place := board.places.get(n)) and place.shift for n in centre.counters_in(hall)) and not is_yesterday(
        house
    ):
        return None
    queues = [queue.id for queue in centre.queues if queue.hall == hall]
    return shut(centre, queues, house.now(), house.store.read(calendars.newest))


def _between_calls(house: House, calls: list[Call], glass: Screen) -> Picture | None:
    """The picture of now where nothing has been called for as long as this wall is to wait."""
    if glass.pictures_after_seconds is None:
        return None
    is_quiet = not calls or (house.now() - calls[-1].at).total_seconds() >= glass.pictures_after_seconds
    return house.pictures.at(house.now()) if is_quiet else None


def _words(house: House, zone: str, language: str) -> tuple[str, str]:
    """What is to read below the queues, in turn: the hall's notices, why ranges have risen, else the rule.

    With it its kind: 'bulletin', 'stop-line' or 'rule', empty for nothing.
    """
    centre, now, translate = house.store.centre(), house.now(), translator(language)
    posted = house.store.read(bulletins.of_hall, centre.hall_of(zone), now)
    turns = [("bulletin", text_of(one.text, language)) for one in posted if one.is_shown(now)]
    risen = [] if stops(house, zone, language) else rises(house, zone, language)
    turns += [("stop-line", line) for line in risen]
    classes = [text_of(one.label, language) for one in centre.classes_on(local(now).date())]
    if classes and not risen and not stops(house, zone, language):
        turns.append(("rule", translate(RULE) % {"classes": ", ".join(classes)}))
    return turns[int(now.timestamp()) // WORDS_SECONDS % len(turns)] if turns else ("", "")


def rises(house: House, zone: str, language: str) -> list[str]:
    """Why ranges of this hall have risen, each cause once with its queues; one line where all of today is slow."""
    centre, translate = house.store.centre(), translator(language)
    slow = translate(waits.SLOW) if waits.is_slow(house) else ""
    found: dict[str, list[str]] = {slow: []} if slow else {}
    for queue in centre.queues:
        note = waits.of_queue(house, queue.id, language).note if queue.hall == centre.hall_of(zone) else ""
        if note and note != slow:
            found.setdefault(note, []).append(queue.prefix)
    return [
        translate(LONGER) % {"letters": ", ".join(letters), "reason": note} if letters else note
        for note, letters in found.items()
    ]


def _way_to(centre: Centre, zone: str, number: int, language: str) -> dict[str, Any]:
    """The way to a counter, said and drawn."""
    found = next((counter for counter in centre.counters if counter.number == number), None)
    if found is None:
        return {"way": "", "turn": None, "plan": None}
    return {"way": text_of(found.way, language), "turn": found.turn, "plan": plan(centre, zone, number)}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One queue on a wall. `wait` is a range or, unless `is_known`, why there is none; `nexts` may be unknown."""

    prefix: str
    people: int
    is_stopped: bool
    wait: str
    is_known: bool
    nexts: tuple[str, ...]


def lines(house: House, zone: str, language: str) -> list[Waiting]:
    """Every queue of this zone's hall: people, range of the wait, who comes next."""
    centre, board = house.store.centre(), house.hub.board()
    hall = centre.hall_of(zone)
    here = [queue for queue in centre.queues if queue.hall == hall]
    coming = {} if (over := is_yesterday(house)) else _nexts(house, centre, [queue.id for queue in here])
    told = {queue.id: waits.of_queue(house, queue.id, language) for queue in here}
    return [
        Waiting(
            queue.prefix, 0 if over else board.lines[queue.id].waiting,
            board.stop_of(queue.id, house.now()) is not None,
            _range(told[queue.id]), told[queue.id].is_known, tuple(coming.get(queue.id, ())),
        )
        for queue in here
    ]  # fmt: skip


def _nexts(house: House, centre: Centre, queues: list[str]) -> dict[str, list[str]]:
    """Who comes next; nobody can say it where the turn depends on the calls of each counter, or is too narrow."""
    if centre.calling.policy is Policy.RATIO or len(queues) > MOST_WITH_NEXT:
        return {}
    return house.store.read(nexts.of_queues, queues, 1)


def _range(told: Told) -> str:
    """The minutes of somebody who comes now in figures, or why none are said; empty without a reason to tell."""
    wait = told.wait
    if wait is None:
        return told.words if told.says_something else ""
    if wait.high is None:
        return f"{wait.low}–{LONGEST}+" if wait.low < LONGEST else f"> {LONGEST}"
    return f"{wait.low}–{wait.high}" if wait.low or wait.high > STEP else f"< {STEP}"


def door(house: House, device: Device, language: str) -> dict[str, Any]:
    """The screen at one counter's door: whom it calls, who comes next, or why nobody."""
    centre, board, number = house.store.centre(), house.hub.board(), device.counter or 0
    place = None if is_yesterday(house) else board.places.get(number)
    clerk = place.shift.person if place and place.shift else ""
    coming: list[str] = []
    if place and clerk and centre.calling.policy is not Policy.RATIO:
        coming = house.store.read(nexts.at_counter, number, clerk, place.skills.all, NEXT_AT_DOOR)
    titles = [(q.prefix, text_of(q.title, language)) for q in centre.queues if place and q.id in place.skills.all]
    return {
        "centre_name": text_of(centre.name, language),
        "now": house.now(),
        "counter": number,
        "ticket": place.ticket if place else None,
        "is_open": bool(clerk),
        "rests": place.pause is not None if place else False,
        "coming": coming,
        "titles": titles[:MOST_TITLES],
        "calls": [],
    }


def stops(house: House, zone: str, language: str) -> list[tuple[str, str, str]]:
    """What is stopped, by cause, this hall's queues first: letters, title of a single one, why and until when."""
    centre, board, translate = house.store.centre(), house.hub.board(), translator(language)
    hall = centre.hall_of(zone)
    found: dict[str, list[Queue]] = {}
    for queue in sorted(centre.queues, key=lambda queue: queue.hall != hall):
        if why := wording.stop(board.stop_of(queue.id, house.now()), translate):
            found.setdefault(why, []).append(queue)
    return [
        (", ".join(q.prefix for q in same), text_of(same[0].title, language) if len(same) == 1 else "", why)
        for why, same in found.items()
    ]


def still_valid(calls: list[Call]) -> list[Call]:
    """The calls and repeats that nobody has taken back."""
    valid: list[Call] = []
    for call in calls:
        if call.kind != "withdrawn":
            valid.append(call)
            continue
        last = next((i for i in reversed(range(len(valid))) if valid[i].ticket == call.ticket), None)
        if last is not None:
            del valid[last]
    return valid


def is_fresh_withdrawal(call: Call, now: datetime) -> bool:
    """Whether 'số … xin chờ' still stands on the wall."""
    return call.kind == "withdrawn" and is_fresh(call, now)


def is_fresh(call: Call, now: datetime) -> bool:
    """Whether it is still marked as new, also where a newer one has taken its place (screens.md W2)."""
    return 0 <= (now - call.at).total_seconds() < FRESH_SECONDS


def _latest_of_each(calls: list[Call], newest: Call | None) -> list[Call]:
    """The last calls, newest first, each ticket once."""
    seen = {newest.ticket} if newest else set()
    found = []
    for call in reversed(calls):
        if call.ticket not in seen:
            seen.add(call.ticket)
            found.append(call)
    return found[:LAST_CALLS]


def hall_picture(house: House, zone: str, language: str, device: Device | None = None) -> str:
    """The fragment that every wall of the zone gets that is set up alike."""
    return house.pages.render("display/_hall_live.html", language, **hall(house, zone, language, device))


def door_picture(house: House, device: Device, language: str) -> str:
    """The fragment that a screen at a counter's door gets."""
    return house.pages.render("display/_door_live.html", language, **door(house, device, language))


def voices(packs: Mapping[str, Pack]) -> list[str]:
    """The languages that can be spoken here, Vietnamese first."""
    return sorted(packs, key=lambda language: language != "vi")


def follow_link(house: House, ticket: Ticket) -> str:
    """The address of the phone page of this number; it cannot be guessed."""
    return f"/follow/{ticket.id}-{house.vault.sign('follow', str(ticket.id))}"


def question(ticket: Ticket, link: str) -> dict[str, Any]:
    """What is asked about a visit that is over: its faces, and where the answer goes."""
    return {"ticket": ticket, "link": link, "faces": [(int(score), text) for score, text in FACES.items()]}
