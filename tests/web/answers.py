"""What every route answers to every kind of visitor: asked once in a run, judged by several tests."""

from dataclasses import dataclass

from httpx2 import Headers

from tests.web.crowd import PEOPLE, VISITORS, Asked, Crowd
from tests.web.walks import EXAMPLES, example, is_named

LEAVING = ("POST /sign-out", "POST /lock")


@dataclass(frozen=True)
class Answered:
    """The status and, but for a socket, the headers of one answer."""

    status: int
    headers: Headers

    @property
    def leads_to_sign_in(self) -> bool:
        """Whether a browser is sent there, to come back afterwards."""
        return self.status == 303 and self.headers.get("location", "").startswith("/sign-in?next=/")


Answers = dict[tuple[str, str], Answered]


def asked_by_everybody(crowd: Crowd) -> Answers:
    """The answer to each visitor at each route.

    Whoever is named there sends a request that the route takes; the others send the last of these again.
    """
    found: Answers = {}
    for key in EXAMPLES:
        request = None
        for name in sorted(VISITORS, key=lambda name: not is_named(name, key)):
            if request is None or is_named(name, key):
                request = example(crowd, key, name)
            found[name, key] = asked(crowd, name, key, request)
    return found


def asked(crowd: Crowd, name: str, key: str, request: Asked | None = None) -> Answered:
    """One answer, to the route's example by itself; who signs out by it signs in again."""
    request = request or example(crowd, key, name)
    if key.startswith("WS "):
        return Answered(crowd.knock(name, request.path), Headers())
    answer = crowd.send(name, key, request)
    if key in LEAVING and name in PEOPLE:
        crowd.sign_in(name)
    return Answered(answer.status_code, answer.headers)
