"""The benchmark of old days: one tiny run on real files."""

from bench import history


def test_a_tiny_history_gives_every_figure():
    rows = {name: value for name, value, _ in history.measure(history.Sizes(old=2000, rounds=3))}
    assert rows["old_tickets"] == 2000
    assert all(rows[name] > 0 for name in ("issue_history_ratio", "call_history_ratio", "call_waiting_ratio"))
