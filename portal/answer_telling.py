"""Tells the axis how letters to us stand: one status message at a time, each as often as it needs to be heard."""

import asyncio

import structlog

from domain.errors import Refused
from domain.letters import Letter, ResponseFor, StatusMessage
from operations import answering, corresponding
from portal.axis import AxisClient, AxisError, Permanent
from portal.edxml import build_status
from store import letters
from store.letter_answers import KeptAnswer
from store.store import Store
from store.vault import Vault
from store.writer import Act

ACT = Act("axis")
log = structlog.get_logger("axis")


class AnswerTeller:
    """The answers' part of the letters' worker."""

    def __init__(self, store: Store, vault: Vault, client: AxisClient) -> None:
        self._store, self._vault, self._client = store, vault, client

    async def tell_once(self) -> bool:
        """Tell the oldest answer that may go; gives False when none may, or when it could not be noted."""
        try:
            answer = (await self._store.write(ACT, answering.claim_answer)).answer
            if answer is not None:
                await self._tell(answer)
        except Refused as refusal:  # a full disk: told again, it says the same
            log.warning("answer not noted", error=refusal.code)
            return False
        return answer is not None

    async def _tell(self, answer: KeptAnswer) -> None:
        write = self._store.write
        try:
            axis_id = await self._client.tell(await asyncio.to_thread(self._built, answer))
        except Permanent as error:
            log.warning("answer parked", answer=answer.id, reason=error.reason.name)
            await write(ACT, answering.park, answer.id, str(error.reason))
        except AxisError as error:
            await write(ACT, answering.postpone, answer.id, str(error.reason))
        except Refused:
            raise
        except Exception as error:
            log.exception("answer failed", answer=answer.id)
            await write(ACT, answering.park, answer.id, type(error).__name__)
        else:
            await write(ACT, answering.acknowledge, answer.id, axis_id)

    def _built(self, answer: KeptAnswer) -> bytes:
        kept = self._store.read(letters.find, answer.letter)
        if kept is None:
            raise LookupError("letter")
        letter = corresponding.opened(self._vault.unseal(self._store.read(letters.sealed_body, kept.body)))
        words = ""
        if answer.words is not None:
            words = self._vault.unseal(self._store.read(letters.sealed_body, answer.words)).decode()
        own = corresponding.own_organisation(self._store.centre())
        return build_status(
            StatusMessage(
                sender=own, answers=_answered(letter), status=answer.status, at=answer.at, description=words
            )
        )


def _answered(letter: Letter) -> ResponseFor:
    day = f"{letter.promulgated:%Y/%m/%d}" if letter.promulgated else ""
    code = "/".join(filter(None, (letter.number, letter.notation)))
    return ResponseFor(letter.sender.code, letter.document_id, code, day)
