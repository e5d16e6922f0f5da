"""The reports of the campaigns, a page at a time: attempts, results, hours, the file for the inspector, refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.dialer.desk_states import STATES
from app.domain.dialer.standing import WORDS
from app.domain.people import Permission
from app.domain.words import N_
from app.models.customers import Customer
from app.models.dialer import Campaign, DeskSpan, Lane, Pool, QueuedCall
from app.services.context import now, reads, require
from app.services.dialer import attempt_rows
from app.services.dialer.asked import Asked
from app.services.dialer.days import company_zone
from app.services.dialer.desk_hours import DeskDay, desk_day
from app.services.dialer.report_rows import Cell, Column, Extent, Page, Row

PAGE = 200
"""Rows of a page on the screen."""

_DATE, _SPAN = Column(N_("Day"), Cell.DAY, 104), Cell.SECONDS
_AGENT, _CAMPAIGN, _POOL = Column(N_("Agent")), Column(N_("Campaign")), Column(N_("Pool"))
_CUSTOMER, _NUMBER = Column(N_("Customer"), width=170), Column(N_("Number"), width=130)


@dataclass(frozen=True, slots=True)
class Report:
    """A report: what it is called, its columns, and whether it is about days (else about this moment)."""

    code: str
    title: str
    columns: tuple[Column, ...]
    has_days: bool = True
    has_agents: bool = True


REPORTS: Mapping[str, Report] = MappingProxyType(
    {
        report.code: report
        for report in (
            Report(
                "attempts",
                N_("Attempts"),
                (
                    Column(N_("Finished"), Cell.MOMENT), _AGENT, _CAMPAIGN, _POOL, _CUSTOMER, _NUMBER,
                    Column(N_("Kind"), width=110), Column(N_("Result")), Column(N_("Note"), width=240),
                    Column(N_("Dialled"), Cell.MOMENT), Column(N_("Talking"), _SPAN, 90),
                    Column(N_("Call back"), Cell.MOMENT), Column(N_("Called back by")),
                    Column(N_("Answers"), width=240),
                ),
            ),
            Report(
                "results",
                N_("Results"),
                (
                    _CAMPAIGN, _POOL, _AGENT, Column(N_("Result")), Column(N_("Meaning")),
                    Column(N_("Calls"), Cell.NUMBER, 90), Column(N_("Share"), Cell.PERCENT, 90),
                ),
            ),
            Report(
                "hours",
                N_("Hours"),
                (
                    _DATE, _AGENT, *(Column(name.text, _SPAN, 90) for name in STATES.values()),
                    Column(N_("Present"), _SPAN, 90), Column(N_("Calls"), Cell.NUMBER, 90),
                ),
            ),
            Report(
                "inspector",
                N_("File for the inspector"),
                (
                    Column(N_("Dialled"), Cell.MOMENT), _NUMBER, Column(N_("Violation"), width=260), _CUSTOMER, _AGENT,
                    _CAMPAIGN,
                    Column(N_("Register asked"), Cell.MOMENT), Column(N_("Listed"), width=80),
                    Column(N_("Consent by")), Column(N_("Given"), Cell.MOMENT), Column(N_("Valid until"), Cell.MOMENT),
                    Column(N_("Wish not to be called"), Cell.MOMENT), Column(N_("Call was asked for"), width=130),
                ),
            ),
            Report(
                "refusals",
                N_("Not callable now"),
                (
                    _CAMPAIGN, _POOL, _CUSTOMER, _NUMBER, Column(N_("Reason"), width=260),
                    Column(N_("Until"), Cell.MOMENT),
                ),
                has_days=False,
                has_agents=False,
            ),
        )
    }
)  # fmt: skip
"""The reports by code."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The first page of a report, how much there is, and what the refused were refused for."""

    extent: Extent
    page: Page
    time_zone: str
    reasons: tuple[tuple[str, int], ...] = ()


@reads
def opened(session: Session, code: str, asked: Asked, *, only_wrong: bool = False) -> Opened:
    """Begin a report: count it and read its first page, the newest rows first."""
    require(session, Permission.RUN_CAMPAIGNS)
    if code == "results":
        # Sums: counting them is the same work as reading them.
        sums = attempt_rows.results(session, asked)
        first = Page(tuple(sums[:PAGE]), len(sums) > PAGE)
        return Opened(Extent(len(sums), 0, 0), first, company_zone(session).key)
    within = _extent(session, code, asked)
    rows = _page(session, code, asked, within, None, PAGE, only_wrong=only_wrong)
    reasons = _reasons(session, asked) if code == "refusals" else ()
    return Opened(within, rows, company_zone(session).key, reasons)


@reads
def page(session: Session, code: str, asked: Asked, within: Extent, after: int, *, only_wrong: bool = False) -> Page:
    """The next page, after the row with this key."""
    require(session, Permission.RUN_CAMPAIGNS)
    return _page(session, code, asked, within, after, PAGE, only_wrong=only_wrong)


@reads
def extent(session: Session, code: str, asked: Asked) -> tuple[Extent, str]:
    """How much a report has, and the clock its times are told by."""
    require(session, Permission.RUN_CAMPAIGNS)
    return _extent(session, code, asked), company_zone(session).key


