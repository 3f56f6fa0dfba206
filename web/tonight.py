"""How the day ends, in words: the forecast to closing for managers, on the wall and on a queue's page."""

from math import ceil

from domain.centres import Centre
from domain.errors import msgid
from domain.waiting.advice import Remedy
from domain.waiting.ends import QueueEnd
from web import wording
from web.forecasting import Tonight
from web.house import House
from web.languages import translator
from web.pages import text_of
from web.scope import Scope

STEP_MINUTES = 5
OPEN = msgid("Mở quầy %(counter)s đến %(until)s: hàng %(queue)s hết lúc %(after)s thay vì %(before)s.")
OPEN_FIRST = msgid("Mở quầy %(counter)s đến %(until)s: hàng %(queue)s hết lúc %(after)s, nay chưa quầy nào mở.")
OPEN_SOME = msgid("Mở quầy %(counter)s đến %(until)s: hàng %(queue)s kịp thêm %(saved)s người trước %(closes)s.")
NO_COUNTER = msgid(
    "Hàng %(queue)s: khoảng %(late)s người không kịp trước %(closes)s, không còn quầy để mở. Hãy hẹn họ ngày khác."
)


def known(house: House) -> Tonight | None:
    """The forecast to closing while it is young enough to be shown."""
    found = house.forecaster.tonight
    return found if found.ends and found.is_fresh(house.now()) else None


def end_of(house: House, queue: str) -> QueueEnd | None:
    """How the day of one queue ends; None while nobody knows, and for a queue that never closes."""
    found = known(house)
    return found.ends.get(queue) if found else None


def at(minutes: float) -> str:
    """A moment of the forecast: never exacter than five minutes, rounded to the later."""
    return wording.clock(STEP_MINUTES * ceil(minutes / STEP_MINUTES))


def advice(house: House, scope: Scope, language: str) -> str:
    """The one thing to do for the queues of this scope, as a sentence; empty where all are called in time."""
    found, centre = known(house), house.store.centre()
    own = [one for one in found.remedies if one.before.queue in scope.queues] if found else []
    return sentence(max(own, key=lambda one: one.before.late), centre, language) if own else ""


def sentence(remedy: Remedy, centre: Centre, language: str) -> str:
    """What to do, and what it changes."""
    before, after, say = remedy.before, remedy.after, translator(language)
    title = next((q.title for q in centre.queues if q.id == before.queue), None)
    closes, until = wording.clock(before.closes), wording.clock(remedy.until)
    words = {"queue": text_of(title, language) if title else before.queue, "closes": closes, "until": until}
    if after is None:
        return say(NO_COUNTER) % {**words, "late": before.late}
    words["counter"] = str(remedy.counter)
    if after.ends is None or (before.ends is not None and at(after.ends) == at(before.ends)):
        return say(OPEN_SOME) % {**words, "saved": before.late - after.late}
    words["after"] = at(after.ends)
    if before.ends is None:
        return say(OPEN_FIRST) % words
    return say(OPEN) % {**words, "before": at(before.ends)}
