"""Vietnamese on a page of another language: what the centre wrote stays, what is ours is left over."""

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress

from playwright.sync_api import Page

from domain.centre_toml import write_centre
from store import people, plans
from store.centres import NoCentre
from tests.browser.scenes import Scene

# Letters that French has not.
DIACRITICS = re.compile("[ăđơưĂĐƠƯ]|[\u1ea0-\u1ef9]")
# Text that is drawn, but for what says that it is Vietnamese, what others wrote at length, and what is typed.
SHOWN = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const around = walk.currentNode.parentElement;
    if (around.closest('[lang=vi], [hx-ignore], textarea, script, noscript, code, pre')) continue;
    found.push(walk.currentNode.data);
  }
  for (const e of document.body.querySelectorAll('[aria-label], [title], [placeholder], [alt]'))
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) found.push(e.getAttribute(name) || '');
  return found;
}"""
# What people typed in the scenes, a language's own name, and the letter that a prefix cannot be.
TYPED = (
    "Tiếng Việt", "pas de Đ", "not Đ",
    "LÊ VĂN MẪU", "NGUYỄN THỊ MẪU", "Nguyễn Văn A", "NGUYỄN VĂN A",
    "máy tính của quầy đang được sửa, dự kiến 14 giờ mở lại", "máy tính của quầy đang được sửa", "mất mạng",
    "mất điện", "Cổng báo bảo trì đến 15 giờ", "hệ thống đất đai ngừng", "Mã thủ tục không có trong danh mục",
    "mười", "Tờ khai đăng ký khai sinh.pdf", "Giấy chứng sinh.jpg",
    "Ứng dụng tỉnh Vạn Xuân", "Cổng nhắn tin", "Bảng tính của văn phòng", "Trung tâm điều hành thông minh của tỉnh",
)  # fmt: skip


def left_over(page: Page, scene: Scene, language: str) -> list[str]:
    """Lines of this page that hold Vietnamese which nobody of the centre wrote."""
    theirs = sorted({re.sub(r"\s+", " ", words) for words in _theirs(scene, language)}, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, theirs)), re.IGNORECASE)
    lines = {re.sub(r"\s+", " ", text).strip() for text in page.evaluate(SHOWN)}
    return sorted(line for line in lines if DIACRITICS.search(pattern.sub("", line)))


def _theirs(scene: Scene, language: str) -> Iterator[str]:
    yield from TYPED
    store = scene.server.store
    yield from (person.name for person in store.read(people.everybody))
    for record in store.read(lambda db: [row[0] for row in db.execute("SELECT record FROM procedures")]):
        yield from _strings({**json.loads(record), "channels": []}, language)
    with suppress(NoCentre):
        yield from _strings(tomllib.loads(write_centre(store.read(plans.in_force))), language)


def _strings(part: object, language: str) -> Iterator[str]:
    """Every text of a centre file; of what stands in three languages only this one."""
    match part:
        case str() if DIACRITICS.search(part):
            yield part
        case list():
            for one in part:
                yield from _strings(one, language)
        case {"vi": _, "en": _}:
            yield from _strings(part[language], language)
        case dict():
            for one in part.values():
                yield from _strings(one, language)
