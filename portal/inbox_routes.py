"""The door for the portal's letters, which come from the adapter in the state network; `app.py` mounts it."""

import asyncio
import json

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from domain.errors import Refused
from domain.roles import Role, open_to
from portal.inbox import Inbox, Reply, accepted, refused
from portal.inbox_messages import BODY_LIMIT, BodyTooLarge

READ_SECONDS = 60.0
log = structlog.get_logger("portal")


# Its own limit, slightly below that of the route, answers in the portal's dialect.
@open_to(Role.ANYONE, body_limit=BODY_LIMIT + 1024 * 1024)
async def take_letter(request: Request) -> Response:
    """An online dossier, or what completes one. The signature stands in the header Authorization."""
    inbox: Inbox = request.app.state.inbox
    try:
        seal = inbox.examine(request.headers.get("authorization", ""))
        async with inbox.room:
            reply = accepted(await inbox.take(seal, await _body(request)))
    except Refused as error:
        log.warning("letter refused", error=error.code)
        reply = refused(error)
    except TimeoutError:
        reply = Reply(408, -1, "Hết thời gian nhận thư. Hãy gửi lại.")
    return _answer(reply)


async def _body(request: Request) -> bytes:
    """Raises BodyTooLarge, TimeoutError."""
    body = bytearray()
    if int(request.headers.get("content-length") or 0) > BODY_LIMIT:
        raise BodyTooLarge(megabytes=BODY_LIMIT >> 20)
    async with asyncio.timeout(READ_SECONDS):
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT:
                raise BodyTooLarge(megabytes=BODY_LIMIT >> 20)
    return bytes(body)


def _answer(reply: Reply) -> Response:
    body = json.dumps({"error_code": str(reply.code), "message": reply.message}, ensure_ascii=False)
    return Response(body, reply.status, media_type="application/json", headers={"Cache-Control": "no-store"})


ROUTES: list[BaseRoute] = [Route("/portal/inbox/nhanhsdvcqg", take_letter, methods=["POST"])]
