"""The sandbox portal's one page, in Vietnamese: what came in, and the switches for what shall go wrong.

Shows no personal data: names as initials, numbers by their last three digits.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from html import escape

from portal.sandbox.faults import CODE_STYLES, LASTING, UNTIL_CLEARED, Fault, FaultName, Faults
from portal.sandbox.files import Fetched
from portal.sandbox.pushes import Pushes
from portal.sandbox.pushing import pushes_section
from portal.sandbox.rules import STATUS_NAMES
from portal.sandbox.scores import FORM, NAMES, Line, score
from portal.sandbox.state import Dossier, Request, State, masked_owner

SHOWN_DOSSIERS = 50
SHOWN_REQUESTS = SHOWN_FILES = 100
TITLE_LENGTH = 90
VIETNAM = timezone(timedelta(hours=7))

FIGURES = (
    ("inserts", "hồ sơ mới"),
    ("updates", "lần cập nhật"),
    ("steps", "bước tiến độ"),
    ("duplicates", "lần gửi trùng"),
    ("rejected", "yêu cầu bị từ chối"),
    ("warnings", "cảnh báo"),
)
SWITCHES = (
    (FaultName.TIMEOUT_AFTER_COMMIT, "Ghi nhận rồi im lặng", "Không trả lời cho đến khi bên gửi bỏ đi."),
    (FaultName.DROP_AFTER_COMMIT, "Ghi nhận rồi ngắt kết nối", "Bên gửi không biết hồ sơ đã vào hay chưa."),
    (FaultName.BAD_GATEWAY, "Lỗi 502 từ máy chủ trung gian", "Yêu cầu không đến được Cổng."),
    (FaultName.NOT_JSON, "Trả lời không phải JSON", "Một trang báo bảo trì thay cho câu trả lời."),
    (FaultName.EMPTY_ANSWER, "Trả lời rỗng", "Mã 200 nhưng không có nội dung."),
    (FaultName.EXPIRED_TOKEN, "Phiên đăng nhập hết hạn", "Mọi phiên đã cấp đều mất hiệu lực."),
    (FaultName.SLOW, "Trả lời chậm 20 giây", "Chờ rồi mới xử lý."),
    (FaultName.REFUSE_TRANSITIONS, "Từ chối chuyển trạng thái lạ", "Bình thường chỉ cảnh báo."),
    (FaultName.DUPLICATE_AS_3, "Báo trùng bằng mã 3", "Bình thường là mã -3."),
    (FaultName.PAYMENT_REFUSED, "Từ chối thu tiền", "Nền tảng thanh toán không nhận khoản này."),
    (FaultName.PAYMENT_FAILS, "Trả tiền không thành", "Nền tảng báo chưa thu được."),
    (FaultName.CONFIRM_TWICE, "Báo đã thu hai lần", "Cùng một xác nhận, gửi lại nguyên văn."),
    (FaultName.CONFIRM_LATE, "Báo đã thu muộn", "Giữ lại cho đến khi được cho gửi."),
    (FaultName.CONFIRM_WRONG_SEAL, "Xác nhận sai mã xác thực", "Như người lạ gửi."),
    (FaultName.CONFIRM_OTHER_AMOUNT, "Báo số tiền khác", "Nhiều hơn 1.000 đồng."),
    (FaultName.SAYS_TOO_MUCH, "Cơ sở dữ liệu trả thừa", "Thêm dữ liệu không được hỏi."),
)
OUTCOMES = {
    "fetched": ("good", "tải được"),
    "expired": ("wait", "hết hạn"),
    "unreachable": ("bad", "không tải được"),
}
GROUPS = {"9": "good", "10": "good", "5": "wait", "6": "wait", "8": "wait", "1": "wait"}


def page(state: State, faults: Faults, pushes: Pushes, now: datetime) -> str:
    """The whole page. Its parts marked `data-live` are what the script exchanges every two seconds."""
    return f"""<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Cổng thử nghiệm</title><link rel="stylesheet" href="/sandbox/page.css">
