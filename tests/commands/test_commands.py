"""The command line: help, wrong use, failures, and what each command does to the data folder."""

import gzip
import json
import shutil
import subprocess
import sys
from datetime import timedelta
from filecmp import dircmp
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import clock
from commands import procedures as importing
from commands.main import main
from commands.opened import Chosen
from domain.days import local
from operations import ticketing
from settings import Settings
from store import centres, own_files, people, plans
from store import procedures as stored
from store.store import Store
from store.strongbox import FOLDER, Strongbox
from store.vault import Vault
from store.writer import Act
from tests.support.halls import DEMO, MORNING, HandClock, write_file
from web.pictures import Shelf
from web.visitors import hash_of
from web.voice import VOICES, Pack

ROOT = Path(__file__).parent.parent.parent
ROWS = (DEMO / "procedures.jsonl").read_bytes().splitlines()
PASSWORD = "a long enough password"


def run(*arguments: object, stdin: str | bytes | None = None, data: Path | None = None) -> Result:
    """`motcua …` in this process."""
    before = ("--data", str(data)) if data else ()
    return CliRunner().invoke(main, [*before, *map(str, arguments)], input=stdin)


@pytest.fixture
def data(tmp_path) -> Path:
    """The data folder of the demo centre."""
    (tmp_path / "data").mkdir()
    write_file(tmp_path / "data" / "motcua.sqlite")
    return tmp_path / "data"


@pytest.fixture
def fresh(tmp_path) -> Path:
    """A data folder that is not there yet."""
    return tmp_path / "new"


def opened(data: Path) -> Store:
    store = Store(data / "motcua.sqlite", HandClock(MORNING))
    store.start()
    return store


def reading(data: Path, query, *arguments):
    """One query on the folder's file."""
    store = opened(data)
    try:
        return store.read(query, *arguments)
    finally:
        store.close()


def journal_length(data: Path) -> int:
    return int(reading(data, lambda db: db.execute("SELECT count(*) FROM journal").fetchone()[0]))


