"""The services of the sandbox portal: one request body in, one answer in the portal's dialect out.

Decides in the body only; what may go wrong on the way stands in `sandbox`. A refused call leaves nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from portal.sandbox.catalogue import Catalogue
from portal.sandbox.faults import FaultName, Faults
from portal.sandbox.rules import (
    LOGIN,
    MAX_PROBLEMS,
    SERVICE_KEYS,
    is_known_step,
    record_problems,
    request_problems,
)
from portal.sandbox.state import Dossier, Record, State

MAX_SESSIONS = 1000
OK = 0
ERROR = -1
FILED = "1"
DUPLICATE = -3
EXPIRED = "Phiên làm việc đã hết hạn, vui lòng đăng nhập lại"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the portal says. `extra` holds `session` or `result`; warnings are for the log only."""

    code: int
    message: str
    extra: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def body(self, style: str) -> dict[str, Any]:
        """The answer as JSON values, `error_code` written in one of the styles the portal is known for."""
        code: int | str = self.code if style == "int" else str(self.code)
        if style == "00" and self.code == OK:
            code = "00"
        return {"error_code": code, "message": self.message, **self.extra}


class Services:
    """The portal behind the adapter: accounts, sessions and the services on one State."""

    def __init__(
        self,
        catalogue: Catalogue,
        accounts: Mapping[str, str],
        state: State,
        faults: Faults,
        *,
        now: Callable[[], datetime],
        token_minutes: float,
        madonvi: str,
    ) -> None:
        self._catalogue = catalogue
        self._accounts = accounts
        self._state = state
        self._faults = faults
        self._now = now
        self._token_life = timedelta(minutes=token_minutes)
        self._madonvi = madonvi
        self._sessions: dict[str, datetime] = {}

    def log_in(self, body: object) -> Answer:
        """A portal token for a right name and password."""
        problems = record_problems(body, LOGIN)
        if problems or not isinstance(body, dict):
            return _refusal(problems)
        password = self._accounts.get(body["username"], "")
        if not password or not hmac.compare_digest(password.encode(), body["password"].encode()):
            return Answer(ERROR, "Sai tên đăng nhập hoặc mật khẩu")
        self._state.count("logins")
        return Answer(OK, "Thành công", {"session": self._open_session()})

    def serve(self, body: object) -> Answer:
        """The answer to one call of the integration endpoint."""
        service = service_of(body)
        if service not in SERVICE_KEYS or not isinstance(body, dict):
            return Answer(ERROR, "service: thiếu hoặc không có dịch vụ này")
        if not self._has_session(body.get("session")):
            return Answer(ERROR, EXPIRED)
        problems = request_problems(body, service) or self._madonvi_problems(body["madonvi"])
        if problems:
            return _refusal(problems)
        refused = self._faults.refused_field(service, dossier_codes(body))
        if refused:
            return Answer(ERROR, f"{refused}: giá trị không được chấp nhận (công tắc thử nghiệm)")
        return self._answers()[service](body)

    def expire_sessions(self) -> None:
        """Every token given so far is void."""
        self._sessions.clear()

    def _answers(self) -> Mapping[str, Callable[[Record], Answer]]:
        catalogue = self._catalogue
        return {
            "DongBoHoSoMC": self._take_dossiers,
            "CapNhatTienDoHoSoMC": self._take_steps,
            "TraCuuHoSo": lambda body: self._look_up(body["mahoso"]),
            "LayThuTuc": lambda body: _result(catalogue.procedure(body["maTTHC"])),
            "LayDanhSachTTHC": lambda _: _result(catalogue.procedures()),
            "LayDanhMucLinhVuc": lambda _: _result(catalogue.sectors()),
            "LayDanhMucCoQuan": lambda _: _result(catalogue.agencies()),
            "TraCuuTechID": lambda body: _result([{"TECHNICALID": _technical_id(body["mstorcmnd"])}]),
        }

    def _take_dossiers(self, body: Record) -> Answer:
        updating = body["isUpdating"] == "True"
        for record in body["data"]:
            known = self._state.dossier(record["MaHoSo"]) is not None
            if known and not updating:
                return self._duplicate(record["MaHoSo"])
            if updating and not known:
                self._state.count("unknown_updates")
                return Answer(ERROR, f"Mã hồ sơ {record['MaHoSo']} chưa có trên Cổng, không thể cập nhật")
        transitions = [text for record in body["data"] if (text := self._transition(record))]
        if transitions and self._faults.take(FaultName.REFUSE_TRANSITIONS, body["service"]):
            return _refusal(transitions)
        catalogue = [text for record in body["data"] for text in self._catalogue_warnings(record)]
        for record in body["data"]:
            self._state.store(record, body["madonvi"], self._now())
        self._state.count("updates" if updating else "inserts", len(body["data"]))
        return Answer(OK, "Đồng bộ thành công", warnings=tuple(transitions + catalogue))

    def _duplicate(self, code: str) -> Answer:
        self._state.count("duplicates")
        plain = self._faults.take(FaultName.DUPLICATE_AS_3, "DongBoHoSoMC")
        return Answer(-DUPLICATE if plain else DUPLICATE, f"Mã hồ sơ {code} đã tồn tại")

    def _transition(self, record: Record) -> str:
        dossier = self._state.dossier(record["MaHoSo"])
        before, after = dossier.status if dossier else "", record["TrangThaiHoSo"]
        return "" if is_known_step(before, after) else _transition_text("TrangThaiHoSo", before, after)

    def _catalogue_warnings(self, record: Record) -> list[str]:
        procedure = self._catalogue.find(record["MaTTHC"])
        if procedure is None:
            return ["MaTTHC: không có trong danh mục"]
        warnings = []
        if record["TenTTHC"] != procedure.title:
            warnings.append("TenTTHC: khác tên trong danh mục")
        if record["MaLinhVuc"] != self._catalogue.sector_code(procedure.sector):
            warnings.append("MaLinhVuc: khác mã trong danh mục")
        return warnings

    def _take_steps(self, body: Record) -> Answer:
        for number, step in enumerate(body["data"]):
            if self._state.dossier(step["MaHoSo"]) is None:
                return Answer(ERROR, f"data[{number}].MaHoSo: chưa có hồ sơ {step['MaHoSo']} trên Cổng")
        warnings = self._step_transitions(body["data"])
        if warnings and self._faults.take(FaultName.REFUSE_TRANSITIONS, body["service"]):
            return _refusal(warnings)
        for step in body["data"]:
            self._state.add_step(step)
        return Answer(OK, "Cập nhật tiến độ thành công", warnings=tuple(warnings))

    def _step_transitions(self, steps: list[Record]) -> list[str]:
        warnings = []
        latest: dict[str, str] = {}
        for number, step in enumerate(steps):
            dossier = self._state.dossier(step["MaHoSo"])
            if dossier is None or step in dossier.steps:
                continue
            before = latest.get(dossier.code, dossier.step_status or _filed_as(dossier))
            latest[dossier.code] = after = step["TrangThai"]
            if not is_known_step(before, after):
                warnings.append(_transition_text(f"data[{number}].TrangThai", before, after))
        return warnings

    def _look_up(self, code: str) -> Answer:
        dossier = self._state.dossier(code)
        if dossier is None:
            return _result([])
        row = {"MaHoSo": code, "MaTTHC": dossier.record["MaTTHC"], "TrangThaiHoSo": dossier.status}
        return _result([row])

    def _open_session(self) -> str:
        while len(self._sessions) >= MAX_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        token = secrets.token_hex(16)
        self._sessions[token] = self._now() + self._token_life
        return token

    def _has_session(self, token: object) -> bool:
        if not isinstance(token, str) or token not in self._sessions:
            return False
        if self._now() < self._sessions[token]:
            return True
        del self._sessions[token]
        return False

    def _madonvi_problems(self, madonvi: str) -> list[str]:
        prefix = self._madonvi
        is_ours = not prefix or madonvi == prefix or madonvi.startswith(f"{prefix}.")
        return [] if is_ours else [f"madonvi: phải là {prefix} hoặc đơn vị trực thuộc"]


def service_of(body: object) -> str:
    """The service a body names, or an empty string."""
    service = body.get("service") if isinstance(body, dict) else None
    return service if isinstance(service, str) else ""


def dossier_codes(body: object) -> tuple[str, ...]:
    """The dossiers a body speaks of, however wrong it may be otherwise."""
    if not isinstance(body, dict):
        return ()
    rows = body.get("data")
    found = [row.get("MaHoSo") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    codes = [code for code in [body.get("mahoso"), *found] if isinstance(code, str) and code]
    return tuple(dict.fromkeys(codes))


def _refusal(problems: list[str]) -> Answer:
    return Answer(ERROR, "; ".join(problems[:MAX_PROBLEMS]))


def _result(rows: list[Record]) -> Answer:
    return Answer(OK, "", {"result": rows})


def _filed_as(dossier: Dossier) -> str:
    """'1' for a dossier that began on the portal, which has no step of ours for that."""
    first = dossier.versions[0].record["TrangThaiHoSo"]
    return FILED if first == FILED else ""


def _transition_text(field_name: str, before: str, after: str) -> str:
    return f"{field_name}: không chuyển từ {before or 'mới'} sang {after}"


def _technical_id(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()[:32]
