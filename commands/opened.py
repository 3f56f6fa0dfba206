"""The data folder that a command works on, and how it writes there beside a running server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click

import clock
from domain.errors import Refused
from settings import Settings
from store.database import DatabaseError
from store.migrations import NewerFile
from store.store import Store
from store.writer import Act

ACT = Act("command-line")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The settings, and the data folder that the command line names."""

    base: Settings
    data: Path

    @property
    def settings(self) -> Settings:
        """The settings with this data folder."""
        return replace(self.base, data=self.data)

    @contextmanager
    def store(self, *, must_exist: bool = False) -> Iterator[Store]:
        """The centre's store for one command; a running server sees what it writes within a second.

        A rule that refuses becomes a sentence and exit code 1.
        """
        path = self.settings.file
        if must_exist and not path.exists():
            raise click.ClickException(f"không có tệp {path}: hãy khởi động máy chủ hoặc nạp tệp trung tâm trước")
        try:
            store = Store(path, clock.now)
        except (NewerFile, DatabaseError) as error:
            raise click.ClickException(f"{path}: {error}") from error
        store.start()
        try:
            yield store
        except Refused as refusal:
            raise click.ClickException(said(refusal)) from refusal
        finally:
            store.close()


def said(refusal: Refused) -> str:
    """The refusal in Vietnamese, the command line's language."""
    return refusal.text % refusal.arguments


pass_chosen = click.make_pass_decorator(Chosen)
