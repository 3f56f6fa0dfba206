"""`motcua form`: a technician looks at a form and tries the province's own templates."""

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from pypdf import PdfReader

from commands.main import main
from dossiers.form_files import LARGEST, SAMPLES
from dossiers.papers import TEMPLATES

NUMBERS = ("01", "01-batch", "02", "03", "04", "05", "06", "07")
STOP = json.loads((SAMPLES / "05.json").read_text(encoding="utf-8"))


@pytest.fixture
def run(tmp_path):
    """The command in a data folder of its own."""

    def run(*words: object):
        return CliRunner().invoke(main, ["--data", str(tmp_path / "data"), "form", *map(str, words)])

    return run


def file_of(folder: Path, content) -> Path:
    file = folder / "facts.json"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


@pytest.mark.parametrize("number", NUMBERS)
def test_every_form_from_its_sample_and_from_its_own_facts(run, tmp_path, number):
    out, again = tmp_path / "a.pdf", tmp_path / "b.pdf"
    assert run(number, "--sample", "--out", out).exit_code == 0
    facts = run(number, "--facts")
    assert facts.exit_code == 0
    assert run(number, "--data", file_of(tmp_path, facts.output), "--out", again).exit_code == 0
    assert out.read_bytes() == again.read_bytes()
    assert PdfReader(io.BytesIO(out.read_bytes())).pages


def test_a_picture_of_the_first_page(run, tmp_path):
    out = tmp_path / "a.png"
    assert run("05", "--sample", "--out", out).exit_code == 0
    assert Image.open(io.BytesIO(out.read_bytes())).size == (1191, 1684)


def test_own_templates_of_the_data_folder_are_used_and_their_mistakes_are_told(run, tmp_path):
    own = tmp_path / "data" / "forms"
    own.mkdir(parents=True)
    (own / "05.typ").write_text("CỦA TỈNH", encoding="utf-8")
    assert run("05", "--sample", "--out", tmp_path / "a.pdf").exit_code == 0
    assert "CỦA TỈNH" in PdfReader(tmp_path / "a.pdf").pages[0].extract_text()
    (own / "05.typ").write_text("#nothing", encoding="utf-8")
    result = run("05", "--sample", "--out", tmp_path / "b.pdf")
    assert result.exit_code == 1
    assert "05.typ, dòng 1: unknown variable: nothing. Hãy sửa tệp này" in result.output
    assert not (tmp_path / "b.pdf").exists()


def test_a_folder_is_checked_whole(run, tmp_path):
    folder = tmp_path / "mau"
    folder.mkdir()
    assert "không có tệp NN.typ hay head.typ" in run("check", folder).output
    (folder / "head.typ").write_bytes((TEMPLATES / "head.typ").read_bytes())
    assert "8 mẫu dùng được" in run("check", folder).output
    for template in TEMPLATES.iterdir():
        (folder / template.name).write_bytes(template.read_bytes())
    result = run("check", folder)
    assert result.exit_code == 0 and "8 mẫu dùng được: 01, 01-batch, 02" in result.output
    (folder / "02.typ").write_text("\n\n#wrong", encoding="utf-8")
    (folder / "06.typ").write_text('#read("/etc/passwd")', encoding="utf-8")
    result = run("check", folder)
    assert result.exit_code == 1
    assert (
        "02.typ, dòng 3: unknown variable: wrong." in result.output
        and "06.typ, dòng 1: file not found" in result.output
    )
    assert "2 mẫu chưa dùng được" in result.output


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({**STOP, "kind": "stopp"}, 'kind = "stopp": không phải giá trị dùng được'),
        ({**STOP, "kind": "apology"}, "không có khóa này"),
        ({name: value for name, value in STOP.items() if name != "kind"}, "kind: còn thiếu; thêm khóa kind."),
        ({**STOP, "received_at": "hôm nay"}, "không có ngày giờ này; ghi ngày giờ dạng 2026-11-21T09:41."),
        ({**STOP, "head": {**STOP["head"], "code": "a b"}}, "head.code = "),
        (json.loads((SAMPLES / "04.json").read_text(encoding="utf-8")), "tệp này là của mẫu khác (kind = apology)"),
        ("{", "line 1, column 2: không đúng cú pháp JSON"),
        (b"\xff", "không phải UTF-8"),
        (" " * (LARGEST + 1), "lớn hơn 1024 KiB"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(run, tmp_path, content, told):
    out = tmp_path / "a.pdf"
    result = run("05", "--data", file_of(tmp_path, content), "--out", out)
    assert result.exit_code == 1, result.output
    assert told in result.output
    assert not out.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("05",), ("05", "--sample"), ("05", "--out", "a.pdf"), ("08", "--sample", "--out", "a.pdf"), ("check",),
        ("05", "--sample", "--data", "x.json", "--out", "a.pdf"), ("05", "--data", "none.json", "--out", "a.pdf"),
        ("check", "none"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_ends_with_2(run, words):
    assert run(*words).exit_code == 2


def test_a_place_that_cannot_be_written(run, tmp_path):
    result = run("05", "--sample", "--out", tmp_path / "none" / "a.pdf")
    assert result.exit_code == 1 and "No such file" in result.output
