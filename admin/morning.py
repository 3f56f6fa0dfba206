"""The check before opening: what must be well before the first person comes in, each with what to do."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import cover, views
from domain.calendar import Translate
from domain.centres import DeviceKind
from domain.days import is_far_jump, local
from domain.devices import OLDEST_CHROMIUM, REASONS, SILENT_SECONDS, Beat, Showing
from domain.errors import NotFound, msgid
from domain.roles import LEADING_ROLES, Role, open_to
from domain.speech import sentence
from store import days, devices, people
from store.devices import Stop
from web import beats, clocks
from web.beats import Stand, Standing
from web.health import check
from web.house import House, house_of
from web.languages import NAMES, translator
from web.pages import page, text_of
from web.scope import Scope, own_scope

BACKUP_OLD = timedelta(hours=26)
CALLERS = (*sorted(LEADING_ROLES), Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what, whether it is well, and in one sentence how it is or what to do."""

    what: str
    good: bool
    words: str


@open_to(*CALLERS)
async def show_morning(request: Request) -> Response:
    """Ready to open, or the list of what is wrong."""
    found = await findings(request)
    voices = [(language, NAMES.get(language, language)) for language in sorted(_packs(request))]
    context = {
        "wrong": [finding for finding in found if not finding.good],
        "well": [finding for finding in found if finding.good],
        "voices": voices,
        "now": house_of(request).now(),
    }
    return page(request, "admin/morning.html", **views.frame(request), **context)


@open_to(*CALLERS)
async def try_voice(request: Request) -> Response:
    """An announcement to listen to; nobody is called."""
    house, language = house_of(request), request.path_params["language"]
    pack = _packs(request).get(language)
    if pack is None or pack.missing():
        raise NotFound(what=language[:20])
    centre = house.store.centre()
    words = sentence(centre.queues[0].prefix, 1, centre.counters[0].number, language)
    return Response(pack.speak(words), media_type="audio/wav", headers={"Cache-Control": "no-store"})


async def findings(request: Request) -> list[Finding]:
    """Everything that is looked at, in the order in which people go through the house."""
    house, said, scope = house_of(request), translator(request.state.language), own_scope(request)
    await request.app.state.printers.look()
    checks = await check(house)
    backup = await views.in_thread(newest_backup, house.store.path.parent / "backups")
    return [
        *_printers(house, said),
        *_screens(house, said),
        *_voices(_packs(request), said),
        *_counters(house, scope, request.state.language, said),
        _yesterday(house, scope, said),
        _clock(house, said),
        _backup(backup, house.now(), said),
        *_disk(checks, said),
    ]


def newest_backup(folder: Path) -> datetime | None:
    """When the newest copy in this folder was made; None when there is none."""
    times = [path.stat().st_mtime for path in folder.glob("*.sqlite")] if folder.is_dir() else []
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _packs(request: Request) -> dict[str, Any]:
    packs: dict[str, Any] = request.app.state.packs
    return packs


def _printers(house: House, said: Translate) -> list[Finding]:
    known = house.printers()
    return [
        _printer(said(msgid("Máy in %(id)s")) % {"id": printer.id}, known.get(printer.id), said)
        for printer in house.store.centre().printers
    ]


def _printer(what: str, state: Any, said: Translate) -> Finding:
    if state is None or (state.looked is None and not state.trouble):
        return Finding(what, False, said(msgid("Chưa hỏi được máy in: chờ vài giây rồi bấm “Kiểm tra lại”.")))
    if state.trouble:
        words = said(msgid("Máy in báo: %(trouble)s. Hãy đến xem máy, sửa xong bấm “Kiểm tra lại”."))
        return Finding(what, False, words % {"trouble": said(state.trouble)})
    if state.near_end:
        return Finding(what, False, said(msgid("Sắp hết giấy: thay cuộn mới trước giờ mở cửa.")))
    if not state.answers:
        return Finding(what, True, said(msgid("Kết nối được; máy này không báo giấy, hãy nhìn cuộn giấy.")))
    return Finding(what, True, said(msgid("Kết nối được, còn giấy.")))


