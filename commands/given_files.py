"""The text files that a command is given: of a bounded size, in UTF-8, and each mistake explained."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from domain.record_files import FileWrong

T = TypeVar("T")


def read_text(file: Path, largest: int, wanted: str) -> str:
    """What stands in the file. `wanted` names what it should be. Ends the command with 1 or 2 and a sentence."""
    try:
        if file.stat().st_size > largest:
            raise click.ClickException(f"{file}: lớn hơn {largest // 1024} KiB, không phải {wanted}")
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"{file}: byte {error.start}: không phải UTF-8; hãy lưu tệp bằng mã UTF-8"
        ) from error


def read_as(read: Callable[[str], T], file: Path, largest: int, wanted: str) -> T:
    """What `read` makes of the file. A wrong one ends the command with 1 after every mistake was explained."""
    text = read_text(file, largest, wanted)
    try:
        return read(text)
    except FileWrong as wrong:
        raise explained(file, [mistake.sentence(str) for mistake in wrong.mistakes], "chưa ghi gì") from wrong


def explained(file: Path, sentences: Sequence[str], unchanged: str) -> click.ClickException:
    """Say every mistake; gives how the command ends."""
    for sentence in sentences:
        click.echo(sentence, err=True)
    return click.ClickException(f"{file.name}: {len(sentences)} chỗ sai; {unchanged}")
