"""Tables of Arrow: the rows of dicts and of tables have the same output."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import flowsim

pa = pytest.importorskip("pyarrow")

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
FLOW = "Inbound_Flow_A"
SELECT = ["status", "failure", "queueName", "skills", "priority", "path", "elapsedMs"]


@pytest.fixture
def project() -> flowsim.Project:
    folder = FIXTURES / "shared-flow"
    return flowsim.Project(folder / "flows", fixtures=folder / "fixtures.yaml")


def calls(count: int = 10) -> list[dict[str, Any]]:
    return [
        {"id": n, "flow": FLOW, "input": [str(n % 3), None], "context": {"from": f"+1{n}"}}
        for n in range(count)
    ]


def table(stream: object) -> Any:
    return pa.RecordBatchReader.from_stream(stream).read_all()


def rows(stream: object) -> list[dict[str, Any]]:
    """The rows of a table as those of dicts, which have no `error` unless there is one."""
    found = table(stream).to_pylist()
    for row in found:
        if row["error"] is None:
            del row["error"]
    return found


def test_a_table_has_the_output_of_its_rows(project: flowsim.Project) -> None:
    own = calls()
    assert rows(project.run_batch(pa.Table.from_pylist(own), select=SELECT)) == (
        project.run_batch(own, select=SELECT)
    )


def test_objects_may_be_strings_of_json(project: flowsim.Project) -> None:
    own = [{**call, "context": json.dumps(call["context"])} for call in calls()]
    found = rows(project.run_batch(pa.Table.from_pylist(own), select=SELECT))
    assert found == project.run_batch(calls(), select=SELECT)
    broken = pa.Table.from_pylist([{"id": "a", "context": '{"from": 1}, "flow": "x"'}])
    [row] = table(project.run_batch(broken)).to_pylist()
    assert (row["id"], row["error"]["code"]) == ("a", "INVALID_REQUEST")
    assert "context" in row["error"]["message"]


def test_documents_are_strings_of_json(project: flowsim.Project) -> None:
    select = ["variables", "trace"]
    found = table(project.run_batch(pa.Table.from_pylist(calls()), select=select))
    expected = project.run_batch(calls(), select=select)
    assert [json.loads(it) for it in found["trace"].to_pylist()] == [
        row["trace"] for row in expected
    ]
    assert json.loads(found["variables"][1].as_py()) == expected[1]["variables"]


def test_rows_with_mistakes_are_in_their_place(project: flowsim.Project) -> None:
    own = pa.table({"id": ["a", None, "c"], "flow": [FLOW, "no such flow", FLOW]})
    found = table(project.run_batch(own, select=["status"]))
    assert found["id"].to_pylist() == ["a", None, "c"]
    assert found["status"].to_pylist() == ["completed", None, "completed"]
    errors = found["error"].to_pylist()
    assert [error is None for error in errors] == [True, False, True]
    assert "no such flow" in errors[1]["message"]


def test_large_tables_are_split(project: flowsim.Project) -> None:
    own = pa.table({"id": range(10_000), "flow": [FLOW] * 10_000})
    stream = pa.RecordBatchReader.from_stream(project.run_batch(own, select=["status"]))
    batches = list(stream)
    assert [batch.num_rows for batch in batches] == [4096, 4096, 1808]
    ids = [row for batch in batches for row in batch["id"].to_pylist()]
    assert ids == list(range(10_000))


def test_an_empty_table_has_the_schema(project: flowsim.Project) -> None:
    empty = pa.Table.from_pylist(calls()).slice(0, 0)
    found = table(project.run_batch(empty, select=["path", "actions"]))
    assert found.num_rows == 0
    assert found.schema.names == ["id", "path", "actions", "error"]
    assert found.schema.field("id").type == pa.int64()
    assert found.schema.field("path").type == pa.list_(pa.string())


def test_a_stream_that_breaks_is_an_error(project: flowsim.Project) -> None:
    """Rows before the damage have their results; a part is never taken for the whole."""
    whole = pa.Table.from_pylist(calls())

    def damaged() -> Any:
        def batches() -> Iterator[Any]:
            yield from whole.to_batches()
            raise OSError("a page of the file is damaged")

        return pa.RecordBatchReader.from_batches(whole.schema, batches())

    stream = pa.RecordBatchReader.from_stream(project.run_batch(damaged(), select=["path"]))
    with pytest.raises(Exception, match="a page of the file is damaged"):
        stream.read_all()
    with pytest.raises(Exception, match="a page of the file is damaged"):
        project.compare_summary(damaged())


def test_recordings_in_a_column_are_compared() -> None:
    project = flowsim.Project(FIXTURES / "compare" / "flows")
    paths = sorted((FIXTURES / "compare" / "recordings").iterdir())
    texts = [path.read_text(encoding="utf-8") for path in paths]
    own = pa.table({"row": texts})
    found = rows(project.compare(own, select=["verdict", "isElsewhere", "differences"]))
    assert found == project.compare(texts, select=["verdict", "isElsewhere", "differences"])
    assert project.compare_summary(own) == project.compare_summary(texts)


def test_other_libraries_read_and_write_tables(project: flowsim.Project) -> None:
    expected = [row["path"] for row in project.run_batch(calls(), select=["path"])]
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(calls())
    found = polars.DataFrame(project.run_batch(frame, select=["path"]))
    assert found["path"].to_list() == expected
    duckdb = pytest.importorskip("duckdb")
    query = f"select n as id, '{FLOW}' as flow, [(n % 3)::text] as input from range(10) t(n)"
    result = pa.table(project.run_batch(duckdb.sql(query), select=["path"]))
    assert result.num_rows == 10
    query = "select path[-1] as last, count(*) as calls from result group by all"
    assert duckdb.sql(query).fetchall() == [("EndFlow", 10)]
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"id": range(3), "flow": [FLOW] * 3})
    found = table(project.run_batch(frame, select=["status"])).to_pandas()
    assert list(found["status"]) == ["completed"] * 3
