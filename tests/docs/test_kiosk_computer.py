"""A kiosk's own computer: what the install script writes; the start script with programs that only note down."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.docs.conftest import ROOT

KIOSK = ROOT / "packaging" / "kiosk"
POLICY = KIOSK / "policy.json"
MANAGED = "etc/chromium/policies/managed/motcua-kiosk.json"
TAKES_AT_MOST = 30

# what is installed


def install(root: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run the install script as for an image."""
    return subprocess.run(
        [KIOSK / "install", "--root", root, *options], capture_output=True, text=True, check=False, timeout=30
    )


def installed(root: Path, *options: str) -> dict[str, object]:
    """The policy as it was installed for this kiosk."""
    done = install(root, *options)
    assert done.returncode == 0, done.stderr
    policy: dict[str, object] = json.loads((root / MANAGED).read_text(encoding="utf-8"))
    return policy


def test_the_policy_lets_one_kiosk_of_one_server_in(tmp_path: Path) -> None:
    policy = installed(tmp_path, "--server", "https://hcc.example", "--device", "K12")
    assert policy["URLBlocklist"][:2] == ["*", "chrome://*"]  # type: ignore[index]
    assert policy["URLAllowlist"] == [
        "https://.hcc.example:443/kiosk/K12",
        "https://.hcc.example:443/pair/K12",
        "file:///usr/local/share/motcua-kiosk/waiting.html",
    ]
    shipped = json.loads(POLICY.read_text(encoding="utf-8"))
    assert {**policy, "URLAllowlist": []} == {**shipped, "URLAllowlist": []}


def test_the_shipped_policy_shuts_what_citizens_must_not_reach() -> None:
    """`DeveloperToolsAvailability` is left out where a browser is driven, so it is looked at here."""
    policy = json.loads(POLICY.read_text(encoding="utf-8"))
    shut = {
        "DeveloperToolsAvailability": 2, "DownloadRestrictions": 3, "AllowFileSelectionDialogs": False,
        "PrintingEnabled": False, "DefaultPopupsSetting": 2, "ExtensionInstallBlocklist": ["*"],
        "IncognitoModeAvailability": 1, "PasswordManagerEnabled": False, "TranslateEnabled": False,
        "SyncDisabled": True, "AutoplayAllowed": True,
    }  # fmt: skip
    assert {name: policy[name] for name in shut} == shut


def test_another_port_and_plain_http_are_kept(tmp_path: Path) -> None:
    policy = installed(tmp_path, "--server", "http://10.0.0.2:8000/", "--device", "K1")
    assert policy["URLAllowlist"][0] == "http://.10.0.0.2:8000/kiosk/K1"  # type: ignore[index]


def test_the_start_script_is_told_the_same(tmp_path: Path) -> None:
    installed(
        tmp_path, "--server", "https://hcc.example", "--device", "K1", "--rotate", "90", "--code", "ABCD-EGHK"
    )
    settings = (tmp_path / "etc/motcua/kiosk.env").read_text(encoding="utf-8").splitlines()
    assert settings == ["SERVER=https://hcc.example", "DEVICE=K1", "ROTATE=90"]
    assert (tmp_path / "var/lib/motcua-kiosk/code").read_text(encoding="utf-8") == "ABCD-EGHK\n"
    for name in ("usr/local/bin/motcua-kiosk", "usr/local/share/motcua-kiosk/waiting.html"):
        assert (tmp_path / name).read_bytes() == (KIOSK / Path(name).name).read_bytes()
    assert os.access(tmp_path / "usr/local/bin/motcua-kiosk", os.X_OK)


