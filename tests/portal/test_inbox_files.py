"""Files of letters end in the dossier's own files, sealed, proven and once; a bad one changes nothing at all."""

import asyncio
import base64
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.attachments import Media
from portal import inbox_files
from portal.inbox_files import is_below
from portal.sandbox import pushes
from store import attachments, outbox
from tests.portal.inbox_letters import OTHER_PDF, PDF, completion, dossier
from tests.portal.inbox_posts import Post, new_code, posted, refuses, said
from tests.support.files import HOSTILE, a_pdf, a_picture
from web.file_checks import checked

FILES = {"/files/to-khai.pdf": a_pdf("fetched"), "/files/large.pdf": a_pdf("x" * 1_100_000)}


class Shelf(http.server.BaseHTTPRequestHandler):
    """The portal's file server: two files, one that moves on, and one that is not ready."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        content = FILES.get(path, b"")
        self.send_response(302 if path == "/files/moved.pdf" else 200 if content else 503)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Location", "/files/to-khai.pdf")
        self.end_headers()
        self.wfile.write(content)
        self.server.asked.append(path)  # type: ignore[attr-defined]

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@contextmanager
def shelf() -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def portal() -> Iterator[http.server.ThreadingHTTPServer]:
    with shelf() as server:
        yield server


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory, portal: http.server.ThreadingHTTPServer) -> Iterator[Post]:
    folder = tmp_path_factory.mktemp("inbox")
    with posted(folder, inbox_files_url=url_of(portal), file_megabytes=1, dossier_megabytes=2) as post:
        yield post


def url_of(server: http.server.ThreadingHTTPServer, name: str = "") -> str:
    return f"http://127.0.0.1:{server.server_port}/files/{name}"


def sent(*contents: bytes) -> list[dict[str, str]]:
    return [
        {"TenTepDinhKem": f"tep-{number}.pdf", "Base64": base64.b64encode(content).decode()}
        for number, content in enumerate(contents, 1)
    ]


def linked(link: str) -> list[dict[str, str]]:
    return [{"TenTepDinhKem": "to-khai.pdf", "DuongDanTaiTepTin": link}]


def kept(post: Post, code: str) -> list[bytes]:
    """The contents of a dossier's files, as the strongbox proves them."""
    box = post.server.app.state.house.files.box
    present = post.server.store.read(attachments.of_dossier, code)
    return [b"".join(box.open(file.address).pieces()) for file in present]


def test_the_files_of_a_dossier_lie_sealed_among_its_own(post):
    code, picture = new_code(), a_picture("JPEG")
    answer = post.letter(dossier(MaHoSo=code, TaiLieuNop=sent(a_pdf("one"), picture)))
    assert said(answer) == (200, "0")
    assert kept(post, code) == [a_pdf("one"), picture]
    present = post.server.store.read(attachments.of_dossier, code)
    assert [(one.media, one.digitised) for one in present] == [(Media.PDF, True), (Media.JPEG, True)]
    house = post.server.app.state.house
    names = post.server.store.read(attachments.sealed_names, code)
    assert [house.vault.unseal(one).decode() for one in names.values()] == ["tep-1.pdf", "tep-2.jpg"]
    assert all(not path.read_bytes().startswith(b"%PDF") for path in house.files.box.folder.glob("??/*"))


def test_they_are_shown_and_opened_as_any_other(post):
    code = new_code()
    post.letter(dossier(MaHoSo=code, TaiLieuNop=sent(a_pdf("shown"))))
    leader = post.server.client("ql01")
    assert "tep-1.pdf" in leader.get(f"/dossiers/{code}/files").text
    (file,) = post.server.store.read(attachments.of_dossier, code)
    opened = leader.post(f"/dossiers/{code}/files/{file.number}/openings", data={"reason": "processing"})
    assert opened.content == a_pdf("shown")


def test_the_portal_is_not_told_at_once_of_what_it_sent(post):
    code = new_code()
    post.letter(dossier(MaHoSo=code))
    assert post.server.store.read(outbox.portal_messages_of, code) == []