def _screens(house: House, said: Translate) -> list[Finding]:
    states, stops = house.store.read(people.device_states), house.store.read(devices.stopped)
    stands = {stand.device.id: stand for stand in beats.stands(house)}
    found = []
    for device in (d for d in house.store.centre().devices if d.kind in (DeviceKind.KIOSK, DeviceKind.WALL)):
        what = f"{device.id} · {device.name}"
        state = states.get(device.id)
        if state is None or state.paired_at is None or state.revoked_at is not None:
            words = said(msgid("Chưa ghép: người quản trị lấy mã ghép ở trang “Trung tâm” và nhập trên màn hình."))
            found.append(Finding(what, False, words))
        elif stands[device.id].standing is Standing.LOST or _is_unheard(house, stands[device.id]):
            words = said(msgid("Không thấy màn hình trong một phút qua: bật máy lên và mở lại trang của nó."))
            found.append(Finding(what, False, words))
        else:
            found.append(_screen(what, stands[device.id].beat, stops.get(device.id), house.now(), said))
    return found


def _is_unheard(house: House, stand: Stand) -> bool:
    """Whether a screen that has said nothing of itself has no line to the server either."""
    silent = house.hub.silent_seconds(f"device:{stand.device.id}")
    return stand.beat is None and (silent is None or silent > SILENT_SECONDS)


def _screen(what: str, beat: Beat | None, stop: Stop | None, now: datetime, said: Translate) -> Finding:
    """A screen that is there, as it says of itself."""
    if stop is not None and stop.holds(now):
        words = said(msgid("Đang tạm ngừng (%(reason)s): bấm “Dùng lại” ở trang “Ki-ốt và màn hình” khi đã xong."))
        return Finding(what, False, words % {"reason": said(REASONS[stop.reason])})
    if beat is not None and beat.showing is Showing.ASLEEP:
        return Finding(what, False, said(msgid("Màn hình tắt hoặc bị che: đến đánh thức màn hình.")))
    if beat is not None and beat.is_old:
        words = said(msgid("%(browser)s %(version)s quá cũ: cập nhật lên %(oldest)s trở lên."))
        said_of = {"browser": beat.browser, "version": beat.version, "oldest": OLDEST_CHROMIUM}
        return Finding(what, False, words % said_of)
    return Finding(what, True, said(msgid("Đang kết nối.")))


def _voices(packs: dict[str, Any], said: Translate) -> list[Finding]:
    what = said(msgid("Giọng nói"))
    if "vi" not in packs:
        words = said(msgid("Chưa có giọng nói tiếng Việt, sảnh sẽ im lặng: chạy lại scripts/setup trên máy chủ."))
        return [Finding(what, False, words)]
    gaps = {language: len(pack.missing()) for language, pack in sorted(packs.items()) if pack.missing()}
    words = said(msgid("Giọng %(language)s thiếu %(n)s đoạn: chạy lại scripts/setup trên máy chủ."))
    broken = [Finding(what, False, words % {"language": language, "n": n}) for language, n in gaps.items()]
    ready = said(msgid("Đủ các đoạn, hãy bấm nghe thử: %(languages)s.")) % {"languages": ", ".join(sorted(packs))}
    return broken or [Finding(what, True, ready)]


def _counters(house: House, scope: Scope, language: str, said: Translate) -> list[Finding]:
    """Every queue that takes people has somebody at a counter."""
    board, found = house.hub.board(), []
    for queue in (queue for queue in house.store.centre().queues if scope.has_queue(queue.id)):
        manned = any(place.shift and queue.id in place.skills.all for place in board.places.values())
        if not manned and board.stop_of(queue.id, house.now()) is None:
            words = said(msgid("Chưa có cán bộ ở quầy nào: gọi người đến hoặc đổi hàng cho một quầy."))
            found.append(Finding(f"{queue.prefix} · {text_of(queue.title, language)}", False, words))
    found += _wheelchairs(house, scope, language, said)
    return found or [Finding(said(msgid("Quầy")), True, said(msgid("Hàng nào cũng có cán bộ ở quầy.")))]


