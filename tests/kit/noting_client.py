"""A client that writes notes and keeps a history of it: `python -m tests.kit.noting_client URL USER COUNT HISTORY`."""

import sys
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import DatabaseUnavailable
from app.models import whole
from app.services.tickets import notes
from tests.kit.history_check import Recorder

assert whole.__all__, "rows are read without a backend"


def main(url: str, user_id: int, count: int, history: Path) -> None:
    """Write so many; whatever answer is lost, ask again by the same key until it is known."""
    recorder = Recorder(str(uuid4()), history)
    with closing(Database(url)) as database:
        backend = Backend(database, actor=user_id)
        for number in range(count):
            key, text = str(uuid4()), f"{recorder.client}, note {number}"
            while not _is_written(recorder, backend, key, text):
                pass
    recorder.close()


def _is_written(recorder: Recorder, backend: Backend, key: str, text: str) -> bool:
    try:
        with recorder.asking("note", key, text):
            backend.once(key).execute(notes.write, text, customer_id=1)
    except DatabaseUnavailable:
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
