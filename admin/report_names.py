"""What the rows of the managers' reports are grouped by and called, in the centre's order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.calendar import WEEKDAYS, Translate
from domain.centres import Centre, Queue
from domain.errors import msgid
from domain.reports import BOOKED, ORDINARY
from web.languages import translator
from web.pages import text_of

Key = str | int | None


class By(StrEnum):
    """What the figures are grouped by."""

    QUEUE = "queue"
    COUNTER = "counter"
    AGENCY = "agency"
    CLASS = "class"
    HOUR = "hour"
    WEEKDAY = "weekday"
    PERSON = "person"


GROUPS: Mapping[By, str] = {
    By.QUEUE: msgid("Hàng"),
    By.COUNTER: msgid("Quầy"),
    By.AGENCY: msgid("Cơ quan"),
    By.CLASS: msgid("Diện"),
    By.HOUR: msgid("Giờ đến"),
    By.WEEKDAY: msgid("Thứ"),
    By.PERSON: msgid("Cán bộ"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the reports' rows are called in a language, in the centre's order; what is gone keeps its id.

    `gone`: queues of former configurations that keep their name; `people`: whose figures the reader may see.
    """

    centre: Centre
    language: str
    gone: tuple[Queue, ...] = ()
    people: Mapping[str, str] = field(default_factory=dict)

    @property
    def said(self) -> Translate:
        """The translator of the language."""
        return translator(self.language)

    def queue(self, queue: str) -> str:
        """'A · Hộ tịch'."""
        return self._queues().get(queue, queue)

    @property
    def agencies(self) -> dict[str, str]:
        """The agency of each queue that there is, by ids."""
        return {queue.id: queue.agency for queue in self.centre.queues}

    def named(self, by: By, key: Key) -> str:
        """A row's first cell."""
        return self._names(by).get(str(key), self.said(msgid("Chưa gọi")) if key is None else str(key) or "–")

    def rank(self, by: By, key: Key) -> tuple[int, int, str]:
        """Where the row stands: the centre's order, then what is gone."""
        order = list(self._names(by))
        place = order.index(str(key)) if str(key) in order else len(order)
        return place, key if isinstance(key, int) else 0, str(key)

    def _queues(self) -> dict[str, str]:
        queues = (*self.centre.queues, *self.gone)
        return {q.id: f"{q.prefix} · {text_of(q.title, self.language)}" for q in queues}

    def _names(self, by: By) -> dict[str, str]:
        if by is By.QUEUE:
            return self._queues()
        if by is By.AGENCY:
            return {agency.id: text_of(agency.name, self.language) for agency in self.centre.agencies}
        if by is By.HOUR:
            return {str(hour): f"{hour}:00–{hour}:59" for hour in range(24)}
        if by is By.WEEKDAY:
            days = enumerate(map(self.said, WEEKDAYS), 1)
            return {str(n): text[0].upper() + text[1:] for n, text in days}
        if by is By.PERSON:
            return dict(sorted(self.people.items(), key=lambda one: one[1]))
        if by is By.COUNTER:
            return {str(counter.number): str(counter.number) for counter in self.centre.counters}
        people = {ORDINARY: self.said(msgid("Mọi người khác")), BOOKED: self.said(msgid("Có lịch hẹn"))}
        return people | {group.id: text_of(group.label, self.language) for group in self.centre.classes}
