"""Style sheets, scripts, fonts: read once at start, served by name with their hash, never by path."""

import base64
import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import fontpkg
from starlette.requests import Request
from starlette.responses import Response

from domain.roles import Role, open_to

ROOT = Path(__file__).parent.parent
FOLDERS = (*(ROOT / name / "static" for name in ("web", "kiosk", "counter", "display", "dossiers", "admin", "api")),
           ROOT / "web" / "static" / "vendor")  # fmt: skip
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".png": "image/png",
}
# A phone on a slow line waits for these; they hold nothing secret, so that their size tells nobody anything.
PACKED = frozenset({".css", ".js", ".svg"})
NOT_WANTED = re.compile(r"q=0(\.0*)?$")
FONTS = {
    "be-vietnam-400.ttf": ("Be Vietnam Pro", 400),
    "be-vietnam-600.ttf": ("Be Vietnam Pro", 600),
    "be-vietnam-700.ttf": ("Be Vietnam Pro", 700),
    "noto-sans.ttf": ("Noto Sans", None),
}


class FrontEndMissing(RuntimeError):
    """A third-party script is not there: set-up has not been run, or the wheel was built without it."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served; `packed` by gzip where that helps."""

    name: str
    body: bytes
    digest: str
    packed: bytes | None = None

    @property
    def url(self) -> str:
        """Its address; changes with its content, so it may be kept for ever."""
        return f"/static/{self.name}?v={self.digest[:12]}"

    @property
    def integrity(self) -> str:
        """The value for an `integrity` attribute and for script-src."""
        return "sha256-" + base64.b64encode(bytes.fromhex(self.digest)).decode()


class Assets:
    """All files under the rooms' static folders, by plain name."""

    def __init__(self) -> None:
        self._by_name: dict[str, Asset] = {}
        for folder in FOLDERS:
            for path in sorted(folder.glob("*.*")) if folder.is_dir() else []:
                self._add(path.name, path.read_bytes())
        for name, (family, weight) in FONTS.items():
            found = fontpkg.path(family, weight=weight) if weight else fontpkg.path(family)
            self._add(name, Path(found).read_bytes())
        for name in ("htmx.min.js", "hx-ws.min.js"):
            if name not in self._by_name:
                raise FrontEndMissing(f"thiếu {name} trong web/static/vendor: chạy scripts/setup")

    def _add(self, name: str, body: bytes) -> None:
        packed = gzip.compress(body, mtime=0) if Path(name).suffix in PACKED else None
        self._by_name[name] = Asset(name, body, hashlib.sha256(body).hexdigest(), packed)

    def __getitem__(self, name: str) -> Asset:
        return self._by_name[name]

    def get(self, name: str) -> Asset | None:
        """The file of this name."""
        return self._by_name.get(name)

    def script_hashes(self) -> str:
        """All scripts' hashes, as script-src wants them."""
        return " ".join(f"'{a.integrity}'" for n, a in sorted(self._by_name.items()) if n.endswith(".js"))


@open_to(Role.ANYONE)
async def serve_asset(request: Request) -> Response:
    """One static file; its address carries its hash, so browsers may keep it for a year."""
    asset = request.app.state.house.assets.get(request.path_params["name"])
    if asset is None:
        return Response(status_code=404)
    kind = TYPES.get(Path(asset.name).suffix, "application/octet-stream")
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if asset.packed is None or not _takes_gzip(request):
        return Response(asset.body, media_type=kind, headers=headers)
    return Response(asset.packed, media_type=kind, headers=headers | {"Content-Encoding": "gzip"})


def _takes_gzip(request: Request) -> bool:
    wanted = (part.strip().lower() for part in request.headers.get("accept-encoding", "").split(","))
    return any(part == "gzip" or (part.startswith("gzip;") and not NOT_WANTED.search(part)) for part in wanted)
