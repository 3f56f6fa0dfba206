"""What is shipped: the wheel's list, the names, the locks, the unit file, and no trace of any one machine."""

import configparser
import json
import re
import shutil
import subprocess
import tomllib
from importlib.machinery import SourceFileLoader
from importlib.metadata import packages_distributions
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

from settings import Settings
from tests.docs.conftest import ROOT, pages
from tests.docs.test_commands import understand
from tests.docs.test_pages import rows

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SHIPPED = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
UNIT = ROOT / "packaging" / "motcua.service"
LOCKS = ["package-lock.json", *(f"requirements/{name}.txt" for name in ("run", "dev", "tools", "emupos"))]


# the wheel


def test_the_wheel_lists_every_package_and_module_of_ours():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    modules = {path.name for path in ROOT.glob("*.py")}
    assert sorted(SHIPPED) == sorted(packages | modules)


def test_nobody_else_provides_our_names():
    """In an editable install our own names are not recorded; `scripts/wheel` asserts [motcua] in a fresh one."""
    found = packages_distributions()
    foreign = {name: found[name] for name in map(_module_name, SHIPPED) if set(found.get(name, ())) - {"motcua"}}
    assert foreign == {}


def _module_name(entry):
    return entry.removesuffix(".py")


@pytest.fixture(scope="module")
def wheel_script():
    loader = SourceFileLoader("wheel_script", str(ROOT / "scripts" / "wheel"))
    loader.path = str(ROOT / "scripts" / "wheel")
    script = module_from_spec(spec_from_loader("wheel_script", loader))
    source = Path(loader.path).read_text(encoding="utf-8")
    exec(compile(source, loader.path, "exec"), script.__dict__)  # leaves no .pyc beside the script
    return script


def check_wheel(script, names):
    assert script.lacking(names, script.wanted()) == []
    assert [name for name in names if not script.belongs(name)] == []


def test_the_wheel_script_wants_what_the_server_reads(wheel_script):
    wanted = wheel_script.wanted()
    assert {
        "app.py",
        "web/static/vendor/htmx.min.js",
        "web/static/house.css",
        "kiosk/templates/start.html",
    } <= wanted
    check_wheel(wheel_script, wanted)


@pytest.mark.planted
@pytest.mark.parametrize(
    "missing", ["app.py", "web/static/vendor/hx-ws.min.js", "web/static/vendor/voice/vi-north/manifest.json"]
)
def test_a_wheel_without_a_needed_file_is_found(wheel_script, missing):
    with pytest.raises(AssertionError):
        check_wheel(wheel_script, wheel_script.wanted() - {missing})


@pytest.mark.planted
@pytest.mark.parametrize("stray", ["tests/conftest.py", "commands/demo/motcua.sqlite", "web/site.key"])
def test_a_wheel_with_a_stray_file_is_found(wheel_script, stray):
    with pytest.raises(AssertionError):
        check_wheel(wheel_script, wheel_script.wanted() | {stray})


# the locks


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_a_registry(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^--(index|extra|find)", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_every_locked_package_has_a_hash(lock):
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    packages = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert packages
    assert [line[:60] for line in packages if "--hash=sha256:" not in line or "==" not in line] == []


def test_every_direct_dependency_has_its_line():
    node = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    project = PROJECT["project"]
    python = [*project["dependencies"], *project["optional-dependencies"]["devices"]]
    wanted = {re.split(r"[<>=;\s]", name)[0] for name in [*python, *PROJECT["dependency-groups"]["dev"]]}
    listed = [row[0] for row in rows(pages()["docs/decisions/0011-libraries.md"])]
    assert sorted(listed) == sorted(wanted | set(node))
    assert len(python) + len(node) <= 30


# the unit file and the proxy


def unit():
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
    parser.optionxform = str
    parser.read_string(UNIT.read_text(encoding="utf-8"))
    return parser


def test_the_unit_starts_a_command_that_exists(tmp_path):
    assert understand(unit()["Service"]["ExecStart"].split(), tmp_path) == ["serve"]


def test_the_print_agents_unit_starts_a_command_that_exists(tmp_path):
    text = (ROOT / "packaging" / "motcua-print-agent.service").read_text(encoding="utf-8")
    [started] = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    for name, value in {"SERVER": "https://x", "PRINTER": "IN1", "DEVICE": "usb://04b8:0202"}.items():
        started = started.replace(f"${{{name}}}", value)
    assert understand(started.split(), tmp_path) == ["print-agent"]
    assert "Restart=always" in text
    assert "StartLimitIntervalSec=0" in text


def test_the_unit_promises_only_what_the_server_does():
    service = unit()["Service"]
    assert service["Type"] == "exec", "the server does not speak sd_notify"
    assert "WatchdogSec" not in service
    assert (service["Restart"], service["RestartSec"]) == ("always", "1")
    assert unit()["Unit"]["StartLimitIntervalSec"] == "0"


def test_the_unit_hands_the_portal_password_over_as_a_credential():
    text = UNIT.read_text(encoding="utf-8")
    assert "LoadCredential=portal:" in text
    assert "Environment=MOTCUA_PORTAL_PASSWORD_FILE=%d/portal" in text
    assert "Environment=MOTCUA_DATA=/var/lib/" + unit()["Service"]["StateDirectory"] in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_the_unit_tight():
    command = ["systemd-analyze", "security", "--no-pager", "--offline=yes", "--threshold=20", str(UNIT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stdout[-200:] + done.stderr


def test_the_proxy_hands_over_what_the_origin_check_compares():
    proxy = (ROOT / "packaging" / "nginx.conf").read_text(encoding="utf-8")
    assert f"proxy_pass http://127.0.0.1:{Settings().port};" in proxy
    assert "proxy_set_header Host $http_host;" in proxy
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in proxy
    assert "proxy_set_header Upgrade $http_upgrade;" in proxy


# no trace of a machine


def committed():
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, capture_output=True, check=True).stdout.decode().split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


def traces(text):
    places = {str(ROOT), str(Path.home()).rstrip("/")} - {"", "/"}
    own = "|".join(re.escape(place) for place in sorted(places))
    return re.findall(rf"(?<![\w.])(?:(?:{own})(?=[/\"'\s])|/(?:home|Users)/\w+)", text)


def test_no_committed_file_names_a_place_on_a_machine():
    found = {name: traces((ROOT / name).read_text(encoding="utf-8", errors="ignore")) for name in committed()}
    assert {name: places for name, places in found.items() if places} == {}


@pytest.mark.planted
@pytest.mark.parametrize("line", [f"cd {ROOT}/web", "/".join(("", "home", "binh", "motcua")), f'"{ROOT}"'])
def test_a_planted_place_is_found(line):
    with pytest.raises(AssertionError):
        assert traces(line) == []
