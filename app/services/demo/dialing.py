"""The demo's campaign: its rules and results, a script and a form, pools, who works in it, and what registers said."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.domain.dialer.forms import FormDraft, FormField
from app.domain.dialer.rules import CampaignDraft
from app.models.base import table_of
from app.models.customers import Customer
from app.models.dialer import (
    CallStatus,
    Campaign,
    CampaignUser,
    DoNotCall,
    PhoneLine,
    RegisterBatch,
    RegisterCheck,
    RegisterRule,
)
from app.models.people import Role, User
from app.models.tickets import TicketType
from app.services.context import actor, now
from app.services.demo.calls import Past, may_tell_of_the_past
from app.services.demo.files import FOLDER, Files
from app.services.dialer import campaigns, forms, pools
from app.services.dialer.entries import add_to
from app.services.dialer.lanes import Person, people_of

_ALL_DAY = [["00:00", "24:00"]]
_HOURS = {"days": {str(day): _ALL_DAY for day in range(7)}, "eve": _ALL_DAY, "holiday": _ALL_DAY}
"""A demo is looked at whenever there is time for it."""
_OPENED = timedelta(days=26)
_ASKED = (timedelta(days=21), timedelta(days=7))
"""How long ago the registers were asked; an answer holds for 15 days."""


@dataclass(frozen=True, slots=True)
class _Circle:
    """Whom the campaign calls: the own customers of one person, all others, and those nobody may call."""

    own: Sequence[Person]
    others: Sequence[Person]
    barred: Sequence[Person]


def make_campaign(session: Session, files: Files) -> int:
    """Everything of campaign.toml; gives the number of customers in it."""
    facts: dict[str, Any] = tomllib.loads((FOLDER / "campaign.toml").read_text(encoding="utf-8"))
    language = files.language
    campaign_id = _campaign(session, facts, language)
    _form(session, facts["form"], campaign_id, language)
    agents = _people(session, campaign_id)
    me = actor(session) or agents[0]
    circle = _circle(session, facts)
    _ask_registers(session, facts, circle)
    names = {row["key"]: row[language] for row in facts["pools"]}
    yearly = pools.save_pool(session, campaign_id, pools.PoolDraft(names["yearly"]))
    given = tuple(dict.fromkeys((me, *agents[:3])))
    warranty = pools.save_pool(session, campaign_id, pools.PoolDraft(names["warranty"], is_for_all=False, given=given))
    own = pools.save_pool(session, campaign_id, pools.PoolDraft(names["own"], user_id=me))
    # Every seventh of each hundred is in the smaller pool, so that every story is told in both.
    apart = [each.customer_id for place, each in enumerate(circle.others) if place % 7 in (1, 4, 6)]
    rest = [each.customer_id for each in (*circle.others, *circle.barred) if each.customer_id not in set(apart)]
    count = sum(
        add_to(session, pool.id, found).count
        for pool, found in ((own, [each.customer_id for each in circle.own]), (yearly, rest), (warranty, apart))
    )
    _wish(session, circle.barred[0], facts["wish"][language])
    if may_tell_of_the_past(session):
        Past(session, facts, files, campaign_id, agents, me).tell(own.id, [each.customer_id for each in circle.others])
    return count


def _campaign(session: Session, facts: dict[str, Any], language: str) -> int:
    draft = CampaignDraft(
        facts["campaign"][language],
        script=facts["script"][language].strip(),
        hours=_HOURS,
        needs_note=False,
        agents_set_filters=True,
    )
    made = campaigns.save(session, draft)
    opened = update(Campaign).where(Campaign.id == made.id).values(opened_at=now(session) - _OPENED)
    session.execute(opened)
    enquiry = session.scalar(select(TicketType.id).where(TicketType.process_id.is_not(None)).limit(1))
    agreed = (CallStatus.campaign_id == made.id, CallStatus.code == "success")
    session.execute(update(CallStatus).where(*agreed).values(opens_type_id=enquiry))
    return made.id


def _form(session: Session, row: dict[str, Any], campaign_id: int, language: str) -> None:
    fields = tuple(
        FormField(each["key"], each[language], each["kind"], tuple(each.get("choices", {}).get(language, ())))
        for each in row["fields"]
    )
    made = forms.save_form(session, FormDraft(row[language], fields))
    forms.set_forms(session, campaign_id, (made.id,))


def _people(session: Session, campaign_id: int) -> list[int]:
    """Who works in it: the people at the desk, and whoever looks around; all telephone with the simulator."""
    asked = select(User.id).join(Role, Role.id == User.role_id).where(Role.code == "agent", User.is_active)
    agents = list(session.scalars(asked.order_by(User.id)))
    me = actor(session)
    everybody = agents if me is None or me in agents else [*agents, me]
    session.add_all(CampaignUser(campaign_id=campaign_id, user_id=each) for each in everybody)
    session.add_all(PhoneLine(user_id=each, kind="simulator", settings={"pace": 1.0}) for each in everybody)
    session.flush()
    return [each for each in agents if each != me]


def _circle(session: Session, facts: dict[str, Any]) -> _Circle:
    """The first customers; the own ones have numbers at which the simulator lets somebody answer."""
    asked = select(Customer.id).where(Customer.external_key.is_not(None)).order_by(Customer.external_key)
    people = people_of(session, session.scalars(asked.limit(facts["size"])).all())
    own = [each for each in people if each.person and each.person[-1] in "01234"][: facts["own"]]
    rest = [each for each in people if each not in own]
    watched = [each for each in rest if each.person and each.person.startswith(_prefixes(session))]
    barred = watched[-1 - facts["unasked"] - facts["old"] - facts["listed"] :]
    return _Circle(own, [each for each in rest if each not in barred], barred)


def _prefixes(session: Session) -> tuple[str, ...]:
    return tuple(session.scalars(select(RegisterRule.prefix)))


def _ask_registers(session: Session, facts: dict[str, Any], circle: _Circle) -> None:
    """Two answers of each country's register, the second one without those who were forgotten."""
    barred = [each.person for each in circle.barred[1:]]
    listed, old = set(barred[: facts["listed"]]), set(barred[facts["listed"] :][: facts["old"]])
    unasked = set(barred) - listed - old
    everybody = {each.person for each in (*circle.own, *circle.others, *circle.barred) if each.person} - unasked
    for country, prefix in session.execute(select(RegisterRule.country, RegisterRule.prefix)):
        numbers = sorted(each for each in everybody if each.startswith(prefix))
        for ago, asked, found in ((_ASKED[0], numbers, set()), (_ASKED[1], sorted({*numbers} - old), listed)):
            _read_in(session, country, now(session) - ago, {each: each in found for each in asked})


def _read_in(session: Session, country: str, at: Any, answers: dict[str, bool]) -> None:
    if not answers:
        return
    batch = RegisterBatch(
        country=country,
        name=f"{country}-{at:%Y-%m-%d}.csv",
        checked_at=at,
        read_at=at + timedelta(hours=1),
        by_id=actor(session),
        count=len(answers),
        listed=sum(answers.values()),
    )
    session.add(batch)
    session.flush()
    shared = {"batch_id": batch.id, "checked_at": at}
    rows = [shared | {"person": person, "is_listed": is_listed} for person, is_listed in answers.items()]
    session.execute(insert(table_of(RegisterCheck)), rows)


def _wish(session: Session, who: Person, words: str) -> None:
    """Somebody who asked not to be called, before anybody did."""
    at = now(session) - timedelta(days=5)
    wish = {"person": who.person, "customer_id": who.customer_id, "reason": words, "at": at, "by_id": actor(session)}
    session.execute(insert(table_of(DoNotCall)), [wish | {"source": "customer"}])
