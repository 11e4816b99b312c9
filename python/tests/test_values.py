"""Values of Python and of tables: one meaning in every form, and a mistake stays in its row."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

import flowsim

FLOW = """inboundCall:
  name: Values
  startUpRef: /inboundCall/tasks/task[t_1]
  variables:
    - stringVariable: {name: Flow.s, initialValue: {lit: x}}
    - integerVariable: {name: Flow.i, initialValue: {lit: 0}}
    - decimalVariable: {name: Flow.d, initialValue: {lit: 0}}
  tasks:
    - task:
        name: T
        refId: t_1
        actions:
          - disconnect: {name: Bye}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> flowsim.Project:
    path = tmp_path_factory.mktemp("flows") / "values.yaml"
    path.write_text(FLOW, encoding="utf-8")
    return flowsim.Project(path)


def table(project: flowsim.Project, columns: Any, select: str = "variables") -> list[Any]:
    pa = pytest.importorskip("pyarrow")
    stream = project.run_batch(columns, select=[select])
    return pa.table(stream).to_pylist()


def variables(row: dict[str, Any]) -> Any:
    found = row["variables"]
    return json.loads(found) if isinstance(found, str) else found


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_lacks_are_mistakes_of_their_row(
    project: flowsim.Project, value: float
) -> None:
    call = {"id": 7, "variables": {"Flow.d": value}}
    [of_dict, other] = project.run_batch([call, {"id": 8}], select=["status"])
    assert other == {"id": 8, "status": "completed"}
    [of_text] = project.run_batch([json.dumps(call)])
    pa = pytest.importorskip("pyarrow")
    [of_struct] = table(project, pa.Table.from_pylist([call]))
    [of_row] = table(project, pa.table({"row": [json.dumps(call)]}))
    for row in (of_dict, of_text, of_struct, of_row):
        assert str(row["id"]) == "7"
        name = json.dumps(value)
        assert row["error"]["message"] == f"`variables.Flow.d` is {name}, which JSON does not have"


def test_values_that_json_lacks_are_mistakes_of_their_row(project: flowsim.Project) -> None:
    endless: list[Any] = []
    endless.append(endless)
    rows = [
        {"id": 1, "variables": {"Flow.s": b"x"}},
        {"id": "b", "variables": {"Flow.s": {1, 2}}},
        {"id": 3, "variables": {(1, 2): "x"}},
        {"id": 4, "variables": {"Flow.s": endless}},
        {"id": object()},
        {"id": 6},
    ]
    found = project.run_batch(rows, select=["status"])
    assert [row["id"] for row in found] == [1, "b", 3, 4, None, 6]
    assert [row.get("error", {}).get("code") for row in found] == ["INVALID_REQUEST"] * 5 + [None]
    assert "`variables.Flow.s` is a value of the type bytes" in found[0]["error"]["message"]
    summary = project.compare_summary([{"id": 1, "request": b"x"}])
    assert (summary["rows"], summary["errors"]) == (1, 1)


def test_dates_and_uuids_are_strings_as_in_a_table(project: flowsim.Project) -> None:
    moment = datetime(2026, 3, 1, 9, 0, 0, 123000, tzinfo=timezone.utc)
    call = {"id": uuid.UUID(int=5), "at": moment, "variables": {"Flow.s": moment}}
    [row] = project.run_batch([call], select=["variables"])
    assert row["id"] == "00000000-0000-0000-0000-000000000005"
    assert row["variables"]["Flow.s"] == "2026-03-01T09:00:00.123Z"
    pa = pytest.importorskip("pyarrow")
    type = pa.struct([("Flow.s", pa.timestamp("ms", "UTC"))])
    columns = pa.table({"variables": pa.array([{"Flow.s": moment}], type)})
    [of_table] = table(project, columns)
    assert variables(of_table) == row["variables"]


def test_numbers_of_other_libraries_are_numbers(project: flowsim.Project) -> None:
    given = {"Flow.i": Decimal("3"), "Flow.d": Decimal("0.1")}
    [row] = project.run_batch([{"id": Decimal("4"), "variables": given}], select=["variables"])
    assert (row["id"], row["variables"]["Flow.i"], row["variables"]["Flow.d"]) == (4, 3, 0.1)
    numpy = pytest.importorskip("numpy")
    given = {"Flow.i": numpy.int64(3), "Flow.d": numpy.float32(0.5)}
    [row] = project.run_batch([{"id": numpy.uint64(2**63), "variables": given}])
    assert (row["id"], "error" in row) == (2**63, False)


def test_whole_numbers_may_be_floats(project: flowsim.Project) -> None:
    call = {"seed": 5.0, "maxActions": 9.0, "timeoutMs": 1e6, "variables": {"Flow.i": 5.0}}
    [row] = project.run_batch([call], select=["variables"])
    assert row["variables"]["Flow.i"] == 5
    assert project.run(call).variables["Flow.i"] == 5
    pa = pytest.importorskip("pyarrow")
    [of_table] = table(project, pa.Table.from_pylist([call]))
    assert variables(of_table) == row["variables"]
    [row] = project.run_batch([{"variables": {"Flow.i": 5.5}}])
    assert "found 5.5" in row["error"]["message"]
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"id": [1, 2], "maxActions": [5, None]})
    found = table(project, frame, "status")
    assert [row["status"] for row in found] == ["completed"] * 2


def test_a_null_is_a_missing_key_in_every_form(project: flowsim.Project) -> None:
    [row] = project.run_batch([{"variables": {"Flow.s": None}}], select=["variables"])
    assert row["variables"]["Flow.s"] == "x"
    assert project.run(variables={"Flow.s": None}).variables["Flow.s"] == "x"
    pa = pytest.importorskip("pyarrow")
    columns = [
        pa.array(['{"Flow.s": null}']),
        pa.array([{"Flow.s": None}], pa.struct([("Flow.s", pa.string())])),
        pa.array([[("Flow.s", None)]], pa.map_(pa.string(), pa.string())),
    ]
    for column in columns:
        [found] = table(project, pa.table({"variables": column}))
        assert variables(found) == row["variables"]


def test_ids_have_the_type_of_the_input(project: flowsim.Project) -> None:
    pa = pytest.importorskip("pyarrow")
    ids = [1, 2**63 + 5, None]
    stream = project.run_batch(pa.table({"id": pa.array(ids, pa.uint64())}), select=["status"])
    found = pa.table(stream)
    assert found.schema.field("id").type == pa.uint64()
    assert found["id"].to_pylist() == ids
    # Ids of whole rows are theirs, of any type.
    rows = ['{"id": 5.5}', '{"id": "a"}']
    found = table(project, pa.table({"id": [1, 2], "row": rows}), "status")
    assert [row["id"] for row in found] == ["5.5", "a"]
    assert [row["error"] for row in found] == [None, None]


def test_columns_of_nulls_and_rows_of_bytes(project: flowsim.Project) -> None:
    pa = pytest.importorskip("pyarrow")
    rows = pa.array([b'{"id": "a"}', b"\xff"])
    found = table(project, pa.table({"row": rows}), "status")
    assert [row["status"] for row in found] == ["completed", None]
    assert found[1]["error"]["code"] == "FILE_NOT_TEXT"
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"id": [1], "at": [None], "input": [[]], "context": [{"from": None}]})
    [row] = table(project, frame, "status")
    assert (row["status"], row["error"]) == ("completed", None)
