from pathlib import Path

import pytest

from store.vault import Unreadable, Vault

PLAIN = "NGUYỄN THỊ MẪU · 038190000001".encode()


@pytest.fixture
def vault(tmp_path):
    return Vault.open(tmp_path / "data" / "site.key")


def test_what_is_sealed_can_be_read_with_the_same_key_only(tmp_path, vault):
    sealed = vault.seal(PLAIN)
    assert Vault.open(tmp_path / "data" / "site.key").unseal(sealed) == PLAIN
    with pytest.raises(Unreadable):
        Vault.open(tmp_path / "other.key").unseal(sealed)


def test_sealing_hides_every_part_and_is_repeatable(vault):
    sealed = vault.seal(PLAIN)
    assert sealed == vault.seal(PLAIN)
    assert not any(PLAIN[i : i + 4] in sealed for i in range(len(PLAIN) - 3))


def test_an_altered_byte_is_noticed(vault):
    sealed = vault.seal(PLAIN)
    for place in (0, len(sealed) // 2, len(sealed) - 1):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(Unreadable):
            vault.unseal(bytes(altered))


def test_the_key_is_long_and_for_the_server_alone(tmp_path, vault):
    key = tmp_path / "data" / "site.key"
    assert len(key.read_bytes()) == 32
    assert key.stat().st_mode & 0o777 == 0o600


@pytest.mark.fault
@pytest.mark.parametrize("left", [b"", b"half a key", b"k" * 31, b"k" * 33])
def test_a_key_file_that_was_cut_short_is_refused(tmp_path, left):
    """Killed between making and writing the file, the next start must not seal everybody with an empty key."""
    path = tmp_path / "site.key"
    path.write_bytes(left)
    with pytest.raises(Unreadable, match="32"):
        Vault.open(path)
    assert path.read_bytes() == left


@pytest.mark.fault
def test_the_key_has_its_name_only_when_it_is_whole(tmp_path, monkeypatch):
    """A start that dies while it writes leaves no key; the next one makes it."""
    path = tmp_path / "site.key"
    with monkeypatch.context() as dying:
        dying.setattr(Path, "write_bytes", lambda self, data: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            Vault.open(path)
    assert not path.exists()
    Vault.open(path)
    assert [found.name for found in tmp_path.iterdir()] == ["site.key"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_signatures_differ_by_purpose_text_and_centre(tmp_path, vault):
    other = Vault.open(tmp_path / "other.key")
    one = vault.sign("follow", "17")
    assert one == vault.sign("follow", "17")
    assert len({one, vault.sign("follow", "18"), vault.sign("else", "17"), other.sign("follow", "17")}) == 4
    assert len(one) == 26
    assert one.isalnum()


@pytest.mark.planted
def test_a_key_written_under_its_own_name_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "with_name", lambda self, name: self)
    with pytest.raises(AssertionError):
        test_the_key_has_its_name_only_when_it_is_whole(tmp_path, monkeypatch)


@pytest.mark.planted
def test_a_key_of_any_length_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("store.vault.KEY_BYTES", 31)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_a_key_file_that_was_cut_short_is_refused(tmp_path, b"k" * 31)