def _wheelchairs(house: House, scope: Scope, language: str, said: Translate) -> list[Finding]:
    """Every queue that has somebody has somebody whom a wheelchair reaches."""
    centre, board, found = house.store.centre(), house.hub.board(), []
    for queue in cover.unreachable(centre, board):
        if not scope.has_queue(queue.id) or board.stop_of(queue.id, house.now()) is not None:
            continue
        counters = ", ".join(map(str, cover.accessible_counters(centre, queue)))
        text = (
            msgid("Chưa mở quầy nào có lối xe lăn: mở quầy %(counters)s, hoặc đổi hàng cho quầy có lối xe lăn.")
            if counters
            else msgid("Không quầy nào của hàng này có lối xe lăn: thêm hàng vào một quầy như vậy ở tệp cấu hình.")
        )
        what = f"{queue.prefix} · {text_of(queue.title, language)}"
        found.append(Finding(what, False, said(text) % {"counters": counters}))
    return found


def _yesterday(house: House, scope: Scope, said: Translate) -> Finding:
    what = said(msgid("Ngày hôm trước"))
    waiting = house.store.read(days.left_over, local(house.now()).date())
    left = {queue: n for queue, n in waiting.items() if scope.has_queue(queue)}
    if not left:
        return Finding(what, True, said(msgid("Đã khép lại, không còn số nào đang chờ.")))
    prefixes = {queue.id: queue.prefix for queue in house.store.centre().queues}
    queues = ", ".join(sorted(prefixes.get(queue, queue) for queue in left))
    words = said(
        msgid(
            "Còn %(n)s số chưa xong ở hàng %(queues)s: giữ hàng đó ở trang “Toàn sảnh”, nếu không số hết hiệu lực."
        )
    )
    return Finding(what, False, words % {"n": sum(left.values()), "queues": queues})


def _clock(house: House, said: Translate) -> Finding:
    what, now, day = said(msgid("Đồng hồ")), house.now(), house.store.read(days.newest)
    if clocks.trouble(house) is not None:
        words = said(
            msgid("Giờ máy chủ trái với sổ đã ghi: chỉnh giờ, nếu ngày vẫn sai thì chạy motcua day repair.")
        )
        return Finding(what, False, words)
    if day is not None and is_far_jump(day, now):
        words = said(
            msgid("Đã quá 15 ngày từ ngày làm việc trước: người quản trị xác nhận ngày ở trang “Trung tâm”.")
        )
        return Finding(what, False, words)
    return Finding(what, True, said(msgid("Máy chủ ghi %(time)s.")) % {"time": f"{local(now):%H:%M %d/%m/%Y}"})


def _backup(made: datetime | None, now: datetime, said: Translate) -> Finding:
    what = said(msgid("Bản sao lưu"))
    if made is None:
        words = said(msgid("Không biết: thư mục backups chưa có bản nào; chạy motcua backup."))
        return Finding(what, False, words)
    facts = {"time": f"{local(made):%H:%M %d/%m/%Y}"}
    if now - made > BACKUP_OLD:
        words = said(msgid("Bản mới nhất đã cũ, lúc %(time)s: chạy motcua backup và xem lại lịch sao lưu."))
        return Finding(what, False, words % facts)
    return Finding(what, True, said(msgid("Bản mới nhất lúc %(time)s.")) % facts)


def _disk(checks: dict[str, Any], said: Translate) -> list[Finding]:
    room, write = checks["disk"] is True, checks["write"] is True
    full = msgid("Đĩa sắp đầy: xóa bớt bản sao lưu cũ ngay hôm nay.")
    broken = msgid("Không ghi được: gọi kỹ thuật trước khi mở cửa.")
    return [
        Finding(said(msgid("Chỗ trống trên đĩa")), room, said(msgid("Còn đủ chỗ.") if room else full)),
        Finding(said(msgid("Ghi dữ liệu")), write, said(msgid("Ghi được.") if write else broken)),
    ]


ROUTES: list[BaseRoute] = [
    Route("/admin/morning", show_morning),
    Route("/admin/morning/voice/{language}.wav", try_voice),
]
