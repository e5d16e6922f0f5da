"""Forms that are filled in during a call, and which of them stand on the dial page of a campaign."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.domain.dialer.forms import FormDraft, FormField, keyed, problems, read_fields
from app.domain.errors import Incomplete, NotFound, Refused
from app.domain.people import Permission
from app.domain.words import N_, counted, message
from app.models.dialer.campaigns import CallForm, Campaign, CampaignForm
from app.services.context import reads, require, writes
from app.services.saving import refuse_double, seen, tell


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form; `campaigns` are those it stands on the dial page of, by name."""

    id: int
    version: int
    name: str
    fields: tuple[FormField, ...]
    campaigns: tuple[str, ...] = ()

    @property
    def draft(self) -> FormDraft:
        """What can be changed of it."""
        return FormDraft(self.name, self.fields)


@reads
def list_forms(session: Session) -> tuple[FormRow, ...]:
    """Every form by name."""
    return _rows(session)


@reads
def forms_of(session: Session, campaign_id: int) -> tuple[FormRow, ...]:
    """The forms on the dial page of a campaign, in their order."""
    rows = {row.id: row for row in _rows(session)}
    return tuple(rows[each] for each in _chosen(session, campaign_id))


def _rows(session: Session, form_id: int | None = None) -> tuple[FormRow, ...]:
    used: dict[int, list[str]] = {}
    on_pages = select(CampaignForm.form_id, Campaign.name).join(Campaign, Campaign.id == CampaignForm.campaign_id)
    for each, name in session.execute(on_pages.order_by(func.lower(Campaign.name), Campaign.id)):
        used.setdefault(each, []).append(name)
    asked = select(CallForm.id, CallForm.version, CallForm.name, CallForm.fields)
    if form_id is not None:
        asked = asked.where(CallForm.id == form_id)
    found = session.execute(asked.order_by(func.lower(CallForm.name), CallForm.id))
    return tuple(
        FormRow(row_id, version, name, read_fields(fields), tuple(used.get(row_id, ())))
        for row_id, version, name, fields in found
    )


def _chosen(session: Session, campaign_id: int) -> list[int]:
    asked = select(CampaignForm.form_id).where(CampaignForm.campaign_id == campaign_id)
    return list(session.scalars(asked.order_by(CampaignForm.position, CampaignForm.id)))


@writes
def save_form(session: Session, draft: FormDraft, *, row_id: int | None = None, version: int = 0) -> FormRow:
    """Add a form, or change the one that was seen in this version; answers given before stay as they were given."""
    require(session, Permission.RUN_CAMPAIGNS)
    kept = seen(session, CallForm, row_id, version) if row_id is not None else None
    draft = keyed(draft, read_fields(kept.fields) if kept is not None else ())
    wrong = problems(draft)
    if "name" not in wrong:
        try:
            refuse_double(session, CallForm.name, draft.name, row_id)
        except Refused as refusal:
            wrong["name"] = refusal.what
    if wrong:
        raise Incomplete(wrong)
    if kept is None:
        kept = CallForm()
        session.add(kept)
    kept.name, kept.fields = draft.name, draft.document()
    session.flush()
    tell(session, "call_forms", kept.id)
    return _rows(session, kept.id)[0]


@writes
def delete_form(session: Session, row_id: int, version: int) -> None:
    """Remove a form that stands on no dial page; answers given in it stay with their calls."""
    require(session, Permission.RUN_CAMPAIGNS)
    kept = seen(session, CallForm, row_id, version)
    uses = session.scalar(select(func.count()).where(CampaignForm.form_id == row_id)) or 0
    if uses:
        raise Refused(
            "USED",
            counted(
                "It stands on the dial page of {count} campaign.",
                "It stands on the dial page of {count} campaigns.",
                uses,
            ),
            message(N_("Nothing was changed. Take it off there first.")),
        )
    session.delete(kept)
    session.flush()
    tell(session, "call_forms", row_id)


@writes
def set_forms(session: Session, campaign_id: int, form_ids: tuple[int, ...]) -> tuple[FormRow, ...]:
    """Put exactly these forms on the dial page of a campaign, in this order."""
    require(session, Permission.RUN_CAMPAIGNS)
    wanted = tuple(dict.fromkeys(form_ids))
    if session.get(Campaign, campaign_id, with_for_update={"key_share": True}) is None:
        raise NotFound(message(N_("This campaign is no longer there.")))
    known = set(session.scalars(select(CallForm.id).where(CallForm.id.in_(wanted))))
    if known != set(wanted):
        raise NotFound(message(N_("This form is no longer there.")), message(N_("Nothing was changed.")))
    session.execute(delete(CampaignForm).where(CampaignForm.campaign_id == campaign_id))
    session.add_all(
        CampaignForm(campaign_id=campaign_id, form_id=each, position=place) for place, each in enumerate(wanted)
    )
    session.flush()
    tell(session, "campaign_forms", campaign_id)
    rows = {row.id: row for row in _rows(session)}
    return tuple(rows[each] for each in wanted)