def every_command(group: click.Command = main, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command and group of the command line."""
    found = [path]
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            found += every_command(command, (*path, name))
    return found


def check_ends(result: Result, code: int, *words: str) -> None:
    """It ends as told, with a sentence and without a traceback."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert result.exit_code == code, result.output
    for word in words:
        assert word in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", every_command(), ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_explains_itself(command, flag):
    result = run(*command, flag)
    check_ends(result, 0, "Usage:")
    assert len(result.output.splitlines()) > 3, "no sentence of explanation"


WRONG = [
    ("no-such",), ("--no-such",), ("centre", "no-such"), ("centre", "check"), ("centre", "check", "/no/such/file"),
    ("centre", "load"), ("centre", "load", "f", "--from", "mai"), ("centre", "export"), ("centre", "restore"),
    ("centre", "restore", "x"), ("centre", "restore", "0"),
    ("procedures", "import"), ("procedures", "import", "/no/such"), ("procedures", "search"),
    ("person", "add"), ("person", "add", "an"), ("person", "add", "an", "--name", "An", "--role", "king"),
    ("person", "add", "A b", "--name", "An", "--role", "clerk"),
    ("person", "add", "an", "--name", "A\x1bn", "--role", "clerk"), ("person", "password"), ("token", "give", "an"),
    ("token", "give", "an", "--kind", "king"), ("token", "revoke", "x"), ("device", "code"), ("device", "revoke"),
    ("restore",), ("restore", "/no/such/copy"), ("serve", "--port", "70000"), ("serve", "--port", "x"),
    ("demo", "--port", "0"), ("deadline",), ("day", "no-such"), ("journal", "no-such"), ("backup", "a", "b"),
]  # fmt: skip


@pytest.mark.parametrize("command", WRONG, ids=lambda c: " ".join(c).replace("\x1b", "ESC"))
def test_a_wrong_use_ends_with_2(data, command):
    before = journal_length(data)
    check_ends(run(*command, data=data), 2)
    assert journal_length(data) == before


FAILING = [
    ("token", "give", "nobody", "--kind", "person"), ("token", "give", "K77", "--kind", "device"),
    ("token", "revoke", "999"), ("device", "code", "K77"), ("device", "revoke", "K77"),
    ("procedures", "search", "xyzzy"), ("centre", "check", str(ROOT / "README.md")),
]  # fmt: skip


@pytest.mark.parametrize("command", FAILING, ids=" ".join)
def test_what_cannot_be_done_ends_with_1_and_a_sentence(data, command):
    before = journal_length(data)
    check_ends(run(*command, data=data), 1, "Error")
    assert journal_length(data) == before


NEEDS_DATA = [
    ("centre", "show"), ("procedures", "search", "x"), ("person", "list"), ("token", "revoke", "1"),
    ("device", "code", "K1"), ("device", "revoke", "K1"), ("day", "show"), ("day", "confirm"), ("backup",),
    ("journal", "verify"), ("journal", "replay"), ("token", "give", "an", "--kind", "person"),
]  # fmt: skip


@pytest.mark.parametrize("command", NEEDS_DATA, ids=" ".join)
def test_without_data_a_command_says_so_and_makes_none(fresh, command):
    check_ends(run(*command, data=fresh), 1, "không có tệp")
    assert not (fresh / "motcua.sqlite").exists()


ADD = ("person", "add", "an", "--name", "An", "--role", "clerk", "--password-stdin")


@pytest.mark.parametrize("command", [*NEEDS_DATA, ADD], ids=" ".join)
@pytest.mark.parametrize("content", [b"not a database at all, only text", b""], ids=["text", "empty"])
def test_a_file_that_is_no_database_is_no_traceback(fresh, command, content):
    fresh.mkdir()
    (fresh / "motcua.sqlite").write_bytes(content * 200)
    result = run(*command, data=fresh, stdin=PASSWORD + "\n")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    if content:
        assert (fresh / "motcua.sqlite").read_bytes() == content * 200


def test_an_unknown_setting_ends_with_2(monkeypatch):
    monkeypatch.setenv("MOTCUA_NO_SUCH", "1")
    check_ends(run("day", "show"), 2, "MOTCUA_NO_SUCH")


def test_the_folder_of_the_environment_is_used_unless_one_is_named(data, fresh, monkeypatch):
    monkeypatch.setenv("MOTCUA_DATA", str(data))
    check_ends(run("centre", "show"), 0, "H56.19")
    check_ends(run("centre", "show", data=fresh), 1)
    assert Chosen(Settings(), data).settings.file == data / "motcua.sqlite"


def test_as_a_program_of_its_own_it_ends_with_the_same_codes(data):
    for arguments, code in (
        (["--help"], 0),
        (["no-such"], 2),
        (["--data", str(data), "token", "revoke", "999"], 1),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "commands", *arguments],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr


def test_a_right_centre_file_is_found_right_and_loaded(fresh):
    check_ends(run("centre", "check", DEMO / "centre.toml"), 0, "đúng", "8 hàng, 12 quầy, 20 người")
    check_ends(run("centre", "load", DEMO / "centre.toml", data=fresh), 0, "Đã nạp")
    check_ends(run("centre", "show", data=fresh), 0, "H56.19", "Hộ tịch", "quầy 1, 2, 3")


def other_file(tmp_path, province: str) -> Path:
    """The demo's file with another province."""
    text = (DEMO / "centre.toml").read_text(encoding="utf-8")
    file = tmp_path / "other.toml"
    file.write_text(text.replace('province = "Vạn Xuân"', f'province = "{province}"'), encoding="utf-8")
    return file


def test_a_dry_run_shows_every_difference_and_changes_nothing(data, tmp_path):
    before = journal_length(data)
    file = other_file(tmp_path, "Tỉnh Khác")
    result = run("centre", "load", "--dry-run", file, data=data)
    check_ends(result, 0, '~ province: "Vạn Xuân" -> "Tỉnh Khác"', "1 khác biệt")
    check_ends(run("centre", "load", "--dry-run", DEMO / "centre.toml", data=data), 0, "Không có khác biệt nào")
    assert journal_length(data) == before


def test_what_is_exported_reads_back_the_same_and_is_for_its_owner_alone(data, tmp_path):
    file = tmp_path / "export.toml"
    file.write_text("alt", encoding="utf-8")
    check_ends(run("centre", "export", file, data=data), 0, "Đã ghi")
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("*.new"))
    check_ends(run("centre", "load", "--dry-run", file, data=data), 0, "Không có khác biệt nào")
    check_ends(run("centre", "export", tmp_path / "no" / "such" / "folder", data=data), 1)


