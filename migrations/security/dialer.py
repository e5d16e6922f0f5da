"""The dial desk: who runs campaigns shapes and sees them; agents see what is theirs and what their campaigns share."""

from migrations.grants import DESK, GROUPS
from migrations.policies import ME, added, any_of, changed, close, may, removed, seen, written

_RUN = may("run_campaigns")
_SHAPED = (
    "campaign_users", "call_statuses", "call_forms", "campaign_forms", "call_windows", "pause_reasons",
)  # fmt: skip
_POOLS = ("pools", "lanes", "call_queue", "pool_users", "pool_entries")
_DESK = ("dial_rules", "phone_lines", "claims", "call_attempts", "desk_spans", "desk_signs")
_READERS = (*DESK, "read_only")
"""Who sees whom a campaign calls, and at what number: a technician does not."""
_LAW = ("call_people", "do_not_call", "register_rules", "register_batches", "register_checks", "consents")


def protect() -> None:
    """Close these tables and say who gets in."""
    close("campaigns", *_SHAPED, *_POOLS, *_LAW, *_DESK)
    seen("campaigns", *_SHAPED, "dial_rules")
    written(*_SHAPED, where=_RUN)
    added("campaigns", where=_RUN)
    changed("campaigns", where=_RUN)
    changed("dial_rules", where=may("administer"))
    _pools()
    _law()
    _calls()


def _pools() -> None:
    # Whoever does not run campaigns fills his own pool and moves customers by functions (migrations/closing/queue.py).
    added(*_POOLS, where=_RUN)
    changed(*_POOLS, where=_RUN)
    removed("pool_users", "pool_entries", where=_RUN)
    seen("pools", "lanes", "pool_users", "pool_entries", by=_READERS)
    # Everybody has his own order, of the pools he works on; those given to him have their row.
    own_order = f"{may('dial')} AND user_id = {ME}"
    his = f"p.removed_at IS NULL AND (p.user_id = {ME} OR (p.user_id IS NULL AND p.is_for_all))"
    added("pool_users", by=DESK, name="own",
          where=f"{own_order} AND NOT is_given AND pool_id IN (SELECT p.id FROM pools AS p WHERE {his})")  # fmt: skip
    changed("pool_users", by=DESK, name="own", where=own_order)
    sees_all = may("run_campaigns", "administer")
    colleague = f"callback_user_id = {any_of('my_fellows')} AND campaign_id = {any_of('shared_campaigns')}"
    seen(
        "call_queue",
        by=_READERS,
        where=f"callback_user_id IS NULL OR callback_user_id = {ME} OR {sees_all} OR ({colleague})",
    )


def _law() -> None:
    seen(*_LAW, by=_READERS)
    added("do_not_call", "consents", where=may("dial", "run_campaigns", "administer", "import"))
    changed("do_not_call", where=may("administer"))
    changed("consents", where=may("dial", "run_campaigns", "administer"))
    added("register_batches", "register_checks", where=_RUN)
    changed("register_batches", where=_RUN)
    changed("register_rules", where=may("administer"))


def _calls() -> None:
    sees_all = may("administer", "run_campaigns")
    group = f"{may('see_group')} AND user_id = {any_of('my_fellows')}"
    not_private = "(campaign_id IS NULL OR campaign_id <> ALL ((SELECT own_history_campaigns())::bigint[]))"
    seen("call_attempts", by=GROUPS,
         where=f"user_id IS NULL OR user_id = {ME} OR {sees_all} OR ({group} AND {not_private})")  # fmt: skip
    added("call_attempts", where=f"user_id = {ME} AND {may('dial')}")
    seen("claims", by=DESK)
    seen("phone_lines", where=f"user_id = {ME} OR {may('administer')}")
    added("phone_lines", where=f"user_id = {ME} OR {may('administer')}")
    changed("phone_lines", where=f"user_id = {ME} OR {may('administer')}")
    for table in ("desk_spans", "desk_signs"):
        seen(table, where=f"user_id = {ME} OR {sees_all}")
        added(table, where=f"user_id = {ME}")
        changed(table, where=f"user_id = {ME}")
