"""Finds the `flowsim` program."""

from __future__ import annotations

import os
import shutil

VARIABLE = "FLOWSIM_BIN"


class ProgramMissing(Exception):
    """The program is not installed."""


def find_program() -> str:
    """Returns the program: that of FLOWSIM_BIN, of the package `flowsim`, or on PATH."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        path = shutil.which(chosen)
        if path is None:
            raise ProgramMissing(f"{VARIABLE} is `{chosen}`, which is not a program")
        # The program may be started in another folder.
        return os.path.abspath(path)
    try:
        from flowsim import find_flowsim_bin

        return find_flowsim_bin()
    except (ImportError, FileNotFoundError):
        path = shutil.which("flowsim")
    if path is None:
        raise ProgramMissing(
            "the flowsim program is missing: install it with `pip install 'flowsim>=0.1'`, "
            f"or set {VARIABLE} to its path"
        )
    return os.path.abspath(path)
