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
    fills = may("run_campaigns", "import")
    written(*_POOLS, where=fills)
    mine = any_of("my_pools")
    dials = may("dial")
    added("pool_entries", by=DESK, name="own", where=f"{dials} AND pool_id = {mine}")
    added("lanes", by=DESK, name="own", where=f"{dials} AND pool_id = {mine}")
    added("call_queue", by=DESK, name="own",
          where=f"{dials} AND id IN (SELECT e.id FROM pool_entries AS e WHERE e.pool_id = {mine})")  # fmt: skip
    added("pool_users", by=DESK, name="own", where=f"{dials} AND user_id = {ME} AND NOT is_given")
    changed("pool_users", by=DESK, name="own", where=f"{dials} AND user_id = {ME}")
    # A customer's card brings his entries up to date wherever they are.
    changed("pool_entries", "call_queue", by=DESK, name="followed", where=may("edit_customers"))
    sees_all = may("run_campaigns", "edit_customers", "import")
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
