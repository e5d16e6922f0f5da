"""The program's log: JSON lines in the data folder, turned over before they grow, without secrets."""

import json
import logging
import re
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

__all__ = ["JsonLines", "start"]

# user:password@ in an address, password=... in a connection string, and PASSWORD '...' in a statement.
_SECRETS = re.compile(
    r"(?<=://)([^:/@\s]+):[^/\s]+@|((?:password|passwd|pwd|secret|token)(?:\s*[=:]\s*|\s+(?=')))\S+", re.IGNORECASE
)


class JsonLines(logging.Formatter):
    """One JSON object a line: when, level, where, what, and the trace of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line, its secrets blotted out."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "thread": record.threadName,
            "text": blot(record.getMessage()),
        }
        if record.exc_info:
            line["trace"] = blot(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def blot(text: str) -> str:
    """The text without passwords."""
    return _SECRETS.sub(lambda found: f"{found[1]}:***@" if found[1] else f"{found[2]}***", text)


def start(folder: Path, level: int = logging.INFO) -> Path:
    """Log into `callboard.log` of the folder from now on; five files of 2 MB are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "callboard.log"
    handler = RotatingFileHandler(path, maxBytes=2_000_000, backupCount=4, encoding="utf-8", delay=True)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    return path
