"""Files of a dossier over real HTTP: sent, seen, opened, removed, fetched by the portal; and what is refused."""

import asyncio
import socket
from datetime import timedelta

import pytest

from domain.file_events import FileFetched, FileOpened
from operations import attaching, intake
from store import attachments, file_links, journal
from store.writer import Act
from tests.support import files
from tests.support.asking import request_id, seq
from tests.support.halls import HandClock
from tests.support.servers import running
from web import file_rooms

CLERK = "cb01"
PROCEDURE = "1.001193"
LIFE = timedelta(days=400)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def centre(tmp_path, clock):
    with running(tmp_path / "data", clock, file_megabytes=1, dossier_megabytes=2) as server:
        yield server


@pytest.fixture
def code(centre):
    centre.open_shift(CLERK, 1)
    taken = intake.Intake(PROCEDURE, b"sealed")
    return centre.store.write_now(Act(CLERK), intake.receive_dossier, 1, CLERK, taken).code


@pytest.fixture
def clerk(centre):
    return centre.client(CLERK)


def send(client, code, content=None, name="to khai.pdf", **more):
    fields = {"belongs": "submitted:", "request_id": request_id()} | more
    sent = {"file": (name, files.a_pdf() if content is None else content)}
    return client.post(f"/dossiers/{code}/files", data=fields, files=sent)


def present(centre, code):
    return centre.store.read(attachments.of_dossier, code)


def on_disk(centre):
    return sorted(path.name for path in (centre.data / "files").rglob("*") if path.is_file())


def open_it(client, code, number, reason="processing"):
    return client.post(f"/dossiers/{code}/files/{number}/openings", data={"reason": reason})


def events(centre, kind):
    return [r.event for r in centre.store.read(lambda db: list(journal.read_kinds(db, [kind])))]


def test_a_file_is_sent_listed_and_opened_again_byte_by_byte(centre, code, clerk):
    assert send(clerk, code, name="Tờ khai của Lan.PDF", digitised="1").headers["location"].endswith("/files")
    (file,) = present(centre, code)
    page = clerk.get(f"/dossiers/{code}/files").text
    assert "Tờ khai của Lan.pdf" in page and "số hóa" in page
    answer = open_it(clerk, code, file.number)
    assert answer.content == files.a_pdf() and answer.headers["content-type"] == "application/pdf"
    assert events(centre, FileOpened) == [FileOpened(file.number, code, "processing")]


def test_a_file_is_saved_never_shown_run_or_kept(centre, code, clerk):
    send(clerk, code, name="Tờ khai.pdf")
    headers = open_it(clerk, code, present(centre, code)[0].number).headers
    assert headers["content-disposition"].startswith("attachment;")
    assert "filename*=UTF-8''T%E1%BB%9D%20khai.pdf" in headers["content-disposition"]
    assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"
    assert headers.get_list("content-security-policy") == ["default-src 'none'; sandbox; frame-ancestors 'none'"]


def test_no_opening_without_a_reason_and_none_that_is_not_recorded_first(centre, code, clerk):
    send(clerk, code)
    (file,) = present(centre, code)
    before = seq(centre)
    for reason in ("", "curiosity"):
        answer = open_it(clerk, code, file.number, reason)
        assert answer.status_code == 422 and b"%PDF" not in answer.content
    assert clerk.get(f"/dossiers/{code}/files/{file.number}/openings").status_code == 404
    assert seq(centre) == before


@pytest.mark.planted
def test_an_opening_that_is_served_before_it_is_recorded_is_caught(centre, code, clerk, monkeypatch):
    monkeypatch.setattr(attaching, "note_opening", lambda tx, dossier, number, reason: None)
    with pytest.raises(AssertionError):
        test_no_opening_without_a_reason_and_none_that_is_not_recorded_first(centre, code, clerk)


def test_removed_is_gone_from_list_and_disk_but_not_while_another_dossier_has_it(centre, code, clerk):
    taken = intake.Intake(PROCEDURE, b"sealed")
    other = centre.store.write_now(Act(CLERK), intake.receive_dossier, 1, CLERK, taken).code
    send(clerk, code)
    send(clerk, other)
    assert len(on_disk(centre)) == 1
    for dossier, left in ((code, 1), (other, 0)):
        (file,) = present(centre, dossier)
        answer = clerk.post(f"/dossiers/{dossier}/files/{file.number}/removals", data={"reason": "wrong-file"})
        assert answer.status_code == 303
        assert present(centre, dossier) == [] and len(on_disk(centre)) == left
        assert open_it(clerk, dossier, file.number).status_code == 404


