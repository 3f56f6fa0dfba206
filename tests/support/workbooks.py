"""What stands in a workbook, read from the file itself by no code of the product's."""

import io
import re
import zipfile
from html import unescape


def leaves(body: bytes) -> dict[str, list[list[tuple[str, str]]]]:
    """Every leaf by its name: rows of (type, text) as they stand in the file; 'f' where something would run."""
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        strings = [
            "".join(re.findall(r"<t[^>]*>(.*?)</t>", one, re.DOTALL))
            for one in re.findall(r"<si>(.*?)</si>", book.read("xl/sharedStrings.xml").decode(), re.DOTALL)
        ]
        names = re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode())
        found = {}
        for number, name in enumerate(names, 1):
            text = book.read(f"xl/worksheets/sheet{number}.xml").decode()
            rows = re.findall(r"<row [^>]*?(?:/>|>(.*?)</row>)", text, re.DOTALL)
            found[unescape(name)] = [
                [_cell(cell, strings) for cell in re.findall(r"<c .*?(?:</c>|/>)", r)] for r in rows
            ]
        return found


def _cell(cell: str, strings: list[str]) -> tuple[str, str]:
    kind, value = re.search(r't="(\w+)"', cell), re.search(r"<v>(.*?)</v>", cell)
    if "<f" in cell:
        return "f", cell
    text = value[1] if value else ""
    return ("s", unescape(strings[int(text)])) if kind and kind[1] == "s" else ("n", text)
