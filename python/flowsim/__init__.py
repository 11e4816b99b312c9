"""Runs, tests and compares Genesys Cloud Architect flows offline.

    import flowsim

    project = flowsim.Project("flows", fixtures="fixtures.yaml")
    trace = project.run(input=["1"])
    assert trace.routing["queueName"] == "Orders"

The package also finds the program `flowsim`, a native executable, for Python programs that
start it:

    import subprocess

    subprocess.run([flowsim.find_flowsim_bin(), "check", "flows"])
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._find import find_flowsim_bin

if TYPE_CHECKING:
    from ._native import (
        Diagnostic,
        Error,
        Project,
        Session,
        Trace,
        merge_summaries,
    )

__version__: str

__all__ = [
    "Diagnostic",
    "Error",
    "Project",
    "Session",
    "Trace",
    "__version__",
    "find_flowsim_bin",
    "merge_summaries",
]

# The compiled module is loaded when it is used: programs that only start the executable
# need not wait for it.
_COMPILED = frozenset(__all__) - {"__version__", "find_flowsim_bin"}


if not TYPE_CHECKING:  # Type checkers would accept every attribute.

    def __getattr__(name: str) -> object:
        # Reading the metadata takes longer than starting the program, and few need it.
        if name == "__version__":
            from importlib.metadata import version

            return version("flowsim")
        if name in _COMPILED:
            return getattr(_load(), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted(__all__)


def _load() -> object:
    from importlib import import_module

    try:
        return import_module("flowsim._native")
    except ImportError as error:
        raise ImportError(
            "this installation of flowsim has only the program, without the module for "
            "Python; install a wheel: pip install --only-binary flowsim --force-reinstall "
            "flowsim"
        ) from error
