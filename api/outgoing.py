"""Messages to programs elsewhere: signed, sent one at a time to each receiver, tried again, given up in the end.

No personal data leaves: numbers, queues and counters only.
"""

import asyncio
import contextlib
import hashlib
import hmac
import random
import socket
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
import structlog

from api import messages
from domain.errors import Refused
from domain.events import CentreLoaded, MessagesResent, ReceiverAdded, ReceiverRemoved
from domain.queue_events import (
    ActUndone,
    TicketCalled,
    TicketLeft,
    TicketRekeyed,
    TicketReturned,
    TicketTransferred,
)
from domain.receivers import TAKEN, NotTaken
from domain.tickets import milliseconds
from operations import informing
from store import receivers
from store.journal import Recorded
from store.receivers import Message, Receiver
from store.store import Store
from store.vault import Unreadable, Vault
from store.writer import Act

if TYPE_CHECKING:
    import httpx2

TELLS = (ActUndone, MessagesResent, TicketCalled, TicketLeft, TicketRekeyed, TicketReturned, TicketTransferred)
CHANGES = (CentreLoaded, ReceiverAdded, ReceiverRemoved)
TRY_SECONDS = 10.0
LOOK_AGAIN_SECONDS = 2.0
ACT = Act("receivers")
PATIENCE = frozenset({408, 425, 429})  # answers of the fourth hundred after which another try may succeed
log = structlog.get_logger("receivers")


class NotNow(Exception):
    """The message was not taken; `for_good`: no other try would end otherwise."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.for_good = reason, for_good


def signature(secret: str, stamp: int, body: bytes) -> str:
    """The header that proves who sent this body and when (unix seconds): HMAC-SHA256 over '<stamp>.<body>'."""
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


class Messengers:
    """One messenger a receiver, so that a slow one holds up nobody else's messages."""

    def __init__(self, store: Store, vault: Vault, now: Callable[[], datetime], *, nearby: bool) -> None:
        self._store, self._vault, self._now, self._nearby = store, vault, now, nearby
        self._changed = asyncio.Event()
        self._woken: dict[int, asyncio.Event] = {}

    def heed(self, events: Sequence[Recorded]) -> None:
        """Something was committed: perhaps a message, perhaps another receiver."""
        if any(isinstance(recorded.event, CHANGES) for recorded in events):
            self._changed.set()
        if self._woken and any(isinstance(recorded.event, TELLS) for recorded in events):
            for woken in self._woken.values():
                woken.set()

    async def try_out(self, receiver: Receiver, name: str) -> str:
        """Send one test message now, past all that wait; gives 'taken 200', or why it was not taken."""
        await asyncio.to_thread(import_module, "httpx2")
        sender = Sender(self._store, self._vault, self._now, nearby=self._nearby)
        try:
            async with sender.client() as client, asyncio.timeout(TRY_SECONDS):
                status = await sender.post(receiver, f"test-{name}", messages.trial_shown(self._now()), client)
        except NotNow as failure:
            return failure.reason
        except TimeoutError:
            return NotTaken.NO_ANSWER
        return f"{TAKEN} {status}"

    async def run(self) -> None:
        """Serve until cancelled."""
        tasks: dict[int, asyncio.Task[None]] = {}
        try:
            while True:
                self._changed.clear()
                wanted = {r.id: r for r in self._store.read(receivers.all_receivers) if r.address}
                for gone in tasks.keys() - wanted.keys():
                    tasks.pop(gone).cancel()
                    self._woken.pop(gone, None)
                for new in wanted.keys() - tasks.keys():
                    tasks[new] = asyncio.create_task(self._serve(wanted[new]))
                await self._changed.wait()
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def _serve(self, receiver: Receiver) -> None:
        # The HTTP client takes half a second to load: the first page must not wait for it.
        await asyncio.to_thread(import_module, "httpx2")
        woken = self._woken[receiver.id] = asyncio.Event()
        sender = Sender(self._store, self._vault, self._now, nearby=self._nearby)
        async with sender.client() as client:
            while True:
                try:
                    busy = await sender.turn(receiver, client)
                except Exception as error:  # a full disk must not end the messenger
                    log.warning("turn failed", receiver=receiver.id, error=type(error).__name__)
                    busy = False
                if not busy:
                    woken.clear()
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                            await woken.wait()


