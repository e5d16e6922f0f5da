"""The ledger on PostgreSQL: written by the step, filled and checked before, totalled after; never changed."""

CHECKS: tuple[str, ...] = tuple(
    f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_exact "
    "CHECK (customer_points = round(customer_points, 4) AND worker_points = round(worker_points, 4))"
    for table in ("stage_points", "points_entries")
)

_HEAD = "RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

_SETTING = f"""
    CREATE FUNCTION check_stage_points() {_HEAD} AS $$
    DECLARE
        most CONSTANT numeric := 1000000000;
    BEGIN
        IF EXISTS (SELECT FROM users AS u WHERE u.db_role = session_user::text) THEN
            NEW.by_id := acting_user();
            NEW.valid_from := clock_timestamp();
        END IF;
        IF NOT (abs(NEW.customer_points) <= most AND abs(NEW.worker_points) <= most
                AND NEW.customer_points = round(NEW.customer_points, 4)
                AND NEW.worker_points = round(NEW.worker_points, 4)) THEN
            RAISE EXCEPTION 'callboard:POINTS' USING ERRCODE = '23514';
        END IF;
        IF EXISTS (SELECT FROM stage_points AS p WHERE p.stage_id = NEW.stage_id AND p.valid_from > NEW.valid_from) THEN
            RAISE EXCEPTION 'callboard:RETROACTIVE' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END $$;
    -- A stage nothing ever went through may go, and its settings with it.
    CREATE FUNCTION keep_stage_points() {_HEAD} AS $$
    BEGIN
        IF EXISTS (SELECT FROM stages AS s WHERE s.id = OLD.stage_id) THEN
            RAISE EXCEPTION 'callboard:KEPT' USING ERRCODE = '23514';
        END IF;
        RETURN OLD;
    END $$;
    REVOKE ALL ON FUNCTION check_stage_points(), keep_stage_points() FROM PUBLIC;
    CREATE TRIGGER stage_points_checked BEFORE INSERT ON stage_points
        FOR EACH ROW EXECUTE FUNCTION check_stage_points();
    CREATE TRIGGER stage_points_kept BEFORE UPDATE ON stage_points FOR EACH ROW EXECUTE FUNCTION never_changed();
    CREATE TRIGGER stage_points_deleted BEFORE DELETE ON stage_points
        FOR EACH ROW EXECUTE FUNCTION keep_stage_points();
    CREATE TRIGGER stage_points_whole BEFORE TRUNCATE ON stage_points
        FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
"""

