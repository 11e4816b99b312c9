"""The fixture `flowsim`: makes calls from Python, one `flowsim run` each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict, Union

from ._program import find_program

PathLike = Union[str, "os.PathLike[str]"]
# A fixtures document: its path, or its content.
Fixtures = Union[PathLike, Mapping[str, Any]]


class Answered(TypedDict, total=False):
    """The answer of an agent in the queue, if there was one."""

    answeredAfterMs: int
    agent: str


class Routing(Answered):
    """The queue that a call was routed to."""

    queueId: str | None
    queueName: str | None
    skills: list[str]
    priority: int | None


class Step(TypedDict):
    """A node that ran. docs/trace.md describes the keys."""

    seq: int
    depth: int
    flowId: str
    nodeId: str
    nodeName: str
    nodeType: str
    startMs: int
    endMs: int
    path: str | None
    result: dict[str, Any]
    next: str | None


@dataclass(frozen=True)
class Call:
    """A call that was made."""

    status: str
    """`completed`, `error` or `timeout`."""
    error: str | None
    """The code of the error that ended the call, such as `SIMULATION_TIMEOUT`."""
    path: list[str]
    """The nodes that ran, by name, in order."""
    prompts: list[str]
    """Everything that the caller heard, in order."""
    routing: Routing | None
    """The queue that the call was last routed to."""
    variables: dict[str, Any]
    """The variables of the flow that have a value at the end."""
    elapsed_ms: int
    """Duration of the call on the virtual clock, in milliseconds."""
    steps: list[Step] = field(repr=False)
    """The nodes that ran, with their results."""
    trace: dict[str, Any] = field(repr=False)
    """The whole `flowsim.trace/1` document."""

    @classmethod
    def of_trace(cls, trace: dict[str, Any]) -> Call:
        """Reads a `flowsim.trace/1` document."""
        error = trace["error"]
        return cls(
            status=trace["status"],
            error=error and error["code"],
            path=[step["nodeName"] for step in trace["steps"]],
            prompts=trace["prompts"],
            routing=trace["routing"],
            variables=trace["variables"],
            elapsed_ms=trace["elapsedMs"],
            steps=trace["steps"],
            trace=trace,
        )


class FlowsimError(Exception):
    """A call could not be made: a flow or fixtures do not load, or an argument is wrong."""

    def __init__(self, exit_code: int, message: str) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        """The exit code of `flowsim run`."""


# Tracebacks show the name under which it can be imported.
FlowsimError.__module__ = "pytest_flowsim"


class Flowsim:
    """Makes calls. The fixture `flowsim` is one of these."""

    def __init__(self, folder: Path, temporary: Path) -> None:
        self.folder = folder
        """Relative paths start here: pytest's root folder."""
        self._temporary = temporary
        self._documents = 0

    def __repr__(self) -> str:
        return f"Flowsim({str(self.folder)!r})"

    def run(
        self,
        *flows: PathLike,
        flow: str | None = None,
        node: str | None = None,
        input: str | None | Sequence[str | None] = (),
        fixtures: Fixtures | Iterable[Fixtures] = (),
        context: Mapping[str, str] | None = None,
        variables: Mapping[str, Any] | None = None,
        placeholders: Mapping[str, str] | None = None,
        at: str | datetime | None = None,
        timeout_ms: int | None = None,
        max_actions: int | None = None,
        seed: int | None = None,
        strict: bool = False,
        stop_at_queue: bool = False,
    ) -> Call:
        """Makes a call and returns it.

        flows         files and folders of flows
        flow          the flow to start, by id, name, or name and type
        node          the node to start at, by id
        input         the caller's input, an entry for each time the flow listens: keys
                      such as "1" or "1234#", None for silence, "say:two words", "hangup"
        fixtures      fixtures documents, as paths or as mappings; later ones win
        context       context fields, such as {"from": "+15551234567"}
        variables     variables that are set before the first node
        placeholders  values for the placeholders of Archy YAML
        at            start of the virtual clock; a datetime needs a time zone
        timeout_ms    the call ends after this time on the virtual clock
        max_actions   the call ends after this number of actions
        seed          random seed
        strict        an action that is not simulated is an error
        stop_at_queue a transfer to a queue ends the call, also with an in-queue flow

        A call that ends with an error is returned too, with its `status` and `error`.
        Raises FlowsimError if the call cannot be made.
        """
        __tracebackhide__ = True
        if not flows:
            raise TypeError("run() needs at least one file or folder of flows")
        arguments = [os.fspath(path) for path in flows]
        options: list[tuple[str, object | None]] = [
            ("flow", flow),
            ("node", node),
            ("at", at.isoformat() if isinstance(at, datetime) else at),
            ("timeout-ms", timeout_ms),
            ("max-actions", max_actions),
            ("seed", seed),
        ]
        options += [("input", "-" if keys is None else keys) for keys in _inputs(input)]
        options += [("fixtures", self._path(it)) for it in _fixtures(fixtures)]
        options += [("context", f"{key}={value}") for key, value in (context or {}).items()]
        options += [
            ("var", f"{name}={json.dumps(value)}") for name, value in (variables or {}).items()
        ]
        options += [("set", f"{key}={value}") for key, value in (placeholders or {}).items()]
        # `--name=value`, because a value may begin with a dash.
        given = [f"--{name}={value}" for name, value in options if value is not None]
        if strict:
            given.append("--strict")
        if stop_at_queue:
            given.append("--stop-at-queue")
        return self._call([*given, "--", *arguments])

    def _call(self, arguments: list[str]) -> Call:
        __tracebackhide__ = True
        ended = subprocess.run(
            [find_program(), "run", "--format=json", *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        # 1 is a call that ended with an error or a timeout.
        if ended.returncode not in (0, 1):
            raise FlowsimError(ended.returncode, ended.stderr.strip())
        # pytest shows notes, such as input that was not used, if the test fails.
        sys.stderr.write(ended.stderr)
        return Call.of_trace(json.loads(ended.stdout))

    def _path(self, fixtures: Fixtures) -> str:
        """The path of a fixtures document; one that is a mapping is written to a file."""
        if not isinstance(fixtures, Mapping):
            return os.fspath(fixtures)
        self._documents += 1
        path = self._temporary / f"fixtures-{self._documents}.json"
        path.write_text(json.dumps(fixtures), encoding="utf-8")
        return str(path)


def _inputs(given: str | None | Sequence[str | None]) -> Sequence[str | None]:
    return [given] if given is None or isinstance(given, str) else given


def _fixtures(given: Fixtures | Iterable[Fixtures]) -> Iterable[Fixtures]:
    if isinstance(given, (str, os.PathLike, Mapping)):
        return [given]
    return given
