"""`python -m bench.ceiling …` is `motcua …` whose tickets are only counted: the most this server could ever issue.

Route, middleware, device check, form, page and its reads stay; only `store.write(take_ticket, …)` is replaced.
The first tickets are written as always, so that the pages of all later ones read real rows.
"""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from commands.main import main
from domain.tickets import Ticket
from operations.ticketing import take_ticket
from store.store import Store

WRITTEN_FIRST = 128
LAUNCHER = ("-m", "bench.ceiling")

Write = Callable[..., Awaitable[Any]]


def counting(write: Write) -> Write:
    """The same `write`, which after the first tickets only counts on."""
    written: list[Ticket] = []
    numbers = itertools.count(1_000_000)

    async def counted(store: Store, act: Any, operation: Any, *args: Any, **kwargs: Any) -> Any:
        if operation is not take_ticket:
            return await write(store, act, operation, *args, **kwargs)
        if len(written) < WRITTEN_FIRST:
            written.append(await write(store, act, operation, *args, **kwargs))
            return written[-1]
        number = next(numbers)
        return replace(written[number % WRITTEN_FIRST], n=number)

    return counted


if __name__ == "__main__":
    setattr(Store, "write", counting(Store.write))  # noqa: B010 a type checker would refuse the plain form
    main()
