import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dialer.forms import FormField
from app.domain.dialer.script import filled, first_missing, problem, read_number
from app.i18n import say


def test_known_fields_are_filled_in_and_nothing_else():
    script = "Good day {customer}, {agent} here. {0} {customer.__class__} {} {price} {{customer}}"
    said = filled(script, {"customer": "Rossi", "agent": "Dana"})
    assert said == "Good day Rossi, Dana here. {0} {customer.__class__} {} {price} {Rossi}"


@given(name=st.text())
def test_what_is_filled_in_is_not_looked_at_again(name):
    assert filled("{customer}", {"customer": f"{{agent}}{name}", "agent": "Dana"}) == f"{{agent}}{name}"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("4", 4),
        (" 4 ", 4),
        ("-3", -3),
        ("3,5", 3.5),
        ("3.5", 3.5),
        ("1.000,5", None),
        ("four", None),
        ("", None),
        ("1e9", None),
        ("١٢", 12),
    ],
)
def test_a_number_is_read_with_point_or_comma(typed, number):
    assert read_number(typed) == number


def test_what_is_wrong_is_said_of_the_first_field_only():
    rooms = FormField("f1", "Rooms", "number", is_required=True)
    heating = FormField("f2", "Heating", "choice", ("Gas", "Wood"), is_required=True)
    built = FormField("f3", "Built", "date")
    fields = [(rooms, 4), (heating, None), (built, "yesterday")]
    said = first_missing(fields)
    assert said is not None
    assert say(said) == "Heating: This is to be filled in."
    # Nobody was reached: what is required cannot be asked for, but what was typed must still be right.
    late = first_missing(fields, is_asked=False)
    assert late is not None
    assert say(late) == "Built: This is no day."
    assert first_missing([(rooms, None)], is_asked=False) is None


@pytest.mark.parametrize(
    ("field", "answer", "is_right"),
    [
        (FormField("f", "F", "number"), "many", False),
        (FormField("f", "F", "number"), 0, True),
        (FormField("f", "F", "choice", ("Gas",)), "Wood", False),
        (FormField("f", "F", "date"), "2026-11-24", True),
        (FormField("f", "F", "check", is_required=True), False, False),
        (FormField("f", "F", "check", is_required=True), True, True),
        (FormField("f", "F", "number", is_required=True), 0, True),
    ],
)
def test_each_kind_of_field_knows_its_answers(field, answer, is_right):
    assert (problem(field, answer) is None) is is_right