def test_the_history_is_counted_and_an_older_configuration_restored(data, tmp_path):
    first = reading(data, plans.number_in_force)
    run("centre", "load", other_file(tmp_path, "Tỉnh Khác"), data=data)
    listed = run("centre", "history", data=data)
    check_ends(listed, 0, "command-line", "1 khác biệt", "đầu tiên")
    assert [int(line.split()[0]) for line in listed.output.splitlines()] == [
        reading(data, plans.number_in_force), first,
    ]  # fmt: skip
    asked = run("centre", "restore", first, data=data, stdin="n\n")
    check_ends(asked, 1, '~ province: "Tỉnh Khác" -> "Vạn Xuân"')
    assert reading(data, centres.current).province == "Tỉnh Khác"
    check_ends(run("centre", "restore", first, "--yes", data=data), 0, "áp dụng lại")
    assert reading(data, plans.in_force).province == "Vạn Xuân"
    check_ends(run("centre", "restore", first, "--yes", data=data), 0, "Không có khác biệt nào")
    check_ends(run("centre", "restore", 99999, "--yes", data=data), 1, "99999")


def test_a_file_for_a_later_day_waits_and_can_be_cancelled(data, tmp_path):
    file = other_file(tmp_path, "Tỉnh Mai Sau")
    later = (local(clock.now()) + timedelta(days=9)).date()
    check_ends(run("centre", "load", file, "--from", later, data=data), 0, "chờ áp dụng từ", f"{later:%d/%m/%Y}")
    check_ends(run("centre", "show", data=data), 0, "H56.19", f"Chờ áp dụng từ {later:%d/%m/%Y}")
    check_ends(run("centre", "load", file, data=data), 1, f"{later:%d/%m/%Y}")
    assert reading(data, centres.current).province == "Vạn Xuân"
    check_ends(run("centre", "cancel", data=data), 0, "Đã hủy")
    check_ends(run("centre", "cancel", data=data), 1)
    check_ends(run("centre", "load", file, "--from", "2020-01-01", data=data), 1)


def test_a_wrong_centre_file_is_explained_and_changes_nothing(data, tmp_path):
    wrong = (DEMO / "centre.toml").read_text(encoding="utf-8").replace('prefix = "B"', 'prefix = "A"')
    file = tmp_path / "wrong.toml"
    file.write_text(wrong, encoding="utf-8")
    before = journal_length(data)
    for command in (("check",), ("load",)):
        check_ends(run("centre", *command, file, data=data), 1, "queues[1].prefix", '"A"')
    assert journal_length(data) == before


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"a = [", "1"), (b"\xff\xfe", "UTF-8"), (b"#" * (1024 * 1024 + 1), "1024 KiB"), (b"", "code")],
    ids=["syntax", "bytes", "large", "empty"],
)
def test_a_centre_file_that_cannot_be_read_is_explained(tmp_path, content, word):
    file = tmp_path / "centre.toml"
    file.write_bytes(content)
    check_ends(run("centre", "check", file), 1, word)


def write_rows(place: Path, rows: list[bytes], *, packed: bool = False) -> Path:
    content = b"\n".join(rows) + b"\n"
    place.write_bytes(gzip.compress(content) if packed else content)
    return place


@pytest.mark.parametrize("packed", [False, True])
def test_a_catalogue_is_imported_plain_or_packed_and_found_without_diacritics(fresh, tmp_path, packed):
    file = write_rows(tmp_path / "rows", ROWS, packed=packed)
    check_ends(run("procedures", "import", file, data=fresh), 0, "32 thủ tục mới, 0 thay đổi, 0 giữ nguyên")
    check_ends(run("procedures", "import", file, data=fresh), 0, "0 thủ tục mới, 0 thay đổi, 32 giữ nguyên")
    check_ends(run("procedures", "search", "khai", "sinh", data=fresh), 0, "khai sinh")
    check_ends(run("procedures", "search", "doi giay phep", data=fresh), 0, "giấy phép")


