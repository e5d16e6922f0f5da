"""Desktops in processes of their own, driven by lines of JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Desktop:
    """One desktop in a process of its own; `module` drives it. Its first answer says that the window stands."""

    def __init__(self, url: str, login: str, folder: Path, module: str = "tests.kit.desktop_process") -> None:
        folder.mkdir(exist_ok=True)
        command = [sys.executable, "-m", module, url, login, str(folder)]
        self._log = (folder / "stderr").open("w+")
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "CALLBOARD_DATA": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def send(self, command: str, **values: object) -> None:
        """Tell what to do without waiting for it."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": command, **values}) + "\n")
        self._process.stdin.flush()

    def ask(self, command: str, **values: object) -> dict[str, Any]:
        """Tell what to do and wait for the answer."""
        self.send(command, **values)
        return self.answer()

    def answer(self) -> dict[str, Any]:
        """The answer to what was sent."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._log.seek(0)
            raise AssertionError(f"the desktop ended: {self._log.read()[-2000:]}")
        answer: dict[str, Any] = json.loads(line)
        assert "problem" not in answer, answer["problem"]
        return answer

    def close(self) -> None:
        """End it and see that it ends well."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        code = self._process.wait(60)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._log.close()
        assert code == 0

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self._process.kill()
        self._process.wait(60)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._log.close()
