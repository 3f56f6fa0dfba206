"""What a centre has made itself: kept beside a copy, and put back into an empty folder byte by byte."""

import shutil

import pytest

from store import own_files
from store.own_files import FilesBad

FOLDERS = ("packs", "pictures", "languages")
CONTENTS = {
    "packs/giong-minh/manifest.json": b'{"language": "vi"}',
    "packs/giong-minh/d-1.wav": bytes(range(256)) * 5000,
    "packs/.dang-thu/d-1.wav": b"RIFF",
    "pictures/hoa sen.jpg": b"\xff\xd8\xff" + bytes(300),
    "languages/tay/motcua.po": 'msgid "Quầy"'.encode(),
}


@pytest.fixture
def data(tmp_path):
    for path, content in CONTENTS.items():
        (tmp_path / "data" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / path).write_bytes(content)
    (tmp_path / "data" / "site.key").write_bytes(b"secret")
    return tmp_path / "data"


def keep(data, name="one.sqlite"):
    copy = data.parent / "copies" / name
    copy.parent.mkdir(exist_ok=True)
    own_files.keep(data, FOLDERS, copy)
    return copy


def contents(data):
    return {
        path.relative_to(data).as_posix(): path.read_bytes()
        for folder in FOLDERS
        for path in (data / folder).rglob("*")
        if path.is_file()
    }


def test_an_empty_folder_becomes_what_was_kept(data, tmp_path):
    copy = keep(data)
    shutil.rmtree(data)
    (fresh := tmp_path / "fresh").mkdir()
    files = own_files.put_back(copy, fresh, FOLDERS)
    assert contents(fresh) == CONTENTS
    assert {(one.path, one.size) for one in files} == {(path, len(held)) for path, held in CONTENTS.items()}
    assert not (fresh / "site.key").exists()
    assert {path.stat().st_mode & 0o777 for path in fresh.rglob("*") if path.is_file()} == {0o600}


@pytest.mark.planted
def test_a_folder_that_is_left_out_is_seen(data, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.store.test_own_files.FOLDERS", FOLDERS[:2])
    with pytest.raises(AssertionError):
        test_an_empty_folder_becomes_what_was_kept(data, tmp_path)


def test_what_is_there_is_kept_and_no_restore_destroys_what_another_kept(data):
    copy = keep(data)
    for turn in ("", "-2"):
        (data / "pictures" / "moi.png").write_bytes(b"new")
        own_files.put_back(copy, data, FOLDERS)
        assert contents(data) == CONTENTS
        assert (data / f"pictures.before-restore{turn}" / "moi.png").read_bytes() == b"new"


def test_a_content_is_written_once_and_goes_with_the_last_list_that_names_it(data):
    first = keep(data)
    kept = first.with_name("files")
    assert len(list(kept.iterdir())) == len(CONTENTS)
    (data / "pictures" / "hoa sen.jpg").unlink()
    second = keep(data, "two.sqlite")
    assert len(list(kept.iterdir())) == len(CONTENTS)
    first.with_name("one.sqlite.files").unlink()
    keep(data, "three.sqlite")
    assert len(list(kept.iterdir())) == len(CONTENTS) - 1
    own_files.put_back(second, data, FOLDERS)


@pytest.mark.parametrize("harm", [lambda kept: kept.unlink(), lambda kept: kept.write_bytes(b"other")])
def test_nothing_is_touched_when_a_content_is_gone_or_another_one(data, harm):
    copy = keep(data)
    harm(next(copy.with_name("files").iterdir()))
    (data / "pictures" / "moi.png").write_bytes(b"new")
    before = contents(data)
    with pytest.raises(FilesBad):
        own_files.put_back(copy, data, FOLDERS)
    assert contents(data) == before


@pytest.mark.parametrize(
    "path", ["../motcua.sqlite", "packs/../../x", "/etc/passwd", "site.key", "packs", "voice/a"]
)
def test_a_list_leads_nowhere_else(data, path):
    copy = keep(data)
    copy.with_name("one.sqlite.files").write_text(f"{'0' * 64} 1 {path}\n")
    with pytest.raises(FilesBad, match="dòng"):
        own_files.put_back(copy, data, FOLDERS)


@pytest.mark.parametrize("limit", ["LARGEST_BYTES", "MOST_BYTES", "MOST_FILES"])
def test_too_much_is_told(data, limit, monkeypatch):
    monkeypatch.setattr(own_files, limit, 2)
    with pytest.raises(FilesBad, match="tối đa"):
        keep(data)


def test_neither_links_nor_what_is_being_written_is_kept(data):
    (data / "pictures" / "link.jpg").symlink_to(data / "site.key")
    (data / "pictures" / "anh.jpg.new").write_bytes(b"half")
    (data / "packs" / ".giong.new").mkdir()
    (data / "packs" / ".giong.new" / "d-1.wav").write_bytes(b"half")
    assert {one.path for one in own_files.listed(keep(data), FOLDERS)} == set(CONTENTS)


def test_a_copy_of_an_older_version_has_no_list(data):
    assert own_files.put_back(data.parent / "old.sqlite", data, FOLDERS) is None
    assert contents(data) == CONTENTS
