"""PostgreSQL's own log-ins, seen from a session: who is asking, and passwords that leave this computer as verifiers."""

from sqlalchemy import event, text
from sqlalchemy.orm import Session

_WHO = text("SELECT session_user::text")
_OWNER = text("SELECT pg_has_role(session_user, datdba, 'MEMBER') FROM pg_database WHERE datname = current_database()")
_NAME = text("SELECT login_name(:user_id)")
_CREATE = text("SELECT create_login(:user_id, :verifier)")
_LET_IN = text("SELECT let_in()")
_ADDRESS = text("SELECT coalesce(host(inet_client_addr()), '')")
_FOLLOWS = text("SELECT to_regprocedure('login_group(bigint)') IS NOT NULL")
_PASSWORD = text("SELECT set_login_password(:user_id, :verifier)")


def keeps_logins(session: Session) -> bool:
    """Whether the server keeps the log-ins; on SQLite the program does."""
    return session.get_bind().dialect.name == "postgresql"


def session_login(session: Session) -> str:
    """The role that logged in, which nothing the session says can change."""
    return str(session.scalar(_WHO))


def is_owner(session: Session) -> bool:
    """Whether the log-in is the database's owner, may become it, or is a superuser."""
    return bool(session.scalar(_OWNER))


def is_let_in(session: Session) -> bool:
    """Whether the address the log-in comes from is one the company allows; administrators come from anywhere."""
    return bool(session.scalar(_LET_IN))


def address(session: Session) -> str:
    """The address the log-in comes from, as the server sees it."""
    return str(session.scalar(_ADDRESS))


def follows_roles(session: Session) -> bool:
    """Whether the server's functions place a log-in by what its role may do: an older text of them does not."""
    return bool(session.scalar(_FOLLOWS))


def give_login(session: Session, user_id: int, password: str) -> str:
    """Make the user's log-in with this password; its name."""
    role = str(session.scalar(_NAME, {"user_id": user_id}))
    values = {"user_id": user_id, "verifier": verifier(session, role, password)}
    return str(session.scalar(_CREATE, values))


def set_password(session: Session, user_id: int, role: str, password: str) -> None:
    """Give the user's log-in another password."""
    session.execute(_PASSWORD, {"user_id": user_id, "verifier": verifier(session, role, password)})


def set_own_password(session: Session, role: str, password: str) -> None:
    """Change the password of the log-in that is asking; the server lets everybody do that."""
    encoded = verifier(session, role, password)
    connection = session.connection()
    connection.exec_driver_sql(f"ALTER ROLE CURRENT_USER PASSWORD '{encoded}'")
    renewed: dict[str, str] = connection.get_execution_options().get("renewed", {})

    def remember(_session: Session) -> None:
        renewed["password"] = password

    # From now on this desktop's own next connections log in by it.
    event.listen(session, "after_commit", remember, once=True)


def verifier(session: Session, role: str, password: str) -> str:
    """The SCRAM verifier of a password, made here: neither the line nor the server's log sees the password."""
    connection = session.connection().connection.driver_connection
    assert connection is not None
    made: bytes = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return made.decode()
