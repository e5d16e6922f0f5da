"""What hangs on cards: signed, dated by the server, and changed only as the screens do it."""

from migrations.closing import AT, FORBIDDEN, GUARD, KEPT, OWN

# Under another ticket only when its own was merged into that one; a mail that came in may get its first.
_HANGING = f"""
    CREATE FUNCTION goes_with_ticket() {GUARD} AS $$
    BEGIN
        IF NOT ({OWN}) AND NOT (OLD.ticket_id IS NULL AND TG_TABLE_NAME = 'incoming_messages') AND NOT EXISTS (
            SELECT FROM tickets AS t WHERE t.id = OLD.ticket_id AND t.merged_into_id = NEW.ticket_id) THEN
            {FORBIDDEN};
        END IF;
        RETURN NEW;
    END $$;
    CREATE FUNCTION note_is_true() {GUARD} AS $$
    BEGIN
        IF {OWN} THEN
            RETURN NEW;
        END IF;
        IF TG_OP = 'INSERT' THEN
            NEW.at := {AT};
        ELSIF NEW.dismissed_at IS NOT DISTINCT FROM OLD.dismissed_at
                AND NEW.dismissed_by_id IS NOT DISTINCT FROM OLD.dismissed_by_id THEN
            RETURN NEW;
        ELSIF OLD.dismissed_at IS NOT NULL OR NEW.dismissed_at IS NULL OR NOT OLD.is_alert THEN
            {KEPT};
        ELSE
            NEW.dismissed_at := {AT};
            NEW.dismissed_by_id := acting_user();
            RETURN NEW;
        END IF;
        NEW.dismissed_at := NULL;
        NEW.dismissed_by_id := NULL;
        RETURN NEW;
    END $$;
    CREATE FUNCTION file_is_dated() {GUARD} AS $$
    BEGIN
        IF NOT ({OWN}) THEN
            NEW.at := {AT};
        END IF;
        RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION goes_with_ticket(), note_is_true(), file_is_dated() FROM PUBLIC;
    CREATE TRIGGER notes_true BEFORE INSERT OR UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION note_is_true();
    CREATE TRIGGER files_dated BEFORE INSERT ON files FOR EACH ROW EXECUTE FUNCTION file_is_dated()
"""
_OTHERS = {"hours_entries": "AND OLD.user_id IS DISTINCT FROM acting_user() "}
"""Of these one's own goes where one likes."""
_MERGED = tuple(
    f"CREATE TRIGGER {table}_merged BEFORE UPDATE OF ticket_id ON {table} FOR EACH ROW "
    f"WHEN (OLD.ticket_id IS DISTINCT FROM NEW.ticket_id {_OTHERS.get(table, '')}) EXECUTE FUNCTION goes_with_ticket()"
    for table in ("notes", "files", "outbox_messages", "incoming_messages", "hours_entries")
)

_HOURS = f"""
    CREATE FUNCTION hours_are_own() {GUARD} AS $$
    DECLARE
        me bigint := acting_user();
    BEGIN
        IF {OWN} THEN
            RETURN coalesce(NEW, OLD);
        END IF;
        IF TG_OP <> 'DELETE' AND NEW.kind = 'allotment' AND NOT may('edit_tickets') THEN
            {FORBIDDEN};
        ELSIF TG_OP = 'UPDATE' AND OLD.user_id <> me THEN
            -- They go with their ticket when it is merged, and change in nothing else.
            IF to_jsonb(NEW) - 'ticket_id' - 'version' <> to_jsonb(OLD) - 'ticket_id' - 'version' THEN
                {FORBIDDEN};
            END IF;
        ELSIF (TG_OP <> 'INSERT' AND OLD.user_id <> me) OR (TG_OP <> 'DELETE' AND NEW.user_id <> me) THEN
            {FORBIDDEN};
        END IF;
        RETURN coalesce(NEW, OLD);
    END $$;
    REVOKE ALL ON FUNCTION hours_are_own() FROM PUBLIC;
    CREATE TRIGGER hours_entries_own BEFORE INSERT OR UPDATE OR DELETE ON hours_entries
        FOR EACH ROW EXECUTE FUNCTION hours_are_own()
"""

