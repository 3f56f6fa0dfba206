"""The benchmark of finding dossiers: one tiny run on a real file, and a search that finds nothing is noticed."""

import pytest

from bench import dossiers


def test_a_tiny_file_gives_every_figure():
    rows = {name: value for name, value, _ in dossiers.measure(800, 3)}
    assert rows["dossiers"] == 800
    assert 0 < rows["search_p50_ms"] <= rows["search_p99_ms"]
    assert {f"search_{kind}_p99_ms" for kind in dossiers.KINDS} <= rows.keys()
    assert rows["lists_ms"] > 0 and rows["lists_own_agency_ms"] > 0


@pytest.mark.planted
def test_planted_a_search_that_finds_nothing_is_noticed(monkeypatch):
    monkeypatch.setattr(dossiers, "ask", lambda *_: set())
    with pytest.raises(dossiers.NotFound):
        dossiers.measure(400, 2)
