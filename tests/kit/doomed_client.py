"""A client that is killed in the middle of what it does: `python -m tests.kit.doomed_client`, its request by stdin.

The request comes pickled by the test that kills it: address, user, service, arguments, key. It says so when it begins.
"""

import pickle
import sys

from app.backend import Backend
from app.db.database import Database
from app.models import whole

assert whole.__all__, "rows are read without a backend"


def main() -> None:
    """Do it once; whoever is not killed says that he is through."""
    url, user_id, service, arguments, named, key = pickle.load(sys.stdin.buffer)
    backend = Backend(Database(url), actor=user_id)
    backend.once(key).execute(service, *arguments, **named)
    sys.stdout.write("done\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
