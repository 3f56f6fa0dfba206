import asyncio

import pytest

from bench import screens
from bench.screens import Refused, Screen

OPENED = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n"


class Wire(asyncio.Transport):
    """Keeps what the screen sends."""

    def __init__(self):
        super().__init__()
        self.sent = b""

    def write(self, data):
        self.sent += data


def frame(payload, kind=screens.TEXT):
    size = len(payload)
    long = bytes((126,)) + size.to_bytes(2, "big") if size < 65536 else bytes((127,)) + size.to_bytes(8, "big")
    return bytes((0x80 | kind,)) + (bytes((size,)) if size < 126 else long) + payload


def picture(seq, width=0):
    return b'<i data-seq="1" data-ticket="0"></i>' + b" " * width + b'<i data-seq="%d" data-ticket="1"></i>' % seq


def shown(stream, size):
    """What a screen notes of this stream, cut into pieces of this size, and what it sent."""

    async def main():
        screen, wire = Screen(b"GET /", screens.WALL), Wire()
        screen.connection_made(wire)
        for at in range(0, len(stream), size):
            screen.data_received(stream[at : at + size])
        assert screen.opened.done()
        return screen.seen, wire.sent

    return asyncio.run(main())


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1000, 10**6])
def test_frames_of_all_lengths_are_read_however_they_are_cut(size):
    stream = OPENED + b"".join(frame(picture(seq, width)) for seq, width in ((7, 0), (9, 300), (12, 70_000)))
    seen, _ = shown(stream, size)
    assert (seen.numbers, seen.pictures) == ([7, 9, 12], 3)
    assert seen.moments == sorted(seen.moments)


def test_heartbeats_and_pictures_without_news_are_no_news():
    stream = OPENED + frame(picture(7)) + frame(b'{"t":"hb","seq":99}') + frame(picture(7)) + frame(picture(8))
    seen, _ = shown(stream, 10**6)
    assert (seen.numbers, seen.pictures) == ([7, 8], 3)


def test_a_ping_is_answered_with_its_own_words():
    _, sent = shown(OPENED + frame(picture(1)) + frame(b"abc", screens.PING), 5)
    assert sent == b"GET /" + bytes((0x8A, 0x83, 0, 0, 0, 0)) + b"abc"


def test_a_refused_screen_says_so():
    async def main():
        screen = Screen(b"GET /", screens.WALL)
        screen.connection_made(Wire())
        screen.data_received(b"HTTP/1.1 403 Forbidden\r\n\r\n")
        await screen.opened

    with pytest.raises(Refused, match="403"):
        asyncio.run(main())


def test_a_counters_picture_shows_its_newest_event():
    html = b'<input name="request_id" value="c3-12-845-calls"><input name="request_id" value="c3-12-845-recalls">'
    assert screens.COUNTER.newest(html) == 845
    assert screens.COUNTER.newest(b"<p>nothing</p>") == 0