DIRTY = {
    "not json": b"{",
    "not utf-8": b'{"code": "\xff"}',
    "without a code": json.dumps({**json.loads(ROWS[0]), "code": ""}).encode(),
    "a list": b"[]",
}


@pytest.mark.parametrize("what", DIRTY)
def test_a_dirty_row_is_named_and_nothing_is_half_imported(data, tmp_path, what):
    changed = json.loads(ROWS[1]) | {"title": "Một tên mới", "ten": "Một tên mới"}
    file = write_rows(tmp_path / "rows", [json.dumps(changed).encode(), DIRTY[what], *ROWS[2:]])
    before = journal_length(data)
    refused = run("procedures", "import", file, data=data)
    check_ends(refused, 1, "chưa nhập gì")
    assert "2" in refused.stderr.splitlines()[0], "the row is not named by its number"
    assert journal_length(data) == before
    check_ends(run("procedures", "import", file, "--skip-dirty", data=data), 0, "1 dòng bỏ qua")


def test_an_import_that_fails_in_the_middle_leaves_nothing(fresh, tmp_path, monkeypatch):
    file = write_rows(tmp_path / "rows", ROWS)
    right = stored.to_record
    count = iter(range(100))
    monkeypatch.setattr(stored, "to_record", lambda p: right(p) if next(count) < 20 else 1 / 0)
    assert run("procedures", "import", file, data=fresh).exit_code == 1
    monkeypatch.undo()
    assert reading(fresh, stored.count) == 0


def test_a_packed_file_that_swells_is_stopped_in_time(fresh, tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "LARGEST", 4 * 2**20)
    file = tmp_path / "bomb.gz"
    file.write_bytes(gzip.compress(b" " * (64 * 2**20), 9))
    assert file.stat().st_size < 100_000
    check_ends(run("procedures", "import", file, data=fresh), 1, "hơn")
    assert not (fresh / "motcua.sqlite").exists()


BROKEN = [b"", b"\n\n", gzip.compress(b""), b"\x1f\x8b", b"\x1f\x8bnonsense", gzip.compress(b"{}" * 99)[:-9]]


@pytest.mark.parametrize("content", BROKEN)
def test_an_empty_or_broken_catalogue_is_refused(fresh, tmp_path, content):
    file = tmp_path / "rows"
    file.write_bytes(content)
    check_ends(run("procedures", "import", file, data=fresh), 1)
    assert not (fresh / "motcua.sqlite").exists()


def test_a_packed_file_of_several_parts_is_read_to_its_end(fresh, tmp_path):
    """`cat a.gz b.gz` and parallel packers write several members: the first alone would be half an import."""
    half = len(ROWS) // 2
    file = tmp_path / "rows.gz"
    file.write_bytes(gzip.compress(b"\n".join(ROWS[:half]) + b"\n") + gzip.compress(b"\n".join(ROWS[half:])))
    result = run("procedures", "import", file, data=fresh)
    assert result.exit_code == 1 or "32 thủ tục mới" in result.output


def test_a_person_is_added_with_a_password_from_standard_input(fresh):
    add = ("person", "add", "quan.tri", "--name", "Nguyễn Quản Trị", "--role", "administrator", "--password-stdin")
    check_ends(run(*add, stdin=PASSWORD + "\n", data=fresh), 0, "Đã thêm quan.tri")
    found, secret = reading(fresh, people.by_login, "quan.tri")
    assert found.name == "Nguyễn Quản Trị"
    assert secret.startswith("$argon2id$")
    check_ends(run("person", "list", data=fresh), 0, "quan.tri", "administrator")
    check_ends(run(*add, stdin=PASSWORD + "\n", data=fresh), 1, "đã có người dùng")
    assert PASSWORD.encode() not in (fresh / "motcua.sqlite").read_bytes()


@pytest.mark.parametrize("given", ["short\n", "", "x" * 201 + "\n"])
def test_a_password_that_is_too_short_or_too_long_is_refused(fresh, given):
    add = ("person", "add", "an", "--name", "An", "--role", "clerk", "--password-stdin")
    check_ends(run(*add, stdin=given, data=fresh), 2, "10 to 200")
    assert not (fresh / "motcua.sqlite").exists()


