"""Mail going out and coming in: templates, accounts, the outbox, what was read."""

import sqlalchemy as sa
from alembic import op

from app.db.types import BigInt, Document, UtcDateTime
from migrations import feed, grants

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and their grants."""
    _tables()
    tables = ("mailing_lists", "mailing_list_addresses", "mail_templates", "mail_accounts")
    feed.watch(*tables, "outbox_messages", "incoming_messages")
    grants.read(*tables, "outbox_messages", "incoming_messages")
    # A mailbox says where its password is sent to, so nobody else may change one.
    grants.write(*tables, "outbox_messages", "incoming_messages", by=grants.ADMINISTRATOR)
    grants.append("outbox_messages", by=grants.WORKERS)
    grants.change(
        "outbox_messages", "state", "attempts", "next_at", "lease_until", "leased_by", "last_error", "version",
        by=grants.DESK,
    )  # fmt: skip


def _tables() -> None:
    op.create_table(
        "mailing_lists",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_mailing_lists_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_lists")),
        sa.UniqueConstraint("name", name=op.f("uq_mailing_lists_name")),
    )
    op.create_table(
        "mailing_list_addresses",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("list_id", BigInt, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["list_id"], ["mailing_lists.id"], name=op.f("fk_mailing_list_addresses_list_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_list_addresses")),
        sa.UniqueConstraint("list_id", "address", name=op.f("uq_mailing_list_addresses_list_id_address")),
    )
    op.create_table(
        "mail_templates",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), server_default="office", nullable=False),
        sa.Column("list_id", BigInt, nullable=True),
        sa.Column("hold_minutes", BigInt, server_default="0", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("texts", Document(), server_default="{}", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint(
            "(recipient = 'list') = (list_id IS NOT NULL)", name=op.f("ck_mail_templates_list_of_addresses")
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_mail_templates_named")),
        sa.CheckConstraint(
            "recipient IN ('customer', 'handler', 'responsible', 'list')", name=op.f("ck_mail_templates_recipient")
        ),
        sa.CheckConstraint("sender IN ('office', 'handler')", name=op.f("ck_mail_templates_sender")),
        sa.CheckConstraint("hold_minutes BETWEEN 0 AND 10080", name=op.f("ck_mail_templates_hold_minutes")),
        sa.ForeignKeyConstraint(["list_id"], ["mailing_lists.id"], name=op.f("fk_mail_templates_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_templates")),
        sa.UniqueConstraint("name", name=op.f("uq_mail_templates_name")),
    )
    op.create_index(op.f("ix_mail_templates_event"), "mail_templates", ["event"], unique=False)
    op.create_table(
        "mail_accounts",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("is_office", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("user_id", BigInt, nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("smtp_host", sa.Text(), server_default="", nullable=False),
        sa.Column("smtp_port", BigInt, server_default="587", nullable=False),
        sa.Column("smtp_security", sa.Text(), server_default="starttls", nullable=False),
        sa.Column("smtp_login", sa.Text(), server_default="", nullable=False),
        sa.Column("imap_host", sa.Text(), server_default="", nullable=False),
        sa.Column("imap_port", BigInt, server_default="993", nullable=False),
        sa.Column("imap_security", sa.Text(), server_default="tls", nullable=False),
        sa.Column("imap_login", sa.Text(), server_default="", nullable=False),
        sa.Column("imap_folder", sa.Text(), server_default="INBOX", nullable=False),
        sa.Column("uid_validity", BigInt, nullable=True),
        sa.Column("last_uid", BigInt, server_default="0", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("imap_security IN ('none', 'starttls', 'tls')", name=op.f("ck_mail_accounts_imap_security")),
        sa.CheckConstraint("smtp_security IN ('none', 'starttls', 'tls')", name=op.f("ck_mail_accounts_smtp_security")),
        sa.CheckConstraint("is_office = (user_id IS NULL)", name=op.f("ck_mail_accounts_one_owner")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mail_accounts_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_accounts")),
        sa.UniqueConstraint("user_id", name=op.f("uq_mail_accounts_user_id")),
    )
    op.create_index(
        "uq_mail_accounts_office",
        "mail_accounts",
        ["is_office"],
        unique=True,
        postgresql_where=sa.text("is_office"),
        sqlite_where=sa.text("is_office"),
    )
    op.create_table(
        "outbox_messages",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("template_id", BigInt, nullable=True),
        sa.Column("sender_id", BigInt, nullable=True),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("to_name", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("in_reply_to", sa.Text(), nullable=True),
        sa.Column("customer_id", BigInt, nullable=True),
        sa.Column("ticket_id", BigInt, nullable=True),
        sa.Column("task_id", BigInt, nullable=True),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("attempts", BigInt, server_default="0", nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("created_by_id", BigInt, nullable=True),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name=op.f("ck_outbox_messages_lease")),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'dead', 'cancelled')", name=op.f("ck_outbox_messages_state")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_outbox_messages_created_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_outbox_messages_customer_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["users.id"], name=op.f("fk_outbox_messages_sender_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_outbox_messages_task_id")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["mail_templates.id"], name=op.f("fk_outbox_messages_template_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_outbox_messages_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_messages")),
        sa.UniqueConstraint("event_key", name=op.f("uq_outbox_messages_event_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_messages_message_id")),
    )
    op.create_index(op.f("ix_outbox_messages_customer_id"), "outbox_messages", ["customer_id"], unique=False)
    op.create_index(
        "ix_outbox_messages_due",
        "outbox_messages",
        ["next_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_outbox_messages_leased",
        "outbox_messages",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state = 'sending'"),
        sqlite_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "ix_outbox_messages_reader",
        "outbox_messages",
        ["to_address", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
        sqlite_where=sa.text("state IN ('waiting', 'sending')"),
    )
    op.create_index(op.f("ix_outbox_messages_state_id"), "outbox_messages", ["state", "id"], unique=False)
    op.create_index(op.f("ix_outbox_messages_task_id"), "outbox_messages", ["task_id"], unique=False)
    op.create_index(op.f("ix_outbox_messages_ticket_id"), "outbox_messages", ["ticket_id"], unique=False)
    op.create_table(
        "incoming_messages",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("account_id", BigInt, nullable=False),
        sa.Column("uid_validity", BigInt, nullable=False),
        sa.Column("uid", BigInt, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("in_reply_to", sa.Text(), nullable=True),
        sa.Column("from_address", sa.Text(), nullable=False),
        sa.Column("from_name", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("customer_id", BigInt, nullable=True),
        sa.Column("ticket_id", BigInt, nullable=True),
        sa.Column("outbox_id", BigInt, nullable=True),
        sa.CheckConstraint(
            "outcome IN ('opened', 'continued', 'loop', 'auto_reply', 'bounce', 'repeated', 'refused')",
            name=op.f("ck_incoming_messages_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mail_accounts.id"], name=op.f("fk_incoming_messages_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_incoming_messages_customer_id")),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox_messages.id"], name=op.f("fk_incoming_messages_outbox_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_incoming_messages_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_messages")),
        sa.UniqueConstraint(
            "account_id", "uid_validity", "uid", name=op.f("uq_incoming_messages_account_id_uid_validity_uid")
        ),
    )
    op.create_index(op.f("ix_incoming_messages_customer_id"), "incoming_messages", ["customer_id"], unique=False)
    op.create_index(op.f("ix_incoming_messages_message_id"), "incoming_messages", ["message_id"], unique=False)
    op.create_index(op.f("ix_incoming_messages_ticket_id"), "incoming_messages", ["ticket_id"], unique=False)
