"""The outputs that the documents show are those of the commands.

The rules are those of `tests/readme.rs`: a line that starts with `$ ` is a command, the lines
up to the next one are its output. `…` is the rest of a line, or on a line of its own the rest
of the output. The blocks of a document run in their order, in an empty folder; a Python block
that begins with the name of a file is written to that file.
"""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = ["docs/python.md", "python/README.md", "python/pytest-flowsim/README.md"]


def blocks(text: str) -> list[tuple[str, list[str]]]:
    """The language and the lines of each code block."""
    found: list[tuple[str, list[str]]] = []
    is_open = False
    for line in text.splitlines():
        if line.startswith("```"):
            is_open = not is_open
            if is_open:
                found.append((line[3:], []))
        elif is_open:
            found[-1][1].append(line)
    return found


def commands(lines: list[str]) -> list[tuple[str, list[str]]]:
    """The commands of a console block, each with its output."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def is_shown(shown: list[str], printed: list[str]) -> bool:
    for index, line in enumerate(shown):
        if line == "…":
            return True
        if index == len(printed):
            return False
        start = line[:-1] if line.endswith("…") else None
        same = printed[index] == line if start is None else printed[index].startswith(start)
        if not same:
            return False
    return len(printed) == len(shown)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_shown_output_is_what_is_printed(document: str, tmp_path: Path) -> None:
    search = [sysconfig.get_path("scripts"), os.environ.get("PATH", "")]
    environment = {**os.environ, "PATH": os.pathsep.join(search)}
    for variable in ("CI", "COLUMNS", "PYTEST_ADDOPTS"):
        environment.pop(variable, None)
    count = 0
    for language, lines in blocks((ROOT / document).read_text(encoding="utf-8")):
        if language == "python" and lines[0].startswith("# "):
            (tmp_path / lines[0][2:]).write_text("\n".join(lines), encoding="utf-8")
        if language != "console":
            continue
        for command, shown in commands(lines):
            printed = subprocess.run(
                ["sh", "-c", command],
                cwd=tmp_path,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                check=False,
            ).stdout.rstrip()
            assert is_shown(shown, printed.splitlines()), f"$ {command}\n{printed}"
            count += 1
    assert count > 1