# Nobody reminds others of what he likes; a colleague's, where it is shared, is taken over as it is.
_REMINDERS = f"""
    CREATE FUNCTION reminder_is_true() {GUARD} AS $$
    DECLARE
        me bigint := acting_user();
        has jsonb := to_jsonb(NEW);
        was jsonb;
    BEGIN
        IF {OWN} THEN
            RETURN NEW;
        END IF;
        IF TG_OP = 'INSERT' THEN
            NEW.by_id := me;
            IF NEW.entry_id IS NOT NULL OR NEW.user_id <> me AND NOT (may('see_points') AND EXISTS (
                SELECT FROM users AS u JOIN role_permissions AS p ON p.role_id = u.role_id
                WHERE u.id = NEW.user_id AND p.permission = 'administer')) THEN
                {FORBIDDEN};
            END IF;
            RETURN NEW;
        END IF;
        was := to_jsonb(OLD);
        IF has - '{{user_id,at,done_at,version,entry_id,ticket_id}}'::text[]
                <> was - '{{user_id,at,done_at,version,entry_id,ticket_id}}'::text[]
                OR (NEW.entry_id IS NOT NULL AND NEW.entry_id IS DISTINCT FROM OLD.entry_id) THEN
            {KEPT};
        END IF;
        IF OLD.user_id = me OR may('run_campaigns') THEN
            RETURN NEW;
        END IF;
        IF NEW.user_id = me AND has - 'user_id' - 'version' = was - 'user_id' - 'version'
            AND OLD.campaign_id = ANY (shared_campaigns()) AND OLD.user_id = ANY (my_fellows()) THEN
            RETURN NEW;
        END IF;
        -- All that hangs under a ticket goes with it when it is merged.
        IF has - 'ticket_id' - 'version' <> was - 'ticket_id' - 'version' OR NOT EXISTS (
            SELECT FROM tickets AS t WHERE t.id = OLD.ticket_id AND t.merged_into_id = NEW.ticket_id) THEN
            {FORBIDDEN};
        END IF;
        RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION reminder_is_true() FROM PUBLIC;
    CREATE TRIGGER reminders_true BEFORE INSERT OR UPDATE ON reminders
        FOR EACH ROW EXECUTE FUNCTION reminder_is_true()
"""
# Whoever may edit tickets takes a mail back or has it tried anew, and every desktop may be the one that sends: what is
# sent is sent, and nothing is counted as sent that was not taken for it.
_OUTBOX = f"""
    CREATE FUNCTION mail_is_true() {GUARD} AS $$
    BEGIN
        IF {OWN} THEN
            RETURN NEW;
        END IF;
        IF TG_OP = 'INSERT' THEN
            IF NEW.state NOT IN ('waiting', 'dead') THEN
                {FORBIDDEN};
            END IF;
            NEW.created_by_id := acting_user();
            NEW.attempts := 0;
            NEW.sent_at := NULL;
            NEW.lease_until := NULL;
            NEW.leased_by := NULL;
            RETURN NEW;
        END IF;
        IF NEW.state <> OLD.state AND NOT (CASE OLD.state
                WHEN 'waiting' THEN NEW.state = 'cancelled' OR NEW.state = 'sending' AND NEW.attempts > OLD.attempts
                    OR NEW.state = 'sent' AND OLD.attempts > 0
                WHEN 'sending' THEN NEW.state IN ('sent', 'waiting', 'dead')
                WHEN 'dead' THEN NEW.state IN ('waiting', 'cancelled') OR NEW.state = 'sent' AND OLD.attempts > 0
                WHEN 'cancelled' THEN NEW.state = 'waiting' OR NEW.state = 'sent' AND OLD.attempts > 0
                ELSE false END) THEN
            {FORBIDDEN};
        END IF;
        IF NEW.attempts <> OLD.attempts AND NOT (
                NEW.state = 'sending' AND OLD.state = 'waiting' AND NEW.attempts = OLD.attempts + 1
                OR NEW.state = 'waiting' AND OLD.state = 'sending' AND NEW.attempts = OLD.attempts - 1
                OR NEW.state = 'waiting' AND OLD.state IN ('dead', 'cancelled') AND NEW.attempts = 0)
            OR NEW.lease_until > {AT} + interval '1 hour' THEN
            {FORBIDDEN};
        END IF;
        RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION mail_is_true() FROM PUBLIC;
    CREATE TRIGGER outbox_messages_true BEFORE INSERT OR UPDATE ON outbox_messages
        FOR EACH ROW EXECUTE FUNCTION mail_is_true()
"""

_NUMERATORS = f"""
    CREATE FUNCTION number_is_next() {GUARD} AS $$
    BEGIN
        IF NOT ({OWN}) AND NOT may('administer')
            AND (NEW.next_number <> OLD.next_number + 1 OR NEW.version <> OLD.version) THEN
            {FORBIDDEN};
        END IF;
        RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION number_is_next() FROM PUBLIC;
    CREATE TRIGGER numerators_next BEFORE UPDATE ON numerators FOR EACH ROW EXECUTE FUNCTION number_is_next()
"""

STATEMENTS = (_HANGING, *_MERGED, _HOURS, _REMINDERS, _OUTBOX, _NUMERATORS)
