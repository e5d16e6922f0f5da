"""An agent's day at his desk: stretches by the server's clock, one after the other, and never written anew.

He is in one place at a time: whichever of two desks says something takes over, and the other's stretch ends there.
"""

from migrations.closing import AT, FORBIDDEN, GUARD, KEPT, OWN

_SPANS = f"""
    CREATE FUNCTION span_is_true() {GUARD} AS $$
    DECLARE
        before timestamptz;
        seen timestamptz;
    BEGIN
        IF {OWN} THEN
            RETURN NEW;
        END IF;
        IF TG_OP = 'INSERT' THEN
            SELECT s.ended_at INTO before FROM desk_spans AS s WHERE s.user_id = NEW.user_id
                ORDER BY s.started_at DESC, s.id DESC LIMIT 1;
            NEW.started_at := greatest({AT}, before);
            NEW.ended_at := NULL;
            RETURN NEW;
        END IF;
        IF OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - 'ended_at' <> to_jsonb(OLD) - 'ended_at' THEN
            {KEPT};
        END IF;
        IF NEW.ended_at IS NOT NULL THEN
            -- A desk that gave no sign was not there: its last stretch ended with its last sign.
            SELECT d.seen_at INTO seen FROM desk_signs AS d WHERE d.user_id = OLD.user_id;
            NEW.ended_at := greatest(OLD.started_at,
                CASE WHEN seen <= {AT} - interval '90 seconds' THEN seen ELSE {AT} END);
        END IF;
        RETURN NEW;
    END $$;
    CREATE FUNCTION sign_is_true() {GUARD} AS $$
    BEGIN
        IF {OWN} THEN
            RETURN NEW;
        END IF;
        IF TG_OP = 'UPDATE' AND NEW.user_id <> OLD.user_id THEN
            {FORBIDDEN};
        END IF;
        NEW.seen_at := {AT};
        RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION span_is_true(), sign_is_true() FROM PUBLIC;
    CREATE TRIGGER desk_spans_true BEFORE INSERT OR UPDATE ON desk_spans FOR EACH ROW EXECUTE FUNCTION span_is_true();
    CREATE TRIGGER desk_signs_true BEFORE INSERT OR UPDATE ON desk_signs FOR EACH ROW EXECUTE FUNCTION sign_is_true();
    REVOKE DELETE ON desk_spans, desk_signs
        FROM callboard_administrator, callboard_manager, callboard_back_office, callboard_agent
"""

STATEMENTS = (_SPANS,)
