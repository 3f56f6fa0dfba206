"""Reading what a browser sent: small, NFC, without control bytes, each field with its longest length."""

import unicodedata

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from domain.errors import Invalid


async def read_form(request: Request) -> FormData:
    """The posted fields. Raises Invalid when the body is not a form."""
    try:
        return await request.form(max_files=0, max_fields=100)
    except HTTPException as error:
        raise Invalid(what="form") from error


def text(form: FormData, name: str, longest: int, *, required: bool = True) -> str:
    """A field of one line, trimmed and normalised. Raises Invalid when missing, too long or unprintable."""
    value = form.get(name, "")
    if not isinstance(value, str):
        raise Invalid(what=name)
    value = unicodedata.normalize("NFC", value).strip()
    if (required and not value) or len(value) > longest or not value.isprintable():
        raise Invalid(what=name)
    return value


def number(form: FormData, name: str, low: int, high: int, default: int | None = None) -> int:
    """A whole number within bounds. Raises Invalid."""
    value = form.get(name)
    if value in (None, "") and default is not None:
        return default
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 18:
        raise Invalid(what=name)
    found = int(value)
    if not low <= found <= high:
        raise Invalid(what=name)
    return found
