"""Why a due date is what it is, in sentences."""

from collections.abc import Iterable

from domain.calendar import Translate, day_text, days_text, instant_text
from domain.deadlines import Due, Explanation, Extension, Origin, Pause, Start, Unit
from domain.errors import msgid

COUNTED = {
    Unit.SAME_DAY: msgid("Trả kết quả trong ngày %(start)s."),
    Unit.WORKING_DAY: msgid("Tính từ %(start)s (ngày 0), đủ %(amount)s ngày làm việc."),
    Unit.DAY: msgid("Tính từ %(start)s (ngày 0), đủ %(amount)s ngày, kể cả ngày nghỉ."),
    Unit.HOUR: msgid("Tính từ %(time)s %(start)s, đủ %(amount)s giờ trong các buổi làm việc."),
    Unit.MONTH: msgid("Tính từ %(start)s (ngày 0), đủ %(amount)s tháng."),
}
STARTED = {
    Start.BEFORE_OPENING: msgid("Đến trước giờ mở cửa nên tính từ giờ mở cửa."),
    Start.IN_BREAK: msgid("Đến giữa hai buổi làm việc nên tính từ đầu buổi sau."),
    Start.AFTER_CLOSING: msgid("Đến sau giờ làm việc nên chuyển sang %(start)s."),
    Start.DAY_OFF: msgid("Đến vào ngày nghỉ nên chuyển sang %(start)s."),
    Start.AFTER_CUT_OFF: msgid("Đến sau %(cut_off)s nên chuyển sang %(start)s."),
}
ORIGINS = {
    Origin.RECEIVED: msgid("Nhận hồ sơ lúc %(received)s."),
    Origin.RETURNED: msgid("Hồ sơ bổ sung nộp lại đủ lúc %(received)s, thời hạn tính lại từ đầu."),
}
MOVED = msgid("Ngày cuối %(nominal)s là ngày nghỉ nên chuyển sang %(end)s.")


def explain(answer: Due, translate: Translate) -> str:
    """Why this is the due date, a sentence a line; `translate` maps a Vietnamese text to the reader's.

    Reasons of days are the calendar's own words and stay as they are.
    """
    _, why = translate, answer.explanation
    words = {
        "received": instant_text(why.received, _),
        "start": day_text(why.start.date(), _),
        "time": f"{why.start:%H:%M}",
        "cut_off": f"{why.cut_off:%H:%M}",
        "amount": f"{why.limit.exact.normalize():f}",
        "skipped": days_text(why.skipped, _),
        "worked": days_text(why.worked, _),
        "nominal": day_text(why.nominal, _),
        "end": day_text(why.end.date(), _),
        "at": instant_text(answer.at, _),
        "version": why.calendar_version,
    }
    told = [_(text) % words for text in _sentences(why)]
    return "\n".join(told + [_paused(one, _) for one in why.pauses] + [_extended(one, _) for one in why.extensions])


def _sentences(why: Explanation) -> Iterable[str]:
    yield msgid("Hạn trả kết quả: %(at)s.")
    yield ORIGINS[why.origin]
    if why.start_reason in STARTED:
        yield STARTED[why.start_reason]
    yield COUNTED[why.limit.unit]
    if why.skipped:
        yield msgid("Bỏ qua %(skipped)s.")
    if why.worked:
        yield msgid("Có làm việc %(worked)s.")
    if why.nominal != why.end.date():
        yield MOVED
    yield msgid("Theo lịch làm việc %(version)s.")


def _paused(wait: Pause, _: Translate) -> str:
    words = {
        "requested": instant_text(wait.requested, _),
        "returned": instant_text(wait.returned, _),
        "before": instant_text(wait.before, _),
        "after": instant_text(wait.after, _),
        "nominal": day_text(wait.nominal, _),
        "end": day_text(wait.after.date(), _),
    }
    text = _("Tạm dừng chờ bổ sung từ %(requested)s đến %(returned)s: hạn %(before)s dời thành %(after)s.")
    if wait.before == wait.after:
        text = _("Tạm dừng chờ bổ sung từ %(requested)s đến %(returned)s: hạn %(after)s không đổi.")
    moved = "" if wait.nominal == wait.after.date() else f"\n{_(MOVED)}"
    return (text + moved) % words


def _extended(one: Extension, _: Translate) -> str:
    words = {
        "decided": instant_text(one.decided, _),
        "before": instant_text(one.before, _),
        "after": instant_text(one.after, _),
    }
    return _("Gia hạn theo văn bản xin lỗi lúc %(decided)s: hạn %(before)s dời thành %(after)s.") % words
