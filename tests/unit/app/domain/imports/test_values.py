from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.imports import values
from app.domain.imports.values import Unreadable

ROME = ZoneInfo("Europe/Rome")


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("2024-05-27T02:08:51.000", datetime(2024, 5, 27, 0, 8, 51, tzinfo=UTC)),
        ("2024-05-27 02:08", datetime(2024, 5, 27, 0, 8, tzinfo=UTC)),
        ("2024-05-27T02:08:51Z", datetime(2024, 5, 27, 2, 8, 51, tzinfo=UTC)),
        ("2024-05-27T02:08:51+03:00", datetime(2024, 5, 26, 23, 8, 51, tzinfo=UTC)),
        ("2024-05-27", datetime(2024, 5, 26, 22, tzinfo=UTC)),
        ("27/05/2024", datetime(2024, 5, 26, 22, tzinfo=UTC)),
        ("27.5.24 9.05", datetime(2024, 5, 27, 7, 5, tzinfo=UTC)),
        ("05/06/2024 10:00", datetime(2024, 6, 5, 8, tzinfo=UTC)),
        ("05/27/2024 02:08:51 AM", datetime(2024, 5, 27, 0, 8, 51, tzinfo=UTC)),
        ("05/27/2024 12:30 pm", datetime(2024, 5, 27, 10, 30, tzinfo=UTC)),
        ("45439", datetime(2024, 5, 26, 22, tzinfo=UTC)),
        ("45439.5", datetime(2024, 5, 27, 10, tzinfo=UTC)),
        (" ", None),
    ],
)
def test_a_date_is_read_as_people_and_spreadsheets_write_it(cell: str, instant: datetime | None) -> None:
    assert values.read_instant(cell, ROME) == instant


@pytest.mark.parametrize(
    "cell", ["31/02/2024", "13/13/2024", "yesterday", "2024", "2024-05-27 25:00", "99/1/1 AM", "0/0/0"]
)
def test_what_is_no_date_is_refused_in_words(cell: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        values.read_instant(cell, ROME)
    assert refusal.value.why.fields["value"] == cell


@pytest.mark.parametrize(
    "read",
    [partial(values.read_instant, zone=ROME), values.read_minutes, values.read_priority, values.read_email,
     values.read_language, values.read_list, values.read_key],
)  # fmt: skip
@given(cell=st.text())
def test_any_text_is_read_or_refused(read: Callable[[str], object], cell: str) -> None:
    with suppress(Unreadable):
        read(cell)


@given(st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_a_date_written_out_is_read_back(moment: datetime) -> None:
    assert values.read_instant(moment.isoformat(), ROME) == moment
    assert values.read_instant(moment.strftime("%d/%m/%Y %H:%M:%S"), UTC) == moment


@pytest.mark.parametrize(
    ("cell", "key"), [("1042.0", "1042"), (" 1042 ", "1042"), ("10.5", "10.5"), ("A-7.0", "A-7.0")]
)
def test_a_key_has_one_form_in_texts_and_spreadsheets(cell: str, key: str) -> None:
    assert values.read_key(cell) == key


@pytest.mark.parametrize(
    ("cell", "minutes"), [("90", 90), ("90.0", 90), ("1:30", 90), ("01:30:00", 90), ("37,6", 38), ("", None)]
)
def test_an_expected_time_is_minutes_or_a_clock(cell: str, minutes: int | None) -> None:
    assert values.read_minutes(cell) == minutes


@pytest.mark.parametrize("cell", ["4", "10081", "-5", "soon", "inf", "nan"])
def test_an_impossible_time_is_refused(cell: str) -> None:
    with pytest.raises(Unreadable):
        values.read_minutes(cell)


@pytest.mark.parametrize(
    ("cell", "rank"), [("urgent", 0), ("Alta", 1), ("רגילה", 2), ("2.0", 2), ("low", 3), ("", None)]
)
def test_a_priority_is_a_number_or_a_word(cell: str, rank: int | None) -> None:
    assert values.read_priority(cell) == rank


@pytest.mark.parametrize(
    ("word", "code"),
    [("Closed", "closed"), ("Chiusa", "closed"), ("נסגר", "closed"), ("Open", "new"), ("In Progress", "in_work"),
     ("בטיפול", "in_work"), ("In attesa", "waiting"), ("Escalated", None)],
)  # fmt: skip
def test_a_status_word_is_known_in_three_languages(word: str, code: str | None) -> None:
    assert values.status_code(word) == code


def test_an_email_address_or_a_language_that_is_none_is_refused() -> None:
    assert values.read_email(" a.b@example.org ") == "a.b@example.org"
    assert values.read_language("Italiano") == "it"
    assert values.read_language("he-IL") == "he"
    for read, cell in (
        (values.read_email, "at home"),
        (values.read_language, "Klingon"),
        (values.read_line, "x" * 501),
    ):
        with pytest.raises(Unreadable):
            read(cell)
