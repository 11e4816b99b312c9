"""The `flowsim` program: runs, tests and compares Genesys Cloud Architect flows offline.

The program is a native executable. This package finds it, for Python programs that start it:

    import subprocess
    from flowsim import find_flowsim_bin

    subprocess.run([find_flowsim_bin(), "check", "flows"])
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._find import find_flowsim_bin

__version__: str

__all__ = ["__version__", "find_flowsim_bin"]


if not TYPE_CHECKING:  # Type checkers would accept every attribute.

    def __getattr__(name: str) -> str:
        # Reading the metadata takes longer than starting the program, and few need it.
        if name == "__version__":
            from importlib.metadata import version

            return version("flowsim")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
