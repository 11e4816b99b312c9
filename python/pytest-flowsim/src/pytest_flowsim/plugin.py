"""The pytest plugin: scenario files are collected, and their tests are items."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from ._call import Flowsim
from ._program import ProgramMissing, find_program
from ._session import Line, Session, SessionError, resolved

ENDINGS = (".test.yaml", ".test.yml", ".test.json")

# Marks that pytest itself acts on. A tag of this name is only a word.
RESERVED = {"filterwarnings", "parametrize", "skip", "skipif", "usefixtures", "xfail"}

SESSIONS = pytest.StashKey["Sessions"]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "flowsim: a test of a flowsim scenario file")
    config.stash[SESSIONS] = Sessions(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    if SESSIONS in config.stash:
        config.stash[SESSIONS].close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if not file_path.name.endswith(ENDINGS):
        return None
    return ScenarioFile.from_parent(parent, path=file_path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if isinstance(item, Scenario) and report.when == "call" and item.took is not None:
        # The time of the test itself, without waiting for the process.
        report.duration = item.took
    return report


@pytest.fixture
def flowsim(request: pytest.FixtureRequest) -> Flowsim:
    """Makes calls of flows: `flowsim.run("flows", input=["1"])` returns a `Call`."""
    try:
        find_program()
    except ProgramMissing as error:
        pytest.fail(str(error), pytrace=False)
    temporary: Path = request.getfixturevalue("tmp_path")
    return Flowsim(request.config.rootpath, temporary)


class Sessions:
    """The flowsim processes of a pytest session: one, unless a file is not below its paths."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._sessions: list[Session] = []
        self._tags: set[str] = set()

    def declare(self, tag: str) -> None:
        """Makes a tag a mark that --strict-markers knows."""
        if tag not in self._tags:
            self._tags.add(tag)
            self._config.addinivalue_line("markers", f"{tag}: a tag of a scenario")

    def find(self, path: Path) -> tuple[Session, list[Line]]:
        """The tests of a scenario file, and the process that runs them."""
        path = resolved(path)
        folder = self._config.invocation_params.dir
        if not self._sessions:
            self._sessions.append(Session(self._roots(folder) or [path], folder))
        first = self._sessions[0]
        for session in self._sessions:
            if path in session.entries:
                return session, session.entries[path]
        if first.problem is not None:
            return first, []
        # flowsim passes over hidden folders and links, which pytest may be told to collect.
        session = Session([path], folder)
        self._sessions.append(session)
        return session, session.entries.get(path, [])

    def close(self) -> None:
        for session in self._sessions:
            session.close()

    def _roots(self, folder: Path) -> list[Path]:
        """The folders and scenario files that pytest was told to collect."""
        named = (folder / argument.partition("::")[0] for argument in self._config.args)
        return [it for it in named if it.is_dir() or it.is_file() and it.name.endswith(ENDINGS)]


class ScenarioFile(pytest.File):
    """A scenario file."""

    def collect(self) -> Iterator[Scenario]:
        session, entries = self.config.stash[SESSIONS].find(self.path)
        if session.problem is not None:
            raise self.CollectError(str(session.problem))
        names: set[str] = set()
        for entry in entries:
            if entry["explanation"] is not None:
                raise self.CollectError(entry["explanation"].rstrip())
            name = _unique(_name(entry["title"]), names)
            yield Scenario.from_parent(self, name=name, session_=session, entry=entry)


class Scenario(pytest.Item):
    """A test of a scenario file, or a row of one."""

    def __init__(self, *, session_: Session, entry: Line, **rest: Any) -> None:
        super().__init__(**rest)
        self.took: float | None = None
        self._session = session_
        self._entry = entry
        self.add_marker("flowsim")
        for tag in entry["tags"]:
            # `-k` finds every tag.
            self.extra_keyword_matches.add(tag)
            if _is_mark(tag):
                self.config.stash[SESSIONS].declare(tag)
                self.add_marker(tag)
        if entry["skip"] is not None:
            self.add_marker(pytest.mark.skip(reason=entry["skip"]))

    def runtest(self) -> None:
        result = self._session.run(self._entry["number"])
        if result["tookMs"] is not None:
            self.took = result["tookMs"] / 1000
        if result["outcome"] == "skipped":
            pytest.skip(result["reason"])
        if result["outcome"] == "expectedFailure":
            pytest.xfail(result["reason"])
        if result["outcome"] != "passed":
            raise ScenarioFailure(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, ScenarioFailure):
            return Explanation(excinfo.value.result, self)
        if isinstance(excinfo.value, SessionError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self._entry["line"] - 1, self.name


class ScenarioFailure(Exception):
    """A test did not pass."""

    def __init__(self, result: Line) -> None:
        super().__init__(result["outcome"])
        self.result = result


class Explanation:
    """flowsim's own explanation of a failure, in place of a traceback."""

    def __init__(self, result: Line, item: Scenario) -> None:
        reason = result["explanation"] or result["reason"] or result["outcome"]
        self.text = f"{reason.rstrip()}\n\n{result['command']}"
        # pytest shows this in the summary, and in JUnit's XML as the message.
        self.reprcrash = Place(str(item.path), result["line"], _summary(result))

    def toterminal(self, writer: Any) -> None:
        for line in self.text.splitlines():
            writer.line(line)

    def __str__(self) -> str:
        return self.text


class Place:
    """The place of a failure, with its first line."""

    def __init__(self, path: str, lineno: int, message: str) -> None:
        self.path = path
        self.lineno = lineno
        self.message = message


def _summary(result: Line) -> str:
    for mismatch in result["mismatches"]:
        return f"{mismatch['subject']}: {mismatch['message']}"
    for diagnostic in result["diagnostics"]:
        return f"{diagnostic['code']}: {diagnostic['message']}"
    reason: str = result["reason"] or result["outcome"]
    return reason


def _is_mark(tag: str) -> bool:
    """Whether pytest can know a mark of this name: its list of marks is text, in which a
    colon or a parenthesis ends the name."""
    named = tag.partition(":")[0].partition("(")[0].strip()
    return bool(tag) and named == tag and tag not in RESERVED and not tag.startswith("_")


def _name(title: str) -> str:
    """A name that can be a part of a node id."""
    return " ".join(title.split()).replace("::", ": :")


def _unique(name: str, names: set[str]) -> str:
    """The name, with a number if another test of the file has the same one."""
    number, unique = 1, name
    while unique in names:
        number += 1
        unique = f"{name} #{number}"
    names.add(unique)
    return unique
