"""docs/accessibility.md says what the tests' marks say; no clause is without a test or a line of the sheet."""

import pytest

from tests.docs.accessibility_table import CLAUSES, PLACE, shown, table


def unproved(found: dict[str, list[str]]) -> list[str]:
    """Clauses that nothing shows."""
    return [clause for clauses in CLAUSES.values() for clause in clauses if not found.get(clause)]


def test_the_table_is_up_to_date():
    assert PLACE.read_text(encoding="utf-8") == table(), "run: python -m tests.docs.accessibility_table"


def test_every_clause_is_shown_by_something():
    assert unproved(shown()) == []


def test_every_mark_names_a_clause_of_the_table():
    known = {clause for clauses in CLAUSES.values() for clause in clauses}
    assert set(shown()) <= known


@pytest.mark.planted
def test_a_planted_clause_without_a_test_is_found():
    found = shown()
    found.pop("K6")
    with pytest.raises(AssertionError):
        assert unproved(found) == []
