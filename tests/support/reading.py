"""What a browser would send: the fields of the forms of a page, read from its HTML."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

Fields = dict[str, list[str]]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, Fields] = {}
        self._form: Fields = {}
        self._select = ""
        self._area: str | None = None
        self._first = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found: Mapping[str, Any] = dict(attrs)
        if tag == "form":
            self._form = self.forms.setdefault(found["action"], {})
        elif tag == "input" and "name" in found:
            if found.get("type") not in ("checkbox", "radio") or "checked" in found:
                self._add(found["name"], found.get("value") or "")
        elif tag == "select":
            self._select, self._first = found["name"], True
        elif tag == "option" and (self._first or "selected" in found):
            self._form[self._select] = [found["value"]]
            self._first = False
        elif tag == "textarea":
            self._area = found["name"]
            self._add(self._area, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            words = self._form[self._area]
            words[-1] = words[-1].removeprefix("\n")
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._form[self._area][-1] += data

    def _add(self, name: str, value: str) -> None:
        self._form.setdefault(name, []).append(value)


def forms_in(page: str) -> dict[str, Fields]:
    """The forms of a page by where they are sent, each with what it would send untouched."""
    reader = _Forms()
    reader.feed(page)
    return reader.forms
