import asyncio
from itertools import islice
from urllib.parse import parse_qs

import pytest

from bench.kiosks import Line, Wrong, presses

PAGE = '<p class="number" id="number">A\u202f001</p>'.encode()
ANSWER = b"HTTP/1.1 200 OK\r\nx: y\r\ncontent-length: %d\r\n\r\n" % len(PAGE) + PAGE


def answers(pieces):
    found = []
    line = Line(lambda _, status, body: found.append((status, body)))
    for piece in pieces:
        line.data_received(piece)
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 16, 17, 40, len(ANSWER) - 1, len(ANSWER)])
def test_an_answer_is_read_however_it_is_cut(size):
    whole = ANSWER + ANSWER.replace(b"200 OK", b"503 No")
    pieces = [part[at : at + size] for part in (ANSWER, whole[len(ANSWER) :]) for at in range(0, len(part), size)]
    assert answers(pieces) == [(200, PAGE), (503, PAGE)]


def test_an_answer_without_a_length_is_refused():
    with pytest.raises(Wrong, match="without a length"):
        answers([b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"])


def test_a_connection_that_ends_in_an_answer_counts_as_failed():
    found = []
    line = Line(lambda _, status, body: found.append(status))
    line.data_received(ANSWER[:-1])
    line.connection_lost(None)
    assert found == [0]


def test_every_press_is_the_pages_form_under_its_own_request_id():
    requests = list(islice(presses("http://127.0.0.1:9", {"K1": "a=b", "K2": "c=d"}, ["ho-tich", "cu-tru"]), 8))
    forms = []
    for request in requests:
        head, _, body = request.decode().partition("\r\n\r\n")
        assert f"Content-Length: {len(body)}" in head
        assert {"HX-Request: true", "Origin: http://127.0.0.1:9", "Host: 127.0.0.1:9"} <= set(head.split("\r\n"))
        forms.append((head.split()[1], *(values[0] for values in parse_qs(body, strict_parsing=True).values())))
    assert {(path, queue) for path, queue, _ in forms} == {
        (f"/kiosk/{kiosk}/tickets?lang=vi", queue) for kiosk in ("K1", "K2") for queue in ("ho-tich", "cu-tru")
    }
    assert len({request_id for _, _, request_id in forms}) == 8


def test_asking_before_the_connection_stands_is_refused():
    with pytest.raises(Wrong, match="not connected"):
        Line(lambda *_: None).ask(b"")


def test_a_press_that_is_refused_ends_the_round():
    from bench.kiosks import press

    async def refuse(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 401 No\r\ncontent-length: 2\r\n\r\nno")
        await writer.drain()
        writer.close()

    async def main():
        async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            await press(port, presses("http://127.0.0.1", {"K1": "a=b"}, ["ho-tich"]), 2, 0.1)

    with pytest.raises(Wrong, match="status 401"):
        asyncio.run(main())
