from collections.abc import Iterable, Mapping
from decimal import Decimal
from os import PathLike
from typing import Any, Literal, Protocol, TypedDict, final, overload

from typing_extensions import TypeAlias

_Path: TypeAlias = str | PathLike[str]
_Paths: TypeAlias = _Path | Iterable[_Path]
_Number: TypeAlias = int | float | Decimal | str
# A document: an object, or its JSON.
_Document: TypeAlias = Mapping[str, Any] | str | bytes

class _Table(Protocol):
    """A table of Arrow: a data frame, a table or a stream of any library."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class Stream:
    """A stream of record batches, which libraries that know Arrow can read once."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class Flow(TypedDict):
    id: str
    name: str
    type: str
    version: str | None

class _Answered(TypedDict, total=False):
    """The answer of an agent in the queue, if there was one."""

    answeredAfterMs: int
    agent: str

class Routing(_Answered):
    queueId: str | None
    queueName: str | None
    skills: list[str]
    priority: int | None

class Transfer(TypedDict):
    kind: str
    id: str | None
    name: str

class Error(Exception):
    """Flows, fixtures, a call, an answer or an option is invalid.

    `code`, `file`, `line` and `column` are those of the first finding.
    """

    kind: Literal["load", "invalid", "system"]
    code: str | None
    file: str | None
    line: int | None
    column: int | None
    diagnostics: list[Diagnostic]

@final
class Diagnostic:
    """A finding: a stable code, a message, a place in a file, and advice."""

    def __new__(
        cls,
        code: str,
        severity: str,
        message: str,
        help: str | None,
        flow: str | None,
        node: str | None,
        file: str | None,
        line: int | None,
        column: int | None,
        text: str,
        /,
    ) -> Diagnostic: ...
    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> Literal["error", "warning", "note"]: ...
    @property
    def message(self) -> str: ...
    @property
    def help(self) -> str | None: ...
    @property
    def flow(self) -> str | None: ...
    @property
    def node(self) -> str | None: ...
    @property
    def file(self) -> str | None: ...
    @property
    def line(self) -> int | None: ...
    @property
    def column(self) -> int | None: ...

@final
class Trace:
    """Everything that happened in one call."""

    @property
    def status(self) -> Literal["completed", "error", "timeout"]: ...
    @property
    def error_code(self) -> str | None: ...
    @property
    def error_message(self) -> str | None: ...
    @property
    def flow(self) -> str: ...
    @property
    def path(self) -> list[str]: ...
    @property
    def prompts(self) -> list[str]: ...
    @property
    def variables(self) -> dict[str, Any]: ...
    @property
    def routing(self) -> Routing | None: ...
    @property
    def transfer(self) -> Transfer | None: ...
    @property
    def elapsed_ms(self) -> int: ...
    @property
    def unused_inputs(self) -> int: ...
    def to_dict(self) -> dict[str, Any]: ...
    def to_json(self) -> str: ...
    def to_text(self) -> str: ...

@final
class Session:
    """A call in progress, which stops at every request to the outside world.

    `copy.copy(session)` at a question is independent, and can get another answer.
    """

    @property
    def question(self) -> dict[str, Any] | None: ...
    @property
    def is_over(self) -> bool: ...
    @property
    def elapsed_ms(self) -> int: ...
    @property
    def prompts(self) -> list[str]: ...
    def input(self, input: str | None) -> None: ...
    def respond(self, status: int, body: Any = None, *, latency_ms: int = 0) -> None: ...
    def fail(self, reason: str) -> None: ...
    def contact(self, contact: Mapping[str, Any]) -> None: ...
    def statistics(self, statistics: Mapping[str, Any]) -> None: ...
    def action(
        self,
        outputs: dict[str, Any] | None = None,
        *,
        path: str | None = None,
        latency_ms: int = 0,
    ) -> None: ...
    def accept(self) -> None: ...
    def skill_mismatch(self) -> None: ...
    def not_found(self) -> None: ...
    def unprepared(self) -> None: ...
    def from_fixtures(self) -> None: ...
    def next_input(self) -> dict[str, Any] | None: ...
    def variable(self, name: str) -> Any: ...
    def set_variable(self, name: str, value: Any) -> None: ...
    def trace(self) -> Trace: ...
    def __copy__(self) -> Session: ...

@final
class Project:
    """Flows that were loaded and compiled together, and their fixtures."""

    def __new__(
        cls,
        flows: _Paths | None = None,
        *,
        fixtures: _Paths | None = None,
        project_file: _Path | None = None,
        profile: str | None = None,
        placeholders: dict[str, str] | None = None,
    ) -> Project: ...
    @property
    def flows(self) -> list[Flow]: ...
    def check(self) -> list[Diagnostic]: ...
    def run(self, call: dict[str, Any] | None = None, **keys: Any) -> Trace: ...
    def session(self, call: dict[str, Any] | None = None, **keys: Any) -> Session: ...
    @overload
    def run_batch(
        self, calls: _Table, *, select: Iterable[str] | None = None, jobs: int = 0
    ) -> Stream: ...
    @overload
    def run_batch(
        self, calls: Iterable[_Document], *, select: Iterable[str] | None = None, jobs: int = 0
    ) -> list[dict[str, Any]]: ...
    @overload
    def compare(
        self,
        recordings: _Table,
        *,
        select: Iterable[str] | None = None,
        ignore: Iterable[str] | None = None,
        time_tolerance_ms: int | None = None,
        number_tolerance: _Number | None = None,
        distinct: bool = False,
        jobs: int = 0,
    ) -> Stream: ...
    @overload
    def compare(
        self,
        recordings: Iterable[_Document],
        *,
        select: Iterable[str] | None = None,
        ignore: Iterable[str] | None = None,
        time_tolerance_ms: int | None = None,
        number_tolerance: _Number | None = None,
        distinct: bool = False,
        jobs: int = 0,
    ) -> list[dict[str, Any]]: ...
    def compare_summary(
        self,
        recordings: _Table | Iterable[_Document],
        *,
        ignore: Iterable[str] | None = None,
        time_tolerance_ms: int | None = None,
        number_tolerance: _Number | None = None,
        distinct: bool = False,
        jobs: int = 0,
    ) -> dict[str, Any]: ...
    def compare_files(self, paths: _Paths) -> list[dict[str, Any]]: ...
    def explore(
        self,
        flow: str | None = None,
        *,
        budget: int | None = None,
        fixed: bool = False,
        paths: int = 0,
    ) -> dict[str, Any]: ...

def merge_summaries(summaries: Iterable[_Document]) -> dict[str, Any]: ...
