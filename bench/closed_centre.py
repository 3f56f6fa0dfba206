"""The closing rule at work in the simulated centre: no rule, a fixed half hour, or the chance of being called."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bench.simulated_centre import CLOSES, TICKETS_FROM, Day, Person, Setting, play_day
from bench.watched_centre import GROUPS, Watched, place, snapshot
from domain.waiting.closings import admits, chance_before_closing

FIXED_MINUTES = 30.0


class Rule(StrEnum):
    """Until when walk-ins get numbers."""

    NONE = "none"
    FIXED = "fixed"
    CHANCE = "chance"


@dataclass(slots=True)
class Closing:
    """What a rule did over the judged days."""

    days: int = 0
    served: int = 0
    refused: int = 0
    stranded: int = 0
    idle_minutes: float = 0.0

    def note(self, day: Day) -> None:
        """One more day."""
        self.days += 1
        self.served += day.served
        self.refused += day.refused
        self.stranded += day.stranded
        self.idle_minutes += day.idle_minutes


class Gatekeeper(Watched):
    """Learns quantities only, and admits by one rule."""

    def __init__(self, setting: Setting, rule: Rule) -> None:
        super().__init__(setting)
        self.rule, self.is_judged = rule, False
        self.refused: set[tuple[int, str]] = set()

    def morning(self, day: Day) -> None:
        super().morning(day)
        self.refused.clear()

    def arrived(self, day: Day, person: Person) -> None:
        if person.group == "P":
            self.estimator.quantities.note_priority_arrival(str(person.queue))

    def admits(self, day: Day, queue: int, group: str) -> bool:
        if self.rule is Rule.NONE or not self.is_judged:
            return True
        if self.rule is Rule.FIXED:
            return day.now < CLOSES - FIXED_MINUTES
        newcomer = Person(len(day.people) + 1, queue, group, day.now, day.key_of(group, day.now, None))
        seed = day.number * 100_000 + newcomer.number
        chance = chance_before_closing(snapshot(day), self.estimator.quantities, str(queue), place(newcomer), seed)
        is_admitted = admits(chance, GROUPS[group], was_refused=(queue, group) in self.refused)
        (self.refused.discard if is_admitted else self.refused.add)((queue, group))
        return is_admitted


def close(setting: Setting, days: int, teaching: int) -> Mapping[Rule, Closing]:
    """The same days under each rule; the first ones only teach."""
    found = {rule: Closing() for rule in Rule}
    for rule, closing in found.items():
        keeper = Gatekeeper(setting, rule)
        for number in range(days):
            keeper.is_judged = number >= teaching
            day = play_day(setting, number, keeper)
            keeper.estimator.quantities.note_window(CLOSES - TICKETS_FROM)
            if keeper.is_judged:
                closing.note(day)
    return found
