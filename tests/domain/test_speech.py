import pytest

from domain.errors import Invalid
from domain.readings import LETTERS, READINGS
from domain.speech import COUNTERS, resumption, sentence, stop, tokens, withdrawal, wording
from domain.stopping import REASONS, listed


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


STOPS = {
    ("vi", "A", "power", (10, 0)): "Hàng a tạm dừng Lý do mất điện cho đến mười giờ",
    ("vi", "B", "", (15, 30)): "Hàng bê tạm dừng cho đến mười lăm giờ ba mươi phút",
    ("vi", None, "storm", None): "Tất cả các hàng đều tạm dừng Lý do mưa bão",
    ("en", "A", "power", (10, 0)): "Queue A is paused Reason power cut until ten A M",
    ("en", None, "", (12, 5)): "All queues are paused until twelve five P M",
    ("en", "C", "", (0, 30)): "Queue C is paused until twelve thirty A M",
    (
        "fr",
        "A",
        "power",
        (21, 15),
    ): "La file A est suspendue Motif panne de courant jusqu'à vingt et une heures quinze",
    ("fr", None, "", (1, 0)): "Toutes les files sont suspendues jusqu'à une heure",
}


@pytest.mark.parametrize(("language", "letter", "reason", "until"), STOPS)
def test_a_stop_in_words(language, letter, reason, until):
    row = stop(letter, reason, until, language)
    assert row[0] == "chime"
    assert said(row, language) == STOPS[language, letter, reason, until]


@pytest.mark.parametrize(
    ("language", "one", "every"),
    [
        ("vi", "Hàng bê nhận số trở lại", "Tất cả các hàng đều nhận số trở lại"),
        ("en", "Queue B is open again", "All queues are open again"),
        ("fr", "La file B reprend", "Toutes les files reprennent"),
    ],
)
def test_the_end_of_a_stop_in_words(language, one, every):
    assert said(resumption("B", language), language) == one
    assert said(resumption(None, language), language) == every


@pytest.mark.parametrize("language", [*READINGS, "tay"])
def test_every_stop_at_every_minute_is_made_of_the_tokens_of_a_full_pack(language):
    full = {*tokens(language)}
    for reason in ("", *REASONS):
        for letter in (None, *LETTERS):
            assert {*stop(letter, reason, None, language), *resumption(letter, language)} <= full
    for minute in range(24 * 60):
        assert {*stop("A", "", divmod(minute, 60), language)} <= full


@pytest.mark.parametrize(
    "wrong", [("I", "", None), ("A", "bão", None), ("A", "", (24, 0)), ("A", "", (9, 60)), ("A", "", (-1, 0))]
)
def test_a_stop_that_no_centre_has_is_refused(wrong):
    with pytest.raises(Invalid):
        stop(*wrong, "vi")


def test_every_language_speaks_every_reason():
    assert all(reading.reasons.keys() == REASONS.keys() for reading in READINGS.values())
    assert all(len(reading.hours) == 24 for reading in READINGS.values())


@pytest.mark.parametrize("typed", ["mất điện", "Mất điện", " MẤT ĐIỆN. ", "m\u00e2\u0301t \u0111i\u00ea\u0323n"])
def test_a_listed_reason_is_known_however_it_was_typed(typed):
    assert listed(typed) == "power"


@pytest.mark.parametrize("typed", ["", "mất điện tầng 2", "điện", "power"])
def test_any_other_reason_has_no_clip(typed):
    assert listed(typed) == ""
