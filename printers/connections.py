"""What every way to a printer offers: a connection a job, limits on every wait, replies read beside the writing."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from printers.status import ANSWER_SECONDS, ASK, Replies, Trouble

CONNECT_SECONDS = 3.0
STALL_SECONDS = 5.0


class Unreachable(Exception):
    """No connection: not one byte of the job was written. `trouble` says why, for people."""

    def __init__(self, address: str, trouble: Trouble = Trouble.REFUSED) -> None:
        super().__init__(f"{address}: {trouble.name}")
        self.trouble = trouble


class Stopped(Exception):
    """The connection ended or stalled while the job was being written: its outcome is unknown."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class Connection(ABC):
    """An open way to a printer; `replies` fills while it is open.

    `can_answer` is False where nothing can come back (a spooler, a file): such a job ends in 'sent'.
    """

    can_answer = True

    def __init__(self) -> None:
        self.replies = Replies()

    async def begin(self, job: str, chunks: Sequence[bytes]) -> None:  # noqa: B027
        """What is written next is this job, in these pieces. Raises Stopped.

        A network printer need not know; a spooler learns when to let go, an agent that it never had this job.
        """

    @abstractmethod
    async def write(self, data: bytes) -> None:
        """Hand over some bytes, waiting for room at most five seconds. Raises Stopped."""

    async def ask_status(self) -> dict[int, int]:
        """The answers to DLE EOT 1, 2 and 4; what is missing was not answered in 0.3 s. Raises Stopped."""
        answers: dict[int, int] = {}
        for which, question in ASK.items() if self.can_answer else ():
            self.replies.statuses.clear()
            await self.write(question)
            if not self.replies.statuses:
                await self.replies.news(ANSWER_SECONDS)
            if not self.replies.statuses:
                break
            answers[which] = self.replies.statuses[0]
        return answers

    @abstractmethod
    async def close(self) -> None:
        """Let go of the printer; a connection left open would block every other sender."""
