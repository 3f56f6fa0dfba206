"""What is said to a printer and heard from it while one slip is printed: questions, pieces, proof, resync.

Knows what each answer is worth (printing.md 7 and 8); knows nothing of rows, leases or who waits for the slip.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto

from domain.events import Sending
from domain.papers import Abilities, Answer, Grade, SlipState
from printers.connections import Connection, Stopped
from printers.papers import Paper, Papers
from printers.status import ANSWER_SECONDS, ASK_CAUSE, Trouble, is_near_end, trouble

PROOF_SECONDS = 8.0
STRANGER_SECONDS = 2.0  # for one of which nobody knows yet whether it can answer, and that said nothing so far
LAST_WORD_SECONDS = 2.0
SENDING_SECONDS = 180.0  # 34 kB at 9600 baud take 35
ERROR_BIT = 0x40
CONSUMED = b"\x1dr\x01" * 2  # twice: one stray byte must not pass for the answer
Keep = Callable[[int, int], Awaitable[None]]


class Resync(Enum):
    """Whether a broken job may still lie in the printer: sent means that nothing has shown yet that it arrived."""

    NEEDED = auto()
    SENT = auto()
    DONE = auto()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a printer said of itself: its answers, its trouble if any, and whether its roll is nearly used up."""

    answers: dict[int, int]
    trouble: Trouble | None = None

    @property
    def near_end(self) -> bool:
        """Whether somebody should bring a new roll."""
        return is_near_end(self.answers)


@dataclass(frozen=True, slots=True)
class Ended:
    """How one try ended, and what left for the printer; FAILED: not one byte of the slip did."""

    state: str
    note: str = ""
    grade: str = ""
    paper: Paper | None = None
    pieces: int = 0
    status: str = ""

    def sending(self, tries: int) -> Sending | None:
        """The same for the journal; paper counts as used when all of it was handed over."""
        if self.paper is None:
            return None
        total, layout = len(self.paper.chunks), self.paper.layout
        rows = self.paper.rows * self.pieces // total
        return Sending(self.pieces, total, rows, self.paper.sha256, layout, self.status, tries)


