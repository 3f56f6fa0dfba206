"""`motcua` with a planted fault, named by the first argument.

*slow*: what a clerk asks takes half a second longer. *doubling*: every fifth call leaves its ticket in the line.
*refusing*: every fifth call is refused.
"""

import asyncio
import itertools
import sys
from typing import Any

from commands.main import main
from domain.errors import StaleScreen
from operations.calling import call_next
from store.store import Store

fault, write, turns = sys.argv.pop(1), Store.write, itertools.count(1)


def called_and_still_waiting(tx: Any, *args: Any, **kwargs: Any) -> Any:
    called = call_next(tx, *args, **kwargs)
    if called.ticket is not None:
        tx.db.execute("UPDATE tickets SET state = 'waiting' WHERE id = ?", (called.ticket.id,))
    return called


async def hindered(store: Store, act: Any, operation: Any, *args: Any, **kwargs: Any) -> Any:
    if fault == "slow" and operation.__module__ == call_next.__module__:
        await asyncio.sleep(0.5)
    elif operation is call_next and next(turns) % 5 == 0:
        if fault == "refusing":
            raise StaleScreen()
        operation = called_and_still_waiting
    return await write(store, act, operation, *args, **kwargs)


Store.write = hindered
main()
