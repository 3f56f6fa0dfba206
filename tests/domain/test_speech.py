import pytest

from domain.errors import Invalid
from domain.speech import COUNTERS, LETTERS, READINGS, sentence, tokens, withdrawal, wording


def said(row, language):
    return " ".join(words for token in row if (words := wording(token, language)))


VIETNAMESE = {
    1: "một",
    4: "bốn",
    5: "năm",
    10: "mười",
    11: "mười một",
    12: "mười hai",
    14: "mười bốn",
    15: "mười lăm",
    20: "hai mươi",
    21: "hai mươi mốt",
    24: "hai mươi tư",
    25: "hai mươi lăm",
    31: "ba mươi mốt",
    44: "bốn mươi tư",
    55: "năm mươi lăm",
    60: "sáu mươi",
}
ENGLISH = {
    1: "one",
    12: "twelve",
    15: "fifteen",
    20: "twenty",
    21: "twenty-one",
    44: "forty-four",
    60: "sixty",
}
FRENCH = {
    1: "un",
    16: "seize",
    17: "dix-sept",
    21: "vingt et un",
    22: "vingt-deux",
    31: "trente et un",
    60: "soixante",
}


@pytest.mark.parametrize(
    ("language", "counter", "words"),
    [
        (language, counter, words)
        for language, numbers in (("vi", VIETNAMESE), ("en", ENGLISH), ("fr", FRENCH))
        for counter, words in numbers.items()
    ],
)
def test_a_counter_is_read_as_a_number(language, counter, words):
    assert wording(sentence("A", 1, counter, language)[-1], language) == words


def test_the_tokens_of_a_call():
    call = ("chime", "moi-so", "letter-a", "0", "1", "2", "den-quay-so", "counter-12")
    assert sentence("A", 12, 12, "vi") == call


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", "Xin mời số a không một hai đến quầy số năm"),
        ("en", "Ticket A zero one two please proceed to counter five"),
        ("fr", "Le numéro A zéro un deux est attendu au guichet cinq"),
    ],
)
def test_a_call_in_words(language, words):
    assert said(sentence("A", 12, 5, language), language) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", "Số bê không không bảy xin chờ"),
        ("en", "Ticket B zero zero seven please wait"),
        ("fr", "Le numéro B zéro zéro sept veuillez patienter"),
    ],
)
def test_a_withdrawal_in_words(language, words):
    row = withdrawal("B", 7, language)
    assert row[0] == "chime"
    assert said(row, language) == words


def test_a_priority_call_says_so():
    assert said(sentence("C", 3, 2, "vi", priority=True), "vi").startswith("Xin mời số ưu tiên xê không không ba")


@pytest.mark.parametrize(("n", "digits"), [(1, "001"), (12, "012"), (999, "999"), (1000, "1000"), (9999, "9999")])
def test_a_ticket_is_read_digit_by_digit_with_at_least_three(n, digits):
    assert sentence("A", n, 1, "vi")[3:-2] == tuple(digits)


@pytest.mark.parametrize("language", [*READINGS, "tay"])
def test_every_sentence_is_made_of_the_tokens_of_a_full_pack(language):
    full = tokens(language)
    assert len(set(full)) == len(full)
    for letter in LETTERS:
        for counter in COUNTERS:
            n = 17 * counter
            assert {*sentence(letter, n, counter, language)} <= {*full}
        assert {*withdrawal(letter, 1234, language), *sentence(letter, 5, 1, language, priority=True)} <= {*full}


@pytest.mark.parametrize("language", READINGS)
def test_every_token_but_the_chime_has_words_of_its_own(language):
    assert wording("chime", language) == ""
    letters = [wording(f"letter-{letter.lower()}", language) for letter in LETTERS]
    counters = [wording(f"counter-{counter}", language) for counter in COUNTERS]
    assert len({*letters}) == len(LETTERS)
    assert len({*counters}) == len(COUNTERS)
    assert all(wording(token, language).strip() for token in tokens(language) if token != "chime")


def test_letters_have_their_vietnamese_names():
    assert said([f"letter-{letter}" for letter in "abcdeghkl"], "vi") == "a bê xê dê e gờ hát ca lờ"


def test_letters_that_are_never_used_have_no_token():
    assert not {"letter-i", "letter-o", "letter-q", "letter-đ"} & {*tokens("vi")}


def test_a_counter_beyond_the_recorded_ones_is_read_digit_by_digit():
    assert said(sentence("A", 1, 61, "vi"), "vi").endswith("đến quầy số sáu một")


@pytest.mark.parametrize(
    ("letter", "n", "counter"),
    [
        ("I", 1, 1),
        ("Đ", 1, 1),
        ("a", 1, 1),
        ("", 1, 1),
        ("AB", 1, 1),
        ("A", 0, 1),
        ("A", 10_000, 1),
        ("A", 1, 0),
        ("A", 1, 1000),
    ],
)
def test_what_no_centre_gives_out_is_refused(letter, n, counter):
    with pytest.raises(Invalid):
        sentence(letter, n, counter, "vi")


def test_a_language_without_a_reading_takes_the_vietnamese_order_but_has_no_words():
    assert sentence("A", 12, 3, "tay") == sentence("A", 12, 3, "vi")
    with pytest.raises(Invalid):
        wording("moi-so", "tay")


def test_an_unknown_token_has_no_words():
    with pytest.raises(Invalid):
        wording("letter-q", "vi")