class Conversation:
    """Speaks with one printer, over one connection a slip; remembers what must be cleared away and was learned."""

    def __init__(self, papers: Papers) -> None:
        self._papers = papers
        self._resync = Resync.NEEDED  # nobody knows what lies in the printer when we start
        self._last: dict[int, int] = {}
        self.heard: set[Answer] = set()

    def break_off(self) -> None:
        """A job ended in the middle: half a picture in the printer would swallow the next one."""
        self._resync = Resync.NEEDED

    async def ask(self, line: Connection, known: Abilities) -> Asked:
        """Whether it can print, as it says itself. Raises Stopped.

        One that has answered before and is silent now is in trouble: perhaps another host has it.
        """
        if known.tested:
            self.heard &= known.answers  # what it did before its test it may do no more: it may be another one
        if not known.asks_status or not line.can_answer:
            if self._resync is not Resync.DONE:
                await line.write(self._papers.resync)
                self._resync = Resync.DONE
            return Asked({})
        asked = await self._ask_clear(line)
        if not asked.answers and Answer.STATUS in known.answers | self.heard:
            return Asked({}, Trouble.SILENT)
        return asked

    async def _ask_clear(self, line: Connection) -> Asked:
        """Ask, with what a broken job left behind cleared away before any question: it would swallow that, too.

        What was sent to a silent or a stopped printer may be lost: some forget their buffer when they stop. It is
        sent again only when the printer is ready, so that one which kept it does not cut blank paper for every try.
        """
        before = self._resync
        if before is Resync.NEEDED:
            await line.write(self._papers.resync)
            self._resync = Resync.SENT
        asked = await self._questions(line)
        if before is Resync.SENT and asked.answers and asked.trouble is None:
            await line.write(self._papers.resync)
            asked = await self._questions(line)
        if asked.answers and asked.trouble is None:
            self._resync = Resync.DONE
        return asked

    async def _questions(self, line: Connection) -> Asked:
        answers = await line.ask_status()
        if answers.get(2, 0) & ERROR_BIT:
            answers |= await self._cause(line)
        self._last = answers or self._last
        self._note(line, answers)
        return Asked(answers, trouble(answers))

    async def _cause(self, line: Connection) -> dict[int, int]:
        line.replies.statuses.clear()
        await line.write(ASK_CAUSE)
        if not line.replies.statuses:
            await line.replies.news(ANSWER_SECONDS)
        return {3: line.replies.statuses[0]} if line.replies.statuses else {}

    def _note(self, line: Connection, answers: dict[int, int]) -> None:
        found = {
            Answer.STATUS: bool(answers),
            Answer.NEAR_END: is_near_end(answers),
            Answer.AUTOMATIC: bool(line.replies.automatic),
        }
        self.heard |= {answer for answer, is_heard in found.items() if is_heard}

    async def send(self, line: Connection, paper: Paper, known: Abilities, name: str, keep: Keep) -> Ended:
        """Hand a slip over, piece by piece, and wait for the printer's word. Bytes may leave from here on."""
        pieces = 0
        line.replies.automatic.clear()
        try:
            async with asyncio.timeout(SENDING_SECONDS):
                await line.begin(name, paper.chunks)
                for chunk in paper.chunks:
                    await line.write(chunk)
                    pieces += 1
                    await keep(pieces, len(paper.chunks))
            ended = await self._proof(line, paper, known)
        except Stopped as stopped:
            ended = Ended(SlipState.UNKNOWN, line.replies.stopped_by or stopped.trouble)
        except TimeoutError:
            ended = Ended(SlipState.UNKNOWN, Trouble.STALLED)
        if ended.state == SlipState.UNKNOWN:
            self.break_off()
        status = bytes(self._last[n] for n in sorted(self._last)).hex(" ")
        return Ended(ended.state, ended.note, ended.grade, paper, pieces, status)

    async def _proof(self, line: Connection, paper: Paper, known: Abilities) -> Ended:
        """The printer's word that the paper is out. One that never answers ends in 'sent'."""
        if not line.can_answer or not known.should_prove:
            return Ended(SlipState.SENT)
        replies = line.replies
        is_stranger = not known.answers | self.heard
        seconds = STRANGER_SECONDS if is_stranger else PROOF_SECONDS
        asks_completion = not known.tested or Answer.COMPLETION in known.answers
        if asks_completion:
            await _hears(line, lambda: paper.confirm_id in replies.printed or bool(replies.stopped_by), seconds)
        self._note(line, {})
        if replies.stopped_by is not None:
            return _interrupted(replies.stopped_by)
        if paper.confirm_id in replies.printed:
            self.heard.add(Answer.COMPLETION)
            replies.printed.discard(paper.confirm_id)
            return Ended(SlipState.CONFIRMED, "", Grade.PRINTED)
        if Answer.COMPLETION in known.answers | self.heard:  # it would have said so
            return await self._unproved(line)
        return await self._weaker_proof(line)

    async def _weaker_proof(self, line: Connection) -> Ended:
        """GS r stands behind the slip in the printer's queue; who answers it has worked through the slip."""
        line.replies.others.clear()
        await line.write(CONSUMED)
        is_consumed = await _hears(line, lambda: line.replies.was_consumed, LAST_WORD_SECONDS)
        asked = await self._questions(line)
        if line.replies.has_paused:
            return _interrupted(line.replies.stopped_by or Trouble.HOT)
        if is_consumed:
            self.heard.add(Answer.SENSOR)
        if is_consumed and asked.answers and asked.trouble is None:
            return Ended(SlipState.CONFIRMED, "", Grade.PROCESSED)
        return Ended(SlipState.UNKNOWN, asked.trouble or Trouble.NO_PROOF)

    async def _unproved(self, line: Connection) -> Ended:
        asked = await self._questions(line)
        return Ended(SlipState.UNKNOWN, asked.trouble or Trouble.NO_PROOF)


def _interrupted(cause: Trouble) -> Ended:
    """It stopped within the slip: what lies on the paper nobody can say, even where it goes on later."""
    return Ended(SlipState.UNKNOWN, cause)


async def _hears(line: Connection, told: Callable[[], bool], seconds: float) -> bool:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not told():
        left = end - loop.time()
        if left <= 0:
            return False
        await line.replies.news(left)
    return True
