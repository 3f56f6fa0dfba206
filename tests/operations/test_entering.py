from datetime import timedelta

import pytest

from domain.errors import Refused
from domain.events import PersonSignedOut
from domain.tickets import milliseconds
from operations import entering
from store import people

RIGHT, WRONG, TOKEN = b"r" * 32, b"w" * 32, b"t" * 32


def signed_in(hall, token: bytes = TOKEN):
    return people.signed_in(hall.db, token, milliseconds(hall.clock()))


def test_a_sign_in_lasts_twelve_hours(hall):
    hall.do(entering.sign_in, "cb01", TOKEN)
    assert signed_in(hall) == "cb01"
    hall.clock.forward(hours=11, minutes=59)
    assert signed_in(hall) == "cb01"
    hall.clock.forward(minutes=1)
    assert signed_in(hall) is None


def test_signing_out_ends_it_for_good_and_only_it(hall):
    hall.do(entering.sign_in, "cb01", TOKEN)
    hall.do(entering.sign_in, "cb01", b"u" * 32)
    hall.do(entering.sign_out, TOKEN)
    assert (signed_in(hall), signed_in(hall, b"u" * 32)) == (None, "cb01")
    hall.do(entering.sign_out, TOKEN)
    assert sum(isinstance(recorded.event, PersonSignedOut) for recorded in hall.events) == 1


def test_a_new_password_ends_every_sign_in_of_that_person(hall):
    for token in (TOKEN, b"u" * 32):
        hall.do(entering.sign_in, "cb01", token)
    hall.do(entering.sign_in, "cb02", b"v" * 32)
    hall.do(entering.set_password, "cb01", "hash")
    assert [signed_in(hall, token) for token in (TOKEN, b"u" * 32, b"v" * 32)] == [None, None, "cb02"]


def test_ended_sign_ins_are_forgotten(hall):
    hall.do(entering.sign_in, "cb01", TOKEN)
    hall.clock.forward(hours=13)
    hall.do(entering.sign_in, "cb02", b"u" * 32)
    assert hall.one("SELECT count(*) FROM sign_ins") == 1


def pair(hall, code: bytes, token: bytes = TOKEN) -> bool:
    return hall.do(entering.pair_device, "K1", code, token).right


def test_a_code_pairs_once(hall):
    hall.do(entering.offer_pairing, "K1", RIGHT)
    assert pair(hall, RIGHT)
    assert not pair(hall, RIGHT, b"u" * 32)
    assert people.device_of(hall.db, TOKEN) == "K1"


def test_after_five_wrong_tries_the_right_code_is_dead(hall):
    hall.do(entering.offer_pairing, "K1", RIGHT)
    assert [pair(hall, WRONG) for _ in range(5)] == [False] * 5
    assert not pair(hall, RIGHT)
    hall.do(entering.offer_pairing, "K1", RIGHT)
    assert [pair(hall, WRONG) for _ in range(4)] == [False] * 4
    assert pair(hall, RIGHT)


def test_a_code_dies_after_fifteen_minutes(hall):
    hall.do(entering.offer_pairing, "K1", RIGHT)
    hall.clock.moment += entering.PAIRING_LASTS - timedelta(seconds=1)
    assert not pair(hall, WRONG)
    hall.clock.forward(seconds=1)
    assert not pair(hall, RIGHT)


def test_a_code_of_one_screen_pairs_no_other(hall):
    hall.do(entering.offer_pairing, "K1", RIGHT)
    assert not hall.do(entering.pair_device, "K2", RIGHT, TOKEN).right


def test_pairing_again_kills_the_older_token(hall):
    for token in (TOKEN, b"u" * 32):
        hall.do(entering.offer_pairing, "K1", RIGHT)
        assert pair(hall, RIGHT, token)
    assert (people.device_of(hall.db, TOKEN), people.device_of(hall.db, b"u" * 32)) == (None, "K1")


def test_a_revoked_screen_opens_nothing_until_it_is_paired_again(hall):
    hall.do(entering.offer_pairing, "K1", RIGHT)
    pair(hall, RIGHT)
    hall.do(entering.revoke_device, "K1")
    assert people.device_of(hall.db, TOKEN) is None
    assert people.device_states(hall.db)["K1"].revoked_at is not None
    hall.do(entering.offer_pairing, "K1", RIGHT)
    pair(hall, RIGHT)
    assert people.device_states(hall.db)["K1"].revoked_at is None


def test_revoking_a_screen_kills_a_code_that_is_still_on_offer(hall):
    """A code handed out before the screen was revoked must not let it in again."""
    hall.do(entering.offer_pairing, "K1", RIGHT)
    hall.do(entering.revoke_device, "K1")
    assert not pair(hall, RIGHT)


@pytest.mark.parametrize("kind_and_holder", [("person", "cb01"), ("device", "W1")])
def test_a_bearer_token_opens_until_it_is_revoked(hall, kind_and_holder):
    number = hall.do(entering.give_token, *kind_and_holder, "bảng tính", TOKEN)
    assert people.token_holder(hall.db, TOKEN) == kind_and_holder
    hall.do(entering.revoke_token, number)
    assert people.token_holder(hall.db, TOKEN) is None
    assert people.tokens(hall.db)[0][4] is not None


@pytest.mark.parametrize(
    "act",
    [
        (entering.give_token, ("person", "nobody", "x", TOKEN)),
        (entering.give_token, ("device", "K9", "x", TOKEN)),
        (entering.give_token, ("king", "cb01", "x", TOKEN)),
        (entering.revoke_token, (4242,)),
        (entering.offer_pairing, ("K9", RIGHT)),
        (entering.revoke_device, ("K9",)),
    ],
    ids=["person", "device", "kind", "token", "offer", "revoke"],
)
def test_what_does_not_exist_gets_nothing(hall, act):
    seq = hall.one("SELECT max(seq) FROM journal")
    with pytest.raises(Refused):
        hall.do(act[0], *act[1])
    assert hall.one("SELECT max(seq) FROM journal") == seq