<script src="/sandbox/page.js" defer></script></head><body>
<p id="link" role="status" hidden></p>
<header><h1>Cổng thử nghiệm – những gì đã nhận</h1>
<p class="quiet">Đây không phải Cổng Dịch vụ công quốc gia. Mọi thứ chỉ nằm trong bộ nhớ và mất khi tắt.
<a href="/axis">Trục liên thông văn bản thử nghiệm</a></p>
</header>
<main>
<dl id="figures" data-live>{_figures(state)}</dl>
<section><h2 id="h-scores">Chỉ số 766, tính từ những gì đã nhận</h2>
<dl id="scores" data-live>{_scores(state, now)}</dl></section>
<section><h2 id="h-dossiers">Hồ sơ</h2>
{_scroll("dossiers", _dossiers(state.dossiers))}</section>
<section><h2 id="h-files">Tệp đã tải theo đường dẫn</h2>
{_scroll("files", _files(state.files.found))}</section>
<section><h2 id="h-log">Yêu cầu đã đến</h2>
{_scroll("log", _requests(state.log))}</section>
{pushes_section(pushes)}
<section aria-labelledby="h-faults"><h2 id="h-faults">Công tắc sự cố</h2>
<p class="quiet">Bật để xem hệ thống một cửa xử lý thế nào khi Cổng gặp sự cố.</p>
{_switches(faults)}</section>
</main></body></html>"""


def _scroll(name: str, content: str) -> str:
    region = f'tabindex="0" role="region" aria-labelledby="h-{name}"'
    return f'<div id="{name}" class="scroll" data-live {region}>{content}</div>'


def _figures(state: State) -> str:
    counts = state.counts
    return "".join(
        f"<div><dt>{words}</dt><dd>{_number(getattr(counts, name))}</dd></div>" for name, words in FIGURES
    )


def scores_of(state: State, now: datetime, since: str = "", until: str = "", reported: int = 0) -> dict[str, Line]:
    """The indicators of all that the sandbox holds."""
    records = [dossier.record for dossier in state.dossiers.values()]
    moment = now.astimezone(VIETNAM).strftime(FORM)
    return score(records, state.files.found, moment, since, until, reported)


def _scores(state: State, now: datetime) -> str:
    lines = scores_of(state, now)
    return "".join(f"<div><dt>{id} {NAMES[id]}</dt><dd>{_rate(id, line)}</dd></div>" for id, line in lines.items())


def _rate(id: str, line: Line) -> str:
    if not line.below:
        return "–"
    value, unit = (line.above / line.below, "") if id == "2.2" else (100 * line.above / line.below, " %")
    return f"{value:.1f}".replace(".", ",") + unit


def _dossiers(dossiers: dict[str, Dossier]) -> str:
    if not dossiers:
        return '<p class="quiet">Chưa nhận hồ sơ nào.</p>'
    newest = sorted(dossiers.values(), key=lambda dossier: dossier.versions[-1].received_at, reverse=True)
    more = len(newest) - SHOWN_DOSSIERS
    note = f'<p class="quiet">Và {_number(more)} hồ sơ nữa.</p>' if more > 0 else ""
    heads = ("Mã hồ sơ", "Thủ tục", "Chủ hồ sơ", "Trạng thái", "Cổng nhận lúc", "Phiên bản", "Bước")
    return _table(heads, map(_dossier_row, newest[:SHOWN_DOSSIERS]), counts_from=5) + note


def _dossier_row(dossier: Dossier) -> str:
    record = dossier.record
    status = f'<span class="mark {GROUPS.get(dossier.status, "")}">{STATUS_NAMES[dossier.status]}</span>'
    return (
        f'<td class="figure">{escape(dossier.code)}</td>'
        f'<td class="title">{escape(_shortened(record["TenTTHC"]))}</td>'
        f"<td>{escape(masked_owner(record)) or '–'}</td>"
        f"<td>{status}</td>"
        f'<td class="figure">{_moment(dossier.versions[-1].received_at, "%H:%M:%S %d/%m")}</td>'
        f'<td class="figure count">{_number(dossier.version_count)}</td>'
        f'<td class="figure count">{_number(len(dossier.steps))}</td>'
    )


def _files(found: dict[str, Fetched]) -> str:
    if not found:
        return '<p class="quiet">Chưa có đường dẫn tệp nào.</p>'
    heads = ("Hồ sơ", "Loại", "Kết quả", "Dung lượng (byte)")
    return _table(heads, map(_file_row, list(found.values())[: -SHOWN_FILES - 1 : -1]), counts_from=3)


def _file_row(file: Fetched) -> str:
    kind, words = OUTCOMES[file.outcome]
    more = f" ({file.why})" if file.why else ""
    return (
        f'<td class="figure">{escape(file.code)}</td><td>{escape(file.media) or "–"}</td>'
        f'<td><span class="mark {kind}">{words}</span>{escape(more)}</td>'
        f'<td class="figure count">{_number(file.size)}</td>'
    )


def _requests(requests: list[Request]) -> str:
    if not requests:
        return '<p class="quiet">Chưa có yêu cầu nào.</p>'
    heads = ("Lúc", "Dịch vụ", "Hồ sơ", "Kết quả", "Lời đáp")
    return _table(heads, map(_request_row, requests[:SHOWN_REQUESTS]))


def _request_row(request: Request) -> str:
    codes = ", ".join(request.dossier_codes[:3]) + (" …" if len(request.dossier_codes) > 3 else "")
    lines = [request.message, *(f"Cảnh báo – {text}" for text in request.warnings)]
    if request.fault:
        lines.append(f"Công tắc – {_switch_words(request.fault)}")
    return (
        f'<td class="figure">{_moment(request.received_at, "%H:%M:%S")}</td>'
        f"<td>{escape(request.service) or '–'}</td>"
        f'<td class="figure">{escape(codes) or "–"}</td><td>{_outcome(request)}</td>'
        f'<td class="wide">{"<br>".join(escape(line) for line in lines if line)}</td>'
    )


def _outcome(request: Request) -> str:
    kind, words = "bad", f"lỗi {request.outcome}"
    if request.outcome == "0":
        kind, words = ("wait", "có cảnh báo") if request.warnings else ("good", "nhận")
    if not request.outcome:
        kind, words = "wait", "sự cố"
    return f'<span class="mark {kind}">{escape(words)}</span>'


def _switches(faults: Faults) -> str:
    active = {fault.name: fault for fault in faults.active()}
    rows = [_switch(name, words, effect, active.get(name)) for name, words, effect in SWITCHES]
    rows += [_poison(active.get(FaultName.REFUSE_FIELD)), _code_style(faults.code_style)]
    return (
        f'<ul class="switches">{"".join(rows)}</ul><div class="end">'
        '<form method="post" action="/sandbox/clear"><button>Xóa những gì đã nhận</button></form>'
        '<form method="post" action="/sandbox/faults/clear"><button class="primary">Tắt mọi công tắc</button>'
        "</form></div>"
    )


def _switch(name: FaultName, words: str, effect: str, active: Fault | None) -> str:
    choices = [("1", "Một lần"), (str(UNTIL_CLEARED), "Đến khi tắt"), ("0", "Tắt")]
    if name in LASTING:
        choices = [(str(UNTIL_CLEARED), "Bật"), ("0", "Tắt")]
    return _switch_row(name.value, words, effect, _state_words(active), _buttons("times", choices, words))


def _poison(active: Fault | None) -> str:
    words = "Từ chối một trường"
    inputs = (
        '<label>Trường<input name="field" maxlength="60" value="TrichYeuHoSo"></label>'
        '<label>Mẫu mã hồ sơ<input name="pattern" maxlength="60" value="*"></label>'
    )
    buttons = _buttons("times", [(str(UNTIL_CLEARED), "Bật"), ("0", "Tắt")], words)
    on = _on(f"đang bật: {active.field}, {active.pattern}") if active else _state_words(None)
    return _switch_row("refuse_field", words, "Với mọi hồ sơ khớp mẫu mã.", on, inputs + buttons)


def _code_style(style: str) -> str:
    words = "Kiểu viết của error_code"
    choices = [(each, {"int": "số 0"}.get(each, f"chuỗi “{each}”")) for each in CODE_STYLES]
    now = dict(choices)[style]
    return _switch_row("error_code_style", words, "Thật gặp cả ba kiểu.", now, _buttons("value", choices, words))


def _switch_row(name: str, words: str, effect: str, now: str, controls: str) -> str:
    return (
        f'<li><div><strong>{words}</strong><span class="quiet">{effect}</span></div>'
        f'<div id="fault-{name}" data-live>{now}</div>'
        f'<form method="post" action="/sandbox/faults"><input type="hidden" name="name" value="{name}">'
        f"{controls}</form></li>"
    )


def _buttons(key: str, choices: Iterable[tuple[str, str]], switch: str) -> str:
    return "".join(
        f'<button name="{key}" value="{value}" aria-label="{words}: {switch}">{words}</button>'
        for value, words in choices
    )


def _state_words(fault: Fault | None) -> str:
    if fault is None:
        return "đang tắt"
    times = "đến khi tắt" if fault.times == UNTIL_CLEARED else f"còn {fault.times} lần"
    return _on(f"đang bật, {times}")


def _on(words: str) -> str:
    return f'<span class="mark wait">{escape(words)}</span>'


def _switch_words(name: str) -> str:
    return {switch.value: words for switch, words, _ in SWITCHES}.get(name, name)


def _table(heads: Iterable[str], rows: Iterable[str], counts_from: int = 99) -> str:
    head = "".join(
        f'<th scope="col"{" class=count" if number >= counts_from else ""}>{words}</th>'
        for number, words in enumerate(heads)
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _moment(instant: datetime, form: str) -> str:
    return instant.astimezone(VIETNAM).strftime(form)


def _number(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _shortened(title: str) -> str:
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1].rstrip() + "…"
