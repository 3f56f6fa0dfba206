"""What the portal fetches: one file by one signed link, until its end; recorded before the first byte."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from domain.attachments import FileLost, LinkEnded, NoSuchFile
from domain.roles import Role, open_to
from operations import attaching
from store import attachments, file_links
from store.writer import Act
from web.attachments import served
from web.failures import NoSuchPage
from web.floods import TooFast
from web.house import house_of

PORTAL = Act("portal")


@open_to(Role.ANYONE)
async def fetch_file(request: Request) -> Response:
    """The file; ranges are not served, HEAD tells its size and is no fetch.

    Raises NoSuchPage for what was not signed here, LinkEnded (410), TooFast.
    """
    house, asked = house_of(request), request.path_params
    number, expires = asked["link"], asked["expires"]
    if not file_links.is_signed(house.vault, number, expires, asked["signature"][:40]):
        raise NoSuchPage()
    if not house.files.fetches.take(str(number)):
        raise TooFast()
    link = house.store.read(attachments.link, number)
    file = house.store.read(attachments.find, link.file) if link else None
    if link is None or file is None:
        raise NoSuchFile()
    if attaching.has_ended(link, file, house.now()):
        raise LinkEnded()
    sealed = await house.files.open(file.address)
    if sealed.size != file.size:
        raise FileLost()
    if request.method == "GET" and not await house.store.write(
        PORTAL, attaching.note_fetch, number, file_links.ends(expires)
    ):
        raise LinkEnded()
    return served(sealed, file.media, f"tep-{file.number}{file.media.ending}")


ROUTES: list[BaseRoute] = [Route("/portal-files/{link:int}-{expires:int}-{signature}", fetch_file)]
