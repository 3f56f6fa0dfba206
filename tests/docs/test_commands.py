"""Every command that a page shows exists, takes what is shown, and explains itself."""

import os
import re
import subprocess
import tomllib

import click
import pytest
from click.testing import CliRunner

from commands.main import main
from domain.centres import as_data, from_data
from tests.docs.conftest import FENCE, ROOT, pages, shown_commands
from tests.support.halls import demo_centre

PAGES = ("README.md", "CONTRIBUTING.md", "docs/operating.md")
OF_DEBIAN = {"adduser", "apt-get", "git", "install", "journalctl", "systemctl"}
SHOWN = [(page, words) for page in PAGES for words in shown_commands(pages()[page])]


def is_ours(words):
    return words[0] == "motcua" or words[0].endswith("/motcua")


def understand(words, file):
    """Parse a `motcua` command as the command line would, with `file` for every file it names."""
    command, path, rest = main, [], list(words[1:])
    while isinstance(command, click.Group):
        if rest[:1] == ["--data"] and command is main:
            rest = rest[2:]
        assert rest and rest[0] in command.commands, f"{' '.join(words)}: no command {rest[:1]}"
        path.append(rest[0])
        command, rest = command.commands[rest[0]], rest[1:]
    given = [str(file) if _is_file(word) else word for word in rest]
    try:
        # Under its group, as it is run: a command alone would remember other names of its help option.
        command.make_context(path[-1], given, parent=click.Context(main, **main.context_settings))
    except click.UsageError as error:
        raise AssertionError(f"{' '.join(words)}: {error.format_message()}") from error
    return path


def _is_file(word):
    return "://" not in word and (word.startswith("/") or "." in word)


@pytest.mark.parametrize("words", [w for _, w in SHOWN if is_ours(w)], ids=" ".join)
def test_a_motcua_command_is_understood_and_has_help(words, tmp_path):
    file = tmp_path / "file"
    file.touch()
    path = understand(words, file)
    answer = CliRunner().invoke(main, [*path, "--help"])
    assert answer.exit_code == 0
    assert "Usage:" in answer.output


@pytest.mark.planted
@pytest.mark.parametrize(
    "words", [["motcua", "bakup"], ["motcua", "serve", "--prot", "1"], ["motcua", "device", "code"]], ids=" ".join
)
def test_a_planted_wrong_command_is_found(words, tmp_path):
    with pytest.raises(AssertionError):
        understand(words, tmp_path)


@pytest.mark.parametrize("words", [w for _, w in SHOWN if "scripts/" in w[0] and not is_ours(w)], ids=" ".join)
def test_a_script_is_there_and_knows_its_options(words):
    script = ROOT / "scripts" / words[0].split("scripts/")[1]
    assert os.access(script, os.X_OK)
    text = script.read_text(encoding="utf-8")
    assert all(word in text for word in words[1:] if word.startswith("--"))
    assert all((ROOT / word).exists() for word in words[1:] if not word.startswith("-"))
    if "bash" in text.splitlines()[0]:
        subprocess.run(["bash", "-n", script], check=True)


def test_every_other_command_is_one_of_debian():
    others = {words[0] for _, words in SHOWN if not is_ours(words) and "scripts/" not in words[0]}
    assert others <= OF_DEBIAN


def test_only_blocks_of_known_kinds_are_shown():
    kinds = {language for page in PAGES for language, _ in FENCE.findall(pages()[page])}
    assert kinds == {"sh", "text", "python", "toml"}  # python is run by tests/admin/test_journal.py


BLOCKS = [block for page in PAGES for kind, block in FENCE.findall(pages()[page]) if kind == "toml"]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_part_of_a_centre_file_fits_into_one(block):
    part = tomllib.loads(block)
    centre = as_data(demo_centre()) | part
    assert part and as_data(from_data(centre)) | part == centre


def test_the_options_of_the_demo_are_real():
    named = set(re.findall(r"`(--[a-z]+)", pages()["README.md"]))
    assert named == {"--port", "--data", "--empty"}
    known = {option for parameter in main.commands["demo"].params for option in parameter.opts}
    assert named - {"--data"} <= known


def every_command(group, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("path", list(every_command(main)), ids=" ".join)
def test_every_command_explains_itself(path):
    answer = CliRunner().invoke(main, [*path, "--help"])
    assert answer.exit_code == 0
    assert answer.output.splitlines()[2].strip()
