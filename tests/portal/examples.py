"""The dossier and the steps of the contract's examples (section 12), as the client's side states them."""

from datetime import UTC, datetime, timedelta, timezone

from portal.answers import CatalogueEntry
from portal.messages import Document, DossierFacts, Step

HANOI = timezone(timedelta(hours=7))
CODE = "H56.19-260713-0042"
ENTRY = CatalogueEntry("1.004873", "Thủ tục cấp Giấy xác nhận tình trạng hôn nhân", "G15-HT", "Hộ tịch")
FACTS = DossierFacts(
    code=CODE,
    procedure_code="1.004873",
    channel=1,
    owner_kind=1,
    owner_name="NGUYỄN VĂN A",
    identity_kind=1,
    identity_number="038090000001",
    email="",
    phone="0912345678",
    summary="Xác nhận tình trạng hôn nhân để đăng ký kết hôn",
    submitted_at=datetime(2026, 7, 13, 1, 35, tzinfo=UTC),
    received_at=datetime(2026, 7, 13, 1, 42, tzinfo=UTC),
    due_at=datetime(2026, 7, 16, 17, 0, tzinfo=HANOI),
    status=2,
    delivery=0,
    unit_name="UBND phường Hạc Thành",
    digitised=True,
    vneid_verified=False,
    online_payment=0,
    note="",
    finished_at=None,
    returned_at=None,
    return_note="",
    refused_at=None,
    documents=(Document("9001", "to-khai.pdf", "https://files.example/9001?sig=…", digitised=True),),
    fees=(),
    databases=("1",),
)
RECEIVED = Step(
    CODE,
    "s1",
    "Cán bộ 1",
    "Công chức tiếp nhận",
    datetime(2026, 7, 13, 1, 42, tzinfo=UTC),
    "Trung tâm PVHCC",
    "Tiếp nhận hồ sơ",
    2,
    datetime(2026, 7, 13, 1, 42, tzinfo=UTC),
    datetime(2026, 7, 16, 10, 0, tzinfo=UTC),
)
EXAMINED = Step(
    CODE,
    "s2",
    "Cán bộ 2",
    "",
    datetime(2026, 7, 13, 3, 5, tzinfo=UTC),
    "Tư pháp - Hộ tịch",
    "Thẩm định",
    4,
    None,
    None,
)
