"""What the audit log leaves out and what it makes unreadable, as data; the one place for both."""

UNTOLD: dict[str, tuple[str, ...]] = {
    "numerators": ("next_number",),
    "mail_accounts": ("uid_validity", "last_uid"),
}
"""Columns the program counts on by itself; `version` and `search` are untold everywhere."""

REDACTED: dict[str, dict[str, str]] = {
    "customers": {"email": "contact"},
    "customer_phones": {"raw": "contact", "e164": "contact"},
    "users": {"email": "contact", "phone": "contact"},
    "user_passwords": {"argon2": "secret"},
    "phone_lines": {"settings": "secret"},
    "dial_rules": {"telephony": "secret"},
    "mail_accounts": {"address": "contact", "smtp_login": "contact", "imap_login": "contact"},
    "mailing_list_addresses": {"address": "contact"},
    "do_not_call": {"person": "contact"},
    "consents": {"person": "contact"},
}
"""By table and column: of a contact the last three characters are kept (of an address those before the @), of what is
no longer than six nothing; of a secret only that it changed."""

LEFT_OUT: dict[str, str] = {
    "alembic_version": "says how far the schema is, not what people did",
    "audit_log": "is the log itself",
    "change_log": "is a log",
    "operations": "is a log of answered requests",
    "task_steps": "is a log: written once, with who, when and why",
    "points_entries": "is a log that nobody can change",
    "points_checks": "is a log",
    "call_attempts": "is a log: written once, with who and when",
    "desk_spans": "is a log of an agent's day",
    "desk_signs": "is a sign of life, every few seconds",
    "register_batches": "is a log, kept for the inspector",
    "register_checks": "is a log, kept for the inspector",
    "incoming_messages": "is a log of what was read from a mailbox",
    "outbox_messages": "is a log of its own: state, attempts, when and by whom",
    "worker_days": "is kept by triggers from points_entries",
    "customer_balances": "is kept by triggers from points_entries",
    "user_loads": "is kept by triggers from tasks",
    "reaches": "is kept by triggers from tasks, steps, visits and tickets",
    "group_reaches": "is kept by triggers from tasks",
    "profile_gates": "is a row to lock, with nothing in it",
    "call_people": "is kept by triggers from calls, wishes and checks",
    "call_queue": "is kept by triggers from calls; each call rewrites it",
    "call_windows": "is laid out by the program from the hours of a campaign",
    "lanes": "is kept by the program from the customers of a pool",
    "claims": "is a hold of some minutes; the call it ends in is the log",
    "pool_entries": "says itself who put a customer there and when; a hundred thousand come in at once",
    "file_contents": "is the bytes of a file, whose row is watched",
    "user_settings": "is how a person likes his own windows",
    "open_cards": "is who looks at what right now",
}
"""Tables nobody watches, with the reason; a table that is neither here nor watched fails a test."""
