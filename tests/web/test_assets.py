"""Files of the pages over a slow line: packed for whoever takes it so, and the same files for everybody."""

import gzip

import httpx2
import pytest

from tests.support.servers import Server


def asked(server: Server, name: str, accepts: str) -> httpx2.Response:
    address = server.app.state.house.assets[name].url
    with (
        httpx2.Client(base_url=server.url, trust_env=False, headers={"Accept-Encoding": accepts}) as client,
        client.stream("GET", address) as answer,
    ):
        answer.raw = b"".join(answer.iter_raw())
        return answer


@pytest.mark.parametrize("name", ["house.css", "htmx.min.js", "mark.svg"])
@pytest.mark.parametrize("accepts", ["gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8"])
def test_who_takes_packed_files_gets_them_so(server, name, accepts):
    answer, asset = asked(server, name, accepts), server.app.state.house.assets[name]
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert len(answer.raw) < len(asset.body)
    assert gzip.decompress(answer.raw) == asset.body


@pytest.mark.parametrize(("name", "accepts"), [
    ("house.css", "identity"), ("house.css", "gzip;q=0"), ("house.css", "gzip; q=0.0"),
    ("be-vietnam-400.ttf", "gzip"),
])  # fmt: skip
def test_who_does_not_and_letters_come_as_they_are(server, name, accepts):
    answer = asked(server, name, accepts)
    assert "content-encoding" not in answer.headers
    assert answer.raw == server.app.state.house.assets[name].body
