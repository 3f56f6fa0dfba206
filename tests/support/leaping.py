"""An event loop whose clock leaps: where nothing happens until the next timer, its moment has come at once.

Everything on the loop talks over real sockets; minutes of waiting take milliseconds. Threads that hold the loop
(`holding`) keep the clock from leaping, so that a commit on a slow disk is not mistaken for idleness.
"""

import asyncio
import fcntl
import selectors
import struct
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

T = TypeVar("T")
GRACE_SECONDS = 0.001  # what the kernel may need to pass bytes from one socket of this process to another
DELIVERY_SECONDS = 0.006  # of a busy kernel
WINDOW_SECONDS = 0.45  # longer than the first probe of a closed window takes
DEADLOCK_SECONDS = 20.0
UNACKNOWLEDGED, UNSENT = 0x5411, 0x894B  # SIOCOUTQ and SIOCOUTQNSD of Linux


class LeapingLoop(asyncio.SelectorEventLoop):
    """Threads of the default executor are run at once, inside the loop."""

    def __init__(self) -> None:
        self.leapt = 0.0
        self.held = 0
        super().__init__(_Leaping(self))

    def time(self) -> float:
        return super().time() + self.leapt

    @contextmanager
    def holding(self) -> Iterator[None]:
        """The clock stands by the wall while a thread works for us."""
        self.held += 1
        try:
            yield
        finally:
            self.held -= 1

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> "asyncio.Future[T]":  # type: ignore[override]
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


class _Leaping(selectors.DefaultSelector):  # type: ignore[valid-type, misc]
    """Selects as usual; an idle wait that would end with a timer ends now."""

    def __init__(self, loop: LeapingLoop) -> None:
        super().__init__()
        self._leaping_loop = loop
        self._stuck: dict[int, int] = {}

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if self._leaping_loop.held or timeout is None:
            return super().select(DEADLOCK_SECONDS if timeout is None else min(timeout, DEADLOCK_SECONDS))
        ready = super().select(min(timeout, GRACE_SECONDS)) or self._wait_for_kernel(timeout)
        if not ready:
            self._leaping_loop.leapt += max(0.0, timeout - GRACE_SECONDS)
        return ready

    def _wait_for_kernel(self, timeout: float) -> Any:
        """Bytes that the kernel has not delivered, or holds for a closed window, are on their way, or stuck."""
        unsent = self._kept(UNSENT)
        is_flying = any(size > unsent.get(fd, 0) for fd, size in self._kept(UNACKNOWLEDGED).items())
        ready = super().select(min(timeout, DELIVERY_SECONDS)) if is_flying else []
        if not ready and unsent and unsent != self._stuck:
            ready = super().select(min(timeout, WINDOW_SECONDS))
            self._stuck = {} if ready else unsent
        return ready

    def _kept(self, question: int) -> dict[int, int]:
        """Bytes in the kernel's queue of each socket that has any."""
        found = {}
        for fd in self.get_map():
            if isinstance(fd, int):
                with suppress(OSError):
                    (size,) = struct.unpack("i", fcntl.ioctl(fd, question, b"\0" * 4))
                    found[fd] = size
        return {fd: size for fd, size in found.items() if size}


def run_leaping(main: Callable[[LeapingLoop], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine on a leaping loop to its end."""
    loop = LeapingLoop()
    try:
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(main(loop))
    finally:
        try:
            _cancel_all(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            loop.close()


def _cancel_all(loop: LeapingLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