# A log-in's step counts when it is written, whatever time it says: a month that is over stays as it was paid.
_SCORE = f"""
    CREATE FUNCTION score_step() {_HEAD} AS $$
    DECLARE
        moment timestamptz := NEW.at;
        p record;
        is_login boolean := EXISTS (SELECT FROM users AS u WHERE u.db_role = session_user::text);
        customer bigint;
        stands_at bigint;
        times bigint;
        standing bigint;
    BEGIN
        IF is_login THEN
            moment := clock_timestamp();
        END IF;
        SELECT x.id, x.customer_points, x.worker_points, x.scores_every_time, x.is_redemption, s.name AS stage,
                r.name AS process INTO p
            FROM stage_points AS x JOIN stages AS s ON s.id = x.stage_id JOIN processes AS r ON r.id = s.process_id
            WHERE x.stage_id = NEW.to_stage_id AND x.valid_from <= moment
            ORDER BY x.valid_from DESC, x.id DESC LIMIT 1;
        IF NOT FOUND OR (p.customer_points = 0 AND p.worker_points = 0) THEN
            RETURN NULL;
        END IF;
        -- Two steps of one task wait for each other here, so that none is scored twice.
        SELECT t.customer_id, t.stage_id INTO customer, stands_at FROM tasks AS t WHERE t.id = NEW.task_id
            FOR NO KEY UPDATE;
        -- A log-in's step scores only where the task really came: it stands there now, and did not before.
        IF is_login AND (stands_at IS DISTINCT FROM NEW.to_stage_id OR NEW.to_stage_id = (
            SELECT s.to_stage_id FROM task_steps AS s WHERE s.task_id = NEW.task_id AND s.id < NEW.id
            ORDER BY s.id DESC LIMIT 1)) THEN
            RAISE EXCEPTION 'callboard:FORBIDDEN' USING ERRCODE = '42501';
        END IF;
        SELECT count(*), count(*) FILTER (
                WHERE NOT EXISTS (SELECT FROM points_entries AS b WHERE b.reverses_id = e.id))
            INTO times, standing FROM points_entries AS e
            WHERE e.task_id = NEW.task_id AND e.stage_id = NEW.to_stage_id AND e.reverses_id IS NULL;
        IF standing > 0 AND NOT p.scores_every_time THEN
            RETURN NULL;
        END IF;
        IF customer IS NULL THEN
            IF p.is_redemption THEN
                RAISE EXCEPTION 'callboard:NO_CUSTOMER' USING ERRCODE = '23514';
            END IF;
            p.customer_points := 0;
        END IF;
        IF NEW.by_id IS NULL THEN
            p.worker_points := 0;
        END IF;
        IF p.customer_points = 0 AND p.worker_points = 0 THEN
            RETURN NULL;
        END IF;
        INSERT INTO points_entries (step_id, task_id, customer_id, worker_id, by_id, stage_id, setting_id, process,
                stage, at, customer_points, worker_points, is_redemption, occasion, note)
            VALUES (NEW.id, NEW.task_id, customer, NEW.by_id, NEW.by_id, NEW.to_stage_id, p.id, p.process,
                p.stage, moment, p.customer_points, p.worker_points, p.is_redemption, times + 1, NEW.note);
        RETURN NULL;
    END $$;
    REVOKE ALL ON FUNCTION score_step() FROM PUBLIC;
    CREATE TRIGGER task_steps_score AFTER INSERT ON task_steps FOR EACH ROW
        WHEN (NEW.to_stage_id IS NOT NULL AND NEW.to_stage_id IS DISTINCT FROM NEW.from_stage_id)
        EXECUTE FUNCTION score_step();
"""

