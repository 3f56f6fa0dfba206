"""`motcua keeping` says what would go, removes it, and keeps its hands off what a running server has."""

import pytest
from click.testing import CliRunner

import clock
from commands.main import main
from store import database
from tests.web.test_keeping import YEARS, Hall, three


@pytest.fixture
def folder(tmp_path, monkeypatch):
    hall = Hall(tmp_path)
    three(hall)
    (tmp_path / "site.key").write_bytes(b"k" * 32)
    hall.store.close()
    monkeypatch.setattr(clock, "now", lambda: hall.clock() + YEARS)
    return tmp_path


def motcua(folder, *words):
    return CliRunner().invoke(main, ["--data", str(folder), *words])


def count(folder) -> int:
    db = database.open_reader(folder / "motcua.sqlite")
    try:
        return int(db.execute("SELECT count(*) FROM particulars").fetchone()[0])
    finally:
        db.close()


def test_a_dry_run_counts_and_removes_nothing(folder):
    said = motcua(folder, "keeping", "--dry-run")
    assert said.exit_code == 0, said.output
    assert "particulars    3650 ngày  sẽ xóa       1" in said.output
    assert "Chưa xóa gì" in said.output
    assert count(folder) == 3


def test_it_removes_and_says_how_much_never_what(folder):
    said = motcua(folder, "keeping")
    assert said.exit_code == 0, said.output
    assert "particulars  đã xóa" in said.output and "Yến" not in said.output
    assert count(folder) == 1
    assert "Không có gì quá thời hạn" in motcua(folder, "keeping").output


def test_beside_a_running_server_it_says_what_to_do(folder):
    held = database.lock(folder / "motcua.sqlite")
    said = motcua(folder, "keeping")
    held.close()
    assert said.exit_code == 1
    assert "dừng máy chủ" in said.output
    assert count(folder) == 3


@pytest.mark.parametrize("words", [("keeping",), ("keeping", "--dry-run")])
def test_without_a_file_it_says_so(tmp_path, words):
    said = motcua(tmp_path / "none", *words)
    assert said.exit_code == 1 and "không có tệp" in said.output
