from bench.figures import line, middle, percentile


def test_a_percentile_is_a_value_that_was_measured():
    assert [percentile([5, 1, 3, 2, 4], percent) for percent in (0, 20, 21, 50, 99, 100)] == [1, 1, 2, 3, 5, 5]


def test_the_99th_of_a_hundred_leaves_out_one():
    assert percentile(range(100), 99) == 98


def test_a_line_is_name_value_and_unit():
    assert line(("start_seconds", middle([0.5, 2.0, 0.61]), "s")) == "start_seconds 0.6 s"
