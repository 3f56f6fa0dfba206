"""For every route of fees one request that it takes; the payment platform is somebody who takes everything."""

from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from domain.fees import Fee, FeeKind
from operations import paying
from tests.support.asking import a_number, request_id
from tests.web.crowd import Asked, Crowd, Example

SECRET = "bi-mat"
DONG = 8_000


async def _takes_everything(*_: Any) -> Any:
    return SimpleNamespace(page="")


def _open(crowd: Crowd) -> None:
    payments: Any = crowd.server.app.state.payments
    secret = Path(crowd.server.data) / "payment.secret"
    secret.write_text(SECRET, encoding="ascii")
    payments._secret_file, payments.begin = secret, _takes_everything


def _place(crowd: Crowd, visitor: str) -> str:
    return f"/counter/{crowd.seated(visitor)}/dossiers"


def _fee(crowd: Crowd, visitor: str, act: str = "", *, paid: bool = False, **form: Any) -> Asked:
    """A dossier with one fee, and what is done with it."""
    _open(crowd)
    code = crowd.dossier()
    fee = crowd.do(paying.ask_fee, code, "cb01", Fee(FeeKind.DUTY, "8.000 đồng/bản", DONG))
    if paid:
        crowd.do(paying.take_cash, fee, "cb01", DONG)
    path = f"{_place(crowd, visitor)}/{code}"
    if act in ("payment", "transfer.svg"):
        return Asked(f"{path}/{act}")
    return Asked(f"{path}/fees/{fee}/{act}", {"request_id": request_id(), **form})


def _ask(crowd: Crowd, visitor: str) -> Asked:
    form = {"kind": "le-phi", "text": "8.000 đồng/bản", "amount": DONG, "timing": "thu-truoc", "relief": "khong"}
    return Asked(f"{_place(crowd, visitor)}/{crowd.dossier()}/fees", {"request_id": request_id(), **form})


def _confirmation(crowd: Crowd, _: str) -> Asked:
    """What the platform says of a payment that nobody asked for: it waits for a person."""
    _open(crowd)
    word = {
        "LoaiBanTin": "CONFIRM", "PhienBan": "1.0.6", "MaDoiTac": "", "MaThamChieu": "H56.19.0.1",
        "MaGiaoDich": f"GD{a_number()}", "SoTien": str(DONG), "MaTienTe": "VND", "ThoiGianGD": "20260713140509",
        "MaLoi": "00",
    }  # fmt: skip
    seal = sha256("|".join([*word.values(), SECRET]).encode()).hexdigest()
    return Asked("/portal/payments", json={**word, "MaXacThuc": seal})


def _settle(crowd: Crowd, _: str) -> Asked:
    number = f"GD{a_number()}"
    crowd.do(paying.confirm_online, number, "H56.19.0.1", DONG)
    return Asked("/admin/takings/settlements", {"request_id": request_id(), "payment": number, "reason": "đã trả"})


HERE = "/counter/{counter}/dossiers/{code}"
FEE = HERE + "/fees/{fee}"
FEES: dict[str, Example] = {
    f"GET {HERE}/payment": lambda c, w: _fee(c, w, "payment"),
    f"GET {HERE}/transfer.svg": lambda c, w: _fee(c, w, "transfer.svg"),
    f"POST {HERE}/fees": _ask,
    f"POST {FEE}/cash": lambda c, w: _fee(c, w, "cash", amount=DONG),
    f"POST {FEE}/transfers": lambda c, w: _fee(c, w, "transfers", amount=DONG, reference="FT26013"),
    f"POST {FEE}/online": lambda c, w: _fee(c, w, "online"),
    f"POST {FEE}/cancellations": lambda c, w: _fee(c, w, "cancellations", reason="ghi nhầm"),
    f"POST {FEE}/refunds": lambda c, w: _fee(c, w, "refunds", paid=True, reason="nộp thừa", means="tien-mat"),
    "GET /admin/keeping": lambda c, w: Asked("/admin/keeping"),
    "GET /admin/takings": lambda c, w: Asked("/admin/takings?day=1"),
    "POST /admin/takings/settlements": _settle,
    "POST /portal/payments": _confirmation,
}
