"""Spark and Ray on this machine. The tests are skipped if they are not installed: they are
larger than everything else together."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import flowsim

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
FLOWS = FIXTURES / "shared-flow" / "flows"
FLOW = "Inbound_Flow_A"


def calls(count: int) -> list[dict[str, Any]]:
    return [{"id": n, "flow": FLOW, "input": [str(n % 4)]} for n in range(count)]


def expected(count: int) -> list[tuple[int, list[str]]]:
    rows = flowsim.Project(FLOWS).run_batch(calls(count), select=["path"])
    return [(row["id"], row["path"]) for row in rows]


def recordings() -> list[str]:
    paths = sorted((FIXTURES / "compare" / "recordings").iterdir())
    return [path.read_text(encoding="utf-8") for path in paths]


def damaged(folder: Path) -> Path:
    """A folder with two Parquet files of calls. A page of the second one is damaged."""
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    files = folder / "calls"
    files.mkdir()
    for name in ("a", "b"):
        parquet.write_table(pa.Table.from_pylist(calls(2000)), files / f"{name}.parquet")
    path = files / "b.parquet"
    content = bytearray(path.read_bytes())
    column = parquet.read_metadata(path).row_group(0).column(0)
    start = column.data_page_offset
    content[start : start + 200] = b"\xff" * 200
    path.write_bytes(content)
    return files


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    from pyspark.sql import SparkSession

    # The workers are those of this environment.
    before = os.environ.get("PYSPARK_PYTHON")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    # Two cores; a part that fails is tried four times.
    builder = SparkSession.builder.master("local[2,4]").config("spark.ui.enabled", "false")
    session = builder.getOrCreate()
    yield session
    session.stop()
    del os.environ["PYSPARK_PYTHON"]
    if before is not None:
        os.environ["PYSPARK_PYTHON"] = before


def test_spark_makes_the_calls_of_a_data_frame(spark: Any) -> None:
    import flowsim.spark

    frame = spark.createDataFrame(
        calls(1000), "id long, flow string, input array<string>"
    ).repartition(4)
    results = flowsim.spark.run(frame, FLOWS, select=["path"])
    assert results.columns == ["id", "path", "error"]
    rows = results.orderBy("id").collect()
    assert [(row["id"], row["path"]) for row in rows] == expected(1000)
    assert all(row["error"] is None for row in rows)


def test_spark_compares_the_recordings_of_a_data_frame(spark: Any) -> None:
    import flowsim.spark

    frame = spark.createDataFrame([(text,) for text in recordings()], "row string")
    flows = FIXTURES / "compare" / "flows"
    results = flowsim.spark.compare(frame, flows, select=["verdict"])
    counts = {row["verdict"]: row["count"] for row in results.groupBy("verdict").count().collect()}
    assert counts["equal"] == 2 and sum(counts.values()) == 9


def test_a_bad_row_of_spark_stays_in_its_place(spark: Any) -> None:
    import flowsim.spark

    rows = recordings() * 50
    rows[7], rows[200] = '{"id": "broken', "[1]"
    numbered = [(number, text) for number, text in enumerate(rows)]
    frame = spark.createDataFrame(numbered, "number long, row string").orderBy("number")
    flows = FIXTURES / "compare" / "flows"
    plain = flowsim.Project(flows).compare(rows, select=["verdict"])
    for distinct in (False, True):
        results = flowsim.spark.compare(
            frame.select("row"), flows, select=["verdict"], distinct=distinct
        ).collect()
        assert [row["verdict"] for row in results] == [row.get("verdict") for row in plain]
        mistakes = [index for index, row in enumerate(results) if row["error"]]
        assert mistakes == [7, 200]


def test_a_killed_worker_of_spark_loses_nothing(spark: Any, tmp_path: Path) -> None:
    import signal

    import flowsim.spark

    killed = tmp_path / "killed"

    def kill_once(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            yield batch
            try:
                killed.touch(exist_ok=False)
            except FileExistsError:
                continue
            os.kill(os.getpid(), signal.SIGKILL)

    schema = "id long, flow string, input array<string>"
    frame = spark.createDataFrame(calls(20_000), schema).repartition(4)
    results = flowsim.spark.run(frame.mapInArrow(kill_once, schema), FLOWS, select=["path"])
    rows = results.orderBy("id").collect()
    assert killed.exists()
    assert [(row["id"], row["path"]) for row in rows] == expected(20_000)


def test_a_damaged_file_ends_the_job_of_spark(spark: Any, tmp_path: Path) -> None:
    """Nothing is written: a result without the rows of a file would look complete."""
    import flowsim.spark

    read, written = damaged(tmp_path), tmp_path / "results"
    results = flowsim.spark.run(spark.read.parquet(str(read)), FLOWS, select=["path"])
    with pytest.raises(Exception, match=r"(?i)parquet|decompress|corrupt|read"):
        results.write.parquet(str(written))
    assert not (written / "_SUCCESS").exists()
    assert not list(written.glob("*.parquet"))


def test_spark_pipes_rows_through_the_program(spark: Any) -> None:
    import json

    program = shutil.which("flowsim")
    if program is None:
        pytest.skip("the program is not on the path")
    rows = spark.sparkContext.parallelize([json.dumps(call) for call in calls(100)], 3)
    piped = rows.pipe(f"{program} batch run --flows {FLOWS} --select path").collect()
    found = [json.loads(row) for row in piped]
    assert [(row["id"], row["path"]) for row in found] == expected(100)


def test_ray_makes_the_calls_of_a_data_set() -> None:
    ray = pytest.importorskip("ray")
    pytest.importorskip("pandas")
    import flowsim.ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        dataset = ray.data.from_items(calls(1000))
        results = flowsim.ray.run(dataset, FLOWS, select=["path"], batch_size=128)
        rows = sorted(results.take_all(), key=lambda row: row["id"])
        assert [(row["id"], list(row["path"])) for row in rows] == expected(1000)
        dataset = ray.data.from_items([{"row": text} for text in recordings()])
        flows = FIXTURES / "compare" / "flows"
        for distinct in (False, True):
            compared = flowsim.ray.compare(
                dataset, flows, select=["verdict"], distinct=distinct
            ).take_all()
            assert sum(row["verdict"] == "equal" for row in compared) == 2
    finally:
        ray.shutdown()


def test_a_damaged_file_ends_the_job_of_ray(tmp_path: Path) -> None:
    ray = pytest.importorskip("ray")
    import flowsim.ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        dataset = ray.data.read_parquet(str(damaged(tmp_path)))
        results = flowsim.ray.run(dataset, FLOWS, select=["path"])
        with pytest.raises(Exception, match=r"(?i)parquet|decompress|corrupt|read|page"):
            results.take_all()
    finally:
        ray.shutdown()
