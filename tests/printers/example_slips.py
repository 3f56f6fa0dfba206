"""One slip of each kind, filled as a centre fills it."""

from datetime import datetime, timedelta, timezone

from printers.slips import ReceiptSlip, TestSlip, TicketSlip

LOCAL = timezone(timedelta(hours=7))
ADDRESS = "https://hcc.hoa-lu.example/s/7K3QX9TBfm"

TICKET = TicketSlip(
    agency_lines=("ỦY BAN NHÂN DÂN TỈNH NINH BÌNH", "ỦY BAN NHÂN DÂN PHƯỜNG HOA LƯ"),
    centre="Trung tâm Phục vụ hành chính công phường Hoa Lư",
    queue="Hộ tịch - Chứng thực",
    number="A\u202f012",
    ahead=3,
    wait="10-15 phút",
    counters="3, 4, 5",
    issued_at=datetime(2026, 11, 21, 9, 41, tzinfo=LOCAL),
    follow_url=ADDRESS,
    copy=1,
    practice=False,
)
RECEIPT = ReceiptSlip(
    agency_lines=TICKET.agency_lines,
    centre=TICKET.centre,
    code="H42.19-261121-0042",
    procedure="Đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con",
    received_at=datetime(2026, 11, 21, 9, 41, tzinfo=LOCAL),
    due_at=datetime(2026, 11, 26, 17, 0, tzinfo=LOCAL),
    due_note="3 ngày làm việc",
    counter="4",
    documents=(("Tờ khai đăng ký khai sinh", 1), ("Giấy chứng sinh (bản chính)", 2)),
    result_at="Quầy trả kết quả",
    copy=1,
)
TEST_PAGE = TestSlip(TICKET.centre, "Máy in ki-ốt 1", datetime(2026, 11, 21, 7, 0, tzinfo=LOCAL), ADDRESS)
