"""Who may be called: wishes, registers, consents, and what they make of a number."""

import sqlalchemy as sa
from alembic import op

from app.db.types import BigInt, UtcDateTime
from migrations import feed, grants

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, the registers of two countries, and the triggers that keep `call_people`."""
    _tables()
    for country, prefix in (("IL", "+972"), ("IT", "+39")):
        op.execute(f"INSERT INTO register_rules (country, prefix, days) VALUES ('{country}', '{prefix}', 15)")
    feed.watch("do_not_call", "register_batches", "consents")
    grants.read("call_people", "do_not_call", "register_rules", "register_batches", "register_checks", "consents")
    grants.append("do_not_call", "consents", by=grants.DESK)
    grants.change("do_not_call", "lifted_at", "lifted_by_id", "lifted_reason", by=grants.ADMINISTRATOR)
    grants.change("consents", "withdrawn_at", by=grants.DESK)
    grants.append("register_batches", "register_checks", by=grants.OFFICE)
    grants.change("register_batches", "count", "listed", by=grants.OFFICE)
    grants.change("register_rules", "days", "version", by=grants.ADMINISTRATOR)
    for statement in _POSTGRESQL if op.get_context().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)


_STANDS = "lifted_at IS NULL AND campaign_id IS NULL"

_POSTGRESQL = (
    """
    CREATE FUNCTION follow_wish() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF NEW.lifted_at IS NULL THEN
            INSERT INTO public.call_people AS p (person, is_refused) VALUES (NEW.person, NEW.campaign_id IS NULL)
                ON CONFLICT (person) DO UPDATE SET is_refused = p.is_refused OR EXCLUDED.is_refused;
            UPDATE public.call_queue SET state = 'blocked', blocked = 'DO_NOT_CALL'
                WHERE state <> 'done' AND id IN (SELECT e.id FROM public.pool_entries AS e
                    WHERE e.person = NEW.person AND (NEW.campaign_id IS NULL OR e.campaign_id = NEW.campaign_id));
        ELSE
            -- Looked at only when the person is mine: a wish taken down at this very moment stands.
            PERFORM FROM public.call_people AS p WHERE p.person = NEW.person FOR UPDATE;
            UPDATE public.call_people AS p SET is_refused = EXISTS (
                SELECT FROM public.do_not_call AS d
                WHERE d.person = p.person AND d.campaign_id IS NULL AND d.lifted_at IS NULL)
                WHERE p.person = NEW.person;
            UPDATE public.call_queue AS q
                SET state = 'waiting', blocked = NULL, due_at = coalesce(q.due_at, NEW.lifted_at)
                WHERE q.state = 'blocked' AND q.blocked = 'DO_NOT_CALL'
                    AND q.id IN (SELECT e.id FROM public.pool_entries AS e WHERE e.person = NEW.person)
                    AND NOT EXISTS (SELECT FROM public.do_not_call AS d WHERE d.person = NEW.person
                        AND d.lifted_at IS NULL AND (d.campaign_id IS NULL OR d.campaign_id = q.campaign_id));
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION keep_wish() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL OR (NEW.id, NEW.person, NEW.at, NEW.source, NEW.reason)
            IS DISTINCT FROM (OLD.id, OLD.person, OLD.at, OLD.source, OLD.reason)
            OR NEW.campaign_id IS DISTINCT FROM OLD.campaign_id THEN
            RAISE EXCEPTION 'callboard:KEPT' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END $$;
    CREATE FUNCTION follow_check() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        INSERT INTO public.call_people AS p (person, register_checked_at, is_registered)
            SELECT DISTINCT ON (person) person, checked_at, is_listed FROM added ORDER BY person, checked_at DESC
            ON CONFLICT (person) DO UPDATE
            SET register_checked_at = EXCLUDED.register_checked_at, is_registered = EXCLUDED.is_registered
            WHERE p.register_checked_at IS NULL OR p.register_checked_at <= EXCLUDED.register_checked_at;
        RETURN NULL;
    END $$;
    CREATE FUNCTION follow_consent() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'INSERT' AND NEW.withdrawn_at IS NULL THEN
            INSERT INTO public.call_people AS p (person, consent_until) VALUES (NEW.person, NEW.expires_at)
                ON CONFLICT (person) DO UPDATE SET consent_until = greatest(p.consent_until, EXCLUDED.consent_until);
        ELSE
            -- Looked at only when the person is mine: what is withdrawn at this very moment does not come back.
            INSERT INTO public.call_people (person) VALUES (NEW.person) ON CONFLICT (person) DO NOTHING;
            PERFORM FROM public.call_people AS p WHERE p.person = NEW.person FOR UPDATE;
            UPDATE public.call_people AS p SET consent_until = (SELECT max(c.expires_at) FROM public.consents AS c
                WHERE c.person = p.person AND c.withdrawn_at IS NULL) WHERE p.person = NEW.person;
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION keep_consent() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at THEN
            RAISE EXCEPTION 'callboard:KEPT' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION follow_wish(), follow_check(), follow_consent() FROM PUBLIC;
    CREATE TRIGGER do_not_call_signed BEFORE INSERT ON do_not_call FOR EACH ROW EXECUTE FUNCTION sign_by();
    CREATE TRIGGER consents_signed BEFORE INSERT ON consents FOR EACH ROW EXECUTE FUNCTION sign_by();
    CREATE TRIGGER consents_kept BEFORE UPDATE ON consents FOR EACH ROW EXECUTE FUNCTION keep_consent();
    CREATE TRIGGER do_not_call_kept BEFORE UPDATE OR DELETE ON do_not_call FOR EACH ROW EXECUTE FUNCTION keep_wish();
    CREATE TRIGGER do_not_call_followed AFTER INSERT OR UPDATE ON do_not_call
        FOR EACH ROW EXECUTE FUNCTION follow_wish();
    CREATE TRIGGER register_checks_followed AFTER INSERT ON register_checks
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION follow_check();
    CREATE TRIGGER consents_followed AFTER INSERT OR UPDATE ON consents
        FOR EACH ROW EXECUTE FUNCTION follow_consent();
    """,
)

_REFUSED = f"EXISTS (SELECT 1 FROM do_not_call AS d WHERE d.person = NEW.person AND {_STANDS})"

_SQLITE = (
    """
    CREATE TRIGGER do_not_call_kept_delete BEFORE DELETE ON do_not_call
    BEGIN SELECT RAISE(ABORT, 'callboard:KEPT'); END
    """,
    """
    CREATE TRIGGER consents_kept BEFORE UPDATE ON consents
    WHEN OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NOT OLD.withdrawn_at
    BEGIN SELECT RAISE(ABORT, 'callboard:KEPT'); END
    """,
    """
    CREATE TRIGGER do_not_call_kept_update BEFORE UPDATE ON do_not_call
    WHEN OLD.lifted_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.person <> OLD.person OR NEW.at <> OLD.at
        OR NEW.source <> OLD.source OR NEW.reason <> OLD.reason OR NEW.campaign_id IS NOT OLD.campaign_id
    BEGIN SELECT RAISE(ABORT, 'callboard:KEPT'); END
    """,
    f"""
    CREATE TRIGGER do_not_call_followed_insert AFTER INSERT ON do_not_call BEGIN
        INSERT INTO call_people (person, is_refused) VALUES (NEW.person, {_REFUSED})
            ON CONFLICT (person) DO UPDATE SET is_refused = excluded.is_refused;
        UPDATE call_queue SET state = 'blocked', blocked = 'DO_NOT_CALL'
            WHERE NEW.lifted_at IS NULL AND state <> 'done' AND id IN (SELECT e.id FROM pool_entries AS e
                WHERE e.person = NEW.person AND (NEW.campaign_id IS NULL OR e.campaign_id = NEW.campaign_id));
    END
    """,
    f"""
    CREATE TRIGGER do_not_call_followed_update AFTER UPDATE ON do_not_call WHEN NEW.lifted_at IS NOT NULL BEGIN
        INSERT INTO call_people (person, is_refused) VALUES (NEW.person, {_REFUSED})
            ON CONFLICT (person) DO UPDATE SET is_refused = excluded.is_refused;
        UPDATE call_queue SET state = 'waiting', blocked = NULL, due_at = coalesce(due_at, NEW.lifted_at)
            WHERE state = 'blocked' AND blocked = 'DO_NOT_CALL'
                AND id IN (SELECT e.id FROM pool_entries AS e WHERE e.person = NEW.person)
                AND NOT EXISTS (SELECT 1 FROM do_not_call AS d WHERE d.person = NEW.person
                    AND d.lifted_at IS NULL AND (d.campaign_id IS NULL OR d.campaign_id = call_queue.campaign_id));
    END
    """,
    """
    CREATE TRIGGER register_checks_followed AFTER INSERT ON register_checks BEGIN
        INSERT INTO call_people (person, register_checked_at, is_registered)
            VALUES (NEW.person, NEW.checked_at, NEW.is_listed)
            ON CONFLICT (person) DO UPDATE
            SET register_checked_at = excluded.register_checked_at, is_registered = excluded.is_registered
            WHERE register_checked_at IS NULL OR register_checked_at <= excluded.register_checked_at;
    END
    """,
    *(
        f"""
        CREATE TRIGGER consents_followed_{verb} AFTER {verb} ON consents BEGIN
            INSERT INTO call_people (person, consent_until)
                VALUES (NEW.person, (SELECT max(c.expires_at) FROM consents AS c
                    WHERE c.person = NEW.person AND c.withdrawn_at IS NULL))
                ON CONFLICT (person) DO UPDATE SET consent_until = excluded.consent_until;
        END
        """
        for verb in ("insert", "update")
    ),
)


def _tables() -> None:
    op.create_table(
        "call_people",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("last_call_at", UtcDateTime(), nullable=True),
        sa.Column("calls_today", BigInt, server_default="0", nullable=False),
        sa.Column("day_ends_at", UtcDateTime(), nullable=True),
        sa.Column("is_refused", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("register_checked_at", UtcDateTime(), nullable=True),
        sa.Column("is_registered", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("consent_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_call_people")),
    )
    op.create_table(
        "do_not_call",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("campaign_id", BigInt, nullable=True),
        sa.Column("customer_id", BigInt, nullable=True),
        sa.Column("source", sa.Text(), server_default="by_hand", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", BigInt, nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_by_id", BigInt, nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("source IN ('call', 'by_hand', 'file', 'customer')", name=op.f("ck_do_not_call_source")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_do_not_call_by_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_do_not_call_campaign_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_do_not_call_customer_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["users.id"], name=op.f("fk_do_not_call_lifted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_do_not_call")),
    )
    op.create_index(op.f("ix_do_not_call_person"), "do_not_call", ["person"], unique=False)
    op.create_index(
        "uq_do_not_call_campaign",
        "do_not_call",
        ["person", "campaign_id"],
        unique=True,
        postgresql_where=sa.text("campaign_id IS NOT NULL AND lifted_at IS NULL"),
        sqlite_where=sa.text("campaign_id IS NOT NULL AND lifted_at IS NULL"),
    )
    op.create_index(
        "uq_do_not_call_everywhere",
        "do_not_call",
        ["person"],
        unique=True,
        postgresql_where=sa.text("campaign_id IS NULL AND lifted_at IS NULL"),
        sqlite_where=sa.text("campaign_id IS NULL AND lifted_at IS NULL"),
    )
    op.create_table(
        "register_rules",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("days", BigInt, server_default="15", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("days BETWEEN 1 AND 365", name=op.f("ck_register_rules_days")),
        sa.PrimaryKeyConstraint("country", name=op.f("pk_register_rules")),
    )
    op.create_table(
        "register_batches",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.Column("by_id", BigInt, nullable=True),
        sa.Column("count", BigInt, server_default="0", nullable=False),
        sa.Column("listed", BigInt, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_register_batches_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_batches")),
    )
    op.create_table(
        "register_checks",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("batch_id", BigInt, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["register_batches.id"], name=op.f("fk_register_checks_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_checks")),
    )
    op.create_index(op.f("ix_register_checks_batch_id"), "register_checks", ["batch_id"], unique=False)
    op.create_index(
        op.f("ix_register_checks_person_checked_at"), "register_checks", ["person", "checked_at"], unique=False
    )
    op.create_table(
        "consents",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("customer_id", BigInt, nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("by_id", BigInt, nullable=True),
        sa.CheckConstraint("expires_at > given_at", name=op.f("ck_consents_in_order")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_consents_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_consents_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_customer_id"), "consents", ["customer_id"], unique=False)
    op.create_index(op.f("ix_consents_person"), "consents", ["person"], unique=False)
