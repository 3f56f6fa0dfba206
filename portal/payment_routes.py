"""Where the payment platform says what was paid. Who it is, its message's own seal proves."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from domain.roles import Role, open_to
from portal.payment_service import Payments
from portal.payments import LARGEST_CONFIRMATION, answer


@open_to(Role.ANYONE, body_limit=LARGEST_CONFIRMATION)
async def hear_payment(request: Request) -> Response:
    """One confirmation; the same one again gets the same answer and changes nothing."""
    payments: Payments = request.app.state.payments
    status, code, sentence = (await payments.hear(await request.body())).value
    return JSONResponse(answer(code, sentence), status, headers={"Cache-Control": "no-store"})


ROUTES: list[BaseRoute] = [Route("/portal/payments", hear_payment, methods=["POST"])]
