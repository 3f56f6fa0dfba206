"""What a form of the configuration is made of: fields of a few kinds, and sheets of fields."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from domain.centres import Centre


class Kind(StrEnum):
    """How a value is asked for: the templates and `admin.centre_entries` know one way for each."""

    WORD = "word"
    LINES = "lines"
    TEXTS = "texts"
    NUMBER = "number"
    YES = "yes"
    CHOICE = "choice"
    SEVERAL = "several"
    TIME = "time"
    SPANS = "spans"
    DATE = "date"
    PART = "part"
    ORDER = "order"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Field:
    """One value of an entry; `key` is dotted where it lies deeper.

    Choices are the entries of the section `source`, or stand here with their words. An empty field that is not
    `needed` leaves its key out. A part is there or not, and has fields of its own. What is put in an order has
    `orders`: from the entry to the choices that it can have, and to their order where it has none of its own.
    """

    key: str
    kind: Kind
    label: str
    hint: str = ""
    needed: bool = True
    source: str = ""
    choices: Mapping[Any, str] = field(default_factory=dict, hash=False)
    parts: "tuple[Field, ...]" = ()
    record: type | None = None
    orders: Callable[[Mapping[str, Any]], tuple[Sequence[str], Sequence[str]]] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One section: a list of records, or, where `record` is the centre itself, some of its own fields.

    Entries are told apart by `identity`, by their place where it is empty; `named` makes an entry's name and
    `listed` are the other columns of the list.
    """

    key: str
    title: str
    record: type
    fields: tuple[Field, ...]
    identity: str = ""
    named: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()

    @property
    def is_list(self) -> bool:
        """Whether it holds entries that can be added and removed."""
        return self.record is not Centre

    def field(self, key: str) -> Field:
        """One of its fields."""
        return next(entry for entry in self.fields if entry.key == key)
