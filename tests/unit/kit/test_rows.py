"""`make rows` tells the truth."""

from tests.kit import rows


def test_a_row_without_a_test_fails():
    lines, sound = rows.table({"R-A": "First.", "R-B": "Second."}, {"R-A": {"tests/test_a.py::test_first"}})
    assert not sound
    assert "without a test: R-B" in lines
    assert "    tests/test_a.py::test_first" in lines


def test_a_test_of_an_unknown_row_fails():
    lines, sound = rows.table({"R-A": "First."}, {"R-A": {"a"}, "R-Z": {"tests/test_z.py::test_last"}})
    assert not sound
    assert "unknown row R-Z: tests/test_z.py::test_last" in lines


def test_rows_that_all_have_tests_pass():
    assert rows.table({"R-A": "First."}, {"R-A": {"a"}})[1]


def test_every_row_says_what_it_is():
    for row, sentence in rows.known().items():
        assert sentence.endswith("."), row
