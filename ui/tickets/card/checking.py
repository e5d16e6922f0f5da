"""What keeps a ticket from being saved, said under its fields and in one line."""

from app.domain.tickets.draft import TicketDraft
from app.domain.tickets.fields import missing
from app.domain.words import N_, message
from app.services.tickets.lists import Lists
from ui.kit.messages import Messages
from ui.tickets.card.fields import TicketFields

__all__ = ["is_wrong"]


def is_wrong(
    fields: TicketFields, draft: TicketDraft, lists: Lists | None, messages: Messages, *, is_new: bool
) -> bool:
    """Say what is wrong with it, going to the first field; a ticket that closes may lack a handler."""
    wrong, empty = fields.wrong(draft), fields.empty(draft)
    closing = {each.id for each in lists.statuses if each.is_closed} if lists else set()
    if draft.status_id in closing and not is_new:
        wrong = {code: text for code, text in wrong.items() if code != "handler_id" or code in empty}
    if wrong:
        fields.show_problems(wrong)
    if empty:
        hint = message(N_("Fill in the marked fields, then save."))
        messages.warning(missing(empty, fields.own_names()).what, hint)
    return bool(wrong)