@reads
def stretch(
    session: Session,
    code: str,
    asked: Asked,
    within: Extent,
    after: int | None,
    limit: int,
    *,
    only_wrong: bool = False,
) -> Page:
    """A stretch of a report in the order of a file: the oldest rows first."""
    require(session, Permission.RUN_CAMPAIGNS)
    return _page(session, code, asked, within, after, limit, ascending=True, only_wrong=only_wrong)


def _extent(session: Session, code: str, asked: Asked) -> Extent:
    if code == "hours":
        first, last = _first_day(session, asked), asked.last or now(session).astimezone(company_zone(session)).date()
        last = min(last, now(session).astimezone(company_zone(session)).date())
        return Extent(max(0, (last - first).days + 1), first.toordinal(), last.toordinal())
    if code == "refusals":
        found = select(func.count(), func.min(QueuedCall.id), func.max(QueuedCall.id)).where(*_blocked(asked))
        row: Any = session.execute(found).one()
        count, low, high = row
        return Extent(count, low or 0, high if high is not None else -1)
    if code == "results":
        return Extent(len(attempt_rows.results(session, asked)), 0, 0)
    return attempt_rows.extent(session, asked, dialled=code == "inspector")


def _page(
    session: Session, code: str, asked: Asked, within: Extent, after: int | None, limit: int, *,
    ascending: bool = False, only_wrong: bool = False,
) -> Page:  # fmt: skip
    if code == "hours":
        return _hours(session, asked, within, after, limit, ascending=ascending)
    if code == "results":
        rest = [row for row in attempt_rows.results(session, asked) if after is None or row.key > after]
        return Page(tuple(rest[:limit]), len(rest) > limit)
    # One row more than the page shows whether there is another.
    if code == "refusals":
        rows = _refused(session, asked, within, after, limit + 1)
    elif code == "inspector":
        rows = attempt_rows.dialled(
            session, asked, within, after, limit + 1, ascending=ascending, only_wrong=only_wrong
        )
    else:
        rows = attempt_rows.attempts(session, asked, within, after, limit + 1, ascending=ascending)
    return Page(tuple(rows[:limit]), len(rows) > limit)


# --- Hours


def _first_day(session: Session, asked: Asked) -> date:
    if asked.first is not None:
        return asked.first
    # By the key: a span is written when it begins.
    first = session.scalar(select(DeskSpan.started_at).order_by(DeskSpan.id).limit(1))
    zone = company_zone(session)
    return (first or now(session)).astimezone(zone).date()


def _hours(session: Session, asked: Asked, within: Extent, after: int | None, limit: int, *, ascending: bool) -> Page:
    """Whole days, until there are rows enough for a page."""
    step = 1 if ascending else -1
    number = after + step if after is not None else (within.first if ascending else within.last)
    rows: list[Row] = []
    while within.first <= number <= within.last and len(rows) < limit:
        rows += [_desk_row(day) for day in desk_day(session, asked, date.fromordinal(number))]
        number += step
    return Page(tuple(rows), within.first <= number <= within.last)


def _desk_row(day: DeskDay) -> Row:
    key = day.day.toordinal()
    return Row(key * 10**7 + day.user_id, key, (day.day, day.name, *day.seconds.values(), day.present, day.calls))


# --- Refusals


def _blocked(asked: Asked) -> list[Any]:
    wanted: list[Any] = [QueuedCall.blocked.is_not(None), QueuedCall.state.in_(("blocked", "waiting"))]
    if asked.campaign_id is not None:
        wanted.append(QueuedCall.campaign_id == asked.campaign_id)
    if asked.pool_id is not None:
        wanted.append(QueuedCall.lane_id.in_(select(Lane.id).where(Lane.pool_id == asked.pool_id)))
    return wanted


def _reasons(session: Session, asked: Asked) -> tuple[tuple[str, int], ...]:
    found = select(QueuedCall.blocked, func.count()).where(*_blocked(asked)).group_by(QueuedCall.blocked)
    rows: Any = session.execute(found)
    return tuple(sorted(((code, count) for code, count in rows), key=lambda row: (-row[1], row[0])))


def _refused(session: Session, asked: Asked, within: Extent, after: int | None, limit: int) -> list[Row]:
    found = (
        select(
            QueuedCall.id, Campaign.name, Pool.name, Customer.name, QueuedCall.person, QueuedCall.blocked,
            QueuedCall.state, QueuedCall.due_at,
        )
        .join(Campaign, Campaign.id == QueuedCall.campaign_id)
        .join(Lane, Lane.id == QueuedCall.lane_id)
        .join(Pool, Pool.id == Lane.pool_id)
        .join(Customer, Customer.id == QueuedCall.customer_id)
        .where(*_blocked(asked), QueuedCall.id >= within.first, QueuedCall.id <= within.last)
        .order_by(QueuedCall.id)
        .limit(limit)
    )  # fmt: skip
    rows: Any = session.execute(found if after is None else found.where(QueuedCall.id > after))
    return [
        Row(number, number, (*names, WORDS.get(code, code), due_at if state == "waiting" else None))
        for number, *names, code, state, due_at in rows
    ]
