"""What may differ between our book and the portal's, and what a person may say or do about it."""

from enum import StrEnum

from domain.errors import msgid


class Difference(StrEnum):
    """How the portal knows a dossier otherwise than we do."""

    MISSING_THERE = "missing-there"
    STATUS_DIFFERS = "status-differs"
    MISSING_HERE = "missing-here"
    UNCLEAR = "unclear"


DIFFERENCE_NAMES = {
    Difference.MISSING_THERE: msgid("Cổng không có hồ sơ này"),
    Difference.STATUS_DIFFERS: msgid("trạng thái khác nhau"),
    Difference.MISSING_HERE: msgid("trung tâm không có hồ sơ này"),
    Difference.UNCLEAR: msgid("Cổng không trả lời rõ"),
}


class Explanation(StrEnum):
    """Why two books may differ rightly: picked, never typed, for it stands in the journal."""

    OTHER_SYSTEM = "other-system"
    PORTAL_LATE = "portal-late"
    REPORTED = "reported"
    TEST = "test"


EXPLANATIONS = {
    Explanation.PORTAL_LATE: msgid("Cổng cập nhật chậm, chờ lần đối soát sau"),
    Explanation.OTHER_SYSTEM: msgid("hồ sơ do hệ thống khác xử lý"),
    Explanation.REPORTED: msgid("đã báo đơn vị vận hành Cổng"),
    Explanation.TEST: msgid("hồ sơ thử nghiệm"),
}


def difference_of(ours: int | None, there: bool, theirs: int | None) -> Difference | None:
    """How the two books differ; None where they agree. `there`: whether the portal has the dossier."""
    if ours is None:
        return Difference.MISSING_HERE if there else None
    if not there:
        return Difference.MISSING_THERE
    if theirs is None:
        return Difference.UNCLEAR
    return None if ours == theirs else Difference.STATUS_DIFFERS
