"""One `flowsim test --on-request` process: lists the tests and runs those that pytest names."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ._program import ProgramMissing, find_program

# A line of `flowsim.run/1`; docs/reports.md describes its keys.
Line = dict[str, Any]

# How long the process may take to end after its input has ended, in seconds.
PATIENCE = 10


class SessionError(Exception):
    """The process cannot be started, or ended too early."""


class Session:
    """The tests below some paths, and the process that runs them."""

    def __init__(self, paths: Iterable[Path], folder: Path) -> None:
        self.entries: dict[Path, list[Line]] = {}
        self.problem: SessionError | None = None
        self._process: subprocess.Popen[str] | None = None
        self._messages = tempfile.TemporaryFile()  # noqa: SIM115 it is open as long as the process
        try:
            self._start([_shown(path, folder) for path in paths], folder)
        except SessionError as problem:
            self.problem = problem

    def run(self, number: int) -> Line:
        """Runs a test and returns its `finished` line."""
        process = self._process
        if process is None or process.stdin is None:
            raise self.problem or SessionError("flowsim has ended")
        try:
            process.stdin.write(f"{number}\n")
            process.stdin.flush()
        except OSError:
            pass  # The process has ended; reading says why.
        return self._read("finished")

    def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is not None:
            try:
                process.communicate(timeout=PATIENCE)
            except (OSError, subprocess.TimeoutExpired):
                process.kill()
                process.communicate()
        self._messages.close()

    def _start(self, paths: list[str], folder: Path) -> None:
        try:
            # pytest runs one test at a time, so one thread is enough.
            command = [find_program(), "test", "--on-request", "--jobs=1", *paths]
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._messages,
                encoding="utf-8",
            )
        except ProgramMissing as error:
            raise SessionError(str(error)) from None
        except OSError as error:
            raise SessionError(f"flowsim cannot be started: {error}") from None
        for _ in range(self._read("started")["selected"]):
            entry = self._read("listed")
            self.entries.setdefault(resolved(folder / entry["file"]), []).append(entry)

    def _read(self, event: str) -> Line:
        """Reads the next line of this event; a later version may write other events."""
        process = self._process
        assert process is not None and process.stdout is not None
        for text in process.stdout:
            line: Line = json.loads(text)
            if line["event"] == event:
                return line
        raise self._ended()

    def _ended(self) -> SessionError:
        assert self._process is not None
        process, self._process = self._process, None
        process.communicate()
        self._messages.seek(0)
        messages = self._messages.read().decode("utf-8", "replace").strip()
        self.problem = SessionError(
            f"`flowsim test --on-request` ended with exit code {process.returncode}\n{messages}"
        )
        return self.problem


def resolved(path: Path) -> Path:
    """The path by which a file is known, however it was named."""
    return Path(os.path.realpath(path))


def _shown(path: Path, folder: Path) -> str:
    """The path as a user in this folder writes it: messages and commands repeat it."""
    try:
        return os.path.relpath(path, folder)
    except ValueError:
        return str(path)  # On another drive.