class Sender:
    """Takes one message out, sends it, and records what became of it."""

    def __init__(self, store: Store, vault: Vault, now: Callable[[], datetime], *, nearby: bool) -> None:
        self._store, self._vault, self._now, self._nearby = store, vault, now, nearby

    def client(self) -> "httpx2.AsyncClient":
        """A client that follows no redirect and trusts what this machine trusts."""
        import httpx2

        return httpx2.AsyncClient(
            timeout=TRY_SECONDS, follow_redirects=False, trust_env=False, verify=ssl.create_default_context()
        )

    async def turn(self, receiver: Receiver, client: "httpx2.AsyncClient") -> bool:
        """Send one message, if one may go; gives whether there was one."""
        if self._store.read(receivers.next_message, receiver.id, milliseconds(self._now())) is None:
            return False
        message = (await self._store.write(ACT, informing.claim_message, receiver.id)).message
        if message is None:
            return False
        try:
            async with asyncio.timeout(TRY_SECONDS):
                await self.send(receiver, message, client)
        except NotNow as failure:
            await self._record_failure(message, failure)
        except TimeoutError:
            await self._record_failure(message, NotNow(NotTaken.NO_ANSWER))
        else:
            await self._keep_trying(informing.take, message.id)
        return True

    async def _record_failure(self, message: Message, failure: NotNow) -> None:
        log.warning("not taken", receiver=message.receiver, message=message.id, reason=failure.reason)
        if failure.for_good:
            await self._keep_trying(informing.give_up, message.id, failure.reason)
        else:
            await self._keep_trying(informing.postpone, message, failure.reason, random.uniform(0.5, 1.5))

    async def _keep_trying(self, operation: Callable[..., object], *told: object) -> None:
        """What a receiver has taken must not be forgotten because the disk is full now."""
        while True:
            try:
                await self._store.write(ACT, operation, *told)
            except Refused as refusal:
                log.warning("outcome not written yet", error=refusal.code)
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            else:
                return

    async def send(self, receiver: Receiver, message: Message, client: "httpx2.AsyncClient") -> None:
        """One message to its receiver. Raises NotNow."""
        shown = messages.message_shown(message, self._store.waits, self._now())
        await self.post(receiver, str(message.id), shown, client)

    async def post(
        self, receiver: Receiver, name: str, shown: messages.MessageShown, client: "httpx2.AsyncClient"
    ) -> int:
        """One signed body to a receiver; gives the status by which it was taken. Raises NotNow."""
        import httpx2

        secret = self._secret(receiver)
        body = msgspec.json.encode(shown)
        stamp = int(self._now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "MotCua-Message": f"{receiver.id}-{name}",
            "MotCua-Signature": signature(secret, stamp, body),
        }
        try:
            url, extensions, host = await self._found(receiver.address)
            post = client.stream("POST", url, content=body, headers=headers | host, extensions=extensions)
            async with post as answer:  # the body is not read: nothing that it says is needed
                _judge(answer.status_code)
                return int(answer.status_code)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, OSError):
            raise NotNow(NotTaken.UNREACHABLE) from None
        except (httpx2.HTTPError, httpx2.InvalidURL):
            raise NotNow(NotTaken.NO_ANSWER) from None

    def _secret(self, receiver: Receiver) -> str:
        sealed = self._store.read(receivers.sealed_secret, receiver.id)
        try:
            return self._vault.unseal(sealed or b"").decode()
        except (Unreadable, ValueError):
            raise NotNow(NotTaken.KEY, for_good=True) from None

    async def _found(self, address: str) -> tuple[str, dict[str, str], dict[str, str]]:
        """Where to connect: the very IP address that was checked, for a name may lead elsewhere a moment later."""
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = sorted((str(entry[4][0]) for entry in found), key=lambda address: ":" in address)
        if not addresses or not (self._nearby or all(map(informing.is_public, addresses))):
            raise NotNow(NotTaken.ADDRESS, for_good=True)
        literal = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
        url = f"{parts.scheme}://{literal}:{port}{parts.path or '/'}"
        return url, {"sni_hostname": host} if parts.scheme == "https" else {}, {"Host": parts.netloc}


def _judge(status: int) -> None:
    """Raises NotNow for every answer that does not say that the message was taken."""
    if 200 <= status < 300:
        return
    if 400 <= status < 500 and status not in PATIENCE:
        raise NotNow(f"{NotTaken.REFUSED} {status}", for_good=True)
    raise NotNow(f"{NotTaken.FAILED} {status}")
