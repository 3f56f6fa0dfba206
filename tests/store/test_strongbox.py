"""Files on the disk: sealed, whole or not at all, proven when read, gone with the last who names them."""

import errno
import os
import subprocess
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.attachments import FileLost
from domain.errors import StoreFull
from store import strongbox
from store.strongbox import PIECE, Strongbox
from store.vault import Vault
from tests.support.halls import ROOT

KEY = b"k" * 32
CANARY = b"Can cuoc 038190123457 cua ba Chim Yen"


@pytest.fixture
def box(tmp_path):
    return Strongbox(tmp_path / "files", Vault(KEY))


def put(box, content):
    address = box.put(content)
    box.release(address)
    return address


def read(box, address):
    sealed = box.open(address)
    content = b"".join(sealed.pieces())
    assert len(content) == sealed.size
    return content


def path_of(box, address):
    return box.folder / address[:2] / address


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7])
def test_what_goes_in_comes_out(box, size):
    content = os.urandom(size)
    assert read(box, put(box, content)) == content


def test_on_the_disk_nothing_is_in_clear_and_only_the_owner_reads(box):
    address = put(box, CANARY * 5000)
    held = path_of(box, address).read_bytes()
    assert CANARY[:12] not in held and b"038190123457" not in held
    assert path_of(box, address).stat().st_mode & 0o777 == 0o600
    assert path_of(box, address).parent.stat().st_mode & 0o777 == 0o700


def test_the_address_tells_nothing_without_the_key(box, tmp_path):
    import hashlib

    other = Strongbox(tmp_path / "other", Vault(b"j" * 32))
    address = put(box, CANARY)
    assert address != put(other, CANARY) and address != hashlib.sha256(CANARY).hexdigest()


def test_the_same_content_lies_there_once(box):
    assert put(box, CANARY) == put(box, CANARY)
    assert box.room()[0] == 1


def damages(content: bytes) -> dict[str, bytes]:
    head, last = len(strongbox.MAGIC), PIECE + strongbox.TAG
    first = content[head : head + last]
    return {
        "a bit": content[:100] + bytes((content[100] ^ 1,)) + content[101:],
        "the last bit": content[:-1] + bytes((content[-1] ^ 1,)),
        "the head": b"x" + content[1:],
        "cut after a piece": content[: head + last],
        "cut within a piece": content[:-50],
        "empty": b"",
        "only the head": content[:head],
        "a piece twice": content[:head] + first + content[head:],
        "pieces exchanged": content[:head]
        + content[head + last : head + 2 * last]
        + first
        + content[head + 2 * last :],
        "something behind": content + b"x",
    }


def refuse_damage(box):
    content = os.urandom(3 * PIECE)
    address = put(box, content)
    whole = path_of(box, address).read_bytes()
    for name, damaged in damages(whole).items():
        path_of(box, address).write_bytes(damaged)
        with pytest.raises(FileLost):
            box.open(address)
            pytest.fail(name)


def test_an_altered_file_is_never_given_not_even_its_beginning(box):
    refuse_damage(box)


@pytest.mark.planted
def test_pieces_that_do_not_say_which_is_the_last_are_caught(box, monkeypatch):
    monkeypatch.setattr(strongbox, "_nonce", lambda number, is_last: number.to_bytes(12, "big"))
    with pytest.raises(pytest.fail.Exception):
        refuse_damage(box)


def test_a_file_of_another_name_is_not_taken_for_it(box):
    one, other = put(box, b"one"), put(box, b"other")
    path_of(box, one).write_bytes(path_of(box, other).read_bytes())
    with pytest.raises(FileLost):
        box.open(one)


def test_what_is_missing_or_no_address_is_lost(box):
    for address in ("0" * 64, "../../etc/passwd", ""):
        with pytest.raises(FileLost):
            box.open(address)


def test_a_damaged_file_is_mended_by_the_same_content(box):
    address = put(box, CANARY)
    path_of(box, address).write_bytes(b"x")
    assert read(box, put(box, CANARY)) == CANARY


