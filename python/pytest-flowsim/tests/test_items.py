"""Scenario files as items of pytest."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import Project
from pytest_flowsim._program import find_program

NAMES = ["order", "key 1 leads to Orders", "key 9 leads to Sales", "later"]

needs_shell = pytest.mark.skipif(os.name == "nt", reason="the program is a shell script")


def program(project: Project, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """Puts a shell script in the place of the program. Returns the log that it may write."""
    real, log = find_program(), project.path / "log"
    path = project.path / "program"
    path.write_text(f"#!/bin/sh\nREAL='{real}'\nLOG='{log}'\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setenv("FLOWSIM_BIN", str(path))
    return log


COUNTING = 'echo "$@" >> "$LOG"\nexec "$REAL" "$@"'


def items(result: pytest.RunResult) -> list[str]:
    """The node ids that `--collect-only -q` lists."""
    return [line for line in result.outlines if ".test." in line and "::" in line]


def test_every_test_and_every_row_is_an_item(project: Project) -> None:
    for ending in ("yaml", "yml", "json"):
        project.scenario(f"tests/{ending}.test.{ending}")
    project.write("tests/other.yaml", "a: 1\n")
    result = project.run("--collect-only", "-q", "tests")
    files = [f"tests/{ending}.test.{ending}" for ending in ("json", "yaml", "yml")]
    # YAML in a file that is called JSON does not load.
    expected = [f"{file}::{name}" for file in files[1:] for name in NAMES]
    assert items(result) == expected
    result.stdout.fnmatch_lines(["ERROR tests/json.test.json"])


def test_outcomes_are_those_of_flowsim(project: Project) -> None:
    project.scenario("a.test.yaml")
    result = project.run("-v", "-rs")
    result.assert_outcomes(passed=2, failed=1, skipped=1)
    result.stdout.fnmatch_lines(
        [
            "a.test.yaml::order PASSED*",
            "a.test.yaml::key 9 leads to Sales FAILED*",
            "a.test.yaml::later SKIPPED (no such key yet)*",
            "SKIPPED [[]1[]] a.test.yaml: no such key yet",
        ]
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_failure_shows_the_explanation_and_no_traceback(project: Project) -> None:
    project.scenario("a.test.yaml")
    result = project.run()
    result.stdout.fnmatch_lines(
        [
            "*_ key 9 leads to Sales _*",
            "routing.queueName: expected the queue to be*",
            "  at a.test.yaml:*",
            "flowsim test a.test.yaml:8:2",
            "FAILED a.test.yaml::key 9 leads to Sales - routing.queue*",
        ]
    )
    output = result.stdout.str()
    assert ".py" not in output.split("FAILURES")[1]
    assert "Traceback" not in output


def test_the_command_of_a_failure_runs_in_the_working_folder(project: Project) -> None:
    project.scenario("tests/a.test.yaml")
    project.write("pytest.ini", "[pytest]\n")
    os.chdir(project.path / "tests")
    result = project.run("-k", "Sales")
    result.stdout.fnmatch_lines(["rootdir: " + str(project.path), "flowsim test a.test.yaml:8:2"])
    result.assert_outcomes(failed=1, deselected=3)


@pytest.mark.parametrize(
    ("arguments", "passed", "failed"),
    [
        (["-k", "sales"], 0, 1),
        (["-k", "key and not Sales"], 1, 0),
        (["-m", "smoke"], 1, 0),
        (["-m", "second-half and flowsim"], 1, 0),
        (["-m", "smoke", "--strict-markers"], 1, 0),
        (["a.test.yaml::order"], 1, 0),
        (["a.test.yaml::key 9 leads to Sales"], 0, 1),
        (["--deselect", "a.test.yaml::key 9 leads to Sales", "-m", "flowsim"], 2, 0),
    ],
)
def test_items_are_selected(
    project: Project, arguments: list[str], passed: int, failed: int
) -> None:
    project.scenario("a.test.yaml")
    project.write("test_python.py", "def test_python(): pass\n")
    result = project.run(*arguments)
    outcomes = result.parseoutcomes()
    assert (outcomes.get("passed", 0), outcomes.get("failed", 0)) == (passed, failed)


def test_the_last_failures_run_again(project: Project) -> None:
    project.scenario("a.test.yaml")
    project.scenario("b.test.yaml", TESTS_THAT_PASS)
    run = project.pytester.runpytest_subprocess
    run().assert_outcomes(passed=3, failed=1, skipped=1)
    run("--lf").assert_outcomes(failed=1)


TESTS_THAT_PASS = "  - {name: goodbye, input: '9', expect: {status: completed}}\n"


def test_junit_has_names_messages_and_times(project: Project) -> None:
    project.scenario("tests/a.test.yaml")
    project.run("--junitxml=junit.xml")
    cases = list(ElementTree.parse(project.path / "junit.xml").iter("testcase"))
    assert [case.get("name") for case in cases] == NAMES
    assert {case.get("classname") for case in cases} == {"tests.a.test.yaml"}
    failure = cases[2].find("failure")
    assert failure is not None and failure.text is not None
    assert str(failure.get("message")).startswith("routing.queueName: expected the queue")
    assert "flowsim test tests/a.test.yaml:8:2" in failure.text
    skipped = cases[3].find("skipped")
    assert skipped is not None and skipped.get("message") == "no such key yet"
    # The time of the test, without that of its process.
    assert all(float(case.get("time", "1")) < 0.5 for case in cases)


@needs_shell
def test_a_session_has_one_process(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    log = program(project, monkeypatch, COUNTING)
    for name in "abc":
        project.scenario(f"tests/{name}.test.yaml")
    project.run().assert_outcomes(passed=6, failed=3, skipped=3)
    assert log.read_text().splitlines() == ["test --on-request --jobs=1 ."]


@needs_shell
def test_a_session_without_scenarios_has_none(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = program(project, monkeypatch, COUNTING)
    project.scenario("tests/a.test.yaml")
    project.write("test_python.py", "def test_python(): pass\n")
    project.run("test_python.py").assert_outcomes(passed=1)
    project.run("-p", "no:flowsim").assert_outcomes(passed=1)
    assert not log.exists()


@needs_shell
def test_every_worker_has_one_process(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("xdist")
    log = program(project, monkeypatch, COUNTING)
    for name in "abc":
        project.scenario(f"tests/{name}.test.yaml")
    result = project.run("-n", "2", "-v")
    result.assert_outcomes(passed=6, failed=3, skipped=3)
    result.stdout.fnmatch_lines(["routing.queueName: expected the queue*"])
    assert "Traceback" not in result.stdout.str()
    assert len(log.read_text().splitlines()) == 2


@needs_shell
def test_tests_run_when_their_turn_comes(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    log = program(project, monkeypatch, '"$REAL" "$@" | tee "$LOG"')
    project.scenario("a.test.yaml")
    project.run("-x").assert_outcomes(passed=2, failed=1)
    assert log.read_text().count('"finished"') == 3


def test_a_file_that_does_not_load_is_a_collection_error(project: Project) -> None:
    project.scenario("a.test.yaml")
    project.scenario("b.test.yaml", "  - {name: b, imput: '1'}\n")
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "*_ ERROR collecting b.test.yaml _*",
            "error[[]INVALID_SCENARIO[]]: *`imput`*",
            " --> b.test.yaml:4:15",
            "*did you mean `input`?",
            "ERROR b.test.yaml",
        ]
    )
    assert ".py" not in result.stdout.str().split("ERRORS")[1]
    project.run("--continue-on-collection-errors").assert_outcomes(
        passed=2, failed=1, skipped=1, errors=1
    )


def test_a_test_that_cannot_run_is_a_failure_with_a_diagnostic(project: Project) -> None:
    project.scenario("a.test.yaml", "  - {name: a, flow: Shop, expect: {}}\n")
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["error[[]*", "FAILED a.test.yaml::a - INVALID_SCENARIO: *"])


def test_a_missing_program_is_an_error(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWSIM_BIN", "no-such-program")
    project.scenario("a.test.yaml")
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["FLOWSIM_BIN is `no-such-program`, which is not a program"])


def test_an_environment_without_a_program_is_an_error(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FLOWSIM_BIN", raising=False)
    monkeypatch.setenv("PATH", str(project.path))
    project.write("flowsim.py", "raise ImportError\n")
    monkeypatch.setenv("PYTHONPATH", str(project.path))
    project.scenario("a.test.yaml")
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["the flowsim program is missing: install it with `pip*"])


@needs_shell
def test_a_program_that_is_too_old_says_so(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(project, monkeypatch, 'echo "error: unexpected argument" >&2\nexit 2')
    project.scenario("a.test.yaml")
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "`flowsim test --on-request` ended with exit code 2",
            "error: unexpected argument",
        ]
    )


@needs_shell
def test_a_program_that_dies_fails_the_tests_that_are_left(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(project, monkeypatch, 'head -n 1 | "$REAL" "$@"\necho "it is over" >&2\nexit 70')
    project.scenario("a.test.yaml")
    result = project.run()
    result.assert_outcomes(passed=1, failed=2, skipped=1)
    result.stdout.fnmatch_lines(
        ["`flowsim test --on-request` ended with exit code 70", "it is over"] * 2
    )
    assert "Traceback" not in result.stdout.str()


def test_files_that_flowsim_passes_over_can_be_named(project: Project) -> None:
    project.write("flows/.hidden/a.test.yaml", "flows: ..\ntests:\n" + TESTS_THAT_PASS)
    project.scenario("b.test.yaml", TESTS_THAT_PASS)
    result = project.run("flows/.hidden", "b.test.yaml", "-v")
    result.assert_outcomes(passed=2)


def test_a_link_to_a_folder_is_collected(project: Project) -> None:
    if sys.platform == "win32":
        pytest.skip("links need a permission")
    project.write("elsewhere/flows/bakery.yaml", (project.path / "flows/bakery.yaml").read_text())
    project.write("elsewhere/a.test.yaml", "flows: flows\ntests:\n" + TESTS_THAT_PASS)
    (project.path / "tests").mkdir()
    (project.path / "tests/link").symlink_to("../elsewhere")
    result = project.run("tests", "-v")
    result.assert_outcomes(passed=1)


def test_names_can_hold_anything_and_differ(project: Project) -> None:
    names = ["a::b", "[x] :: y", "two\\nlines", "same", "same", "ü ✓"]
    tests = "".join(f'  - {{name: "{name}", skip: true}}\n' for name in names)
    project.scenario("a.test.yaml", tests)
    ids = items(project.run("--collect-only", "-q"))
    assert len(set(ids)) == len(names)
    for node in ids:
        project.run(node).assert_outcomes(skipped=1)


def test_tests_on_one_line_differ(project: Project) -> None:
    case = '{"name": "same", "input": "9", "expect": {"status": "completed"}}'
    project.write("a.test.json", f'{{"flows": "flows", "tests": [{case}, {case}]}}')
    result = project.run("-v")
    result.assert_outcomes(passed=2)
    assert len({line.split(" PASSED")[0] for line in result.outlines if "PASSED" in line}) == 2


def test_a_tag_is_only_a_word(project: Project) -> None:
    tags = "[skip, xfail, skipif, usefixtures, parametrize, _private, ü, 'team:a', 'b(c)']"
    case = f"  - {{name: a, tags: {tags}, input: '9', expect: {{status: completed}}}}\n"
    project.scenario("a.test.yaml", case)
    project.run("-m", "ü", "--strict-markers").assert_outcomes(passed=1)


def test_snapshots_are_written_as_by_flowsim(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    project.scenario("a.test.yaml", "  - {name: a, input: '9', snapshot: true}\n")
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*snapshot*"])
    assert list(project.path.rglob("*.new*"))


def test_an_expected_failure_is_xfailed(project: Project) -> None:
    case = "{name: %s, input: '9', expectFailure: known, expect: {routing: %s}}\n"
    project.scenario(
        "a.test.yaml",
        "  - " + case % ("fails", "{queueName: Sales}") + "  - " + case % ("passes", "null"),
    )
    project.run("-rx").assert_outcomes(xfailed=1, failed=1)
