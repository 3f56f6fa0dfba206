"""How the portal's catalogue differs from the one in force, procedure by procedure and field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.errors import msgid
from domain.procedures import Channel, ChannelRow, Procedure, documents

_ORDER = {Channel.DIRECT: 0, Channel.ONLINE: 1, Channel.POST: 2}
FREE = "Miễn phí"


class Change(StrEnum):
    """What happens to a procedure when the difference is put into force."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


class Aspect(StrEnum):
    """Which of its fields differs."""

    TITLE = "title"
    SECTOR = "sector"
    LEVELS = "levels"
    APPLICANTS = "applicants"
    LIMIT = "limit"
    FEE = "fee"
    NOTE = "note"
    PAPERS = "papers"
    RESULTS = "results"


ASPECT_NAMES = {
    Aspect.TITLE: msgid("Tên thủ tục"),
    Aspect.SECTOR: msgid("Lĩnh vực"),
    Aspect.LEVELS: msgid("Cấp thực hiện"),
    Aspect.APPLICANTS: msgid("Đối tượng thực hiện"),
    Aspect.LIMIT: msgid("Thời hạn"),
    Aspect.FEE: msgid("Phí, lệ phí"),
    Aspect.NOTE: msgid("Ghi chú"),
    Aspect.PAPERS: msgid("Thành phần hồ sơ"),
    Aspect.RESULTS: msgid("Kết quả"),
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs. `channel` where it is one way in; `before` and `after` are lines, or for a limit one
    (amount, unit) a case.
    """

    aspect: Aspect
    before: tuple[object, ...]
    after: tuple[object, ...]
    channel: Channel | None = None


@dataclass(frozen=True, slots=True)
class CatalogueChange:
    """One procedure that differs; `procedure` is as the portal has it (gone: as it was)."""

    kind: Change
    procedure: Procedure
    fields: tuple[FieldChange, ...] = ()


def settle(ours: Procedure, theirs: Procedure) -> Procedure:
    """The portal's version with our word where the portal says nothing: its services give no decision number, and
    name no fee both where none is due and where none is known.
    """
    theirs = replace(theirs, decision_no=theirs.decision_no or ours.decision_no)
    before, after = _sorted(ours.channels), _sorted(theirs.channels)
    if len(before) == len(after):
        after = tuple(_settled_row(old, new) for old, new in zip(before, after, strict=True))
    return replace(theirs, channels=ours.channels if after == _plain(before) else after)


def differences(
    ours: Mapping[str, Procedure], theirs: Iterable[Procedure], listed: set[str]
) -> list[CatalogueChange]:
    """What would change: new and changed ones of `theirs`, and ours that are not `listed` any more; by code."""
    found = []
    for procedure in theirs:
        before = ours.get(procedure.code)
        if before is None:
            found.append(CatalogueChange(Change.NEW, procedure))
        elif fields := changes(before, settle(before, procedure)):
            found.append(CatalogueChange(Change.CHANGED, settle(before, procedure), fields))
    found += [CatalogueChange(Change.GONE, one) for code, one in ours.items() if code not in listed]
    return sorted(found, key=lambda change: change.procedure.code)


def changes(before: Procedure, after: Procedure) -> tuple[FieldChange, ...]:
    """The fields in which two versions of a procedure differ."""
    found = [
        FieldChange(aspect, old, new)
        for aspect, old, new in (
            (Aspect.TITLE, (before.title,), (after.title,)),
            (Aspect.SECTOR, (before.sector,), (after.sector,)),
            (Aspect.LEVELS, before.levels, after.levels),
            (Aspect.APPLICANTS, before.applicants, after.applicants),
            (Aspect.PAPERS, _papers(before), _papers(after)),
            (Aspect.RESULTS, _results(before), _results(after)),
        )
        if old != new
    ]
    return (*found, *_channel_changes(before, after))


def _channel_changes(before: Procedure, after: Procedure) -> list[FieldChange]:
    found = []
    for channel in Channel:
        old = [row for row in before.channels if row.channel is channel]
        new = [row for row in after.channels if row.channel is channel]
        pairs: tuple[tuple[Aspect, tuple[object, ...], tuple[object, ...]], ...] = (
            (Aspect.LIMIT, _limits(old), _limits(new)),
            (Aspect.FEE, tuple(row.fee_text or "" for row in old), tuple(row.fee_text or "" for row in new)),
            (Aspect.NOTE, tuple(row.note or "" for row in old), tuple(row.note or "" for row in new)),
        )
        found += [FieldChange(aspect, one, other, channel) for aspect, one, other in pairs if one != other]
    return found


def _limits(rows: Iterable[ChannelRow]) -> tuple[object, ...]:
    return tuple((row.limit, row.unit.value if row.unit else None) for row in rows)


def _papers(procedure: Procedure) -> tuple[str, ...]:
    return tuple(documents(procedure))


def _results(procedure: Procedure) -> tuple[str, ...]:
    return tuple(f"{one.name} ({one.code})" if one.code else one.name for one in procedure.results)


def _sorted(rows: Iterable[ChannelRow]) -> tuple[ChannelRow, ...]:
    return tuple(sorted(rows, key=lambda row: _ORDER[row.channel]))


def _plain(rows: Iterable[ChannelRow]) -> tuple[ChannelRow, ...]:
    return tuple(replace(row, note=row.note or None) for row in rows)


def _settled_row(old: ChannelRow, new: ChannelRow) -> ChannelRow:
    fee = old.fee_text if new.fee_text is None and old.fee_text == FREE else new.fee_text
    return replace(new, fee_text=fee, note=new.note or None)
