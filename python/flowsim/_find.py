"""Finds the `flowsim` program that this package was installed with."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator


def find_flowsim_bin() -> str:
    """Returns the path of the `flowsim` program that belongs to this package.

    Raises FileNotFoundError if it is not in any folder that pip installs scripts into.
    """
    name = "flowsim" + (sysconfig.get_config_var("EXE") or "")
    tried = []
    for folder in _script_folders():
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
        tried.append(folder)
    raise FileNotFoundError(
        f"the program {name} is missing; looked in: {', '.join(tried)}. "
        "Reinstall it with `pip install --force-reinstall flowsim`."
    )


def _script_folders() -> Iterator[str]:
    # The scripts of this environment, then those of `pip install --user`.
    yield sysconfig.get_path("scripts")
    yield sysconfig.get_path("scripts", scheme=_user_scheme())
    # `pip install --target DIR` and `--prefix DIR` put scripts near the package.
    parent = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    scripts = "Scripts" if os.name == "nt" else "bin"
    yield os.path.join(parent, scripts)
    yield os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(parent))), scripts)


def _user_scheme() -> str:
    if sys.version_info >= (3, 10):
        return sysconfig.get_preferred_scheme("user")
    if os.name == "nt":
        return "nt_user"
    if sys.platform == "darwin" and getattr(sys, "_framework", None):
        return "osx_framework_user"
    return "posix_user"