def test_a_password_is_changed_and_old_sign_ins_end(data, monkeypatch):
    check_ends(run("person", "password", "quanly", "--password-stdin", stdin=PASSWORD + "\n", data=data), 0)
    first = reading(data, people.by_login, "quanly")[1]
    check_ends(run("person", "password", "quanly", "--password-stdin", stdin=PASSWORD + "2\n", data=data), 0)
    assert reading(data, people.by_login, "quanly")[1] != first
    check_ends(run("person", "password", "nobody", "--password-stdin", stdin=PASSWORD + "\n", data=data), 1)


@pytest.mark.parametrize(("holder", "kind"), [("quanly", "person"), ("K1", "device")])
def test_a_token_is_shown_once_works_and_ends(data, holder, kind):
    given = run("token", "give", holder, "--kind", kind, "--label", "thử", data=data)
    check_ends(given, 0)
    secret = given.stdout.strip()
    assert len(secret) >= 43
    number = int(given.stderr.split("mã số ")[1].split(";")[0])
    holder_id = {"quanly": "ql02", "K1": "K1"}[holder]
    assert reading(data, people.token_holder, hash_of(secret)) == (kind, holder_id)
    assert secret.encode() not in (data / "motcua.sqlite").read_bytes()
    check_ends(run("token", "revoke", number, data=data), 0, str(number))
    assert reading(data, people.token_holder, hash_of(secret)) is None


def test_a_pairing_code_is_printed_and_a_screen_revoked(data):
    result = run("device", "code", "K1", data=data)
    check_ends(result, 0)
    code = result.stdout.strip()
    assert len(code) == 9
    assert code[4] == "-"
    assert code.encode() not in (data / "motcua.sqlite").read_bytes()
    check_ends(run("device", "revoke", "K1", data=data), 0, "K1")


def test_the_business_day_is_shown_and_confirmed(data):
    check_ends(run("day", "show", data=data), 0, "chưa có ngày nào")
    check_ends(run("day", "confirm", data=data), 0, "số 1")
    check_ends(run("day", "show", data=data), 0, "ngày số 1")
    before = journal_length(data)
    check_ends(run("day", "confirm", data=data), 0, "số 1")
    assert journal_length(data) == before


def test_a_backup_is_proven_restored_and_says_up_to_which_event(data, tmp_path):
    store = opened(data)
    store.write_now(Act("t"), ticketing.take_ticket, "ho-tich")
    store.close()
    length = journal_length(data)
    copy = tmp_path / "copy.sqlite"
    check_ends(run("backup", copy, data=data), 0, f"sự kiện {length}", "1 số", "đã kiểm tra")
    check_ends(run("backup", copy, data=data), 1, "không bao giờ ghi đè")
    store = opened(data)
    store.write_now(Act("t"), ticketing.take_ticket, "ho-tich")
    store.close()
    check_ends(run("restore", copy, data=data), 0, "Đã khôi phục", f"sự kiện {length}")
    assert journal_length(data) == length
    check_ends(run("restore", copy, data=tmp_path / "elsewhere"), 0, f"sự kiện {length}", "site.key")


