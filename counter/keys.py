"""The page on which each clerk chooses the own keys; kept with the person, so that they hold at every counter."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from counter.commands import WORKERS, person_of
from domain import shortcuts
from domain.errors import Refused, msgid
from domain.roles import open_to
from operations import shifts
from store.shortcuts import chosen_by
from web import failures, forms
from web.house import act_of, house_of
from web.languages import translator
from web.pages import page

ACTS = {
    "next": msgid("Gọi số tiếp theo"),
    "again": msgid("Gọi lại"),
    "start": msgid("Đã đến"),
    "done": msgid("Xong"),
    "absent": msgid("Vắng mặt"),
    "undo": msgid("Hoàn tác"),
    "finish": msgid("Kết quả khác"),
    "transfer": msgid("Chuyển"),
    "park": msgid("Tạm gác"),
    "pause": msgid("Tạm nghỉ, phục vụ lại"),
    "pick": msgid("Gọi số"),
    "edit": msgid("Sửa số"),
    "walk-up": msgid("Thêm người"),
    "slips": msgid("Tìm phiếu"),
    "help": msgid("Gọi hỗ trợ (giữ một giây)"),
    "intake": msgid("Tiếp nhận hồ sơ"),
    "scan": msgid("Quét mã"),
}
SAVED = msgid("Đã lưu. Các phím này theo bạn đến mọi quầy.")


def _page(
    request: Request, keys: dict[str, str], *, off: bool, said: str = "", refused: Refused | None = None
) -> Response:
    translate, person = translator(request.state.language), person_of(request).id
    places = house_of(request).hub.board().places.values()
    return page(
        request,
        "counter/keys.html",
        failures.status_of(refused) if refused else 200,
        rows=[(act, translate(text), keys.get(act, "")) for act, text in ACTS.items()],
        codes=[(code, shortcuts.cap(code)) for code in shortcuts.USABLE],
        off=off,
        said=said,
        wrong=_sentence(refused, request.state.language) if refused else "",
        mine=next((place.number for place in places if place.shift and place.shift.person == person), None),
    )


def _sentence(refused: Refused, language: str) -> str:
    """The refusal with acts in words."""
    named = {name: refused.arguments[name] for name in ("one", "other") if name in refused.arguments}
    refused.arguments |= {name: translator(language)(ACTS[str(act)]) for name, act in named.items()}
    return failures.sentence(refused, language)


@open_to(*WORKERS)
async def show_keys(request: Request) -> Response:
    """Every act with its key."""
    house = house_of(request)
    chosen, scanner = house.store.read(chosen_by, person_of(request).id), house.store.centre().scanner.prefix
    keys = shortcuts.in_use(chosen.keys, off=False, scanner=scanner)
    return _page(request, keys, off=chosen.off)


@open_to(*WORKERS, body_limit=4096)
async def choose_keys(request: Request) -> Response:
    """Keep another choice, or go back to the usual keys; a choice that cannot be stays on the page, with why."""
    form = await forms.read_form(request)
    wanted, off = _wanted(form), form.get("off") == "1"
    usual = form.get("usual") == "1"
    try:
        await house_of(request).store.write(
            act_of(request, form), shifts.choose_keys, person_of(request).id, {} if usual else wanted,
            off=off and not usual,
        )  # fmt: skip
    except (shortcuts.KeyRefused, shortcuts.KeyTaken, shortcuts.KeyOfScanner, shortcuts.KeyWhileTyping) as refused:
        return _page(request, wanted, off=off, refused=refused)
    shown = shortcuts.in_use({}, off=False, scanner=house_of(request).store.centre().scanner.prefix)
    return _page(
        request, shown if usual else wanted, off=off and not usual, said=translator(request.state.language)(SAVED)
    )


def _wanted(form: FormData) -> dict[str, str]:
    return {act: forms.text(form, act, 20, required=False) for act in shortcuts.DEFAULTS}


ROUTES: list[BaseRoute] = [
    Route("/counter/keys", show_keys),
    Route("/counter/keys", choose_keys, methods=["POST"]),
]
