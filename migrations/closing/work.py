"""The steps of tasks say what was: from where it came, to where it stands, when and by whom; none is left out."""

from migrations.closing import AT, FORBIDDEN, GUARD, HEAD, OWN

_STEP = f"""
    CREATE FUNCTION step_is_true() RETURNS trigger {HEAD} AS $$
    DECLARE
        stands record;
        before record;
    BEGIN
        -- What the database writes itself it knows.
        IF acting_user() IS NULL OR pg_trigger_depth() > 1 THEN
            RETURN NEW;
        END IF;
        SELECT t.stage_id, t.user_id INTO stands FROM tasks AS t WHERE t.id = NEW.task_id;
        IF NOT FOUND OR (NEW.to_stage_id, NEW.to_user_id) IS DISTINCT FROM (stands.stage_id, stands.user_id) THEN
            {FORBIDDEN};
        END IF;
        SELECT s.to_stage_id, s.to_user_id INTO before FROM task_steps AS s WHERE s.task_id = NEW.task_id
            ORDER BY s.id DESC LIMIT 1;
        IF FOUND THEN
            NEW.from_stage_id := before.to_stage_id;
            NEW.from_user_id := before.to_user_id;
        END IF;
        NEW.at := {AT};
        -- A number of his own would put it before what was.
        NEW.id := nextval(pg_get_serial_sequence('task_steps', 'id'));
        RETURN NEW;
    END $$;
    CREATE FUNCTION step_is_written() RETURNS trigger {HEAD} AS $$
    DECLARE
        stands record;
        before record;
    BEGIN
        IF acting_user() IS NULL THEN
            RETURN NULL;
        END IF;
        SELECT t.stage_id, t.user_id INTO stands FROM tasks AS t WHERE t.id = NEW.id;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        SELECT s.to_stage_id AS stage_id, s.to_user_id AS user_id INTO before FROM task_steps AS s
            WHERE s.task_id = NEW.id ORDER BY s.id DESC LIMIT 1;
        IF NOT FOUND THEN
            SELECT OLD.stage_id, OLD.user_id INTO before;
        END IF;
        IF (before.stage_id, before.user_id) IS DISTINCT FROM (stands.stage_id, stands.user_id) THEN
            INSERT INTO task_steps (task_id, at, from_stage_id, to_stage_id, from_user_id, to_user_id, rule, reason)
                VALUES (NEW.id, {AT}, before.stage_id, stands.stage_id, before.user_id, stands.user_id,
                    CASE WHEN stands.user_id IS NULL THEN 'group' ELSE 'by_hand' END,
                    jsonb_build_object('rule', CASE WHEN stands.user_id IS NULL THEN 'group' ELSE 'by_hand' END));
        END IF;
        RETURN NULL;
    END $$;
    REVOKE ALL ON FUNCTION step_is_true(), step_is_written() FROM PUBLIC;
    CREATE TRIGGER task_steps_true BEFORE INSERT ON task_steps FOR EACH ROW EXECUTE FUNCTION step_is_true();
    -- Looked at when all is done: who moves a task and says so himself has said it by then.
    CREATE CONSTRAINT TRIGGER tasks_step_written AFTER UPDATE OF stage_id, user_id ON tasks
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (OLD.stage_id IS DISTINCT FROM NEW.stage_id OR OLD.user_id IS DISTINCT FROM NEW.user_id)
        EXECUTE FUNCTION step_is_written()
"""

_OF_WORKERS = {
    "tickets": ("handler_id", "version"),
    "tasks": (
        "stage_id", "state_id", "user_id", "group_id", "is_by_hand", "awaits_profile_id", "due_at", "closed_at",
        "custom", "version", "project_id",
    ),
}  # fmt: skip

# Who only works on tasks changes what a technician may, whatever else the role allows.
_COLUMNS = f"""
    CREATE FUNCTION only_by_work() {GUARD} AS $$
    BEGIN
        IF {OWN} OR may('edit_tickets', 'plan', 'import') THEN
            RETURN NEW;
        END IF;
        IF to_jsonb(NEW) - TG_ARGV <> to_jsonb(OLD) - TG_ARGV THEN
            {FORBIDDEN};
        END IF;
        RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION only_by_work() FROM PUBLIC
"""

STATEMENTS = (
    _STEP,
    _COLUMNS,
    *(
        f"CREATE TRIGGER {table}_by_work BEFORE UPDATE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION only_by_work({', '.join(columns)})"
        for table, columns in _OF_WORKERS.items()
    ),
)