def test_the_same_letter_again_attaches_nothing_twice(post):
    told = dossier(MaHoSo=new_code(), TaiLieuNop=sent(a_pdf("again")))
    post.letter(told)
    before = post.rows()
    assert said(post.letter(told)) == (200, "1")
    assert post.rows() | {"inbox_nonces": 0} == before | {"inbox_nonces": 0}


def test_one_content_twice_in_a_letter_is_one_file(post):
    code = new_code()
    assert said(post.letter(dossier(MaHoSo=code, TaiLieuNop=sent(a_pdf("twin"), a_pdf("twin"))))) == (200, "0")
    assert kept(post, code) == [a_pdf("twin")]


def test_a_supplement_brings_only_what_is_new(post):
    code = new_code()
    post.letter(dossier(MaHoSo=code))
    post.ask_supplement(code)
    both = [{"TenTepDinhKem": "a.pdf", "Base64": PDF}, {"TenTepDinhKem": "b.pdf", "Base64": OTHER_PDF}]
    told = completion(MaHoSo=code, TaiLieuNop=both)
    assert said(post.letter(told)) == (200, "0")
    assert kept(post, code) == [base64.b64decode(PDF), base64.b64decode(OTHER_PDF)]
    before = post.rows()
    assert said(post.letter(told)) == (200, "1")
    assert post.rows()["attachments"] == before["attachments"]


def test_a_file_that_was_removed_does_not_come_back_with_a_repeat(post):
    told = dossier(MaHoSo=new_code(), TaiLieuNop=sent(a_pdf("removed")))
    post.letter(told)
    (file,) = post.server.store.read(attachments.of_dossier, told["MaHoSo"])
    post.server.client("ql01").post(
        f"/dossiers/{told['MaHoSo']}/files/{file.number}/removals", data={"reason": "wrong-file"}
    )
    before = post.rows()["files on the disk"]
    assert said(post.letter(told)) == (200, "1")
    assert (kept(post, told["MaHoSo"]), post.rows()["files on the disk"]) == ([], before)


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_a_hostile_file_is_refused_with_its_reason_and_nothing_is_kept(post, kind):
    answer = refuses(post, dossier(MaHoSo=new_code(), TaiLieuNop=sent(a_pdf(kind), HOSTILE[kind])))
    assert "thứ 2" in answer.json()["message"]


def test_a_file_that_is_too_large_is_refused_in_words(post):
    answer = refuses(post, dossier(MaHoSo=new_code(), TaiLieuNop=sent(a_pdf("x" * 1_100_000))))
    assert "1 MB" in answer.json()["message"]


def test_files_beyond_what_a_dossier_holds_are_refused_whole(post):
    large = [a_pdf(letter * 900_000) for letter in "abc"]
    answer = refuses(post, dossier(MaHoSo=new_code(), TaiLieuNop=sent(*large)))
    assert "2 MB" in answer.json()["message"]


def test_a_bad_file_of_a_supplement_leaves_the_dossier_waiting(post):
    code = new_code()
    post.letter(dossier(MaHoSo=code))
    post.ask_supplement(code)
    refuses(post, completion(MaHoSo=code, TaiLieuNop=sent(HOSTILE["script"])))
    assert said(post.letter(completion(MaHoSo=code, TaiLieuNop=sent(a_pdf("right"))))) == (200, "0")


def test_a_linked_file_is_fetched_once(post, portal):
    told = dossier(MaHoSo=new_code(), TaiLieuNop=linked(url_of(portal, "to-khai.pdf?sig=1")))
    before = len(portal.asked)
    assert said(post.letter(told)) == (200, "0")
    assert kept(post, told["MaHoSo"]) == [FILES["/files/to-khai.pdf"]]
    assert said(post.letter(told)) == (200, "1")
    assert portal.asked[before:] == ["/files/to-khai.pdf"]


