"""Whatever is typed into whatever form: never our fault, never a trace of our insides."""

import re
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.web.crowd import RECEIVER, Asked, Crowd
from tests.web.walks import EXAMPLES, example, is_named

FORMS = [key for key in EXAMPLES if key.startswith("POST ") and "/api/" not in key]
FIELDS = [
    "queue",
    "request_id",
    "seen",
    "procedure",
    "owner_name",
    "identity",
    "phone",
    "address",
    "owner_kind",
    "delivery",
    "summary",
    "paper",
    "reason",
    "login",
    "name",
    "password",
    "role",
    "printer",
    "code",
    "next",
    "language",
    "?",
]
TEXT = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "So"]), max_size=12),
    st.integers(-(10**30), 10**30).map(str),
    st.sampled_from(
        ["ho-tich", "1.001193", "P1", "clerk", "\x00", "%", "' OR 1=1", "../..", "A" * 1200, "{{7*7}}"]
    ),
)
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
KINDS = [
    FORM, f"{FORM}; charset=utf-7", MULTIPART, f"{MULTIPART}; boundary=x",
    f"{MULTIPART}; boundary=x; charset=utf-16", "application/json", "text/plain", "",
]  # fmt: skip
EXAMPLES_A_FORM = 12
QUICK = settings(
    max_examples=EXAMPLES_A_FORM, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@cache
def visitor(key: str) -> str:
    """Somebody who may send this form."""
    names = ("kiosk", "wall", "tablet", "clerk", "manager", "administrator", "auditor", "nobody")
    return next(name for name in names if is_named(name, key))


def check_answer(crowd: Crowd, key: str, asked: Asked, content: bytes | None = None, kind: str = "") -> None:
    """The server may refuse but never break."""
    more = {} if content is None else {"Content-Type": kind}
    headers = crowd.headers(visitor(key)) | more
    answer = crowd.client.request("POST", asked.path, data=asked.form, content=content, headers=headers)
    crowd.client.cookies.clear()
    assert answer.status_code < 500 or answer.status_code == 503, (key, asked, content, kind)
    assert "Traceback" not in answer.text
    assert not re.search(r"sqlite|\.py\b|OperationalError", answer.text)


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch):
    """Argon2 would take the whole time of these tests."""
    monkeypatch.setattr("web.sessions._verify", lambda stored, given: bool(given.encode()) and False)
    monkeypatch.setattr("admin.routes.hash_password", lambda password: "x" * len(password.encode()))


def path_of(crowd: Crowd, key: str) -> str:
    """The address of the form's example; what it needs is prepared once."""
    return example(crowd, key, visitor(key)).path


@pytest.mark.parametrize("key", FORMS)
def test_no_form_breaks_by_what_is_typed(crowd: Crowd, key):
    path = path_of(crowd, key)

    @seed(20261123)
    @QUICK
    @given(st.dictionaries(st.one_of(st.sampled_from(FIELDS), st.text(max_size=5)), TEXT, max_size=8))
    def type_in(form):
        fields = {name: text.encode("utf-8", "surrogatepass") for name, text in form.items() if _sendable(name)}
        check_answer(crowd, key, Asked(path, fields))

    type_in()


def _sendable(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize("key", FORMS)
def test_no_form_breaks_by_bytes_of_any_kind(crowd: Crowd, key):
    path = path_of(crowd, key)
    part = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n--x--\r\n'

    @seed(20261123)
    @QUICK
    @given(st.binary(max_size=300), st.sampled_from(FIELDS), st.sampled_from(KINDS), st.booleans())
    def send(body, field, kind, wrapped):
        content = part % (field.encode(), body) if wrapped else field.encode() + b"=" + body
        check_answer(crowd, key, Asked(path), content, kind)

    send()


@pytest.mark.parametrize("key", [key for key in EXAMPLES if key.startswith("GET /") and "/static/" not in key])
def test_no_page_breaks_by_its_address(crowd: Crowd, key):
    names = ("kiosk", "wall", "tablet", "clerk", "manager", "administrator", "auditor", RECEIVER, "nobody")
    name = next(n for n in names if is_named(n, key))
    path = example(crowd, key, name).path.partition("?")[0]
    fields = st.sampled_from(["q", "lang", "kind", "after", "next", "code", "procedure", "big", "contrast", "?"])

    @seed(20261123)
    @QUICK
    @given(st.dictionaries(fields, st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=4))
    def visit(query):
        answer = crowd.client.get(path, params=query, headers=crowd.headers(name, bearer=name == RECEIVER))
        assert answer.status_code < 500, (path, query)
        assert "Traceback" not in answer.text

    visit()


@pytest.mark.planted
def test_a_form_that_breaks_is_found(crowd: Crowd, monkeypatch):
    monkeypatch.setattr("web.forms.text", lambda *_, **__: 1 / 0)
    with pytest.raises(AssertionError):
        test_no_form_breaks_by_what_is_typed(crowd, "POST /kiosk/{device}/tickets")
