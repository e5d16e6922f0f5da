"""What the page at home says of its numbers: nobody is blamed, and nothing is said that the numbers do not say."""

from app.domain.periods import month_of
from app.domain.words import Message, enumeration
from app.i18n import _, _n, format_date, format_points, say
from app.services.points.board import Scores
from ui.kit.bidi import isolate

__all__ = ["change", "chart_title", "first_names", "first_title", "kind_word", "left_out", "span_name", "title"]


def title(scores: Scores) -> str:
    """Whose points of which month the number is."""
    month = format_date(scores.board.months[-1], "month")
    return _("Points of the team in {month}", month=month) if scores.is_team else _("My points in {month}", month=month)


def chart_title(scores: Scores) -> str:
    """What a picture of the chart is headed by."""
    if scores.is_team:
        return _("Points of the team")
    return _("Points of {name}", name=isolate(scores.board.lines[0].name))


def change(scores: Scores) -> str:
    """The month held against as many days of the month before; nothing where neither has anything."""
    if not scores.is_begun and not scores.before:
        return ""
    month, days = format_date(month_of(scores.today, -1), "month"), scores.days_before
    difference = scores.points - scores.before
    points = isolate(format_points(abs(difference)))
    if difference > 0:
        return _n(
            "{points} more than on the first day of {month}",
            "{points} more than on the first {count} days of {month}",
            days, points=points, month=month,
        )  # fmt: skip
    if difference < 0:
        return _n(
            "{points} fewer than on the first day of {month}",
            "{points} fewer than on the first {count} days of {month}",
            days, points=points, month=month,
        )  # fmt: skip
    return _n(
        "As many as on the first day of {month}", "As many as on the first {count} days of {month}", days, month=month
    )


def kind_word(scores: Scores) -> str:
    """What is said where the month has nothing yet; nothing where it has."""
    if scores.is_begun:
        return ""
    if scores.board.last_30_days:
        return _("Nothing yet this month: the last 30 days stand beside it.")
    if scores.is_team:
        return _("No points yet this month. They come by themselves with the tasks of the team.")
    return _("No points yet this month. They come by themselves with the tasks you do.")


def first_title(scores: Scores) -> str:
    """Of which month the first place is kept, and with how many points."""
    month = format_date(month_of(scores.today, -1), "month")
    return _("First in {month} with {points}", month=month, points=isolate(format_points(scores.champions[0].points)))


def first_names(scores: Scores) -> str:
    """All who were first."""
    names = enumeration([isolate(each.name) for each in scores.champions])
    return say(names) if isinstance(names, Message) else names


def left_out(scores: Scores) -> str:
    """How many are not in these numbers, for those who may know."""
    if not (scores.is_team and scores.access.rows and scores.unranked):
        return ""
    return _n(
        "{count} person is not ranked and not in these numbers.",
        "{count} people are not ranked and not in these numbers.",
        scores.unranked,
    )


def span_name(months: int) -> str:
    """How far back the chart goes."""
    return _("This month") if months == 1 else _n("{count} month", "{count} months", months)
