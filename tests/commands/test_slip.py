"""`motcua slip` and `motcua centre logo`: any slip without a printer, and every mistake of its file explained."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from click.testing import CliRunner, Result
from PIL import Image, ImageDraw

from commands.main import main
from domain.centre_toml import write_centre
from domain.centres import read_centre
from printers.simulator import PrinterSimulator
from printers.slip_files import LARGEST
from tests.domain.test_centre_toml import DEMO
from tests.printers.simulated_hosts import say

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "slips").glob("*.json"))
TICKET = json.loads(next(path for path in EXAMPLES if path.stem == "ticket").read_text(encoding="utf-8"))
RECEIPT = json.loads(next(path for path in EXAMPLES if path.stem == "receipt").read_text(encoding="utf-8"))


@pytest.fixture
def draw(tmp_path):
    """Runs the command on a file with this content."""

    def run(content: Any, *options: str) -> Result:
        file = tmp_path / "slip.json"
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return CliRunner().invoke(main, ["slip", str(file), *options])

    return run


@pytest.mark.parametrize("language", ["vi", "en", "fr"])
@pytest.mark.parametrize("width", ["384", "512", "576"])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_drawn_and_the_bytes_print_the_picture(tmp_path, example, width, language):
    data, picture = tmp_path / "slip.bin", tmp_path / "slip.png"
    options = ("--width", width, "--language", language, "--bytes", str(data), "--picture", str(picture))
    result = CliRunner().invoke(main, ["slip", str(example), *options])
    assert result.exit_code == 0, result.output
    drawn = opened(picture)
    assert drawn.width == int(width)
    assert f"{width} × {drawn.height} điểm" in result.output
    content = json.loads(example.read_text(encoding="utf-8"))
    code = content.get("follow_url") or content.get("code") or content.get("qr")
    assert [found.text for found in zxingcpp.read_barcodes(drawn.convert("L"))] == [code]
    with PrinterSimulator.threaded(int(width)) as printer:
        say(printer, data.read_bytes())
        assert printer.complaints == []
        paper = printer.slips[0].convert("1")
    assert paper.crop((0, 0, *drawn.size)).tobytes() == drawn.convert("1").tobytes()


def test_every_kind_has_an_example():
    kinds = {json.loads(path.read_text(encoding="utf-8"))["kind"] for path in EXAMPLES}
    assert kinds == {"ticket", "receipt", "test"}
    assert any("layout" in json.loads(path.read_text(encoding="utf-8")) for path in EXAMPLES)


def opened(picture: Path) -> Image.Image:
    return Image.open(io.BytesIO(picture.read_bytes()))


def without(content: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != key}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (without(TICKET, "kind"), "kind: còn thiếu; thêm khóa kind."),
        ({**TICKET, "kind": "tiket"}, 'kind = "tiket": không phải giá trị dùng được; chọn: receipt, test, ticket.'),
        ({**TICKET, "kind": 1}, "kind = 1: sai kiểu"),
        (without(TICKET, "number"), "number: còn thiếu; thêm khóa number."),
        ({**TICKET, "numbre": "A 1"}, 'numbre = "A 1": không có khóa này; có lẽ là number.'),
        ({**TICKET, "number": "12 A"}, 'number = "12 A": sai dạng; ghi số dạng A 012.'),
        ({**TICKET, "ahead": -1}, "ahead = -1: ngoài khoảng cho phép; ghi một số từ 0 đến 9999."),
        ({**TICKET, "issued_at": "2026-02-30T08:00"}, "không có ngày giờ này; ghi ngày giờ dạng 2026-11-21T09:41."),
        ({**TICKET, "issued_at": "hôm nay"}, 'issued_at = "hôm nay": sai dạng'),
        ({**TICKET, "centre": "x" * 201}, "dài quá; rút xuống nhiều nhất 200 ký tự."),
        ({**TICKET, "queue": "Hộ\u0007tịch"}, "có ký tự điều khiển"),
        ({**TICKET, "copy": 21}, "copy = 21: ngoài khoảng cho phép"),
        ({**TICKET, "notes": ["a"] * 7}, "số mục không đúng"),
        ({**TICKET, "logo": "!"}, 'logo = "!": không đọc được ảnh'),
        ({**TICKET, "layout": {"parts": ["marks"]}}, "layout.parts = […]: thiếu phần không được bỏ: number, facts"),
        ({**TICKET, "layout": {"kind": "test"}}, "layout.kind: khác loại của phiếu; bỏ khóa này."),
        ({**TICKET, "layout": {"number_mm": 40}}, "layout.number_mm = 40: ngoài khoảng cho phép"),
        ({**TICKET, "layout": []}, "layout = []: sai kiểu; cần một bảng gồm các khóa."),
        ({**TICKET, "layout": {"closing": {"vi": "a"}}}, "layout.closing.en: còn thiếu"),
        ({**RECEIPT, "documents": [["Tờ khai", "một"]]}, 'documents[0][1] = "một": sai kiểu'),
        ({**RECEIPT, "documents": [["Tờ khai"]]}, "documents[0] = […]: số mục không đúng"),
        ("{", "line 1, column 2: không đúng cú pháp JSON"),
        ("[]", "file: sai kiểu; cần một bảng gồm các khóa."),
        ('{"kind": "test", "kind": "test"}', "kind: khóa này ghi hai lần; giữ một lần."),
        ("[" * 20_000, "có số quá dài hoặc ngoặc lồng quá sâu"),
        ('{"kind": ' + "9" * 5000 + "}", "có số quá dài hoặc ngoặc lồng quá sâu"),
        (b"\xff\xfe{}", "không phải UTF-8"),
        (" " * (LARGEST + 1), "lớn hơn 64 KiB, không phải tệp phiếu"),
    ],
)
def test_a_mistake_is_told_with_its_path_and_remedy_and_nothing_is_written(draw, tmp_path, content, told):
    out = tmp_path / "slip.png"
    result = draw(content, "--picture", str(out), "--bytes", str(tmp_path / "slip.bin"))
    assert result.exit_code == 1, result.output
    assert told in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["slip.json"]


def test_all_mistakes_are_told_at_once(draw, tmp_path):
    result = draw({"kind": "ticket", "ahead": "ba", "copy": 0}, "--picture", str(tmp_path / "x.png"))
    assert "6 chỗ sai" in result.output


@pytest.mark.parametrize(
    "options",
    [(), ("--picture", "x.png", "--width", "400"), ("--picture", "x.png", "--language", "de"), ("--bytes",)],
)
def test_what_is_asked_wrongly_ends_with_2(draw, options):
    assert draw(TICKET, *options).exit_code == 2


def test_a_file_that_is_not_there_ends_with_2_and_a_folder_that_is_not_there_with_1(draw, tmp_path):
    assert CliRunner().invoke(main, ["slip", str(tmp_path / "no.json"), "--picture", "x.png"]).exit_code == 2
    result = draw(TICKET, "--picture", str(tmp_path / "none" / "x.png"))
    assert result.exit_code == 1
    assert "No such file" in result.output


def emblem_file(folder: Path) -> Path:
    page = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(page).ellipse((60, 40, 220, 160), fill="black")
    page.save(folder / "emblem.png")
    return folder / "emblem.png"


def test_the_line_of_an_emblem_is_what_the_centre_file_takes(tmp_path, draw):
    result = CliRunner().invoke(main, ["centre", "logo", str(emblem_file(tmp_path))])
    assert result.exit_code == 0, result.output
    text = write_centre(replace(DEMO, logo=""))
    assert 'logo = ""\n' in text
    found = read_centre(text.replace('logo = ""\n', result.output))
    assert len(found.logo) > 100
    out = tmp_path / "slip.png"
    assert draw({**TICKET, "logo": found.logo}, "--picture", str(out)).exit_code == 0
    assert draw(TICKET, "--picture", str(tmp_path / "plain.png")).exit_code == 0
    assert opened(out).height > opened(tmp_path / "plain.png").height + 100


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(tmp_path, content):
    (tmp_path / "x.png").write_bytes(content)
    result = CliRunner().invoke(main, ["centre", "logo", str(tmp_path / "x.png")])
    assert (result.exit_code, "Không đọc được ảnh" in result.output) == (1, True)
    assert CliRunner().invoke(main, ["centre", "logo", str(tmp_path / "y.png")]).exit_code == 2


@pytest.mark.planted
def test_a_picture_that_is_not_what_is_printed_is_caught(tmp_path, monkeypatch):
    monkeypatch.setattr("printers.thermal._strips", lambda band: [])
    with pytest.raises((AssertionError, IndexError)):
        test_the_examples_are_drawn_and_the_bytes_print_the_picture(tmp_path, EXAMPLES[0], "384", "vi")


def test_bytes_alone_and_a_picture_alone(draw, tmp_path):
    for option, name in (("--bytes", "a.bin"), ("--picture", "a.png")):
        assert draw(TICKET, option, str(tmp_path / name)).exit_code == 0
    assert (tmp_path / "a.bin").read_bytes().startswith(b"\x1b@")
    assert opened(tmp_path / "a.png").mode == "1"
