"""The schema as migrations make it."""

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from app.db import schema
from app.db.database import Database
from app.domain.errors import SchemaMismatch


def test_models_and_migrations_agree(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.check(config)


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


def test_the_steps_read_from_file_names_are_alembics() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    walked = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    assert list(schema.steps()) == walked[::-1]
