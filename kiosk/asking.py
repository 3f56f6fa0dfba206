"""Which kiosk asks."""

from starlette.requests import Request

from domain.centres import Device
from domain.errors import NotFound
from web.house import visitor_of


def device_of(request: Request) -> Device:
    """The kiosk that asks; `safety` has let in nobody else."""
    device = visitor_of(request).device
    if device is None:
        raise NotFound(what=request.path_params["device"][:20])
    return device
