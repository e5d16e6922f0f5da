"""Claims, call attempts and what they move, the choice of the next customer."""

import sqlalchemy as sa
from alembic import op

from app.db.types import BigInt, Document, UtcDateTime
from migrations import feed, grants

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, the triggers that follow a call, and the functions of the dial desk."""
    _tables()
    feed.watch("call_attempts", "desk_spans")
    grants.read("claims", "call_attempts", "desk_spans", "desk_signs")
    grants.append("call_attempts", by=grants.DESK)
    grants.write("desk_spans", "desk_signs", by=grants.DESK)
    for statement in POSTGRESQL if op.get_context().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


POSTGRESQL = (
    """
    CREATE FUNCTION check_attempt() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        of_status record;
        login record;
    BEGIN
        SELECT u.id, u.is_active INTO login FROM public.users AS u WHERE u.db_role = session_user::text;
        IF FOUND THEN
            -- A desk that died is written down by the claim that found it, as the owner.
            IF current_user = session_user THEN
                IF NOT login.is_active OR NEW.kind = 'lost' OR starts_with(NEW.op_id, 'lost:') THEN
                    RAISE EXCEPTION 'callboard:FORBIDDEN' USING ERRCODE = '42501';
                END IF;
                NEW.user_id := login.id;
            END IF;
            NEW.finished_at := clock_timestamp();
        END IF;
        NEW.finished_at := coalesce(NEW.finished_at, clock_timestamp());
        NEW.pool_id := (SELECT e.pool_id FROM public.pool_entries AS e WHERE e.id = NEW.entry_id);
        IF NEW.kind = 'call' THEN
            SELECT s.campaign_id, s.outcome, s.needs_note OR c.needs_note AS needs_note INTO of_status
                FROM public.call_statuses AS s JOIN public.campaigns AS c ON c.id = s.campaign_id
                WHERE s.id = NEW.status_id;
            IF of_status.campaign_id IS DISTINCT FROM NEW.campaign_id THEN
                RAISE EXCEPTION 'callboard:OTHER_STATUS' USING ERRCODE = '23514';
            END IF;
            IF of_status.needs_note AND btrim(NEW.note, E' \\t\\r\\n') = '' THEN
                RAISE EXCEPTION 'callboard:NOTE' USING ERRCODE = '23514';
            END IF;
            IF of_status.outcome = 'callback' AND NEW.callback_at IS NULL THEN
                RAISE EXCEPTION 'callboard:CALLBACK' USING ERRCODE = '23514';
            END IF;
            -- Who is called back at his wish passes register, gap and cap: only somebody who was spoken to can wish it.
            IF NEW.callback_at IS NOT NULL AND of_status.outcome NOT IN ('callback', 'contact', 'success') THEN
                RAISE EXCEPTION 'callboard:NO_WISH' USING ERRCODE = '23514';
            END IF;
        END IF;
        SELECT coalesce(bool_or(true), false) INTO NEW.was_held FROM public.claims AS c
            WHERE c.request_id = NEW.request_id AND c.user_id = NEW.user_id AND c.status = 'open'
                AND c.customer_id = NEW.customer_id AND c.campaign_id = NEW.campaign_id
                AND c.entry_id IS NOT DISTINCT FROM NEW.entry_id;
        -- Who left the campaign during the call is served nobody of it any more: his promise is anyone's.
        IF NEW.kind = 'call' AND NEW.callback_user_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM public.campaign_users AS w JOIN public.users AS u ON u.id = w.user_id AND u.is_active
            WHERE w.campaign_id = NEW.campaign_id AND w.user_id = NEW.callback_user_id) THEN
            NEW.callback_user_id := NULL;
        END IF;
        SELECT (date_trunc('day', NEW.finished_at AT TIME ZONE z.zone) + interval '1 day') AT TIME ZONE z.zone
            INTO NEW.day_ends_at FROM (SELECT coalesce(
                (SELECT l.zone FROM public.call_queue AS q JOIN public.lanes AS l ON l.id = q.lane_id
                    WHERE q.id = NEW.entry_id),
                (SELECT co.time_zone FROM public.company AS co), 'UTC') AS zone) AS z;
        RETURN NEW;
    END $$;
    CREATE FUNCTION follow_attempt() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        s record;
        free_at timestamptz := NEW.finished_at;
        lasts integer := 0;
        persons text[] := ARRAY[NEW.person];
    BEGIN
        SELECT cs.id, cs.outcome, cs.is_final, cs.recycle_minutes, cs.max_tries INTO s
            FROM public.call_statuses AS cs WHERE cs.id = NEW.status_id;
        IF NEW.was_held THEN
            -- First the hold, then the queue: in the order of whoever clears dead holds away.
            PERFORM FROM public.claims AS c WHERE c.request_id = NEW.request_id AND c.user_id = NEW.user_id
                ORDER BY c.id FOR UPDATE;
        END IF;
        IF NEW.was_held AND FOUND THEN
            -- The other numbers of his that were dialled in this contact.
            persons := persons || ARRAY(SELECT c.person FROM public.claims AS c WHERE c.request_id = NEW.request_id
                AND c.user_id = NEW.user_id AND c.rule = 'NUMBER' AND c.person <> NEW.person ORDER BY c.person);
            SELECT CASE WHEN NEW.kind = 'call' THEN c.lock_minutes ELSE 0 END,
                NEW.finished_at + make_interval(mins => (CASE WHEN NEW.kind = 'call'
                    THEN greatest(c.lock_minutes, s.recycle_minutes)
                    WHEN NEW.kind = 'skip' THEN c.skip_minutes ELSE 0 END)::integer)
                INTO lasts, free_at FROM public.campaigns AS c WHERE c.id = NEW.campaign_id;
            IF NEW.kind = 'call' THEN
                UPDATE public.call_queue AS q SET
                    has_status = true, status_id = s.id, tried_at = NEW.finished_at, tries = q.tries + 1,
                    status_tries = CASE WHEN q.status_id = s.id THEN q.status_tries + 1 ELSE 1 END,
                    is_callback = NEW.callback_at IS NOT NULL, callback_user_id = NEW.callback_user_id,
                    due_at = coalesce(NEW.callback_at, free_at),
                    blocked = CASE WHEN q.state = 'blocked' THEN q.blocked
                        WHEN s.is_final AND NEW.callback_at IS NULL THEN 'FINAL'
                        WHEN s.max_tries > 0 AND NEW.callback_at IS NULL
                            AND CASE WHEN q.status_id = s.id THEN q.status_tries + 1 ELSE 1 END >= s.max_tries
                        THEN 'TRIES' END,
                    state = CASE WHEN q.state = 'blocked' THEN 'blocked'
                        WHEN s.is_final AND NEW.callback_at IS NULL THEN 'done'
                        WHEN s.max_tries > 0 AND NEW.callback_at IS NULL
                            AND CASE WHEN q.status_id = s.id THEN q.status_tries + 1 ELSE 1 END >= s.max_tries
                        THEN 'done'
                        WHEN coalesce(NEW.callback_at, free_at) > NEW.finished_at THEN 'waiting'
                        WHEN NEW.callback_at IS NOT NULL THEN 'callback' ELSE 'ready' END
                    WHERE q.id = NEW.entry_id;
                UPDATE public.reminders SET done_at = NEW.finished_at, version = version + 1
                    WHERE entry_id = NEW.entry_id AND done_at IS NULL;
            ELSE
                -- Who was to be called later than that, as promised, and was only looked at keeps his time.
                free_at := greatest(free_at, (SELECT q.due_at FROM public.call_queue AS q WHERE q.id = NEW.entry_id));
                UPDATE public.call_queue AS q SET
                    due_at = free_at, tried_at = CASE WHEN NEW.kind = 'skip' THEN NEW.finished_at ELSE q.tried_at END,
                    state = CASE WHEN free_at > NEW.finished_at THEN 'waiting' WHEN q.is_callback THEN 'callback'
                        ELSE 'ready' END
                    WHERE q.id = NEW.entry_id AND q.state NOT IN ('blocked', 'done');
            END IF;
            -- Who waited for one of the numbers that were held waits for the lock now, or for nothing.
            UPDATE public.call_queue AS q
                SET due_at = NEW.finished_at + make_interval(mins => lasts)
                WHERE q.state = 'waiting' AND q.blocked = 'HELD' AND q.id <> NEW.entry_id
                    AND q.id IN (SELECT e.id FROM public.pool_entries AS e
                        JOIN public.claims AS c ON c.person = e.person
                        WHERE c.request_id = NEW.request_id AND c.user_id = NEW.user_id);
            IF lasts > 0 THEN
                UPDATE public.claims SET status = 'lock', until_at = greatest(
                        NEW.finished_at + make_interval(mins => lasts), (reason ->> 'locked_until')::timestamptz)
                    WHERE request_id = NEW.request_id AND user_id = NEW.user_id AND is_exclusive;
            ELSE
                -- Whom the agent had locked and only opened again stays locked as long as he was.
                UPDATE public.claims SET status = 'lock', until_at = (reason ->> 'locked_until')::timestamptz
                    WHERE request_id = NEW.request_id AND user_id = NEW.user_id AND is_exclusive
                        AND (reason ->> 'locked_until')::timestamptz > NEW.finished_at;
            END IF;
            DELETE FROM public.claims
                WHERE request_id = NEW.request_id AND user_id = NEW.user_id AND status = 'open';
        END IF;
        IF NEW.person IS NOT NULL AND NEW.kind IN ('call', 'inbound') THEN
            INSERT INTO public.call_people AS p (person, last_call_at, calls_today, day_ends_at)
                SELECT each, NEW.finished_at, 1, NEW.day_ends_at FROM unnest(persons) AS each ORDER BY each
                ON CONFLICT (person) DO UPDATE SET last_call_at = NEW.finished_at,
                    calls_today = CASE WHEN p.day_ends_at > NEW.finished_at THEN p.calls_today + 1 ELSE 1 END,
                    day_ends_at = CASE WHEN p.day_ends_at > NEW.finished_at THEN p.day_ends_at
                        ELSE NEW.day_ends_at END;
        END IF;
        IF s.outcome = 'do_not_call' AND NEW.person IS NOT NULL AND NEW.kind IN ('call', 'inbound') THEN
            INSERT INTO public.do_not_call (person, customer_id, source, reason, at, by_id)
                SELECT each, NEW.customer_id, 'call', NEW.note, NEW.finished_at, NEW.user_id
                FROM unnest(persons) AS each ORDER BY each ON CONFLICT DO NOTHING;
        END IF;
        IF NEW.callback_at IS NOT NULL AND NEW.callback_user_id IS NOT NULL AND NEW.kind IN ('call', 'inbound') THEN
            INSERT INTO public.reminders (user_id, at, text, customer_id, campaign_id, entry_id, by_id)
                VALUES (NEW.callback_user_id, NEW.callback_at, left(NEW.note, 500), NEW.customer_id, NEW.campaign_id,
                    NEW.entry_id, NEW.user_id);
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION keep_attempt() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        RAISE EXCEPTION 'callboard:KEPT' USING ERRCODE = '23514';
    END $$;
    REVOKE ALL ON FUNCTION follow_attempt() FROM PUBLIC;
    CREATE TRIGGER call_attempts_checked BEFORE INSERT ON call_attempts FOR EACH ROW EXECUTE FUNCTION check_attempt();
    CREATE TRIGGER call_attempts_followed AFTER INSERT ON call_attempts
        FOR EACH ROW EXECUTE FUNCTION follow_attempt();
    CREATE TRIGGER call_attempts_kept BEFORE UPDATE OR DELETE ON call_attempts
        FOR EACH ROW EXECUTE FUNCTION keep_attempt();
    """,
)

_STATUS = "(SELECT s.{0} FROM call_statuses AS s WHERE s.id = NEW.status_id)"
_CAMPAIGN = "(SELECT c.{0} FROM campaigns AS c WHERE c.id = NEW.campaign_id)"
_LASTS = f"(CASE WHEN NEW.kind = 'call' THEN {_CAMPAIGN.format('lock_minutes')} ELSE 0 END)"
_PAUSE = (
    f"(CASE NEW.kind WHEN 'call' THEN max({_CAMPAIGN.format('lock_minutes')}, {_STATUS.format('recycle_minutes')}) "
    f"WHEN 'skip' THEN {_CAMPAIGN.format('skip_minutes')} ELSE 0 END)"
)


def _later(minutes: str) -> str:
    return f"strftime('%Y-%m-%d %H:%M:%f000', NEW.finished_at, '+' || {minutes} || ' minutes')"


_TRIES = f"(CASE WHEN status_id = {_STATUS.format('id')} THEN status_tries + 1 ELSE 1 END)"
_USED_UP = (
    f"{_STATUS.format('max_tries')} > 0 AND NEW.callback_at IS NULL AND {_TRIES} >= {_STATUS.format('max_tries')}"
)
_REMIND = """INSERT INTO reminders (user_id, at, text, customer_id, campaign_id, entry_id, by_id)
            SELECT NEW.callback_user_id, NEW.callback_at, substr(NEW.note, 1, 500), NEW.customer_id, NEW.campaign_id,
                NEW.entry_id, NEW.user_id"""
_LOCKED = "coalesce(json_extract(reason, '$.locked_until'), '')"
_MINE = "request_id = NEW.request_id AND user_id = NEW.user_id"
_IS_OTHER = "c.user_id = NEW.user_id AND c.rule = 'NUMBER' AND c.person <> NEW.person AND NEW.kind = 'call'"
_COUNTED = """SET last_call_at = NEW.finished_at,
                calls_today = CASE WHEN day_ends_at > NEW.finished_at THEN calls_today + 1 ELSE 1 END,
                day_ends_at = CASE WHEN day_ends_at > NEW.finished_at THEN day_ends_at ELSE NEW.day_ends_at END"""

SQLITE = (
    f"""
    CREATE TRIGGER call_attempts_checked_status BEFORE INSERT ON call_attempts
    WHEN NEW.kind = 'call' AND {_STATUS.format("campaign_id")} IS NOT NEW.campaign_id
    BEGIN SELECT RAISE(ABORT, 'callboard:OTHER_STATUS'); END
    """,
    f"""
    CREATE TRIGGER call_attempts_checked_note BEFORE INSERT ON call_attempts
    WHEN NEW.kind = 'call' AND trim(NEW.note, ' ' || char(9, 10, 13)) = ''
        AND ({_STATUS.format("needs_note")} OR {_CAMPAIGN.format("needs_note")})
    BEGIN SELECT RAISE(ABORT, 'callboard:NOTE'); END
    """,
    f"""
    CREATE TRIGGER call_attempts_checked_callback BEFORE INSERT ON call_attempts
    WHEN NEW.kind = 'call' AND {_STATUS.format("outcome")} = 'callback' AND NEW.callback_at IS NULL
    BEGIN SELECT RAISE(ABORT, 'callboard:CALLBACK'); END
    """,
    f"""
    CREATE TRIGGER call_attempts_checked_wish BEFORE INSERT ON call_attempts
    WHEN NEW.kind = 'call' AND NEW.callback_at IS NOT NULL
        AND {_STATUS.format("outcome")} NOT IN ('callback', 'contact', 'success')
    BEGIN SELECT RAISE(ABORT, 'callboard:NO_WISH'); END
    """,
    f"""
    CREATE TRIGGER call_attempts_followed_call AFTER INSERT ON call_attempts WHEN NEW.was_held AND NEW.kind = 'call'
    BEGIN
        UPDATE call_queue SET
            blocked = CASE WHEN state = 'blocked' THEN blocked
                WHEN {_STATUS.format("is_final")} AND NEW.callback_at IS NULL THEN 'FINAL'
                WHEN {_USED_UP} THEN 'TRIES' END,
            state = CASE WHEN state = 'blocked' THEN 'blocked'
                WHEN {_STATUS.format("is_final")} AND NEW.callback_at IS NULL THEN 'done'
                WHEN {_USED_UP} THEN 'done'
                WHEN coalesce(NEW.callback_at, {_later(_PAUSE)}) > NEW.finished_at THEN 'waiting'
                WHEN NEW.callback_at IS NOT NULL THEN 'callback' ELSE 'ready' END,
            has_status = 1, tried_at = NEW.finished_at, tries = tries + 1, status_tries = {_TRIES},
            status_id = NEW.status_id, is_callback = NEW.callback_at IS NOT NULL,
            callback_user_id = NEW.callback_user_id, due_at = coalesce(NEW.callback_at, {_later(_PAUSE)})
            WHERE id = NEW.entry_id;
        UPDATE reminders SET done_at = NEW.finished_at, version = version + 1
            WHERE entry_id = NEW.entry_id AND done_at IS NULL;
        {_REMIND} WHERE NEW.callback_at IS NOT NULL AND NEW.callback_user_id IS NOT NULL;
    END
    """,
    f"""
    CREATE TRIGGER call_attempts_followed_other AFTER INSERT ON call_attempts
    WHEN NEW.was_held AND NEW.kind IN ('skip', 'lost') BEGIN
        UPDATE call_queue SET
            due_at = max({_later(_PAUSE)}, coalesce(due_at, '')),
            tried_at = CASE WHEN NEW.kind = 'skip' THEN NEW.finished_at ELSE tried_at END,
            state = CASE WHEN {_PAUSE} > 0 OR due_at > NEW.finished_at THEN 'waiting'
                WHEN is_callback THEN 'callback' ELSE 'ready' END
            WHERE id = NEW.entry_id AND state NOT IN ('blocked', 'done');
    END
    """,
    f"""
    CREATE TRIGGER call_attempts_followed_claim AFTER INSERT ON call_attempts WHEN NEW.was_held BEGIN
        UPDATE call_queue SET due_at = {_later(_LASTS)}
            WHERE state = 'waiting' AND blocked = 'HELD' AND id <> NEW.entry_id
                AND id IN (SELECT e.id FROM pool_entries AS e JOIN claims AS c ON c.person = e.person WHERE c.{_MINE});
        INSERT INTO call_people (person, last_call_at, calls_today, day_ends_at)
            SELECT c.person, NEW.finished_at, 1, NEW.day_ends_at FROM claims AS c
            WHERE c.request_id = NEW.request_id AND {_IS_OTHER} ON CONFLICT (person) DO UPDATE {_COUNTED};
        INSERT OR IGNORE INTO do_not_call (person, customer_id, source, reason, at, by_id)
            SELECT c.person, NEW.customer_id, 'call', NEW.note, NEW.finished_at, NEW.user_id FROM claims AS c
            WHERE c.request_id = NEW.request_id AND {_IS_OTHER} AND {_STATUS.format("outcome")} = 'do_not_call';
        UPDATE claims SET status = 'lock', until_at = max({_later(_LASTS)}, {_LOCKED})
            WHERE {_MINE} AND is_exclusive AND {_LASTS} > 0;
        UPDATE claims SET status = 'lock', until_at = {_LOCKED}
            WHERE {_MINE} AND is_exclusive AND {_LASTS} = 0 AND {_LOCKED} > NEW.finished_at;
        DELETE FROM claims WHERE {_MINE} AND status = 'open';
    END
    """,
    f"""
    CREATE TRIGGER call_attempts_followed_person AFTER INSERT ON call_attempts
    WHEN NEW.person IS NOT NULL AND NEW.kind IN ('call', 'inbound') BEGIN
        INSERT INTO call_people (person, last_call_at, calls_today, day_ends_at)
            VALUES (NEW.person, NEW.finished_at, 1, NEW.day_ends_at)
            ON CONFLICT (person) DO UPDATE {_COUNTED};
    END
    """,
    f"""
    CREATE TRIGGER call_attempts_followed_wish AFTER INSERT ON call_attempts
    WHEN NEW.person IS NOT NULL AND NEW.kind IN ('call', 'inbound')
        AND {_STATUS.format("outcome")} = 'do_not_call' BEGIN
        INSERT OR IGNORE INTO do_not_call (person, customer_id, source, reason, at, by_id)
            VALUES (NEW.person, NEW.customer_id, 'call', NEW.note, NEW.finished_at, NEW.user_id);
    END
    """,
    f"""
    CREATE TRIGGER call_attempts_followed_callback AFTER INSERT ON call_attempts
    WHEN NEW.callback_at IS NOT NULL AND NEW.callback_user_id IS NOT NULL
        AND (NEW.kind = 'inbound' OR (NEW.kind = 'call' AND NOT NEW.was_held))
    BEGIN {_REMIND}; END
    """,
    *(
        f"CREATE TRIGGER call_attempts_kept_{verb} BEFORE {verb} ON call_attempts "
        "BEGIN SELECT RAISE(ABORT, 'callboard:KEPT'); END"
        for verb in ("update", "delete")
    ),
)


def _tables() -> None:
    op.create_table(
        "claims",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("entry_id", BigInt, nullable=True),
        sa.Column("campaign_id", BigInt, nullable=False),
        sa.Column("customer_id", BigInt, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("is_exclusive", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=False),
        sa.Column("until_at", UtcDateTime(), nullable=False),
        sa.Column("dialled_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("rule", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", Document(), server_default="{}", nullable=False),
        sa.CheckConstraint("status IN ('open', 'lock')", name=op.f("ck_claims_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_until_at"), "claims", ["until_at"], unique=False)
    op.create_index(
        "ix_claims_shared",
        "claims",
        ["person"],
        unique=False,
        postgresql_where=sa.text("NOT is_exclusive"),
        sqlite_where=sa.text("NOT is_exclusive"),
    )
    op.create_index(
        "uq_claims_person",
        "claims",
        ["person"],
        unique=True,
        postgresql_where=sa.text("is_exclusive"),
        sqlite_where=sa.text("is_exclusive"),
    )
    op.create_index("uq_claims_request_id_person", "claims", ["request_id", "person"], unique=True)
    op.create_table(
        "call_attempts",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("op_id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), server_default="call", nullable=False),
        sa.Column("campaign_id", BigInt, nullable=True),
        sa.Column("pool_id", BigInt, nullable=True),
        sa.Column("entry_id", BigInt, nullable=True),
        sa.Column("customer_id", BigInt, nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("user_id", BigInt, nullable=True),
        sa.Column("status_id", BigInt, nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("answers", Document(), server_default="{}", nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("dialled_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("hung_up_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=False),
        sa.Column("callback_at", UtcDateTime(), nullable=True),
        sa.Column("callback_user_id", BigInt, nullable=True),
        sa.Column("rule", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", Document(), server_default="{}", nullable=False),
        sa.Column("was_held", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("day_ends_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind <> 'call' OR status_id IS NOT NULL", name=op.f("ck_call_attempts_has_a_status")),
        sa.CheckConstraint("kind IN ('call', 'skip', 'lost', 'inbound')", name=op.f("ck_call_attempts_kind")),
        sa.ForeignKeyConstraint(["callback_user_id"], ["users.id"], name=op.f("fk_call_attempts_callback_user_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_call_attempts_campaign_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_call_attempts_customer_id")),
        sa.ForeignKeyConstraint(["status_id"], ["call_statuses.id"], name=op.f("fk_call_attempts_status_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_call_attempts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_attempts")),
        sa.UniqueConstraint("op_id", name=op.f("uq_call_attempts_op_id")),
    )
    op.create_index(
        op.f("ix_call_attempts_campaign_id_finished_at"), "call_attempts", ["campaign_id", "finished_at"], unique=False
    )
    op.create_index(
        op.f("ix_call_attempts_customer_id_finished_at"), "call_attempts", ["customer_id", "finished_at"], unique=False
    )
    op.create_index(
        op.f("ix_call_attempts_user_id_finished_at"), "call_attempts", ["user_id", "finished_at"], unique=False
    )
    op.create_table(
        "desk_spans",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("campaign_id", BigInt, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("pause_reason_id", BigInt, nullable=True),
        sa.Column("customer_id", BigInt, nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'reading', 'dialling', 'talking', 'writing', 'paused')",
            name=op.f("ck_desk_spans_state"),
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_desk_spans_campaign_id")),
        sa.ForeignKeyConstraint(["pause_reason_id"], ["pause_reasons.id"], name=op.f("fk_desk_spans_pause_reason_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_desk_spans_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_spans")),
    )
    op.create_index(
        op.f("ix_desk_spans_campaign_id_started_at"), "desk_spans", ["campaign_id", "started_at"], unique=False
    )
    op.create_index(op.f("ix_desk_spans_user_id_started_at"), "desk_spans", ["user_id", "started_at"], unique=False)
    op.create_index(
        "uq_desk_spans_open",
        "desk_spans",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "desk_signs",
        sa.Column("user_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_desk_signs_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_desk_signs")),
    )
