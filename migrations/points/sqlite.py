"""The ledger on SQLite: a trigger cannot fill a row, so the step's trigger writes it whole and guards look at it.

`company_day(moment, zone)` is a function the program adds to its connections; without it no step is written.
"""

CHECKS: tuple[str, ...] = ()

_MOST = 1_000_000_000 * 10_000


def _refuse(name: str, table: str, code: str, when: str, verb: str = "BEFORE INSERT") -> str:
    return f"CREATE TRIGGER {name} {verb} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, 'callboard:{code}'); END"


def _kept(table: str, verbs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_refuse(f"{table}_kept_{verb.lower()}", table, "KEPT", "1", f"BEFORE {verb}") for verb in verbs)


def _not_replaced(table: str) -> tuple[str, ...]:
    """REPLACE would delete a row without asking the trigger that forbids it.

    Before a row has a number of its own its trigger is told -1, which none may bear therefore.
    """
    return (
        _refuse(f"{table}_not_replaced", table, "KEPT", f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"),
        _refuse(f"{table}_numbered", table, "FORBIDDEN", "NEW.id < 1", "AFTER INSERT"),
    )


def _not_exact(column: str) -> str:
    return f"typeof(NEW.{column}) <> 'integer' OR abs(NEW.{column}) > {_MOST}"


_SETTINGS = (
    _refuse(
        "stage_points_exact",
        "stage_points",
        "POINTS",
        f"{_not_exact('customer_points')} OR {_not_exact('worker_points')}",
    ),
    _refuse(
        "stage_points_dated",
        "stage_points",
        "RETROACTIVE",
        "EXISTS (SELECT 1 FROM stage_points AS p WHERE p.stage_id = NEW.stage_id AND p.valid_from > NEW.valid_from)",
    ),
    *_not_replaced("stage_points"),
    *_kept("stage_points", ("UPDATE",)),
    # To replace a stage is to delete it for a moment, and its settings with it.
    _refuse("stages_not_replaced", "stages", "KEPT", "EXISTS (SELECT 1 FROM stages WHERE id = NEW.id)"),
    # A stage nothing ever went through may go, and its settings with it.
    _refuse(
        "stage_points_kept_delete",
        "stage_points",
        "KEPT",
        "EXISTS (SELECT 1 FROM stages WHERE id = OLD.stage_id)",
        "BEFORE DELETE",
    ),
)

_IN_FORCE = """(
    SELECT id FROM stage_points WHERE stage_id = {stage} AND valid_from <= {at}
    ORDER BY valid_from DESC, id DESC LIMIT 1
)"""

# The plus keeps SQLite from the index of reversals, where nearly every row of the ledger stands under NULL.
_STANDING = """(
    SELECT 1 FROM points_entries AS e WHERE e.task_id = {task} AND e.stage_id = {stage} AND +e.reverses_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM points_entries AS b WHERE b.reverses_id = e.id)
)"""

_SCORE = f"""
    CREATE TRIGGER task_steps_score AFTER INSERT ON task_steps
    WHEN NEW.to_stage_id IS NOT NULL AND NEW.to_stage_id IS NOT NEW.from_stage_id
    BEGIN
        SELECT RAISE(ABORT, 'callboard:NO_CUSTOMER') FROM stage_points AS p JOIN tasks AS t ON t.id = NEW.task_id
            WHERE p.id = {_IN_FORCE.format(stage="NEW.to_stage_id", at="NEW.at")}
                AND p.is_redemption AND t.customer_id IS NULL;
        INSERT INTO points_entries (step_id, task_id, customer_id, worker_id, by_id, stage_id, setting_id, process,
            stage, at, day, customer_points, worker_points, is_redemption, occasion, note)
        SELECT NEW.id, NEW.task_id, t.customer_id, NEW.by_id, NEW.by_id, NEW.to_stage_id, p.id, r.name, s.name, NEW.at,
            company_day(NEW.at, (SELECT time_zone FROM company)),
            CASE WHEN t.customer_id IS NULL THEN 0 ELSE p.customer_points END,
            CASE WHEN NEW.by_id IS NULL THEN 0 ELSE p.worker_points END,
            p.is_redemption,
            1 + (SELECT count(*) FROM points_entries AS e WHERE e.task_id = NEW.task_id
                AND e.stage_id = NEW.to_stage_id AND +e.reverses_id IS NULL),
            NEW.note
        FROM stage_points AS p JOIN stages AS s ON s.id = p.stage_id JOIN processes AS r ON r.id = s.process_id
            JOIN tasks AS t ON t.id = NEW.task_id
        WHERE p.id = {_IN_FORCE.format(stage="NEW.to_stage_id", at="NEW.at")}
            AND (p.scores_every_time OR NOT EXISTS {_STANDING.format(task="NEW.task_id", stage="NEW.to_stage_id")})
            AND (p.customer_points <> 0 AND t.customer_id IS NOT NULL
                OR p.worker_points <> 0 AND NEW.by_id IS NOT NULL);
    END
"""

# Only the newest step has a row to come: none is scored afterwards, whatever setting was dated back.
_TRUE = f"""
    EXISTS (
        SELECT 1 FROM task_steps AS x JOIN tasks AS t ON t.id = x.task_id
            JOIN stage_points AS p ON p.id = NEW.setting_id
        WHERE x.id = NEW.step_id AND x.id = (SELECT max(id) FROM task_steps)
            AND x.task_id = NEW.task_id AND x.to_stage_id = NEW.stage_id AND x.at = NEW.at
            AND x.to_stage_id IS NOT x.from_stage_id AND x.by_id IS NEW.worker_id AND t.customer_id IS NEW.customer_id
            AND p.id = {_IN_FORCE.format(stage="NEW.stage_id", at="NEW.at")}
            AND p.is_redemption = NEW.is_redemption
            AND NEW.customer_points = CASE WHEN t.customer_id IS NULL THEN 0 ELSE p.customer_points END
            AND NEW.worker_points = CASE WHEN x.by_id IS NULL THEN 0 ELSE p.worker_points END
            AND x.by_id IS NEW.by_id AND (NEW.customer_points <> 0 OR NEW.worker_points <> 0)
            AND (p.scores_every_time OR NOT EXISTS {_STANDING.format(task="NEW.task_id", stage="NEW.stage_id")})
    )
"""

_OPPOSITE = """
    EXISTS (
        SELECT 1 FROM points_entries AS o WHERE o.id = NEW.reverses_id AND o.reverses_id IS NULL
            AND o.customer_points = -NEW.customer_points AND o.worker_points = -NEW.worker_points
            AND o.task_id = NEW.task_id AND o.customer_id IS NEW.customer_id AND o.worker_id IS NEW.worker_id
            AND o.stage_id = NEW.stage_id AND o.setting_id IS NEW.setting_id
            AND o.is_redemption = NEW.is_redemption AND o.process = NEW.process AND o.stage = NEW.stage
            AND NEW.occasion IS NULL AND NEW.step_id IS NULL
    )
"""

_ENTRIES = (
    *_not_replaced("points_entries"),
    _refuse(
        "points_entries_once",
        "points_entries",
        "KEPT",
        "EXISTS (SELECT 1 FROM points_entries WHERE step_id = NEW.step_id) OR EXISTS (SELECT 1 FROM points_entries "
        "WHERE task_id = NEW.task_id AND stage_id = NEW.stage_id AND occasion = NEW.occasion)",
    ),
    _refuse(
        "points_entries_reversed",
        "points_entries",
        "REVERSED",
        "EXISTS (SELECT 1 FROM points_entries WHERE reverses_id = NEW.reverses_id)",
    ),
    _refuse(
        "points_entries_reason",
        "points_entries",
        "REASON",
        "NEW.reverses_id IS NOT NULL AND trim(NEW.note, char(9, 10, 13, 32)) = ''",
    ),
    _refuse(
        "points_entries_opposite", "points_entries", "REVERSAL", f"NEW.reverses_id IS NOT NULL AND NOT {_OPPOSITE}"
    ),
    _refuse("points_entries_of_steps", "points_entries", "FORBIDDEN", f"NEW.reverses_id IS NULL AND NOT {_TRUE}"),
    _refuse(
        "points_entries_day",
        "points_entries",
        "FORBIDDEN",
        "NEW.day IS NOT company_day(NEW.at, (SELECT time_zone FROM company))",
    ),
    *_kept("points_entries", ("UPDATE", "DELETE")),
    *_not_replaced("task_steps"),
)

_TOTAL = (
    """
    CREATE TRIGGER points_entries_total_worker AFTER INSERT ON points_entries WHEN NEW.worker_points <> 0
    BEGIN
        INSERT INTO worker_days (user_id, month, day, points, entries, entry_id)
            VALUES (NEW.worker_id, date(NEW.day, 'start of month'), NEW.day, NEW.worker_points, 1, NEW.id)
            ON CONFLICT (user_id, month, day) DO UPDATE
            SET points = points + excluded.points, entries = entries + 1, entry_id = excluded.entry_id;
    END
    """,
    """
    CREATE TRIGGER points_entries_total_customer AFTER INSERT ON points_entries WHEN NEW.customer_points <> 0
    BEGIN
        INSERT INTO customer_balances (customer_id, balance, earned, redeemed, entries, entry_id)
            VALUES (NEW.customer_id, NEW.customer_points,
                CASE WHEN NEW.reverses_id IS NULL THEN max(NEW.customer_points, 0) ELSE min(NEW.customer_points, 0) END,
                CASE WHEN NEW.is_redemption THEN -NEW.customer_points ELSE 0 END, 1, NEW.id)
            ON CONFLICT (customer_id) DO UPDATE SET balance = balance + excluded.balance,
                earned = earned + excluded.earned, redeemed = redeemed + excluded.redeemed, entries = entries + 1,
                entry_id = excluded.entry_id;
        SELECT RAISE(ABORT, 'callboard:BALANCE') FROM customer_balances AS b
            WHERE b.customer_id = NEW.customer_id AND b.balance < 0 AND NEW.is_redemption AND NEW.reverses_id IS NULL
                AND NOT EXISTS (SELECT 1 FROM stage_points AS p WHERE p.id = NEW.setting_id AND p.may_go_below);
    END
    """,
)

# Nothing tells a trigger's own writing from somebody's. A total may take in the newest row of the ledger, whole and
# once: to hold it against all of its rows each time would cost the more the longer a customer stays.
_NEWEST = "e.id = NEW.entry_id AND e.id = (SELECT max(id) FROM points_entries)"

_DAY_OF = f"FROM points_entries AS e WHERE {_NEWEST} AND e.worker_id = NEW.user_id AND e.day = NEW.day"
_WRONG_DAY = {
    "INSERT": f"""
        NEW.month IS NOT date(NEW.day, 'start of month') OR NEW.entries IS NOT 1
        OR NOT EXISTS (SELECT 1 {_DAY_OF} AND e.worker_points <> 0 AND e.worker_points IS NEW.points)
        OR EXISTS (SELECT 1 FROM points_entries AS e WHERE e.worker_id = NEW.user_id AND e.day = NEW.day
            AND e.id < NEW.entry_id AND e.worker_points <> 0)
    """,
    "UPDATE": f"""
        NEW.entry_id <= OLD.entry_id OR NEW.entries IS NOT OLD.entries + 1
        OR NOT EXISTS (SELECT 1 {_DAY_OF} AND e.worker_points <> 0 AND NEW.points IS OLD.points + e.worker_points)
    """,
}

_BALANCE_OF = f"FROM points_entries AS e WHERE {_NEWEST} AND e.customer_id = NEW.customer_id AND e.customer_points <> 0"
_EARNED = "CASE WHEN e.reverses_id IS NULL THEN max(e.customer_points, 0) ELSE min(e.customer_points, 0) END"
_REDEEMED = "CASE WHEN e.is_redemption THEN -e.customer_points ELSE 0 END"
_WRONG_BALANCE = {
    "INSERT": f"""
        NEW.entries IS NOT 1
        OR NOT EXISTS (SELECT 1 {_BALANCE_OF} AND NEW.balance IS e.customer_points AND NEW.earned IS {_EARNED}
            AND NEW.redeemed IS {_REDEEMED})
        OR EXISTS (SELECT 1 FROM points_entries AS e WHERE e.customer_id = NEW.customer_id AND e.id < NEW.entry_id
            AND e.customer_points <> 0)
    """,
    "UPDATE": f"""
        NEW.entry_id <= OLD.entry_id OR NEW.entries IS NOT OLD.entries + 1
        OR NOT EXISTS (SELECT 1 {_BALANCE_OF} AND NEW.balance IS OLD.balance + e.customer_points
            AND NEW.earned IS OLD.earned + {_EARNED} AND NEW.redeemed IS OLD.redeemed + {_REDEEMED})
    """,
}
_TOTALS = (
    *(
        _refuse(f"{table}_true_{verb.lower()}", table, "FORBIDDEN", when, f"AFTER {verb}")
        for table, wrong in (("worker_days", _WRONG_DAY), ("customer_balances", _WRONG_BALANCE))
        for verb, when in wrong.items()
    ),
    # A total that becomes another's is gone where it was.
    _refuse("worker_days_stays", "worker_days", "FORBIDDEN", "1", "BEFORE UPDATE OF user_id, month, day"),
    _refuse(
        "customer_balances_stays",
        "customer_balances",
        "FORBIDDEN",
        "NEW.customer_id IS NOT OLD.customer_id",
        "BEFORE UPDATE",
    ),
    *_kept("worker_days", ("DELETE",)),
    *_kept("customer_balances", ("DELETE",)),
)

GUARDS: tuple[str, ...] = (
    *_SETTINGS, _SCORE, *_ENTRIES, *_TOTAL, *_TOTALS, *_kept("points_checks", ("UPDATE", "DELETE")),
    *_not_replaced("points_checks"),
)  # fmt: skip
