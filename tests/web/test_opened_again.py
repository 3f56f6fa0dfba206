"""A page that came as the answer to a form can be left: another language and the lock lead somewhere."""

import pytest
from starlette.requests import Request

from tests.web.crowd import PEOPLE, Crowd
from tests.web.walks import EXAMPLES, example, is_named
from web import paths

FORMS = [key for key in EXAMPLES if key.startswith("POST ") and "/api/" not in key]
STAFF = [(key, name) for key in FORMS for name in [next((n for n in PEOPLE if is_named(n, key)), "")] if name]


def check_way_out(crowd: Crowd, key: str, name: str) -> None:
    """Where a page that answers this form is opened again, there is a page."""
    path = example(crowd, key, name).path.partition("?")[0]
    scope = {"type": "http", "method": "POST", "path": path, "headers": [], "query_string": b"",
             "server": ("127.0.0.1", 80), "scheme": "http", "app": crowd.server.app}  # fmt: skip
    address = paths.opened_again(Request(scope))
    answer = crowd.client.get(address, headers=crowd.headers(name))
    crowd.client.cookies.clear()
    assert answer.status_code not in (404, 405), address


@pytest.mark.parametrize(("key", "name"), STAFF)
def test_no_way_out_of_a_form_is_a_dead_end(crowd: Crowd, key, name):
    check_way_out(crowd, key, name)


@pytest.mark.planted
def test_the_bare_path_of_a_form_is_found(crowd: Crowd, monkeypatch):
    monkeypatch.setattr(paths, "opened_again", lambda request: request.url.path)
    with pytest.raises(AssertionError):
        check_way_out(crowd, "POST /counter/{counter}/calls", "clerk")
