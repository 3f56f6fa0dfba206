import asyncio
from datetime import UTC, datetime

from bench import ceiling
from domain.tickets import Ticket, TicketState
from operations.calling import call_next
from operations.ticketing import take_ticket


async def written(store, act, operation, *args):
    """A store that counts its tickets and says what else it was asked."""
    if operation is not take_ticket:
        return operation.__name__
    store.append(args)
    now = datetime(2026, 11, 23, 1, tzinfo=UTC)
    return Ticket(len(store), 1, args[0], "A", len(store), TicketState.WAITING, 0, now, 0, "vi")


def test_only_the_first_tickets_are_written_and_every_number_differs(monkeypatch):
    monkeypatch.setattr(ceiling, "WRITTEN_FIRST", 3)
    write, store = ceiling.counting(written), []

    async def main():
        return [await write(store, None, take_ticket, "ho-tich") for _ in range(10)]

    given = asyncio.run(main())
    assert len(store) == 3
    assert len({ticket.n for ticket in given}) == 10
    assert {ticket.id for ticket in given[3:]} == {1, 2, 3}


def test_everything_else_is_written_as_always():
    assert asyncio.run(ceiling.counting(written)([], None, call_next, 3, "cb03")) == "call_next"