@pytest.mark.parametrize(
    ("name", "status"), [("large.pdf", 200), ("moved.pdf", 503), ("none.pdf", 503), ("../secret", 200)]
)
def test_a_link_that_gives_no_good_file_is_refused(post, portal, name, status):
    refuses(post, dossier(MaHoSo=new_code(), TaiLieuNop=linked(url_of(portal, name))), status)


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:1/files/a", "http://localhost/files/a", "file:///etc/passwd", "http://[::1", "x",
        "http://u@127.0.0.1/files/a", "https://cong/files/a",
    ],
)  # fmt: skip
def test_a_link_to_elsewhere_is_never_followed(post, portal, link):
    before = len(portal.asked)
    refuses(post, dossier(MaHoSo=new_code(), TaiLieuNop=linked(link)))
    assert len(portal.asked) == before


@pytest.mark.parametrize(
    ("link", "right"),
    [
        ("https://f/a/1?sig=2", True), ("https://f/a", False), ("https://f/ab", False), ("https://f/a/../b", False),
        ("https://f/a/%2e%2e/b", False), ("https://f/a/%252e%252e/b", False), ("https://f/a/..%5cb", False),
        ("https://f:444/a/1", False), ("http://f/a/1", False), ("https://x@f/a/1", False),
        ("https://f/a/1 2", False), ("https://f\\@g/a/1", False), ("https://f.g/a/1", False),
        ("https://F/a/1", True),
    ],
)  # fmt: skip
def test_which_links_are_below_the_named_address(link, right):
    assert is_below(link, "https://f/a/") is right
    assert not is_below(link, "")


@pytest.mark.parametrize("both", [{}, {"Base64": PDF, "DuongDanTaiTepTin": "https://f/a/1"}])
def test_a_file_is_sent_by_one_way(post, both):
    refuses(post, dossier(MaHoSo=new_code(), TaiLieuNop=[{"TenTepDinhKem": "a.pdf", **both}]))


CONTENTS = st.sampled_from([*sorted(HOSTILE.values()), a_pdf("good"), a_picture()]) | st.binary(max_size=300)
NAMES = st.text(min_size=1, max_size=40)
QUIET = settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def all_or_nothing(post: Post, files: list[tuple[str, bytes]]) -> None:
    """Either every file is in the dossier or nothing is anywhere."""
    before, code = post.rows(), new_code()
    told = [{"TenTepDinhKem": name, "Base64": base64.b64encode(content).decode()} for name, content in files]
    answer = post.letter(dossier(MaHoSo=code, TaiLieuNop=told))
    assert answer.status_code < 500, answer.text
    if answer.json()["error_code"] == "0":
        assert set(kept(post, code)) == {content for _, content in files}
    else:
        assert post.rows() == before


@QUIET
@given(files=st.lists(st.tuples(NAMES, CONTENTS), max_size=4))
def test_no_letter_is_taken_with_a_part_of_its_files(post, files):
    all_or_nothing(post, files)


@pytest.mark.planted
def test_a_letter_that_goes_on_without_its_bad_file_is_found(post, monkeypatch):
    async def lenient(self: Any, files: Any) -> Any:
        return await proven(self, [one for one in files if one.content.startswith(b"%PDF")])

    proven = inbox_files.InboxFiles.proven
    monkeypatch.setattr(inbox_files.InboxFiles, "proven", lenient)
    with pytest.raises(AssertionError):
        all_or_nothing(post, [("a", a_pdf("good")), ("b", b"bad")])


@pytest.mark.planted
def test_a_file_that_is_left_behind_by_a_refusal_is_found(post, monkeypatch):
    room = post.server.app.state.house.files
    monkeypatch.setattr(type(room), "_settle", lambda *_: asyncio.sleep(0))
    with pytest.raises(AssertionError):
        refuses(post, dossier(MaHoSo=new_code(), MaDonVi="H99.01", TaiLieuNop=sent(a_pdf("left"))), code="-303")


def test_the_paper_of_the_sandbox_is_a_whole_pdf():
    assert checked(base64.b64decode(pushes.PAPER)) is Media.PDF
