"""The schema as migrations make it."""

from contextlib import closing

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from app.db import schema
from app.db.database import Database
from app.domain.errors import SchemaMismatch


def test_models_and_migrations_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        command.check(schema.config(connection))


def test_the_steps_by_file_name_are_those_of_alembic(sqlite_url: str) -> None:
    with closing(Database(sqlite_url)) as database, database.engine.connect() as connection:
        script = ScriptDirectory.from_config(schema.config(connection))
        assert schema.steps() == tuple(reversed([step.revision for step in script.walk_revisions()]))


def test_upgrading_again_changes_nothing(database: Database) -> None:
    schema.upgrade(database)
    assert schema.status(database).is_current


def test_a_database_of_a_newer_program_is_refused_and_left_alone(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaMismatch):
        schema.upgrade(database)
    assert schema.status(database).current == "9999"


def test_an_older_shared_database_asks_for_its_administrator(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(SchemaMismatch) as refusal:
        schema.refuse_older(database)
    assert refusal.value.hint is not None
    assert "callboard db upgrade" in refusal.value.hint.text
