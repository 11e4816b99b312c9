"""Projects on the workers of a cluster: loaded once in each process."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    from . import Project

_Path = Union[str, "os.PathLike[str]"]
Paths = Union[_Path, Sequence[_Path]]
# The flows and the fixtures of a project, and a digest of their files.
Key = tuple[tuple[str, ...], tuple[str, ...], str]


def key(flows: Paths, fixtures: Paths | None) -> Key:
    """Returns what a project is made of, in a form that can be sent to workers.

    The digest changes when a file changes, so that workers load the project again. Paths are
    absolute: workers have other working folders.
    """
    own, others = _all(flows), _all(fixtures)
    # Fixtures name other files, such as tables of contacts, relative to their folder.
    folders = [it if os.path.isdir(it) else os.path.dirname(it) for it in others]
    return own, others, _digest((*own, *others, *folders))


def _all(paths: Paths | None) -> tuple[str, ...]:
    if paths is None:
        return ()
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    return tuple(os.path.abspath(path) for path in paths)


def _digest(paths: Iterable[str]) -> str:
    digest = sha256()
    for file in sorted({file for path in paths for file in _files(path)}):
        with suppress(OSError):  # Loading the project reports what cannot be read.
            state = os.stat(file)
            written = f"{file}\0{state.st_size}\0{state.st_mtime_ns}\0"
            digest.update(written.encode(errors="replace"))
    return digest.hexdigest()


def _files(path: str) -> Iterator[str]:
    """A file, or all files below a folder. Hidden folders hold no flows."""
    if not os.path.isdir(path):
        yield path
    for folder, folders, names in os.walk(path):
        folders[:] = (name for name in folders if not name.startswith("."))
        yield from (os.path.join(folder, name) for name in names)


@lru_cache(maxsize=8)
def project(of: Key) -> Project:
    """Loads a project, or returns the one that this process has loaded."""
    from . import Project

    flows, fixtures, _ = of
    return Project(flows, fixtures=fixtures)
