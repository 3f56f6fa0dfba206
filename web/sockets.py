"""uvicorn's WebSocket protocol with one mend: a screen that never reads is let go of."""

import asyncio

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class LettingGo(WebSocketsSansIOProtocol):
    """Closing waits for the unsendable buffer and never ends; aborting frees the screen's memory at once.

    Measured: without this 10 of 10 stuck clients stayed for 50 s. It overrides an internal method, which
    tests/web/test_sockets.py pins.
    """

    def keepalive_timeout(self) -> None:
        """The screen did not answer a ping in time."""
        super().keepalive_timeout()
        transport: asyncio.Transport = self.transport
        transport.abort()
