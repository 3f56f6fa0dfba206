"""Which days a report is about: from one date to another, at most a year."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from domain.days import LOCAL
from domain.errors import Invalid, msgid
from domain.reports import MOST_DAYS
from store.database import Connection
from store.dossier_lists import Sight
from store.indicators import Period
from store.reports import newest_dates

USUAL_DAYS = 7
# Beyond these a midnight of ours has no instant of UTC beside it.
FIRST_DATE, LAST_DATE = date(1970, 1, 1), date(9998, 12, 31)


class SpanWrong(Invalid):
    text = msgid("Hãy chọn ngày đầu không sau ngày cuối, cách nhau nhiều nhất %(most)s ngày.")


class SpanTooFull(SpanWrong):
    """More numbers than are read at once."""

    text = msgid("Những ngày này có hơn %(most)s số, quá nhiều cho một báo cáo. Hãy chọn ít ngày hơn.")


@dataclass(frozen=True, slots=True)
class Span:
    """From the first date to the last, both included."""

    first: date
    last: date

    @property
    def name(self) -> str:
        """For the name of a file."""
        return f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"

    @property
    def dates(self) -> str:
        """As people write it: '01/10/2026–31/10/2026', one date where it is one day."""
        first, last = f"{self.first:%d/%m/%Y}", f"{self.last:%d/%m/%Y}"
        return first if first == last else f"{first}–{last}"

    def period(self, now: datetime, sight: Sight) -> Period:
        """The dossiers of these days, as whoever has this sight may see them."""
        return Period(_midnight(self.first), _midnight(self.last + timedelta(days=1)), now, sight)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)


def wanted_span(first: str, last: str, default: Span) -> Span:
    """What was asked for; where one end is missing, one day. Raises SpanWrong."""
    if not first and not last:
        return default
    try:
        span = Span(date.fromisoformat(first or last), date.fromisoformat(last or first))
    except ValueError:
        raise SpanWrong(most=MOST_DAYS) from None
    if not FIRST_DATE <= span.first <= span.last <= LAST_DATE or span.last - span.first >= timedelta(
        days=MOST_DAYS
    ):
        raise SpanWrong(most=MOST_DAYS)
    return span


def newest_days(db: Connection, today: date) -> Span:
    """The last seven business days; a centre that was closed for long sees its newest ones within a year."""
    found = newest_dates(db, USUAL_DAYS, today) or [today]
    return Span(max(found[0], found[-1] - timedelta(days=MOST_DAYS - 1)), found[-1])


def month_before(today: date) -> Span:
    """The calendar month before this one."""
    last = today.replace(day=1) - timedelta(days=1)
    return Span(last.replace(day=1), last)
