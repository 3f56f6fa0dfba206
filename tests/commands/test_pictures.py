"""`motcua pictures`: what is put on the shelf is what it says it is, and nothing else gets there."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from PIL import Image

from commands.main import main
from tests.support.halls import MORNING
from web import pictures
from web.pictures import NoPicture, Shelf, checked


@pytest.fixture
def run(tmp_path):
    (tmp_path / "data").mkdir()
    return lambda *words: CliRunner().invoke(main, ["--data", str(tmp_path / "data"), "pictures", *map(str, words)])


@pytest.fixture
def lotus(tmp_path):
    file = tmp_path / "hoa-sen.png"
    Image.new("RGB", (64, 36), "navy").save(file)
    return file


def test_a_picture_is_put_on_the_shelf_named_and_taken_off(run, lotus, tmp_path):
    assert run("add", lotus).exit_code == 0
    assert run("list").stdout.split()[:2] == ["hoa-sen.png", "image/png"]
    assert [path.name for path in (tmp_path / "data" / "pictures").iterdir()] == ["hoa-sen.png"]
    assert run("remove", "hoa-sen.png").exit_code == 0
    assert run("list").stdout == ""
    assert run("remove", "hoa-sen.png").exit_code == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("trang.html", b"<!doctype html>"),
        ("sen.svg", b"<svg/>"),
        ("sen.png", b"<script>alert(1)</script>"),
        ("sen.png", b"\x89PNG\r\n\x1a\n" + bytes(40)),
        ("sen.jpg", b""),
        ("phim.mp4", b"\x1a\x45\xdf\xa3" + bytes(40)),
        ("hoa sen.png", b"\x89PNG\r\n\x1a\n" + bytes(40)),
    ],
)
def test_what_is_no_picture_is_refused(run, tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    answer = run("add", file)
    assert answer.exit_code == 1
    assert answer.stderr.startswith("Error: ")
    assert run("list").stdout == ""


def test_a_large_one_is_refused(lotus, monkeypatch):
    monkeypatch.setattr(pictures, "LARGEST_PICTURE", 20)
    with pytest.raises(NoPicture):
        checked(lotus)


def test_a_link_to_elsewhere_is_not_shown(lotus, tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "sen.png").symlink_to(lotus)
    assert Shelf(shelf).pictures() == ()


def test_each_has_its_turn_and_all_walls_keep_step(lotus, tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for name in ("a.png", "b.png"):
        (shelf / name).write_bytes(lotus.read_bytes())
    one, other = Shelf(shelf), Shelf(shelf)
    turns = [one.at(MORNING + timedelta(seconds=pictures.TURN_SECONDS * n)).name for n in range(4)]
    assert turns[:2] == turns[2:]
    assert set(turns) == {"a.png", "b.png"}
    assert other.at(MORNING) == one.at(MORNING)
    assert Shelf(tmp_path / "khong-co").at(MORNING) is None
