"""How people and tests order pushes from the sandbox portal: a form, JSON, and what was pushed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from portal.sandbox.pushes import VIETNAM, Kind, Manner, Order, Pushed, Pushes
from portal.sandbox.requests import is_same_origin, order

ROWS = 50
MOST_SHOWN = 30
KIND_WORDS = {Kind.DOSSIER: "Hồ sơ trực tuyến", Kind.SUPPLEMENT: "Bổ sung hồ sơ"}
MANNER_WORDS = {
    Manner.PLAIN: "đúng quy định",
    Manner.TWICE: "gửi hai lần",
    Manner.REPLAYED: "phát lại nguyên thư",
    Manner.OUT_OF_ORDER: "bổ sung đến trước hồ sơ",
    Manner.OLD: "thư cũ",
    Manner.FORGED: "chữ ký giả",
    Manner.ALTERED: "trùng mã, khác nội dung",
}


def push_routes(pushes: Pushes) -> list[Route]:
    """POST /sandbox/pushes orders, GET shows; GET /sandbox/polled.json is for products that fetch."""

    async def ordered(request: Request) -> Response:
        if not is_same_origin(request):
            return PlainTextResponse("another origin", 403)
        try:
            wanted = await order(request, Order)
        except (ValueError, msgspec.DecodeError) as error:
            return PlainTextResponse(str(error), 400)
        done = await pushes.push(wanted)
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse("/#h-pushes", 303)
        return _json(done)

    async def shown(_: Request) -> Response:
        return _json({"tally": pushes.tally, "log": pushes.log})

    async def made(request: Request) -> Response:
        procedure = request.query_params.get("procedure", "")[:20]
        return _json(pushes.make(procedure))

    async def polled(request: Request) -> Response:
        asked = request.query_params
        page, size = (
            int(text) if text.isdecimal() else 1
            for text in (asked.get("trang", "1"), asked.get("soDong", str(ROWS)))
        )
        rows = _since(pushes, asked.get("tuNgay", ""))
        start = (max(1, page) - 1) * min(size, ROWS)
        return _json({"total": len(rows), "data": rows[start : start + min(size, ROWS)]})

    return [
        Route("/sandbox/pushes", ordered, methods=["POST"]),
        Route("/sandbox/pushes.json", shown),
        Route("/sandbox/made", made, methods=["POST"]),
        Route("/sandbox/polled.json", polled),
    ]


def pushes_section(pushes: Pushes) -> str:
    """The part of the page from which people push."""
    kinds = _choices([(kind.value, KIND_WORDS[kind]) for kind in Kind])
    manners = _choices([(manner.value, MANNER_WORDS[manner]) for manner in Manner])
    tally = pushes.tally
    where = escape(pushes.url) if pushes.url else "chưa đặt (chạy với --push-url và --push-secret-file)"
    return f"""<section aria-labelledby="h-pushes"><h2 id="h-pushes">Đẩy hồ sơ sang hệ thống một cửa</h2>
<p class="quiet">Nơi nhận: {where}</p>
<form method="post" action="/sandbox/pushes">
<label>Gửi gì<select name="kind">{kinds}</select></label>
<label>Cách gửi<select name="manner">{manners}</select></label>
<label>Số lần<input name="times" type="number" min="1" max="500" value="1"></label>
<label>Mã hồ sơ (khi bổ sung)<input name="code" maxlength="50"></label>
<label>Mã thủ tục<input name="procedure" maxlength="20"></label>
<button class="primary">Đẩy hồ sơ</button></form>
<div id="pushes" class="scroll" data-live tabindex="0" role="region" aria-labelledby="h-pushes">
<p>Nhận: <b>{tally.accepted}</b> · trùng: <b>{tally.duplicates}</b> · từ chối: <b>{tally.refused}</b> ·
không trả lời: <b>{tally.unanswered}</b></p>{_table(pushes.log[:MOST_SHOWN])}</div></section>"""


def _table(rows: Sequence[Pushed]) -> str:
    if not rows:
        return '<p class="quiet">Chưa đẩy hồ sơ nào.</p>'
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Lúc", "Việc", "Cách gửi", "Mã hồ sơ", "Trả lời"))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(map(_row, rows))}</tbody></table>"


def _row(one: Pushed) -> str:
    mark = "good" if one.error_code == "0" else "wait" if one.error_code == "1" else "bad"
    return (
        f'<tr><td class="figure">{one.at.astimezone(VIETNAM):%H:%M:%S}</td><td>{KIND_WORDS[one.kind]}</td>'
        f'<td>{MANNER_WORDS[one.manner]}</td><td class="figure">{escape(one.code)}</td>'
        f'<td class="wide"><span class="mark {mark}">{escape(one.error_code or "–")}</span> '
        f"{escape(one.message)}</td></tr>"
    )


def _choices(pairs: list[tuple[str, str]]) -> str:
    return "".join(f'<option value="{value}">{words}</option>' for value, words in pairs)


def _since(pushes: Pushes, begin: str) -> list[dict[str, object]]:
    """The rows from that time on; times are compared as their parts from the year down."""
    return [row for row in pushes.polled if _sortable(str(row["NgayNopHoSo"])) >= _sortable(begin)]


def _sortable(written: str) -> str:
    day, _, clock = written.partition(" ")
    return "".join(reversed(day.split("/"))) + clock


def _json(value: object) -> Response:
    body = msgspec.json.encode(value)
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})
