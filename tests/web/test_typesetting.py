"""The typesetting engine: what a layout of the centre's own may not do, and how each refusal reads."""

import io
import json
import os
import shutil

import pytest
from pypdf import PdfReader

from domain.days import LOCAL
from web import typesetting
from web.typesetting import (
    Job,
    LayoutFolderWrong,
    LayoutTooSlow,
    LayoutWrong,
    TooMuchToSet,
    TypesettingBusy,
    TypesettingFailed,
    typeset,
    typeset_apart,
)

SHOWS = "#json(bytes(sys.inputs.facts)).name"
JOB = Job({"facts": json.dumps({"name": '#read("/etc/passwd") Nguyễn'})})


@pytest.fixture
def layouts(tmp_path):
    """Writes files of a folder of layouts, by name."""

    def write(**files: str):
        for name, text in files.items():
            (tmp_path / f"{name}.typ").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def words_of(body: bytes) -> str:
    return PdfReader(io.BytesIO(body)).pages[0].extract_text()


def said(refused) -> str:
    return refused.value.text % refused.value.arguments


def test_data_is_shown_as_it_is_by_ours_and_apart(layouts):
    folder = layouts(a=SHOWS)
    for (body,) in (typeset(folder / "a.typ", JOB), typeset_apart("a.typ", (folder,), JOB)):
        assert words_of(body) == '#read("/etc/passwd") Nguyễn'


def test_a_picture_a_page(layouts):
    folder = layouts(a=f"{SHOWS}\n#pagebreak()\n{SHOWS}")
    job = Job(JOB.data, kind="png")
    for pages in (typeset(folder / "a.typ", job), typeset_apart("a.typ", (folder,), job)):
        assert [page[:4] for page in pages] == [b"\x89PNG", b"\x89PNG"]


def test_the_same_job_gives_the_same_bytes(layouts, monkeypatch):
    folder = layouts(a="#datetime.today().display()")
    from datetime import datetime

    job = Job({}, datetime(2026, 2, 5, 7, 0, tzinfo=LOCAL))
    (first,), (again,), (apart,) = (
        typeset(folder / "a.typ", job), typeset(folder / "a.typ", job), typeset_apart("a.typ", (folder,), job),
    )  # fmt: skip
    assert first == again == apart
    assert words_of(first) == "2026-02-05"


def test_a_later_folder_lies_over_an_earlier_one(tmp_path):
    for name, text in (("ours", "ours"), ("own", "own")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "word.typ").write_text(f'#let word = "{text}"')
    (tmp_path / "ours" / "a.typ").write_text('#import "word.typ": word\n#word')
    assert words_of(typeset_apart("a.typ", (tmp_path / "ours", tmp_path / "own"), JOB)[0]) == "own"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("đúng\n#let y = \n", 2, "expected expression"),
        ("#let y = (1).foo", 1, "cannot access fields on type integer"),
        ("\n\n#panic(1)", 3, "panicked"),
        ("#let f(n) = f(n + 1)\n#f(0)", 1, "maximum function call depth exceeded"),
        ('#read("/etc/passwd")', 1, "file not found"),
        ('#read("/../../../etc/passwd")', 1, "would escape"),
        ('#image("https://example.vn/a.png")', 1, "file not found"),
        ('#import "@preview/cetz:0.3.0": *', 1, "failed to download package"),
        ("#while true { }", 1, "condition is always true"),
    ],
)
def test_a_layout_that_does_not_compile_names_file_and_line(layouts, text, line, reason):
    with pytest.raises(LayoutWrong) as refused:
        typeset_apart("a.typ", (layouts(a=text),), JOB)
    assert said(refused).startswith(f"a.typ, dòng {line}: ")
    assert reason in said(refused)
    assert "Hãy sửa tệp này" in said(refused)


def test_the_mistake_of_an_imported_file_names_that_file(layouts):
    with pytest.raises(LayoutWrong) as refused:
        typeset_apart("a.typ", (layouts(a='#import "b.typ": *', b="\n#nothing"),), JOB)
    assert said(refused).startswith("b.typ, dòng 2: ")


def test_no_package_is_fetched(layouts):
    """Not from the registry, and not past the dead way out: the connection ends at this machine."""
    with pytest.raises(LayoutWrong) as refused:
        typeset_apart("a.typ", (layouts(a='#import "@preview/cetz:0.3.0": *'),), JOB)
    assert "refused" in said(refused)


def check_a_link_leads_nowhere(folder) -> None:
    secret = folder.parent / "secret.txt"
    secret.write_text("bí mật")
    (folder / "note.txt").symlink_to(secret)
    with pytest.raises(LayoutFolderWrong) as refused:
        typeset_apart("a.typ", (folder,), JOB)
    assert said(refused).startswith("note.txt: thư mục mẫu chỉ nhận tệp thường")


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "a.typ").write_text('#read("note.txt")')
    check_a_link_leads_nowhere(folder)


@pytest.mark.planted
def test_planted_a_copy_that_takes_links_along_is_found(tmp_path, monkeypatch):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "a.typ").write_text('#read("note.txt")')
    monkeypatch.setattr(
        typesetting, "_copy", lambda source, target: shutil.copytree(source, target, dirs_exist_ok=True)
    )
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check_a_link_leads_nowhere(folder)


