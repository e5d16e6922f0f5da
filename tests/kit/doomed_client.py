"""A client that is killed or stopped in the middle of what it does: `python -m tests.kit.doomed_client`.

Its request comes by stdin, pickled by the test: address, user, service, arguments, named ones, key. What came of it
goes to stdout: "done" or the name of the refusal.
"""

import pickle
import sys

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import UserError
from app.models import whole

assert whole.__all__, "rows are read without a backend"


def main() -> None:
    """Do it once; whoever is not killed says what came of it."""
    url, user_id, service, arguments, named, key = pickle.load(sys.stdin.buffer)
    backend = Backend(Database(url), actor=user_id)
    try:
        backend.once(key).execute(service, *arguments, **named)
        told = "done"
    except UserError as refusal:
        told = type(refusal).__name__
    sys.stdout.write(f"{told}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
