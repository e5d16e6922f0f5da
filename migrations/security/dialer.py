"""The dial desk: who runs campaigns shapes and sees them; agents see what is theirs and what their campaigns share."""

from migrations.grants import DESK, GROUPS
from migrations.policies import ME, added, any_of, changed, close, may, removed, seen, written

_RUN = may("run_campaigns")
_SHAPED = ("campaigns", "campaign_users", "call_statuses", "call_forms", "campaign_forms", "call_windows",
           "pause_reasons")  # fmt: skip
_POOLS = ("pools", "pool_users", "pool_entries", "lanes", "call_queue")
_LAW = ("call_people", "do_not_call", "register_rules", "register_batches", "register_checks", "consents")


def protect() -> None:
    """Close these tables and say who gets in."""
    close(*_SHAPED, *_POOLS, *_LAW, "dial_rules", "phone_lines", "claims", "call_attempts", "desk_spans", "desk_signs")
    seen(*_SHAPED, "dial_rules", "pools", "pool_users", "lanes", "pool_entries")
    written(*_SHAPED, where=_RUN)
    changed("dial_rules", where=may("administer"))
    _pools()
    _law()
    _calls()


def _pools() -> None:
    # Whoever does not run campaigns fills his own pool and moves customers by functions (migrations/closing/queue.py).
    written(*_POOLS, where=_RUN)
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
        where=f"callback_user_id IS NULL OR callback_user_id = {ME} OR {sees_all} OR ({colleague})",
    )


def _law() -> None:
    readers = (*DESK, "read_only")
    seen(*_LAW, by=readers)
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
    written("phone_lines", where=f"user_id = {ME} OR {may('administer')}")
    for table in ("desk_spans", "desk_signs"):
        seen(table, where=f"user_id = {ME} OR {sees_all}")
        added(table, where=f"user_id = {ME}")
        changed(table, where=f"user_id = {ME}")
        removed(table, where=f"user_id = {ME}")