def test_the_authority_stands_in_the_policy(tmp_path: Path) -> None:
    pem = "-----BEGIN CERTIFICATE-----\n" + "\n".join(["QUJD" * 16] * 4) + "\n-----END CERTIFICATE-----\n"
    (tmp_path / "ca.pem").write_text(pem, encoding="ascii")
    policy = installed(
        tmp_path, "--server", "https://hcc.example", "--device", "K1", "--ca", str(tmp_path / "ca.pem")
    )
    assert policy["CACertificates"] == ["QUJD" * 64]
    assert "CA=/etc/motcua/kiosk-ca.pem" in (tmp_path / "etc/motcua/kiosk.env").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "--server is"),
        (("--server", "https://hcc.example/kiosk", "--device", "K1"), "--server is"),
        (("--server", "https://hcc.example$(id)", "--device", "K1"), "--server is"),
        (("--server", "https://hcc.example", "--device", "K1|"), "--device is"),
        (("--server", "https://hcc.example", "--device", "K1", "--rotate", "45"), "--rotate is"),
        (("--server", "https://hcc.example", "--device", "K1", "--ca", "/etc/hostname"), "--ca"),
        (("--server", "https://hcc.example", "--device", "K1", "--code"), "needs a value"),
        (("--lock", "yes"), "unknown option"),
    ],
)
def test_wrong_values_are_refused_before_anything_is_written(
    tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    done = install(tmp_path, *options)
    assert done.returncode == 2
    assert told in done.stderr
    assert list(tmp_path.iterdir()) == []


# the unit


def test_the_unit_starts_the_script_as_somebody_without_rights() -> None:
    unit = (KIOSK / "motcua-kiosk.service").read_text(encoding="utf-8")
    assert "ExecStart=/usr/bin/cage -d -- /usr/local/bin/motcua-kiosk" in unit
    assert "User=motcua-kiosk" in unit
    assert {"Restart=always", "StartLimitIntervalSec=0", "NoNewPrivileges=yes"} <= set(unit.splitlines())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    for program in ("cage", "motcua-kiosk"):
        (tmp_path / program).write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / program).chmod(0o755)
    text = (KIOSK / "motcua-kiosk.service").read_text(encoding="utf-8")
    text = text.replace("/usr/bin/cage", str(tmp_path / "cage")).replace("User=motcua-kiosk", "User=root")
    (tmp_path / "motcua-kiosk.service").write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "motcua-kiosk.service")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert "motcua-kiosk.service:" not in done.stderr, done.stderr


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_the_scripts_have_no_trap() -> None:
    scripts = [KIOSK / "install", KIOSK / "motcua-kiosk", ROOT / "scripts" / "setup-emupos"]
    done = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout


# the start script

# A browser that notes what it was shown and what its profile held; at the waiting page it stays until it is ended.
BROWSER = """
for word in "$@"; do case "$word" in --user-data-dir=*) profile=${word#*=} ;; esac; address=$word; done
echo "$address $(ls -A "$profile/Default" | tr '\\n' ' ')" >>"$NOTES/shown"
echo "$@" >"$NOTES/flags"
echo "$address" >>"$profile/Default/Cookies"
echo x >"$profile/Default/History"
case "$address" in file:*) exec tail -f /dev/null ;; esac
exit 1
"""
NEXT = """
line=$(head -n 1 "$NOTES/{0}"); sed -i 1d "$NOTES/{0}"
"""
SERVER = NEXT.format("answers") + 'exit "${line:-0}"\n'
CLOCK = NEXT.format("instants") + 'echo "${line:-0}"\n'
# The script waits; the last wait of a test ends it.
SLEEP = """
echo "$1" >>"$NOTES/pauses"
[ "$(wc -l <"$NOTES/pauses")" -ge "$WAITS" ] && kill -TERM "$PPID"
exit 0
"""
SCREENS = """
if [ $# = 0 ]; then printf 'HDMI-A-1 "A screen"\\n  Modes:\\nDP-2 "Another"\\n  Modes:\\n'
else echo "$@" >>"$NOTES/turned"; fi
"""
PROGRAMS = {"chromium": BROWSER, "curl": SERVER, "date": CLOCK, "sleep": SLEEP, "wlr-randr": SCREENS}


