"""The month in the tables is the month on the page, and a server that refuses gives no figure."""

import pytest

from bench import reports
from bench.kiosks import Wrong


def test_a_small_month_gives_every_figure():
    figures = reports.measure(2000, 1)
    assert [name for name, _, _ in figures] == [
        "reports_queue_seconds", "reports_hour_seconds", "reports_calls_seconds", "reports_satisfaction_seconds",
        "reports_estimates_seconds", "reports_month_seconds", "reports_workbook_seconds", "reports_pdf_seconds",
        "reports_slowest_seconds", "reports_slowest_cpu_seconds", "reports_tickets",
    ]  # fmt: skip
    assert all(value >= 0 for _, value, _ in figures)


@pytest.mark.planted
def test_a_month_that_lost_its_numbers_is_found(monkeypatch):
    monkeypatch.setattr(reports, "_remember", lambda store, centre, tickets: None)
    with pytest.raises(Wrong, match="counts 1 numbers of 2000"):
        reports.measure(2000, 1)
