"""`motcua` with a planted fault: every tenth ticket is answered with the number of the one before it."""

import itertools
from typing import Any

from commands.main import main
from operations.ticketing import take_ticket
from store.store import Store

write, turns, last = Store.write, itertools.count(1), []


async def repeating(store: Store, act: Any, operation: Any, *args: Any, **kwargs: Any) -> Any:
    answer = await write(store, act, operation, *args, **kwargs)
    if operation is not take_ticket:
        return answer
    if next(turns) % 10 == 0:
        return last[-1]
    last.append(answer)
    return answer


Store.write = repeating
main()
