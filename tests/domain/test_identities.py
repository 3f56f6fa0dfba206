from datetime import date

import pytest

from domain.identities import NumberImpossible, Told, check, told_by

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("001090123456", Told(is_man=True, year=1990)),
        ("038199000001", Told(is_man=False, year=1999)),
        ("001204000001", Told(is_man=True, year=2004)),
        ("001310000001", Told(is_man=False, year=2010)),
        ("012345678", None),
        ("", None),
        ("00109012345x", None),
        ("００１０９０１２３４５６", None),
    ],
)
def test_the_number_says_sex_and_year(number, told):
    assert told_by(number) == told


def test_nobody_is_born_in_the_future():
    check("001226000001", TODAY)
    check("012345678", TODAY)
    with pytest.raises(NumberImpossible) as refused:
        check("001227000001", TODAY)
    assert refused.value.arguments == {"year": 2027}
