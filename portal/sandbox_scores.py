"""The sandbox portal's scoreboard: what Decision 766 measures, computed only from what the portal was told.

A real portal has more sources; a figure here is what these records alone would earn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.sandbox_state import Dossier, State

PUSHED = "1"
FINISHED = {"9", "10"}
RECEIVED = {"2", "4", "5", "6", "7", "8", "9", "10"}


@dataclass(frozen=True, slots=True)
class Score:
    """So many of so many."""

    name: str
    reached: int
    of: int

    @property
    def words(self) -> str:
        """'12 / 13 (92 %)', or a dash where nothing counts yet."""
        return f"{self.reached} / {self.of} ({100 * self.reached // self.of} %)" if self.of else "–"


def scores(state: State) -> list[Score]:
    """The figures of all dossiers that the portal holds now."""
    held = list(state.dossiers.values())
    records = [dossier.record for dossier in held]
    received = [record for record in records if record["TrangThaiHoSo"] in RECEIVED]
    finished = [record for record in received if record["TrangThaiHoSo"] in FINISHED]
    paid = [record for record in received if record.get("DuocThanhToanTrucTuyen") in ("1", "3")]
    return [
        Score("Hồ sơ có đủ tiến độ (đồng bộ đầy đủ)", sum(map(_is_in_step, held)), len(held)),
        Score("Giải quyết đúng hạn", sum(map(_is_in_time, finished)), len(finished)),
        Score("Nộp trực tuyến", sum(r["KenhThucHien"] == "2" for r in received), len(received)),
        Score(
            "Thành phần hồ sơ được số hóa", sum(r["HoSoCoThanhPhanSoHoa"] == "1" for r in received), len(received)
        ),
        Score("Thanh toán trực tuyến", sum(r["DuocThanhToanTrucTuyen"] == "1" for r in paid), len(paid)),
        Score("Có kết quả điện tử", sum(bool(r.get("DanhSachGiayToKetQua")) for r in finished), len(finished)),
    ]


def scoreboard_section(state: State) -> str:
    """The part of the page that shows them."""
    rows = "".join(
        f'<div><dt>{score.name}</dt><dd class="figure">{score.words}</dd></div>' for score in scores(state)
    )
    return (
        '<section aria-labelledby="h-scores"><h2 id="h-scores">Bảng điểm (Quyết định 766)</h2>'
        '<p class="quiet">Chỉ tính từ những gì đã nhận ở đây.</p>'
        f'<dl id="scores" data-live>{rows}</dl></section>'
    )


def _is_in_step(dossier: Dossier) -> bool:
    return dossier.status == PUSHED or dossier.step_status == dossier.status


def _is_in_time(record: dict[str, Any]) -> bool:
    due, ended = record["NgayHenTra"], record.get("NgayKetThucXuLy") or record.get("NgayTra") or ""
    return not due or (bool(ended) and ended <= due)