REFUSED = {
    "none": (b"", 422),
    "exe": (files.HOSTILE["exe"], 422),
    "script": (files.HOSTILE["script-packed"], 422),
    "cut": (files.HOSTILE["cut"], 422),
    "wide": (files.a_wide_png(), 422),
    "large": (files.a_pdf("x" * 1_000_001), 422),
    "far too large": (files.a_pdf("x" * 1_200_000), 422),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_leaves_nothing_and_is_said_on_the_same_page(centre, code, clerk, name):
    content, status = REFUSED[name]
    before = seq(centre)
    answer = send(clerk, code, content)
    assert answer.status_code == status and "file-form" in answer.text and 'role="alert"' in answer.text
    assert seq(centre) == before and on_disk(centre) == [] and present(centre, code) == []


def test_the_same_file_again_is_named_and_the_first_stays(centre, code, clerk):
    send(clerk, code)
    answer = send(clerk, code, name="other name.pdf")
    assert answer.status_code == 409 and str(present(centre, code)[0].number) in answer.text
    assert len(on_disk(centre)) == 1
    assert open_it(clerk, code, present(centre, code)[0].number).status_code == 200


def test_a_full_dossier_takes_no_more_and_keeps_no_leftover(centre, code, clerk):
    for number in range(2):
        assert send(clerk, code, files.a_pdf(f"{number}" * 950_000)).status_code == 303
    assert send(clerk, code, files.a_pdf("2" * 950_000)).status_code == 409
    assert len(present(centre, code)) == len(on_disk(centre)) == 2


def test_bodies_that_are_no_form_are_refused(centre, code, clerk):
    before, path = seq(centre), f"/dossiers/{code}/files"
    for body, kind in (
        (b"", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--x--", "multipart/form-data"),
        (b"file=1", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
    ):
        answer = clerk.post(path, content=body, headers={"Content-Type": kind})
        assert answer.status_code == 422, (body, kind)
    assert seq(centre) == before and on_disk(centre) == []


def stall(centre, code):
    """A clerk's computer that stops in the middle of a file; gives the first line of the answer."""
    host, port = centre.url.removeprefix("http://").split(":")
    head = (
        f"POST /dossiers/{code}/files HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {centre.url}\r\n"
        f"Cookie: motcua-person={centre.person_cookie(CLERK)}\r\nContent-Length: 900000\r\n"
        'Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\nContent-Disposition: form-data; name="file";'
        ' filename="a.pdf"\r\n\r\n%PDF-'
    )
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(head.encode())
        return line.recv(4096).partition(b"\r\n")[0]


def test_who_stops_in_the_middle_keeps_no_turn(centre, code, clerk, monkeypatch):
    monkeypatch.setattr(file_rooms, "UPLOAD_SECONDS", 0.2)
    for _ in range(file_rooms.UPLOADS_AT_ONCE + 1):
        assert b" 422 " in stall(centre, code)
    assert send(clerk, code).status_code == 303


def test_more_senders_than_turns_are_told_to_wait(centre, code, clerk, monkeypatch):
    monkeypatch.setattr(file_rooms, "PATIENCE_SECONDS", 0.1)
    room = centre.app.state.house.files
    monkeypatch.setattr(room, "_uploads", asyncio.Semaphore(0))
    answer = send(clerk, code)
    assert answer.status_code == 503 and answer.headers["retry-after"] == "5" and on_disk(centre) == []


def test_an_altered_file_is_not_served_at_all(centre, code, clerk):
    content = files.a_pdf("x" * 300_000)
    send(clerk, code, content)
    (file,) = present(centre, code)
    path = centre.data / "files" / file.address[:2] / file.address
    held = bytearray(path.read_bytes())
    held[-1] ^= 1
    path.write_bytes(held)
    before, answer = seq(centre), open_it(clerk, code, file.number)
    assert answer.status_code == 500 and b"%PDF" not in answer.content and seq(centre) == before


def test_who_has_no_business_with_dossiers_sees_no_file(centre, code, clerk):
    send(clerk, code)
    (file,) = present(centre, code)
    before = seq(centre)
    for client in (centre.client(), centre.client(device="W1"), centre.client("ql04"), centre.client("ql03")):
        before = max(before, seq(centre))
        assert client.get(f"/dossiers/{code}/files").status_code in (303, 401, 403)
        assert open_it(client, code, file.number).status_code in (401, 403)
    assert events(centre, FileOpened) == []


def test_unknown_dossiers_are_told_in_a_sentence(clerk, centre):
    for path in ("/dossiers/H56.19-000000-0001/files", "/dossiers/%00/files", "/dossiers/..%2f/files"):
        assert clerk.get(path).status_code == 404


def address_of(centre, code):
    centre.store.write_now(Act("portal"), attaching.issue_links, code, LIFE)
    (link,) = centre.store.read(attachments.links, code).values()
    return link, "/portal-files/" + file_links.path(centre.app.state.house.vault, link)


def test_the_portal_fetches_without_sign_in_and_every_time_is_recorded(centre, code, clerk):
    send(clerk, code, name="038190123457.pdf")
    link, address = address_of(centre, code)
    stranger = centre.client()
    for _ in range(2):
        answer = stranger.get(address)
        assert answer.content == files.a_pdf() and "038190123457" not in str(answer.headers)
    assert events(centre, FileFetched) == [FileFetched(link.number, link.file, code)] * 2
    head = stranger.head(address)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(files.a_pdf())))
    ranged = stranger.get(address, headers={"Range": "bytes=0-3"})
    assert (ranged.status_code, ranged.content) == (200, files.a_pdf())
    assert len(events(centre, FileFetched)) == 3, "HEAD is no fetch"


def refuse_forgeries(centre, code, address):
    stranger, before = centre.client(), seq(centre)
    number, expires, signature = address.removeprefix("/portal-files/").split("-")
    forged = [
        f"{int(number) + 1}-{expires}-{signature}",
        f"{number}-{int(expires) + 86400}-{signature}",
        f"{number}-{expires}-{'a' * 26}",
        f"{number}-{expires}-{signature[:-1]}",
        f"{number}-{expires}-",
        f"{number}-{'9' * 18}-{signature}",
        f"{number}-{expires}-" + centre.app.state.house.vault.sign("follow", f"{number}-{expires}"),
    ]
    for path in forged:
        answer = stranger.get(f"/portal-files/{path}")
        assert answer.status_code == 404 and b"%PDF" not in answer.content, path
    assert seq(centre) == before


def test_a_link_opens_its_own_file_until_its_own_end_and_nothing_else(centre, code, clerk):
    send(clerk, code)
    refuse_forgeries(centre, code, address_of(centre, code)[1])


@pytest.mark.planted
def test_a_signature_that_nobody_checks_is_caught(centre, code, clerk, monkeypatch):
    monkeypatch.setattr(file_links, "is_signed", lambda *_: True)
    send(clerk, code)
    with pytest.raises(AssertionError):
        refuse_forgeries(centre, code, address_of(centre, code)[1])


def test_a_link_ends_with_its_time(centre, code, clerk, clock):
    send(clerk, code)
    link, address = address_of(centre, code)
    clock.moment = link.expires - timedelta(seconds=1)
    assert centre.client().get(address).status_code == 200
    clock.moment = link.expires
    answer = centre.client().get(address)
    assert answer.status_code == 410 and b"%PDF" not in answer.content


def test_a_link_ends_with_its_file(centre, code, clerk):
    send(clerk, code)
    link, address = address_of(centre, code)
    clerk.post(f"/dossiers/{code}/files/{link.file}/removals", data={"reason": "replaced"})
    assert centre.client().get(address).status_code == 410


def test_one_link_is_not_fetched_without_end(centre, code, clerk):
    send(clerk, code)
    _, address = address_of(centre, code)
    answers = [centre.client().get(address).status_code for _ in range(14)]
    assert answers.count(200) == 12 and answers[-1] == 429
    assert len(events(centre, FileFetched)) == 12


def test_what_nobody_names_is_gone_after_the_next_start(centre, code, clerk, tmp_path, clock):
    send(clerk, code)
    (file,) = present(centre, code)
    box = centre.app.state.house.files.box
    orphan = box.put(b"written, and killed before the commit")
    assert len(on_disk(centre)) == 2
    data = tmp_path / "data"
    for client in centre.clients:
        client.close()
    centre.app.state.house.files.tidy()
    assert on_disk(centre) == [file.address] and orphan != file.address
    assert b"".join(box.open(file.address).pieces()) == files.a_pdf()
    assert data.exists()
