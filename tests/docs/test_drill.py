"""The monthly drill of docs/operating.md, as the technician does it: each command a process of its own."""

import subprocess
import sys

from operations.ticketing import take_ticket
from store.store import Store
from store.writer import Act
from tests.docs.conftest import ROOT
from tests.support.halls import HandClock, write_file


def motcua(data, *words):
    command = [sys.executable, "-m", "commands", "--data", str(data), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=60)


def test_a_backup_of_a_day_with_paper_passes_the_drill(tmp_path):
    (tmp_path / "centre").mkdir()
    store = Store(write_file(tmp_path / "centre" / "motcua.sqlite"), HandClock())
    store.start()
    given = store.write_now(Act("device:K1"), take_ticket, "ho-tich", printer="P1")
    store.close()
    copy, drill = tmp_path / "copy.sqlite", tmp_path / "drill"

    backup = motcua(tmp_path / "centre", "backup", str(copy))
    assert backup.returncode == 0, backup.stderr
    assert f"đến sự kiện {given.id} " in backup.stdout
    for words in (["restore", str(copy)], ["journal", "verify"], ["journal", "replay"], ["day", "show"]):
        done = motcua(drill, *words)
        assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
