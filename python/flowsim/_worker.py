"""Projects on the workers of a cluster: loaded once in each process."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    from . import Project

_Path = Union[str, "os.PathLike[str]"]
Paths = Union[_Path, Sequence[_Path]]
# The flows and the fixtures of a project.
Key = tuple[tuple[str, ...], tuple[str, ...]]


def key(flows: Paths, fixtures: Paths | None) -> Key:
    """Returns what a project is made of, in a form that can be sent to workers."""
    return _all(flows), _all(fixtures)


def _all(paths: Paths | None) -> tuple[str, ...]:
    if paths is None:
        return ()
    if isinstance(paths, (str, os.PathLike)):
        return (os.fspath(paths),)
    return tuple(os.fspath(path) for path in paths)


@lru_cache(maxsize=8)
def project(of: Key) -> Project:
    """Loads a project, or returns the one that this process has loaded."""
    from . import Project

    flows, fixtures = of
    return Project(flows, fixtures=fixtures)
