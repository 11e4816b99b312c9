"""The compiled module of the wheel `flowsim`. `.ci/wheel` runs these tests."""

from __future__ import annotations

import copy
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import flowsim

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


@pytest.fixture
def project() -> flowsim.Project:
    folder = FIXTURES / "shared-flow"
    return flowsim.Project(folder / "flows", fixtures=folder / "fixtures.yaml")


def changed() -> flowsim.Project:
    return flowsim.Project(FIXTURES / "compare" / "flows")


def recordings() -> list[dict[str, Any]]:
    paths = sorted((FIXTURES / "compare" / "recordings").iterdir())
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def test_a_call_is_a_trace(project: flowsim.Project) -> None:
    trace = project.run({"flow": "Inbound_Flow_A"}, input=["1"])
    assert trace.status == "completed"
    assert trace.routing is not None and trace.routing["queueName"] == "Support"
    document = trace.to_dict()
    assert document["schema"] == "flowsim.trace/1"
    assert [step["nodeName"] for step in document["steps"]] == trace.path
    assert json.loads(trace.to_json()) == document
    assert trace == project.run(flow="Inbound_Flow_A", input=["1"])
    assert trace != project.run(flow="Inbound_Flow_A", input=["2"])
    assert str(trace) == trace.to_text()


def test_the_flows_of_a_project_are_listed(project: flowsim.Project) -> None:
    names = [flow["name"] for flow in project.flows]
    assert "Inbound_Flow_A" in names
    assert project.check() == []


def test_a_flow_that_does_not_load_has_a_code_and_a_place() -> None:
    path = FIXTURES / "broken" / "dangling_reference.json"
    with pytest.raises(flowsim.Error) as raised:
        flowsim.Project(path)
    error = raised.value
    assert (error.kind, error.code) == ("load", "DANGLING_REFERENCE")
    assert error.file == path.as_posix() and error.line is not None
    first = error.diagnostics[0]
    assert (first.code, first.line) == (error.code, error.line)
    assert first.message in str(error)


def test_a_call_with_mistakes_has_a_code_and_a_column(project: flowsim.Project) -> None:
    with pytest.raises(flowsim.Error, match="inputs") as raised:
        project.run(inputs=["1"])
    assert (raised.value.kind, raised.value.line) == ("invalid", 1)
    assert raised.value.column == 3
    with pytest.raises(flowsim.Error) as raised:
        project.run(flow="no such flow")
    assert raised.value.kind == "invalid"
    with pytest.raises(flowsim.Error, match="did you mean `status`"):
        project.run_batch([], select=["stattus"])


def test_a_session_is_answered_step_by_step(project: flowsim.Project) -> None:
    session = project.session(flow="Inbound_Flow_A")
    question = session.next_input()
    assert question is not None and question["kind"] == "input"
    assert question == session.question
    other = copy.copy(session)
    session.input("1")
    other.input("2")
    with pytest.raises(flowsim.Error, match="does not fit|is over"):
        session.respond(200, {})
    while not session.is_over:
        session.from_fixtures()
    assert session.trace() == project.run(flow="Inbound_Flow_A", input=["1"])
    assert other.variable("shared_module_result") != session.variable("shared_module_result")
    with pytest.raises(KeyError):
        session.variable("no such variable")


def test_the_rows_of_a_batch_are_in_order(project: flowsim.Project) -> None:
    flow = "Inbound_Flow_A"
    calls = [{"id": n, "flow": flow, "input": [str(n % 3)]} for n in range(200)]
    rows = project.run_batch([*calls, {"id": "x", "inputs": []}], select=["path"])
    assert [row["id"] for row in rows] == [*range(200), "x"]
    for call, row in zip(calls, rows):
        assert row["path"] == project.run(flow=flow, input=call["input"]).path
    assert rows[-1]["error"]["code"] == "INVALID_REQUEST"


def test_recordings_are_compared() -> None:
    project, rows = changed(), recordings()
    compared = project.compare(rows)
    assert [row["id"] for row in compared] == [row["id"] for row in rows]
    assert sum(row["verdict"] == "equal" for row in compared) == 2
    assert project.compare(rows * 3, distinct=True) == compared * 3
    files = project.compare_files(FIXTURES / "compare" / "recordings")
    assert [file["verdict"] for file in files] == [row["verdict"] for row in compared]


def test_summaries_of_parts_merge_to_that_of_the_whole() -> None:
    project, rows = changed(), recordings()
    whole = project.compare_summary(rows * 2, distinct=True)
    assert (whole["rows"], whole["equal"], whole["distinct"]) == (18, 4, 9)
    parts = [project.compare_summary(it, distinct=True) for it in (rows[4:], rows, rows[:4])]
    assert flowsim.merge_summaries(parts) == whole
    with pytest.raises(flowsim.Error) as raised:
        flowsim.merge_summaries([{**whole, "rows": 1}])
    assert raised.value.code == "INVALID_SUMMARY"


def test_an_exploration_has_verdicts(project: flowsim.Project) -> None:
    explored = project.explore("Inbound_Flow_A")
    assert explored["schema"].startswith("flowsim.exploration/")
    with pytest.raises(flowsim.Error):
        project.explore("no such flow")


def test_other_threads_run_during_a_batch(project: flowsim.Project) -> None:
    calls = [json.dumps({"flow": "Inbound_Flow_A", "input": ["1"]})] * 20_000
    ended = threading.Event()

    def batch() -> None:
        project.run_batch(calls, select=["status"])
        ended.set()

    interval = sys.getswitchinterval()
    # No thread is made to give up the lock of the interpreter.
    sys.setswitchinterval(1_000)
    try:
        thread = threading.Thread(target=batch)
        thread.start()
        assert not ended.is_set()
    finally:
        sys.setswitchinterval(interval)
    thread.join()
    assert ended.is_set()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_has_its_own_threads(project: flowsim.Project) -> None:
    calls = [{"id": n, "flow": "Inbound_Flow_A"} for n in range(100)]
    expected = project.run_batch(calls, select=["path"])
    child = os.fork()
    if child == 0:
        # Without threads, the child would wait forever: the alarm ends it.
        signal.alarm(30)
        code = 1
        try:
            code = int(project.run_batch(calls, select=["path"]) != expected)
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
