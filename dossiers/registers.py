"""The book of dossiers (form 07) as a workbook that an archive keeps and a spreadsheet sorts. Knows no store."""

from domain.form_facts import Register, RegisterRow, edition_day
from domain.forms import day_in_words, form_of
from web.workbooks import Cell, Leaf, workbook

COLUMNS = (
    ("STT", 6),
    ("Mã hồ sơ", 24),
    ("Tên TTHC", 40),
    ("Số lượng hồ sơ (bộ)", 10),
    ("Tên cá nhân, tổ chức", 28),
    ("Địa chỉ, SĐT", 32),
    ("Cơ quan chủ trì giải quyết", 28),
    ("Nhận hồ sơ", 17),
    ("Hẹn trả", 17),
    ("Trả kết quả", 17),
    ("Phương thức nhận kết quả", 18),
    ("Ký nhận", 18),
    ("Ghi chú", 28),
)


def as_workbook(register: Register) -> bytes:
    """The XLSX; instants are instants of the centre's clock, words never run. Takes seconds, so in a thread."""
    form = form_of(register.kind, edition_day(register))
    heading = (
        *register.head.agency_lines,
        form.title.upper(),
        f"Từ {day_in_words(register.since)} đến {day_in_words(register.until)}",
    )
    rows = tuple(_cells(number, row) for number, row in enumerate(register.rows, 1))
    names, widths = tuple(name for name, _ in COLUMNS), tuple(width for _, width in COLUMNS)
    note = f"Mẫu số {form.number} – {form.source}"
    return workbook([Leaf(form.title, heading, names, rows, note, widths, landscape=True)])


def _cells(number: int, row: RegisterRow) -> tuple[Cell, ...]:
    return (
        number, row.code, row.procedure, row.sets, row.owner, row.contact, row.agency, row.received_at, row.due_at,
        row.returned_at, row.delivery, row.signed, row.note,
    )  # fmt: skip
