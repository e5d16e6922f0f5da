"""Moments as they are typed, in three languages."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dialer.moment_words import WORDS
from app.domain.dialer.moments import FARTHEST, Moment, understand
from app.domain.words import Message

JERUSALEM, ROME = ZoneInfo("Asia/Jerusalem"), ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 23, 11, 42, 17, tzinfo=JERUSALEM)
"""A Monday."""
_WEEKDAYS = {code: [each.split("|")[0] for each in words.weekdays] for code, words in WORDS.items()}


def shown(text: str, language: str = "en") -> str:
    """What is understood, day and time."""
    found = understand(text, NOW, JERUSALEM, language)
    return found.text if isinstance(found, Message) else f"{found.at:%d/%m/%Y %H:%M}"


def understood(text: str, now: datetime = NOW, zone: ZoneInfo = JERUSALEM, language: str = "en") -> datetime:
    """The moment, which must be understood."""
    found = understand(text, now, zone, language)
    assert isinstance(found, Moment)
    return found.at


@pytest.mark.row("R-D4")
@pytest.mark.parametrize(
    ("language", "text", "meant"),
    [
        ("en", "tomorrow 10", "24/11/2026 10:00"),
        ("en", "Tomorrow at 10:30", "24/11/2026 10:30"),
        ("en", "tomorrow 10.30", "24/11/2026 10:30"),
        ("en", "in 2 hours", "23/11/2026 13:42"),
        ("en", "in 20 min", "23/11/2026 12:02"),
        ("en", "1h30", "23/11/2026 13:12"),
        ("en", "in half an hour", "23/11/2026 12:12"),
        ("en", "in 3 days at 9", "26/11/2026 09:00"),
        ("en", "in a week", "30/11/2026 11:42"),
        ("en", "monday 9", "30/11/2026 09:00"),
        ("en", "monday 15", "23/11/2026 15:00"),
        ("en", "next monday 15", "30/11/2026 15:00"),
        ("en", "next tuesday 14", "24/11/2026 14:00"),
        ("en", "sunday next week at 9", "06/12/2026 09:00"),
        ("en", "3/12 16:00", "03/12/2026 16:00"),
        ("en", "3.12.", "03/12/2026 10:00"),
        ("en", "2026-12-03 16:00", "03/12/2026 16:00"),
        ("en", "dec 3 2026 16:00", "03/12/2026 16:00"),
        ("en", "3 jan", "03/01/2027 10:00"),
        ("en", "16:00", "23/11/2026 16:00"),
        ("en", "1630", "23/11/2026 16:30"),
        ("en", "10", "24/11/2026 10:00"),
        ("en", "3pm", "23/11/2026 15:00"),
        ("en", "tomorrow 4", "24/11/2026 16:00"),
        ("en", "tomorrow 04:00", "24/11/2026 04:00"),
        ("en", "tomorrow 4 am", "24/11/2026 04:00"),
        ("en", "friday morning", "27/11/2026 09:00"),
        ("en", "fri 8 in the evening", "27/11/2026 20:00"),
        ("it", "domani alle 10", "24/11/2026 10:00"),
        ("it", "domani alle 10.12", "24/11/2026 10:12"),
        ("it", "tra 2 ore", "23/11/2026 13:42"),
        ("it", "fra un'ora e mezza", "23/11/2026 13:12"),
        ("it", "lunedì 9", "30/11/2026 09:00"),
        ("it", "mar 9", "24/11/2026 09:00"),
        ("it", "lunedì prossimo ore 15", "30/11/2026 15:00"),
        ("it", "dopodomani", "25/11/2026 10:00"),
        ("it", "stasera", "23/11/2026 19:00"),
        ("it", "il 3 dicembre alle quattro del pomeriggio", "03/12/2026 16:00"),
        ("he", "מחר ב-10", "24/11/2026 10:00"),
        ("he", "בעוד שעתיים", "23/11/2026 13:42"),
        ("he", "בעוד 20 דקות", "23/11/2026 12:02"),
        ("he", "בעוד שעה וחצי", "23/11/2026 13:12"),
        ("he", "יום שני 9", "30/11/2026 09:00"),
        ("he", "ביום ב' ב-15:00", "23/11/2026 15:00"),
        ("he", "היום ב-15", "23/11/2026 15:00"),
        ("he", "מחרתיים 14:30", "25/11/2026 14:30"),
        ("he", "מחר אחה״צ ב-4", "24/11/2026 16:00"),
        ("he", "מחר בעשר וחצי", "24/11/2026 10:30"),
        ("he", "יום ראשון בשבוע הבא ב-9", "29/11/2026 09:00"),
        ("he", "3 בדצמבר ב-16:00", "03/12/2026 16:00"),
        ("he", "הערב", "23/11/2026 19:00"),
    ],
)
def test_a_moment_is_read_as_people_say_it(language: str, text: str, meant: str):
    assert shown(text, language) == meant


def test_the_own_language_comes_first_and_the_others_after_it():
    assert shown("mar 9", "en") == "09/03/2027 10:00"
    assert shown("domani 10", "he") == shown("מחר 10", "it") == shown("tomorrow 10", "xx") == "24/11/2026 10:00"


@pytest.mark.parametrize("text", ["today 9", "yesterday 10", "3/11", "1/1/2020 10:00", "1/1/0001", "ieri", "היום ב-9"])
def test_what_is_past_is_refused_in_words(text: str):
    assert shown(text) == "{moment} is past already."


@pytest.mark.parametrize(
    "text",
    ["", " ", "soon", "tomorrow banana", "25:00", "10:75", "tomorrow today", "in 0 hours", "10 11 12", "am", "/"],
)
def test_what_is_no_moment_gets_an_example(text: str):
    assert "for example" in shown(text)


def test_a_day_that_is_none_and_one_too_far_away_are_said():
    assert shown("31/2 10:00") == "There is no such day."
    assert shown("29/2/2027") == "There is no such day."
    assert shown("in 99999 days") == shown("1/1/2090") == "That is more than two years away."


def test_a_time_left_out_in_spring_is_moved_forward_and_said():
    now = datetime(2027, 3, 27, 12, 0, tzinfo=ROME)
    found = understand("domani 02:30", now, ROME, "it")
    assert isinstance(found, Moment)
    assert found.at.astimezone(UTC) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert f"{found.at:%H:%M}" == "03:30"
    assert found.note is not None
    assert "left out" in found.note.text


def test_a_time_that_comes_twice_in_autumn_is_the_first_to_come_and_said():
    found = understand("domani 02:30", datetime(2026, 10, 24, 12, 0, tzinfo=ROME), ROME, "it")
    assert isinstance(found, Moment)
    assert found.note is not None
    assert found.at.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_hours_pass_by_the_real_clock_and_days_by_the_calendar():
    night = datetime(2026, 10, 24, 23, 30, tzinfo=ROME)
    in_hours, tomorrow = (understood(text, night, ROME) for text in ("in 4 hours", "in 1 day"))
    assert f"{in_hours:%d %H:%M}" == "25 02:30"
    assert in_hours.astimezone(UTC) - night == timedelta(hours=4)
    assert f"{tomorrow:%d %H:%M}" == "25 23:30"


@pytest.mark.parametrize("language", sorted(WORDS))
def test_every_weekday_and_hour_comes_back_as_it_was_said(language: str):
    for number, name in enumerate(_WEEKDAYS[language]):
        for hour in range(24):
            found = understood(f"{name} {hour:02d}:00", language=language)
            assert (found.weekday(), found.hour) == (number, hour)
            assert timedelta(0) < found - NOW <= timedelta(days=7)


@pytest.mark.parametrize("language", sorted(WORDS))
def test_every_phrase_of_the_tables_is_understood(language: str):
    words = WORDS[language]
    for days, phrases in words.days.items():
        for phrase in phrases.split("|"):
            if days > 0:
                assert shown(f"{phrase} 10:15", language).endswith("10:15"), phrase
    for phrases in words.months:
        for phrase in phrases.split("|"):
            assert shown(f"5 {phrase} 10:15", language)[-5:] in {"10:15", "eady."}, phrase
    for unit, phrases in words.units.items():
        for phrase in phrases.split("|"):
            assert shown(f"2 {phrase}", language)[0].isdigit(), (unit, phrase)
    for phrases in (*words.parts.values(), *words.lengths.values(), *words.today_parts.values()):
        for phrase in phrases.split("|"):
            if phrases not in (words.parts.get("am"), words.parts.get("pm")):
                assert "for example" not in shown(phrase, language), phrase


_SAID = [
    phrase
    for words in WORDS.values()
    for table in (words.days, words.parts, words.units, words.numbers, words.today_parts)
    for phrases in table.values()
    for phrase in phrases.split("|")
] + ["10", "3/12", "10:30", "-", "99999", "00", "in", "ב", "alle", "next", "/", ":", "²", "٣", "\u200f", "half past"]
_ZONES = st.sampled_from([JERUSALEM, ROME, ZoneInfo("Pacific/Apia"), ZoneInfo("America/St_Johns"), ZoneInfo("UTC")])
_NOWS = st.datetimes(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2040-01-01"), timezones=st.just(UTC))


@given(
    st.one_of(st.text(max_size=130), st.lists(st.sampled_from(_SAID), max_size=6).map(" ".join)),
    _NOWS,
    _ZONES,
    st.sampled_from(["en", "he", "it", "xx"]),
)
def test_no_text_crashes_and_no_answer_is_past_or_far(text: str, now: datetime, zone: ZoneInfo, language: str):
    found = understand(text, now, zone, language)
    if isinstance(found, Moment):
        assert now < found.at <= now + FARTHEST + timedelta(days=2)
        assert found.at.tzinfo is zone
        assert found.at.second == 0
    else:
        assert found.text


@given(_NOWS, _ZONES, st.integers(1, 700), st.integers(0, 1439))
def test_a_written_day_and_time_comes_back_in_every_zone(now: datetime, zone: ZoneInfo, days: int, minute: int):
    local = now.astimezone(zone) + timedelta(days=days)
    wanted = local.replace(tzinfo=None, hour=minute // 60, minute=minute % 60, second=0, microsecond=0)
    found = understand(f"{wanted:%d/%m/%Y %H:%M}", now, zone, "en")
    if isinstance(found, Moment) and found.note is None:
        assert found.at.replace(tzinfo=None) == wanted
    elif isinstance(found, Moment):
        assert abs(found.at.replace(tzinfo=None) - wanted) <= timedelta(days=1)
    else:
        assert "past" in found.text
        assert wanted.replace(tzinfo=zone) <= now + timedelta(days=1)
