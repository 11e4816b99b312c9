"""The fixture `flowsim`."""

from __future__ import annotations

import pytest
from conftest import Project


def passes(project: Project, code: str, *arguments: str) -> pytest.RunResult:
    """Runs a test with this code, which passes."""
    result = runs(project, code, *arguments)
    result.assert_outcomes(passed=1)
    return result


def runs(project: Project, code: str, *arguments: str) -> pytest.RunResult:
    lines = "".join(f"    {line}\n" for line in code.splitlines())
    project.write("test_call.py", f"import pytest\n\ndef test_call(flowsim):\n{lines}")
    return project.run(*arguments, "test_call.py")


def test_a_call_says_what_happened(project: Project) -> None:
    code = """\
call = flowsim.run("flows", flow="Bakery", input=["1"], fixtures="fixtures.yaml")
assert call.status == "completed"
assert call.error is None
assert "Order" in call.path
assert call.path[0] == "Bakery"
assert call.prompts == ["Welcome.", "Press 1."]
assert call.routing["queueName"] == "Orders"
assert call.variables == {}
assert call.elapsed_ms == call.trace["elapsedMs"]
assert [step["nodeName"] for step in call.steps] == call.path
assert call.trace["schema"] == "flowsim.trace/1"
assert "status='completed'" in repr(call)
"""
    passes(project, code)


def test_paths_start_at_the_root_folder(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("pytest.ini", "[pytest]\n")
    project.write("sub/empty", "")
    monkeypatch.chdir(project.path / "sub")
    code = 'assert flowsim.run("flows", input="9").status == "completed"\n'
    lines = f"def test_call(flowsim):\n    {code}"
    project.write("test_call.py", lines)
    project.run("../test_call.py").assert_outcomes(passed=1)


def test_fixtures_are_paths_or_mappings(project: Project) -> None:
    code = """\
queue = lambda id: {"queues": [{"id": id, "name": "Orders"}]}
for fixtures, id in [
    ("fixtures.yaml", "orders"),
    (queue("mapped"), "mapped"),
    (["fixtures.yaml", queue("later")], "later"),
    ([queue("earlier"), "fixtures.yaml"], "orders"),
]:
    call = flowsim.run("flows", input="1", fixtures=fixtures)
    assert call.routing["queueId"] == id
"""
    passes(project, code)


def test_input_is_keys_silence_or_words(project: Project) -> None:
    code = """\
assert flowsim.run("flows", input="9").path[-1] == "Goodbye"
assert flowsim.run("flows", input=[None, "9"]).path[-1] == "Goodbye"
assert flowsim.run("flows", input=None).path[-1] != "Goodbye"
assert flowsim.run("flows").elapsed_ms > 0
assert flowsim.run("flows", input=["hangup"]).path[-1] != "Goodbye"
"""
    passes(project, code)


VALUES = """\
import json
from datetime import datetime, timezone
flow = {
    "id": "values", "name": "Values", "type": "inbound",
    "draft": {"startNode": "Say", "nodes": {
        "Say": {
            "id": "Say", "type": "Say", "properties": {"sayText": "{from} {text} {number}"},
            "onComplete": {"nextNode": "End"}, "onError": {"nextNode": "End"},
        },
        "End": {"id": "End", "type": "End", "properties": {"endType": "normal"}},
    }},
}
(flowsim.folder / "values.json").write_text(json.dumps(flow))
"""


def test_values_keep_their_types(project: Project) -> None:
    code = """\
call = flowsim.run(
    "values.json",
    context={"from": "+15551234567"},
    variables={"text": "2", "number": 2, "list": ["ü"]},
    at=datetime(2026, 12, 24, 18, tzinfo=timezone.utc),
    seed=1, max_actions=50, timeout_ms=9000, strict=True, stop_at_queue=True,
    node="Say",
)
assert call.prompts == ["+15551234567 2 2"]
assert call.variables == {"text": "2", "number": 2, "list": ["ü"]}
"""
    passes(project, VALUES + code)


def test_a_call_that_fails_is_a_call(project: Project) -> None:
    code = """\
call = flowsim.run("flows", timeout_ms=1)
assert (call.status, call.error) == ("timeout", "SIMULATION_TIMEOUT")
call = flowsim.run("flows", max_actions=1, input="1")
assert (call.status, call.error) == ("error", "ACTION_LIMIT_EXCEEDED")
"""
    passes(project, code)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ('"nowhere"', 3, "nowhere"),
        ('"flows", flow="Shop"', 2, "Shop"),
        ('"flows", fixtures="nowhere.yaml"', 3, "nowhere.yaml"),
        ('"flows", input="x"', 2, "x"),
    ],
)
def test_a_call_that_cannot_be_made_is_an_error(
    project: Project, arguments: str, code: int, message: str
) -> None:
    result = runs(project, f"flowsim.run({arguments})")
    result.assert_outcomes(failed=1)
    # The traceback ends where the test makes the call.
    result.stdout.fnmatch_lines([">*flowsim.run(*", "E *pytest_flowsim.FlowsimError: *"])
    result.stdout.fnmatch_lines([f"E *{message}*"])
    assert "pytest_flowsim/_call.py" not in result.stdout.str()
    check = f"""\
from pytest_flowsim import FlowsimError
with pytest.raises(FlowsimError) as caught:
    flowsim.run({arguments})
assert caught.value.exit_code == {code}
"""
    passes(project, check)


def test_a_call_needs_flows(project: Project) -> None:
    passes(project, "with pytest.raises(TypeError, match='at least one'):\n    flowsim.run()")


def test_notes_are_shown_if_the_test_fails(project: Project) -> None:
    result = runs(project, "flowsim.run('flows', input=['9', '1'])\nassert False")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Captured stderr call*", "*input*"])


def test_a_missing_program_is_an_error_without_a_traceback(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWSIM_BIN", "no-such-program")
    result = runs(project, "flowsim.run('flows')")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["FLOWSIM_BIN is `no-such-program`, which is not a program"])
