"""The page of the sandbox axis, in Vietnamese: which documents it holds, and the switches.

Of a document it shows numbers and agencies; its subject, its words and its files stay unshown.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from portal.sandbox.axis_rules import STATUS_NAMES
from portal.sandbox.axis_state import VIETNAM, AxisState, Document

SHOWN = 50
ALWAYS = 1_000_000
SWITCHES = {
    "timeout_after_commit": "Ghi nhận rồi im lặng",
    "bad_gateway": "Lỗi 502",
    "wrong_key": "Báo sai khóa",
    "not_json": "Trả lời không phải JSON",
    "duplicate_delivery": "Phát văn bản hai lần",
}
ANSWERS = ("01", "03", "06", "02")


def page(state: AxisState) -> str:
    """The whole page."""
    return f"""<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Trục thử nghiệm</title><link rel="stylesheet" href="/sandbox/page.css"></head><body>
<header><h1>Trục liên thông văn bản thử nghiệm</h1>
<p class="quiet">Đây không phải Trục liên thông văn bản quốc gia. Mọi thứ chỉ nằm trong bộ nhớ và mất khi tắt.
<a href="/axis">Tải lại</a> · <a href="/">Cổng thử nghiệm</a></p></header>
<main>
<section><h2 id="h-documents">Văn bản</h2>{_scroll("documents", _documents(state.documents))}</section>
<section><h2 id="h-log">Yêu cầu đã đến</h2>{_scroll("log", _lines(reversed(state.log)))}</section>
<section aria-labelledby="h-faults"><h2 id="h-faults">Công tắc sự cố</h2>
<ul class="switches">{"".join(_switch(name, words, state) for name, words in SWITCHES.items())}</ul>
<div class="end"><form method="post" action="/axis/clear"><button>Xóa những gì đã nhận</button></form></div>
</section></main></body></html>"""


def _scroll(name: str, content: str) -> str:
    return f'<div class="scroll" tabindex="0" role="region" aria-labelledby="h-{name}">{content}</div>'


def _documents(documents: list[Document]) -> str:
    if not documents:
        return '<p class="quiet">Chưa có văn bản nào.</p>'
    heads = ("Trục nhận lúc", "Số của văn bản", "Từ, đến", "Loại", "Bên nhận trả lời")
    head = "".join(f'<th scope="col">{words}</th>' for words in heads)
    rows = "".join(_row(each) for each in list(reversed(documents))[:SHOWN])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(each: Document) -> str:
    told = each.read
    kind = f"Văn bản, {len(told.files)} tệp"
    if told.kind == "status":
        kind = f"Trạng thái {told.status}: {STATUS_NAMES.get(told.status, '')}"
    way = f"{told.sender} → {', '.join(told.receivers)}"
    cells = (f"{each.at.astimezone(VIETNAM):%H:%M:%S}", told.document, way, kind)
    answers = _answers(each) if told.kind == "edoc" else ""
    return (
        "<tr>" + "".join(f'<td class="figure">{escape(cell)}</td>' for cell in cells) + f"<td>{answers}</td></tr>"
    )


def _answers(each: Document) -> str:
    words = "".join(f'<option value="{code}">{STATUS_NAMES[code]}</option>' for code in ANSWERS)
    return (
        '<form method="post" action="/axis/answers">'
        f'<input type="hidden" name="document" value="{escape(each.axis_id)}">'
        f'<select name="code" aria-label="Trạng thái của {escape(each.read.document)}">{words}</select>'
        "<button>Trả lời</button></form>"
    )


def _lines(lines: Iterable[str]) -> str:
    rows = "".join(f'<tr><td class="figure">{escape(line)}</td></tr>' for line in lines)
    return f"<table><tbody>{rows}</tbody></table>" if rows else '<p class="quiet">Chưa có yêu cầu nào.</p>'


def _switch(name: str, words: str, state: AxisState) -> str:
    times = state.active_faults().get(name, 0)
    rest = f"còn {times} lần" if times < ALWAYS // 2 else "đến khi tắt"
    now = f'<span class="mark wait">đang bật, {rest}</span>' if times else "đang tắt"
    choices = (("1", "Một lần"), (str(ALWAYS), "Đến khi tắt"), ("0", "Tắt"))
    buttons = "".join(
        f'<button name="times" value="{n}" aria-label="{say}: {words}">{say}</button>' for n, say in choices
    )
    return (
        f"<li><div><strong>{words}</strong></div><div>{now}</div>"
        f'<form method="post" action="/axis/faults"><input type="hidden" name="name" value="{name}">'
        f"{buttons}</form></li>"
    )