@pytest.mark.parametrize("call", ["fsync", "write"])
def test_a_full_disk_leaves_nothing(box, monkeypatch, call):
    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    if call == "fsync":
        monkeypatch.setattr("store.strongbox.os.fsync", full)
    else:
        monkeypatch.setattr(Strongbox, "_sealed", full)
    with pytest.raises(StoreFull):
        box.put(CANARY)
    assert [path for path in box.folder.rglob("*") if path.is_file()] == []
    monkeypatch.undo()
    assert read(box, put(box, CANARY)) == CANARY


def test_a_file_goes_only_when_nobody_names_it_or_is_about_to(box):
    address = box.put(CANARY)
    assert not box.let_go(address, lambda _: False), "somebody is about to name it"
    box.release(address)
    assert not box.let_go(address, lambda _: True)
    assert box.let_go(address, lambda _: False)
    with pytest.raises(FileLost):
        box.open(address)


def outrun(box, rounds=200):
    """One dossier lets go of a content while another takes it in: who is told that it has it, has it."""
    named: set[str] = set()
    lost = []

    def attach():
        for _ in range(rounds):
            address = box.put(CANARY)
            named.add(address)
            box.release(address)
            try:
                box.open(address)
            except FileLost:
                lost.append(address)
            named.discard(address)

    def remove(address):
        while worker.is_alive():
            box.let_go(address, lambda one: one in named)

    address = put(box, CANARY)
    worker = threading.Thread(target=attach)
    worker.start()
    remove(address)
    worker.join()
    assert lost == []


def test_who_removes_never_outruns_who_attaches(box):
    outrun(box)


@pytest.mark.planted
def test_a_box_that_holds_nothing_for_the_coming_is_caught(box, monkeypatch):
    held = Strongbox.let_go

    def careless(self, address, is_named):
        self._held.clear()
        return held(self, address, lambda _: False)

    monkeypatch.setattr(Strongbox, "let_go", careless)
    monkeypatch.setattr(Strongbox, "release", lambda self, address: None)
    with pytest.raises(AssertionError):
        outrun(box)


def test_at_the_start_what_is_unfinished_or_unnamed_goes(box):
    kept, orphan = put(box, b"kept"), put(box, b"orphan")
    half = path_of(box, kept).with_name(f"{kept}.1.unfinished")
    half.write_bytes(b"half")
    assert box.tidy({kept, "f" * 64}) == (1, 1)
    assert set(box.addresses()) == {kept} and not half.exists()
    assert orphan not in set(box.addresses())


KILLED = """
import os, sys
from pathlib import Path
from store import strongbox
from store.strongbox import Strongbox
from store.vault import Vault
step, real = int(sys.argv[2]), {}
count = 0
def dying(name, function):
    def call(*args, **kwargs):
        global count
        count += 1
        if count == step:
            os.kill(os.getpid(), 9)
        return function(*args, **kwargs)
    return call
box = Strongbox(Path(sys.argv[1]), Vault(b"k" * 32))
for place, name in ((os, "fsync"), (os, "fchmod"), (Path, "replace"), (strongbox, "flush"), (strongbox, "_nonce")):
    setattr(place, name, dying(name, getattr(place, name)))
box.put(b"x" * 200_000)
print(count, file=sys.stderr)
print("whole")
"""


def test_killed_at_any_step_the_file_is_whole_or_not_there(tmp_path):
    ended = []
    for step in range(1, 17):
        folder = tmp_path / str(step)
        run = subprocess.run(
            [sys.executable, "-c", KILLED, str(folder), str(step)], cwd=ROOT, capture_output=True, text=True,
            timeout=60, env={"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        box = Strongbox(folder, Vault(KEY))
        for address in box.addresses():
            assert read(box, address) == b"x" * 200_000
        box.tidy(set(box.addresses()))
        assert not list(folder.rglob("*.unfinished"))
        ended.append(run.stdout.strip() == "whole")
    assert ended[-1] and not ended[0], run.stderr


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200_000))
def test_any_content_comes_back(tmp_path_factory, content):
    box = Strongbox(tmp_path_factory.mktemp("box") / "files", Vault(KEY))
    assert read(box, put(box, content)) == content