_ENTRY = f"""
    CREATE FUNCTION check_points_entry() {_HEAD} AS $$
    DECLARE
        o points_entries;
        me bigint;
    BEGIN
        IF NEW.reverses_id IS NULL THEN
            IF pg_trigger_depth() < 2 THEN
                RAISE EXCEPTION 'callboard:FORBIDDEN' USING ERRCODE = '42501';
            END IF;
        ELSE
            IF EXISTS (SELECT FROM users AS u WHERE u.db_role = session_user::text) THEN
                me := acting_user();
                IF NOT EXISTS (
                    SELECT FROM users AS u JOIN role_permissions AS p ON p.role_id = u.role_id
                    WHERE u.id = me AND p.permission = 'correct_points'
                ) THEN
                    RAISE EXCEPTION 'callboard:FORBIDDEN' USING ERRCODE = '42501';
                END IF;
                NEW.by_id := me;
                NEW.at := clock_timestamp();
                -- A number of his own would stand in the way of a row to come.
                NEW.id := nextval(pg_get_serial_sequence('points_entries', 'id'));
            END IF;
            IF btrim(NEW.note, E' \\t\\r\\n') = '' THEN
                RAISE EXCEPTION 'callboard:REASON' USING ERRCODE = '23514';
            END IF;
            SELECT * INTO o FROM points_entries AS e WHERE e.id = NEW.reverses_id;
            IF NOT FOUND OR o.reverses_id IS NOT NULL THEN
                RAISE EXCEPTION 'callboard:REVERSAL' USING ERRCODE = '23514';
            END IF;
            NEW.at := coalesce(NEW.at, clock_timestamp());
            NEW.step_id := NULL;
            NEW.task_id := o.task_id;
            NEW.customer_id := o.customer_id;
            NEW.worker_id := o.worker_id;
            NEW.stage_id := o.stage_id;
            NEW.setting_id := o.setting_id;
            NEW.process := o.process;
            NEW.stage := o.stage;
            NEW.customer_points := -o.customer_points;
            NEW.worker_points := -o.worker_points;
            NEW.is_redemption := o.is_redemption;
            NEW.occasion := NULL;
        END IF;
        NEW.day := (NEW.at AT TIME ZONE coalesce((SELECT c.time_zone FROM company AS c), 'UTC'))::date;
        RETURN NEW;
    END $$;
    CREATE FUNCTION total_points() {_HEAD} AS $$
    DECLARE
        has numeric;
    BEGIN
        INSERT INTO change_log (table_name, row_id) VALUES ('points_entries', NEW.id);
        IF NEW.worker_points <> 0 THEN
            INSERT INTO worker_days AS d (user_id, month, day, points, entries, entry_id)
                VALUES (NEW.worker_id, NEW.day - extract(day FROM NEW.day)::integer + 1, NEW.day, NEW.worker_points, 1,
                    NEW.id)
                ON CONFLICT (user_id, month, day) DO UPDATE
                SET points = d.points + excluded.points, entries = d.entries + 1, entry_id = excluded.entry_id;
        END IF;
        IF NEW.customer_points <> 0 THEN
            INSERT INTO customer_balances AS b (customer_id, balance, earned, redeemed, entries, entry_id)
                VALUES (NEW.customer_id, NEW.customer_points,
                    CASE WHEN NEW.reverses_id IS NULL THEN greatest(NEW.customer_points, 0)
                        ELSE least(NEW.customer_points, 0) END,
                    CASE WHEN NEW.is_redemption THEN -NEW.customer_points ELSE 0 END, 1, NEW.id)
                ON CONFLICT (customer_id) DO UPDATE SET balance = b.balance + excluded.balance,
                    earned = b.earned + excluded.earned, redeemed = b.redeemed + excluded.redeemed,
                    entries = b.entries + 1, entry_id = excluded.entry_id
                RETURNING b.balance INTO has;
            -- The row of the balance is ours until the end of this transaction: nobody else spends it meanwhile.
            IF has < 0 AND NEW.is_redemption AND NEW.reverses_id IS NULL AND NOT EXISTS (
                SELECT FROM stage_points AS p WHERE p.id = NEW.setting_id AND p.may_go_below
            ) THEN
                RAISE EXCEPTION 'callboard:BALANCE:%|%', trim_scale(has - NEW.customer_points),
                    trim_scale(-NEW.customer_points) USING ERRCODE = '23514';
            END IF;
        END IF;
        RETURN NULL;
    END $$;
    REVOKE ALL ON FUNCTION check_points_entry(), total_points() FROM PUBLIC;
    CREATE TRIGGER points_entries_checked BEFORE INSERT ON points_entries
        FOR EACH ROW EXECUTE FUNCTION check_points_entry();
    CREATE TRIGGER points_entries_total AFTER INSERT ON points_entries
        FOR EACH ROW EXECUTE FUNCTION total_points();
    CREATE TRIGGER points_entries_kept BEFORE UPDATE OR DELETE ON points_entries
        FOR EACH ROW EXECUTE FUNCTION never_changed();
    CREATE TRIGGER points_entries_whole BEFORE TRUNCATE ON points_entries
        FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
"""

_TOTALS = tuple(
    f"""
    CREATE TRIGGER {table}_kept BEFORE INSERT OR UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION only_by_trigger();
    CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
    """
    for table in ("worker_days", "customer_balances")
)

_CHECKED = f"""
    CREATE FUNCTION sign_points_check() {_HEAD} AS $$
    BEGIN
        IF EXISTS (SELECT FROM users AS u WHERE u.db_role = session_user::text) THEN
            NEW.by_id := acting_user();
            NEW.at := clock_timestamp();
            NEW.id := nextval(pg_get_serial_sequence('points_checks', 'id'));
        END IF;
        RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION sign_points_check() FROM PUBLIC;
    CREATE TRIGGER points_checks_signed BEFORE INSERT ON points_checks
        FOR EACH ROW EXECUTE FUNCTION sign_points_check();
    CREATE TRIGGER points_checks_kept BEFORE UPDATE OR DELETE ON points_checks
        FOR EACH ROW EXECUTE FUNCTION never_changed();
    CREATE TRIGGER points_checks_whole BEFORE TRUNCATE ON points_checks
        FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
"""

GUARDS: tuple[str, ...] = (_SETTING, _SCORE, _ENTRY, *_TOTALS, _CHECKED)
