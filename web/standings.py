"""How the centre stands in the index today and this month, for the managers' wall: known to the portal, in time."""

from datetime import UTC, datetime, timedelta
from weakref import WeakKeyDictionary

from domain.days import local
from domain.indicators import BY_ID, Count, Figure, Id
from store import indicators
from store.dossier_lists import Sight
from store.indicators import Period
from store.store import Store
from web.house import House
from web.scope import Scope

# A wall is drawn up to twenty times a second; a month of a large centre is looked at once a minute.
_KEPT: WeakKeyDictionary[Store, dict[Sight, tuple[datetime, Count]]] = WeakKeyDictionary()


def synced_today(house: House, scope: Scope) -> Count:
    """1.4 of the dossiers received today."""
    midnight = local(house.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    today = _period(house, scope, midnight, midnight + timedelta(days=1))
    return house.store.read(indicators.synced_of, today)


def on_time_this_month(house: House, scope: Scope) -> float | None:
    """2.1 of this month in percent, as it stood within the last minute; None of nothing."""
    now = local(house.now()).replace(second=0, microsecond=0)
    first = now.replace(day=1, hour=0, minute=0)
    month = _period(house, scope, first, now.replace(hour=0, minute=0) + timedelta(days=1))
    kept = _KEPT.setdefault(house.store, {})
    at, count = kept.get(month.sight, (None, Count(0, 0)))
    if at != now:
        count = house.store.read(indicators.on_time_of, month)
        kept[month.sight] = now, count
    return Figure(BY_ID[Id.ON_TIME], count).rate


def _period(house: House, scope: Scope, first: datetime, last: datetime) -> Period:
    return Period(first.astimezone(UTC), last.astimezone(UTC), house.now(), Sight(scope.agency))
