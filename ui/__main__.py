"""`python -m ui`: the desktop, without the command line around it."""

import sys

from ui.application import run

if __name__ == "__main__":
    sys.exit(run())