@dataclass
class Kiosk:
    """A kiosk's computer whose programs only note down."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> Path:
        return self.folder / "state"

    def run(self, waits: int, script: Path = KIOSK / "motcua-kiosk") -> None:
        """Run the start script until it has waited so often."""
        bin_folder = self.folder / "bin"
        for name, text in PROGRAMS.items():
            bin_folder.mkdir(exist_ok=True)
            (bin_folder / name).write_text("#!/bin/bash\n" + text, encoding="utf-8")
            (bin_folder / name).chmod(0o755)
        for name in ("answers", "instants"):
            (self.folder / name).touch()
        for name in ("state", "memory"):
            (self.folder / name).mkdir(exist_ok=True)
        environment = {
            "PATH": f"{bin_folder}:{os.environ['PATH']}", "NOTES": str(self.folder), "WAITS": str(waits),
            "SERVER": "https://hcc.example/", "DEVICE": "K1", "RUNTIME_DIRECTORY": str(self.folder / "memory"),
            "STATE_DIRECTORY": str(self.kept), **self.settings,
        }  # fmt: skip
        done = subprocess.run(
            [script], env=environment, capture_output=True, text=True, check=False, timeout=TAKES_AT_MOST
        )
        assert done.returncode == 0, done.stderr

    def noted(self, what: str) -> list[str]:
        """The lines of one kind of note."""
        path = self.folder / what
        return [line.strip() for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def scripted(self, what: str, *lines: object) -> None:
        """What a program answers, one line a call; afterwards 0."""
        (self.folder / what).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


@pytest.fixture
def kiosk(tmp_path: Path) -> Kiosk:
    return Kiosk(tmp_path)


AT_HOME = "https://hcc.example/kiosk/K1"


def shown_again_ever_later(kiosk: Kiosk, script: Path = KIOSK / "motcua-kiosk") -> None:
    kiosk.run(8, script)
    assert kiosk.noted("pauses") == ["1", "2", "4", "8", "16", "32", "60", "60"]


def keeps_nothing_but_the_pass(kiosk: Kiosk, script: Path = KIOSK / "motcua-kiosk") -> None:
    kiosk.run(3, script)
    assert kiosk.noted("shown") == [f"{AT_HOME} Cookies"] * 3
    assert (kiosk.kept / "Cookies").read_text(encoding="utf-8").split() == [AT_HOME] * 3


def test_a_browser_that_ends_is_shown_again_ever_later(kiosk: Kiosk) -> None:
    shown_again_ever_later(kiosk)


def test_the_profile_is_wiped_at_each_start_and_the_pass_stays(kiosk: Kiosk) -> None:
    keeps_nothing_but_the_pass(kiosk)


Check = Callable[[Kiosk, Path], None]


@pytest.mark.planted
@pytest.mark.parametrize(
    ("check", "line", "instead"),
    [
        (shown_again_ever_later, 'sleep "$pause"', "sleep 1"),
        (keeps_nothing_but_the_pass, 'rm -rf "$profile"', 'rm -f "$profile/Default/Cookies"'),
        (keeps_nothing_but_the_pass, 'ln -s "$kept/Cookies" "$profile/Default/Cookies"', "true"),
    ],
)
def test_a_script_that_hammers_or_keeps_is_seen(
    kiosk: Kiosk, tmp_path: Path, check: Check, line: str, instead: str
) -> None:
    text = (KIOSK / "motcua-kiosk").read_text(encoding="utf-8")
    assert line in text
    worse = tmp_path / "worse"
    worse.write_text(text.replace(line, instead), encoding="utf-8")
    worse.chmod(0o755)
    with pytest.raises(AssertionError):
        check(kiosk, worse)


def test_one_that_has_run_for_a_while_is_shown_again_at_once(kiosk: Kiosk) -> None:
    kiosk.scripted("instants", 0, 5, 100, 105, 200, 900)
    kiosk.run(4)
    assert kiosk.noted("pauses") == ["1", "2", "1", "2"]


def test_without_the_server_a_page_of_its_own_waits(kiosk: Kiosk) -> None:
    kiosk.settings["WAITING"] = "/usr/share/waiting.html"
    kiosk.scripted("answers", 7, 7, 7, 0)
    kiosk.run(3)
    assert kiosk.noted("shown") == ["file:///usr/share/waiting.html Cookies", f"{AT_HOME} Cookies"]
    assert kiosk.noted("pauses") == ["3", "3", "1"]


def test_a_pairing_code_is_used_once(kiosk: Kiosk) -> None:
    kiosk.kept.mkdir()
    (kiosk.kept / "code").write_text("ABCD-EGHK\n", encoding="utf-8")
    kiosk.run(2)
    addresses = [line.split()[0] for line in kiosk.noted("shown")]
    assert addresses == ["https://hcc.example/pair/K1?code=ABCD-EGHK", AT_HOME]
    assert not (kiosk.kept / "code").exists()


def test_what_is_no_code_is_not_asked_for(kiosk: Kiosk) -> None:
    kiosk.kept.mkdir()
    (kiosk.kept / "code").write_text("A&next=https://evil.example\n", encoding="utf-8")
    kiosk.run(1)
    assert [line.split()[0] for line in kiosk.noted("shown")] == [AT_HOME]


def test_every_screen_is_turned(kiosk: Kiosk) -> None:
    kiosk.settings["ROTATE"] = "90"
    kiosk.run(1)
    assert kiosk.noted("turned") == ["--output HDMI-A-1 --transform 90", "--output DP-2 --transform 90"]


def test_the_browser_is_started_for_fingers_and_alone(kiosk: Kiosk) -> None:
    kiosk.run(1)
    [flags] = kiosk.noted("flags")
    wanted = ["--kiosk", "--no-first-run", "--disable-pinch", "--overscroll-history-navigation=0",
              "--touch-events=enabled", "--autoplay-policy=no-user-gesture-required",
              "--hide-crash-restore-bubble"]  # fmt: skip
    assert [flag for flag in wanted if flag not in flags.split()] == []
    assert re.search(r"--user-data-dir=\S+/memory/profile ", flags)
    assert not kiosk.noted("turned")
