"""How long personal data are kept once a dossier has ended, by which rule, and who is refused afterwards.

Law 91/2025/QH15 wants an end and names no number of days; the usual ones here are ours, no lawyer has checked them
(trust.md 7). A centre sets its own by the retention table of its archive.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from domain.errors import Refused, msgid
from domain.records import Between, Wrong

SHORTEST, LONGEST = 30, 36_500  # days: a mistake is noticed within a month; a hundred years is for good
USUAL, USUAL_INBOX = 3650, 90


class Held(StrEnum):
    """A kind of personal data that has a rule of its own, in the order in which they go: the owner last."""

    INBOX = "inbox"
    FILES = "files"
    LETTERS = "letters"
    WORDS = "words"
    MONEY = "money"
    LOOKUPS = "lookups"
    VISITS = "visits"
    PARTICULARS = "particulars"


HELD_NAMES = {
    Held.INBOX: msgid("tệp gốc Cổng gửi đến"),
    Held.FILES: msgid("tệp và bản quét"),
    Held.LETTERS: msgid("nội dung văn bản liên thông"),
    Held.WORDS: msgid("lời ghi ở từng bước xử lý"),
    Held.MONEY: msgid("lời ghi và số tham chiếu của khoản thu"),
    Held.LOOKUPS: msgid("sổ mục đích tra cứu"),
    Held.VISITS: msgid("người nộp bị yêu cầu bổ sung hoặc từ chối tại quầy"),
    Held.PARTICULARS: msgid("chủ hồ sơ: tên, số giấy tờ, địa chỉ, điện thoại"),
}
# While one of these is there, one must be able to say whose it is.
OF_THE_OWNER = (Held.INBOX, Held.FILES, Held.LETTERS, Held.WORDS)


class DataGone(Refused):
    """What is asked for was removed by rule; what is no personal data is still there."""

    text = msgid(
        "Dữ liệu cá nhân của hồ sơ này đã được xóa khi hết thời hạn lưu giữ nên không làm được việc này nữa. "
        "Mã hồ sơ, các mốc thời gian và trạng thái vẫn xem được."
    )


Days = Annotated[int, Between(SHORTEST, LONGEST)]


@dataclass(frozen=True, slots=True)
class Keeping:
    """Days after a dossier was returned, refused or withdrawn, after the visit where there is none.

    What is left open is kept as long as the owner's data; `inbox` 90 days, for its files are copies.
    """

    particulars: Days = USUAL
    words: Days | None = None
    letters: Days | None = None
    files: Days | None = None
    inbox: Days | None = None
    visits: Days = 730
    money: Days = USUAL
    lookups: Days = USUAL

    def days(self, held: Held) -> int:
        """How long this kind is kept."""
        set_here: int | None = getattr(self, held.value)
        if set_here is None:
            return min(USUAL_INBOX, self.particulars) if held is Held.INBOX else self.particulars
        return set_here


def owner_last(keep: Keeping) -> Keeping:
    """The rules, when nothing of an owner outlives the owner's name. Raises Wrong."""
    for held in OF_THE_OWNER:
        if keep.days(held) > keep.particulars:
            raise Wrong(
                msgid("lâu hơn dữ liệu của chủ hồ sơ (%(most)s ngày), khi đó không còn biết là của ai"),
                msgid("ghi nhiều nhất %(most)s hoặc tăng particulars"),
                at=held.value, most=keep.particulars,
            )  # fmt: skip
    return keep
