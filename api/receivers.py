"""What a receiver is told, for one that fetches by itself or has missed something."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api import messages
from api.callers import json
from domain.errors import Invalid
from domain.roles import Role, open_to
from store import receivers
from web.house import house_of, visitor_of

MESSAGES_AT_ONCE = 500


@open_to(Role.RECEIVER)
async def read_messages(request: Request) -> Response:
    """The own messages of today and yesterday above a number, oldest first: what is sent out, for fetching."""
    after, receiver = request.query_params.get("after", "0"), visitor_of(request).receiver
    if receiver is None or not after.isascii() or not after.isdigit() or len(after) > 15:
        raise Invalid(what="after")
    found = house_of(request).store.read(receivers.messages_after, receiver, int(after), MESSAGES_AT_ONCE)
    waits, now = house_of(request).store.waits, house_of(request).now()
    return json([messages.message_shown(message, waits, now) for message in found])


ROUTES: list[BaseRoute] = [Route("/api/v1/messages", read_messages)]