def test_a_backup_has_the_own_voices_pictures_languages_and_forms(data, tmp_path):
    shutil.copytree(VOICES / "vi-north", data / "packs" / "giong-minh")
    (data / "pictures").mkdir()
    (data / "pictures" / "sen.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    (data / "forms").mkdir()
    (data / "forms" / "01.typ").write_text("CỦA TỈNH", encoding="utf-8")
    check_ends(run("backup", tmp_path / "copy.sqlite", data=data), 0, "tệp của trung tâm")
    fresh = tmp_path / "fresh"
    check_ends(run("restore", tmp_path / "copy.sqlite", data=fresh), 0, "tệp của trung tâm")
    for folder in ("packs", "pictures", "forms"):
        assert not dircmp(data / folder, fresh / folder).left_only
    assert Pack.load(fresh / "packs" / "giong-minh").digest == Pack.load(VOICES / "vi-north").digest
    assert Shelf(fresh / "pictures").named("sen.png")


def test_a_backup_has_the_files_of_dossiers_sealed_and_reads_each_once(data, tmp_path, monkeypatch):
    box = Strongbox(data / FOLDER, Vault.open(data / "site.key"))
    addresses = {box.put(f"số căn cước 038190123457 {n}".encode() * 1000) for n in range(3)}
    check_ends(run("backup", tmp_path / "copies" / "one.sqlite", data=data), 0, "3 tệp")
    addresses.add(box.put(b"a fourth"))
    read, real = [], own_files._hash
    monkeypatch.setattr(own_files, "_hash", lambda path: read.append(path.name) or real(path))
    check_ends(run("backup", tmp_path / "copies" / "two.sqlite", data=data), 0, "4 tệp")
    assert len(read) == 1, "what an earlier copy has is not read again"
    kept = b"".join(path.read_bytes() for path in (tmp_path / "copies").rglob("*") if path.is_file())
    assert b"038190123457" not in kept
    fresh = tmp_path / "fresh"
    check_ends(run("restore", tmp_path / "copies" / "two.sqlite", data=fresh), 0, "4 tệp")
    (fresh / "site.key").write_bytes((data / "site.key").read_bytes())
    restored = Strongbox(fresh / FOLDER, Vault.open(fresh / "site.key"))
    assert set(restored.addresses()) == addresses
    assert all(restored.open(address).size for address in addresses)


def test_a_file_that_goes_while_it_is_copied_is_no_part_of_the_copy(data, tmp_path, monkeypatch):
    box = Strongbox(data / FOLDER, Vault.open(data / "site.key"))
    kept, gone = box.put(b"kept"), box.put(b"gone")
    real = own_files._hash

    def vanishing(path):
        if path.name == gone:
            path.unlink(missing_ok=True)
        return real(path)

    monkeypatch.setattr(own_files, "_hash", vanishing)
    check_ends(run("backup", tmp_path / "copies" / "one.sqlite", data=data), 0, "1 tệp")
    assert set(box.addresses()) == {kept}


def test_a_backup_without_a_name_goes_beside_the_data(data):
    check_ends(run("backup", data=data), 0)
    assert len(list((data / "backups").glob("motcua-*.sqlite"))) == 1


def test_a_copy_that_is_not_whole_is_not_restored(data, tmp_path):
    copy = tmp_path / "copy.sqlite"
    check_ends(run("backup", copy, data=data), 0)
    before = journal_length(data)
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    text = tmp_path / "text.sqlite"
    text.write_text("not a database")
    for bad in (broken, text):
        check_ends(run("restore", bad, data=data), 1)
        assert journal_length(data) == before


def test_the_journal_is_verified_and_replayed(data):
    check_ends(run("journal", "verify", data=data), 0, "nguyên vẹn")
    check_ends(run("journal", "replay", data=data), 0, "đúng cơ sở dữ liệu")


def test_an_altered_event_is_named(data):
    store = opened(data)
    store.writer.db.execute("UPDATE journal SET payload = replace(payload, 'Hộ tịch', 'Hộ tịch giả') WHERE seq = 1")
    changed = store.writer.db.execute("SELECT changes()").fetchone()[0]
    store.close()
    assert changed == 1
    check_ends(run("journal", "verify", data=data), 1, "sự kiện 1")
    check_ends(run("backup", data=data), 1)


def test_an_altered_table_is_found_by_the_replay(data):
    store = opened(data)
    store.write_now(Act("t"), ticketing.take_ticket, "ho-tich")
    store.writer.db.execute("UPDATE tickets SET n = 99")
    store.close()
    check_ends(run("journal", "verify", data=data), 0)
    check_ends(run("journal", "replay", data=data), 1, "tickets")


def test_loading_a_centre_keeps_the_people_and_their_passwords(data):
    check_ends(run("person", "password", "quanly", "--password-stdin", stdin=PASSWORD + "\n", data=data), 0)
    before = reading(data, people.by_login, "quanly")
    check_ends(run("centre", "load", DEMO / "centre.toml", data=data), 0)
    assert reading(data, people.by_login, "quanly") == before
    assert reading(data, centres.current).code == "H56.19"
