"""What a centre has outside its walls, as its file says: the account that fees go to, and the databases it may ask.

Parts of the centre file; `domain.centres` puts them together. Secrets are no part of the file.
"""

from dataclasses import dataclass
from typing import Annotated

from domain.centre_codes import Url, UrlOrNone
from domain.errors import msgid
from domain.lookups import MOST_SECONDS, Database
from domain.records import Between, Pattern, Words
from domain.vietqr import Account, AccountNumber, BankBin, Holder

Series = Annotated[str, Pattern(r"[A-Z0-9]{1,8}", msgid("ghi ký hiệu biên lai bằng chữ in hoa và số, như BL"))]
Code = Annotated[str, Words(50, may_be_empty=True), Pattern(r"[\w.-]*", msgid("dùng chữ không dấu, số và . _ -"))]


@dataclass(frozen=True, slots=True)
class Payment:
    """The account that fees are transferred to, and as whom the payment platform knows us.

    `receipts` is the series of the receipts. Without a `gateway_url` nothing is collected online; `partner`
    (MaDoiTac) and `service` (MaDichVu) are what the platform calls this centre.
    """

    bank: BankBin
    account: AccountNumber
    holder: Holder
    receipts: Series = "BL"
    gateway_url: UrlOrNone = ""
    partner: Code = ""
    service: Code = ""

    @property
    def to(self) -> Account:
        """The account as a payment code names it."""
        return Account(self.bank, self.account, self.holder)


@dataclass(frozen=True, slots=True)
class Lookup:
    """Where a national database answers; nobody waits longer than `seconds`, no answer is used for longer than
    `keep_minutes`.
    """

    database: Database
    url: Url
    seconds: Annotated[float, Between(0.5, MOST_SECONDS)] = 3
    keep_minutes: Annotated[int, Between(0, 60)] = 10