@pytest.mark.parametrize("name", ["run.sh", "folder/"])
def test_only_files_that_a_layout_reads_lie_there(layouts, name):
    folder = layouts(a="a")
    (folder / name).mkdir() if name.endswith("/") else (folder / name).touch()
    with pytest.raises(LayoutFolderWrong):
        typeset_apart("a.typ", (folder,), JOB)


def test_a_folder_that_is_too_large_or_too_full_is_refused(layouts, monkeypatch):
    folder = layouts(a="a", b="b")
    with monkeypatch.context() as small:
        small.setattr(typesetting, "MOST_FILES", 1)
        with pytest.raises(LayoutFolderWrong):
            typeset_apart("a.typ", (folder,), JOB)
    (folder / "big.txt").write_bytes(b"x" * typesetting.LARGEST_FOLDER)
    with pytest.raises(LayoutFolderWrong) as refused:
        typeset_apart("a.typ", (folder,), JOB)
    assert "dưới 4 MB" in said(refused)


ENDLESS = "#let n = 0\n#for a in range(100000) { for b in range(100000) { n += 1 } }\n#n"
SWELLS = "#let s = range(100000000).map(str)\n#s.len()"


def test_a_layout_without_end_is_ended_and_the_next_one_is_set(layouts, monkeypatch):
    folder = layouts(a=ENDLESS, b=SHOWS)
    monkeypatch.setattr(typesetting, "APART_SECONDS", 1.0)
    with pytest.raises(LayoutTooSlow) as refused:
        typeset_apart("a.typ", (folder,), JOB)
    assert said(refused).startswith("a.typ: mẫu này chạy quá 1 giây")
    monkeypatch.setattr(typesetting, "APART_SECONDS", 10.0)
    assert typeset_apart("b.typ", (folder,), JOB)


def test_a_layout_that_swells_is_ended(layouts, monkeypatch):
    monkeypatch.setattr(typesetting, "APART_BYTES", 600 << 20)
    with pytest.raises(LayoutTooSlow):
        typeset_apart("a.typ", (layouts(a=SWELLS),), JOB)


def test_a_file_that_comes_out_too_large_is_not_taken(layouts, monkeypatch):
    monkeypatch.setattr(typesetting, "LARGEST_ANSWER", 1000)
    with pytest.raises(LayoutTooSlow):
        typeset_apart("a.typ", (layouts(a=SHOWS),), JOB)


def test_too_much_data_is_refused_before_anything_runs(layouts, monkeypatch):
    monkeypatch.setattr(typesetting, "LARGEST_DATA", 10)
    folder = layouts(a=SHOWS)
    with pytest.raises(TooMuchToSet):
        typeset(folder / "a.typ", JOB)
    with pytest.raises(TooMuchToSet):
        typeset_apart("a.typ", (folder,), JOB)


def test_who_finds_it_busy_is_asked_to_come_again_and_a_slow_own_layout_holds_up_none_of_ours(layouts, monkeypatch):
    monkeypatch.setattr(typesetting, "WAIT_SECONDS", 0)
    folder = layouts(a=SHOWS)
    with typesetting._one_apart:
        with pytest.raises(TypesettingBusy):
            typeset_apart("a.typ", (folder,), JOB)
        assert typeset(folder / "a.typ", JOB)
    with typesetting._one_at_a_time, pytest.raises(TypesettingBusy):
        typeset(folder / "a.typ", JOB)


def test_a_layout_of_ours_that_fails_is_said_without_its_words(layouts):
    with pytest.raises(TypesettingFailed) as refused:
        typeset(layouts(a="#panic(sys.inputs.facts)") / "a.typ", JOB)
    assert "Nguyễn" not in said(refused)


def test_a_folder_that_cannot_be_copied(tmp_path, monkeypatch):
    with pytest.raises(TypesettingFailed):
        typeset_apart("a.typ", (tmp_path / "none",), JOB)


def test_no_word_reaches_arguments_or_environment(layouts, monkeypatch):
    asked = []
    run = typesetting.subprocess.run

    def noted(command, **options):
        asked.append((command, options["env"]))
        return run(command, **options)

    monkeypatch.setattr(typesetting.subprocess, "run", noted)
    monkeypatch.setenv("MOTCUA_SECRET", "khóa")
    typeset_apart("a.typ", (layouts(a=SHOWS),), JOB)
    assert "Nguyễn" not in repr(asked)
    assert "MOTCUA_SECRET" not in asked[0][1] and "MOTCUA_SECRET" in os.environ


def test_nothing_is_left_behind(layouts, monkeypatch, tmp_path):
    folder = layouts(a=SHOWS, b="#panic()")
    space = tmp_path.parent / f"{tmp_path.name}-space"
    space.mkdir()
    monkeypatch.setattr(typesetting.tempfile, "tempdir", str(space))
    typeset_apart("a.typ", (folder,), JOB)
    with pytest.raises(LayoutWrong):
        typeset_apart("b.typ", (folder,), JOB)
    assert list(space.iterdir()) == []
