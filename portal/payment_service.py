"""Collecting a dossier's fee online: what is asked of the payment platform, and what its word changes here."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from domain.applicants import from_bytes
from domain.centres import Centre
from domain.errors import NotFound, Refused, StoreFull, StoreUnavailable
from domain.fees import NoPlatform, PlatformRefused, PlatformSilent
from operations import paying
from operations.paying import Begun
from portal.answers import PortalError
from portal.payments import (
    Collection,
    NotAConfirmation,
    NotSealed,
    PaymentRefused,
    init_message,
    read_confirmation,
)
from store import dossiers, fees, procedures
from store.store import Store
from store.vault import Vault
from store.writer import Act

if TYPE_CHECKING:
    from portal.payment_client import Started

ACT = Act("payments")
log = structlog.get_logger("portal")


class Word(Enum):
    """What the platform hears to a confirmation: HTTP status, code, sentence."""

    TAKEN = (200, "00", "Đã ghi nhận")
    UNREADABLE = (400, "01", "Không đọc được xác nhận")
    NOT_SEALED = (403, "02", "Mã xác thực không đúng")
    REFUSED = (409, "03", "Xác nhận không khớp với lần trước")
    LATER = (503, "09", "Chưa ghi được, gửi lại sau")


class Payments:
    """The way to the payment platform as configured; the secret is read anew each time and kept nowhere."""

    def __init__(self, store: Store, vault: Vault, now: Callable[[], datetime], secret_file: Path | None) -> None:
        self._store, self._vault, self._now, self._secret_file = store, vault, now, secret_file

    @property
    def is_open(self) -> bool:
        """Whether anything can be collected online."""
        payment = self._store.centre().payment
        return payment is not None and bool(payment.gateway_url) and self._secret() != ""

    async def begin(self, act: Act, fee: int, ip: str) -> "Started":
        """Have the platform collect a fee; the same attempt as long as nobody knows what became of it.

        Raises NoPlatform, UnknownFee, FeeNotOwed, PlatformRefused, PlatformSilent.
        """
        payment, secret = self._store.centre().payment, self._secret()
        if payment is None or not payment.gateway_url or not secret:
            raise NoPlatform()
        # The HTTP client takes half a second to load: the first page of the server must not wait for it.
        await asyncio.to_thread(import_module, "portal.payment_client")
        from portal.payment_client import PaymentClient

        begun = await self._store.write(act, paying.begin_online, fee)
        message = init_message(self._collection(begun, ip), secret)
        async with PaymentClient(payment.gateway_url) as client:
            try:
                return await client.begin(message)
            except PaymentRefused as error:
                await self._store.write(ACT, paying.end_online, begun.reference, error.word)
                raise PlatformRefused(word=error.word) from None
            except PortalError:
                raise PlatformSilent() from None

    async def hear(self, raw: bytes) -> Word:
        """Take a confirmation in: all of it or nothing, once however often it comes."""
        payment, secret = self._store.centre().payment, self._secret()
        if payment is None or not secret:
            return Word.NOT_SEALED
        try:
            said = read_confirmation(raw, payment.partner, secret)
        except NotAConfirmation:
            return Word.UNREADABLE
        except NotSealed:
            log.warning("payment confirmation not sealed")
            return Word.NOT_SEALED
        try:
            if said.is_paid:
                amount = int(said.SoTien)
                await self._store.write(ACT, paying.confirm_online, said.MaGiaoDich, said.MaThamChieu, amount)
            else:
                await self._store.write(ACT, paying.end_online, said.MaThamChieu, said.MaLoi)
        except (StoreFull, StoreUnavailable):
            return Word.LATER
        except Refused as refusal:
            log.warning("payment confirmation refused", why=refusal.code)
            return Word.REFUSED
        return Word.TAKEN

    def _collection(self, begun: Begun, ip: str) -> Collection:
        centre, kept = self._store.centre(), self._store.read(fees.find, begun.fee)
        dossier = self._store.read(dossiers.find, begun.dossier)
        if dossier is None or centre.payment is None:
            raise NotFound(what=begun.dossier)
        listed = self._store.read(procedures.find, dossier.procedure)
        told = from_bytes(self._vault.unseal(self._store.read(dossiers.sealed_particulars, dossier.particulars)))
        payment = centre.payment
        return Collection(
            reference=begun.reference, amount=begun.amount, at=self._now(), ip=ip, partner=payment.partner,
            service=payment.service, procedure=dossier.procedure, title=listed.title if listed else "",
            agency=_unit(centre), agency_name=centre.name.vi, dossier=dossier.code, bank=payment.bank,
            account=payment.account, holder=payment.holder, payer=told.owner.name, kind=str(kept.fee.kind),
            text=kept.fee.text,
        )  # fmt: skip

    def _secret(self) -> str:
        try:
            return self._secret_file.read_text(encoding="utf-8").strip() if self._secret_file else ""
        except OSError:
            log.warning("payment secret cannot be read")
            return ""


def _unit(centre: Centre) -> str:
    return centre.portal.madonvi if centre.portal else centre.code
