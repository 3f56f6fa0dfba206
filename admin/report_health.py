"""What the month's report says of paper and portal: how slips ended by printer, how dossiers came to the portal."""

from collections.abc import Mapping

from admin.report_names import Names
from admin.sheets import Cell, Sheet
from domain.errors import msgid
from domain.reports import MINUTE
from web import wording


def of_papers(found: Mapping[str, Mapping[str, int]], names: Names) -> Sheet:
    """One row a printer: how many slips, and how they ended."""
    said, known = names.said, {printer.id: printer.name for printer in names.centre.printers}
    rows: list[tuple[Cell, ...]] = []
    for printer, states in sorted(found.items()):
        every = sum(states.values())
        sure = states.get("confirmed", 0) + states.get("sent", 0)
        ends = (states.get(state, 0) for state in wording.SLIP_ENDS)
        rows.append((f"{printer} · {known.get(printer, '–')}", every, *ends, 100 * sure / every))
    columns = (
        said(msgid("Máy in")), said(msgid("Phiếu")), *(said(text) for text in wording.SLIP_ENDS.values()),
        said(msgid("Đã ra hay đã gửi (%)")),
    )  # fmt: skip
    return Sheet("papers", said(msgid("Phiếu theo máy in")), columns, tuple(rows))


def of_portal(received: int, known: int, refused: int, delays: list[int], names: Names) -> Sheet:
    """One row: dossiers received, known to the portal, refused, and after how many minutes it knew them."""
    said = names.said
    middle = delays[(len(delays) - 1) // 2] / MINUTE if delays else None
    late = delays[(19 * len(delays) + 19) // 20 - 1] / MINUTE if delays else None
    columns = (
        said(msgid("Cổng Dịch vụ công quốc gia")), said(msgid("Hồ sơ đã nhận")), said(msgid("Cổng đã biết")),
        said(msgid("Cổng từ chối")), said(msgid("Đầy đủ (%)")), said(msgid("Biết sau, trung vị (phút)")),
        said(msgid("19/20 biết sau không quá")),
    )  # fmt: skip
    share = 100 * known / received if received else None
    row = (said(msgid("Đồng bộ hồ sơ")), received, known, refused, share, middle, late)
    return Sheet("portal", said(msgid("Đồng bộ với Cổng")), columns, (row,) if received else ())
