"""Files of a dossier: what is taken, how large, under which name, and why a person may open or remove one.

Limits: shared rules of issue 6. A name may be personal data: it leaves this shape only sealed.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Invalid, NotFound, Refused, msgid

LARGEST_MEGABYTES, DOSSIER_MEGABYTES = 20, 200
MOST_FILES = 100
LONGEST_NAME = 120
LONGEST_COMPONENT = 1000
MEGABYTE = 1_000_000
NAMELESS = "tep"
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]+')


class Media(StrEnum):
    """What a file is, by its content."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    TIFF = "image/tiff"

    @property
    def ending(self) -> str:
        """How the name of such a file ends."""
        return _ENDINGS[self]


_ENDINGS = {Media.PDF: ".pdf", Media.JPEG: ".jpg", Media.PNG: ".png", Media.TIFF: ".tif"}
_ALIKE = {".jpeg": ".jpg", ".tiff": ".tif"}


class Part(StrEnum):
    """What a file is in its dossier."""

    SUBMITTED = "submitted"
    RESULT = "result"
    OTHER = "other"


PARTS: dict[str, str] = {
    Part.SUBMITTED: msgid("giấy tờ nộp"),
    Part.RESULT: msgid("kết quả"),
    Part.OTHER: msgid("tài liệu khác"),
}
OPENED_FOR = {
    "processing": msgid("để giải quyết hồ sơ"),
    "applicant": msgid("theo yêu cầu của chủ hồ sơ"),
    "checking": msgid("để kiểm tra, đối chiếu"),
    "handover": msgid("để bàn giao hoặc trả kết quả"),
}
REMOVED_FOR = {
    "wrong-file": msgid("tải nhầm tệp"),
    "wrong-dossier": msgid("tải nhầm hồ sơ"),
    "replaced": msgid("có bản khác thay thế"),
    "unreadable": msgid("mờ hoặc không đọc được"),
}
RETENTION = "retention"  # by rule, never by a person
REMOVALS = {**REMOVED_FOR, RETENTION: msgid("hết thời hạn lưu")}


class FileEmpty(Invalid):
    text = msgid("Chưa có tệp nào được gửi, hoặc tệp trống. Hãy chọn một tệp rồi gửi lại.")


class FileTooLarge(Invalid):
    text = msgid("Tệp lớn hơn %(megabytes)s MB. Hãy quét ở độ phân giải thấp hơn hoặc chia thành nhiều tệp.")


class FileUnknown(Invalid):
    text = msgid("Chỉ nhận tệp PDF, JPEG, PNG hoặc TIFF. Hãy lưu hoặc quét lại thành một trong các loại đó.")


class FileBroken(Invalid):
    text = msgid("Tệp bị hỏng hoặc chưa tải lên đủ. Hãy mở thử tệp trên máy này, quét lại nếu cần, rồi gửi lại.")


class FileActive(Invalid):
    text = msgid(
        "Tệp PDF có mã lệnh hoặc tệp khác nằm bên trong nên không nhận được. "
        "Hãy mở tệp và in ra PDF mới, rồi gửi lại."
    )


class FileLocked(Invalid):
    text = msgid("Tệp PDF có mật khẩu hoặc bị mã hóa. Hãy lưu lại không có mật khẩu, rồi gửi lại.")


class PictureTooLarge(Invalid):
    text = msgid("Ảnh có quá nhiều điểm hoặc quá nhiều trang. Hãy quét ở 300 dpi hoặc chia thành nhiều tệp.")


class DossierFilesFull(Refused):
    text = msgid("Các tệp của hồ sơ đã đủ %(megabytes)s MB hoặc %(most)s tệp. Hãy gỡ tệp thừa trước khi thêm.")


class FileHereAlready(Refused):
    text = msgid("Hồ sơ đã có đúng tệp này (tệp số %(number)s). Không cần gửi lại.")


class NoSuchFile(NotFound):
    text = msgid("Hồ sơ không có tệp này, hoặc tệp đã được gỡ. Hãy tải lại trang hồ sơ.")


class NoSuchDossier(NotFound):
    text = msgid("Không có hồ sơ này trong sổ, hoặc hồ sơ không thuộc đơn vị của bạn.")


class LinkEnded(Refused):
    text = msgid("Đường dẫn này đã hết hạn hoặc tệp đã được gỡ. Hãy đồng bộ lại hồ sơ để có đường dẫn mới.")


class FileLost(Refused):
    """The stored file is missing or has been altered; nothing of it is served."""

    text = msgid(
        "Tệp đã lưu bị mất hoặc bị thay đổi nên không mở được. Hãy báo kỹ thuật viên khôi phục từ bản sao."
    )


class FilesBusy(Refused):
    """More people than can be served at once send or fetch files."""

    text = msgid("Đang có nhiều tệp được gửi hoặc tải cùng lúc. Mời thử lại sau ít giây.")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a centre takes, in whole megabytes."""

    file: int = LARGEST_MEGABYTES
    dossier: int = DOSSIER_MEGABYTES

    @property
    def file_bytes(self) -> int:
        """The largest file."""
        return self.file * MEGABYTE

    @property
    def dossier_bytes(self) -> int:
        """The most that one dossier holds."""
        return self.dossier * MEGABYTE


def cleaned_name(sent: str, media: Media) -> str:
    """A name that every system can save: no path, nothing invisible, short, with the ending of its content."""
    name = unicodedata.normalize("NFC", sent.replace("\\", "/").rpartition("/")[2])
    # "Cf" holds the marks that turn the reading order, by which "fdp.exe" looks like "exe.pdf".
    name = "".join(c for c in name if c.isprintable() and unicodedata.category(c) != "Cf")
    name = " ".join(_FORBIDDEN.sub(" ", name).split()).rstrip(". ")
    stem, dot, ending = name.rpartition(".")
    given = f".{ending.lower()}" if dot else ""
    if _ALIKE.get(given, given) in _ENDINGS.values():
        name = stem
    name = name[: LONGEST_NAME - len(media.ending)].strip(". ")
    return (name or NAMELESS) + media.ending
