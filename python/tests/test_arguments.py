"""Arguments that are wrong, pickled objects, signals, and the numbers of threads."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import flowsim
from flowsim import _worker

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
COMPARE = FIXTURES / "compare"


@pytest.fixture(scope="module")
def project() -> flowsim.Project:
    return flowsim.Project(COMPARE / "flows")


@pytest.mark.parametrize("flows", [None, []])
def test_a_project_needs_flows(flows: Any) -> None:
    with pytest.raises(flowsim.Error, match="no flows to load") as raised:
        flowsim.Project(flows)
    assert raised.value.kind == "invalid"


@pytest.mark.parametrize("flows", [5, b"flows", [5], {"flows": 1}])
def test_flows_are_paths(flows: Any) -> None:
    with pytest.raises(TypeError, match="is not a path"):
        flowsim.Project(flows)


def test_nothing_to_do_is_an_error(project: flowsim.Project) -> None:
    with pytest.raises(flowsim.Error, match="no summaries found") as raised:
        flowsim.merge_summaries([])
    assert (raised.value.kind, raised.value.diagnostics) == ("invalid", [])
    with pytest.raises(flowsim.Error, match=r"end in \.recording\.json"):
        project.compare_files(COMPARE / "flows")


def test_compared_files_have_their_path(project: flowsim.Project) -> None:
    folder = COMPARE / "recordings"
    found = [document["recording"] for document in project.compare_files(folder)]
    assert found == [path.as_posix() for path in sorted(folder.iterdir())]


@pytest.mark.parametrize("rows", ["{}", b"{}", {"id": 1}])
def test_a_row_is_not_a_list_of_rows(project: flowsim.Project, rows: Any) -> None:
    for method in (project.run_batch, project.compare, project.compare_summary):
        with pytest.raises(TypeError, match="is not a list of rows"):
            method(rows)


def test_lazy_frames_have_no_rows(project: flowsim.Project) -> None:
    polars = pytest.importorskip("polars")
    with pytest.raises(TypeError, match=r"frame\.collect\(\)"):
        project.run_batch(polars.DataFrame({"id": [1]}).lazy())


def test_options_of_the_wrong_type_are_named(project: flowsim.Project) -> None:
    with pytest.raises(TypeError, match="a string is not a list of names"):
        project.run_batch([], select="status")
    for tolerance in (0, 0.00001, "0.5"):
        assert project.compare([], number_tolerance=tolerance) == []
    with pytest.raises(TypeError, match="is not a number"):
        project.compare([], number_tolerance=True)
    with pytest.raises(flowsim.Error, match="not negative"):
        project.compare([], number_tolerance=-1)


def test_a_stream_can_only_be_read(project: flowsim.Project) -> None:
    pa = pytest.importorskip("pyarrow")
    stream = project.run_batch(pa.table({"id": [1]}), select=["status"])
    assert [name for name in dir(stream) if not name.startswith("_")] == []
    assert "id, status, error" in repr(stream)
    assert pa.table(stream).num_rows == 1
    with pytest.raises(ValueError, match="were read before"):
        pa.table(stream)


def test_errors_and_findings_are_pickled() -> None:
    with pytest.raises(flowsim.Error) as raised:
        flowsim.Project(FIXTURES / "broken" / "dangling_reference.json")
    error, copy = raised.value, pickle.loads(pickle.dumps(raised.value))
    assert (type(copy), str(copy)) == (flowsim.Error, str(error))
    assert (copy.kind, copy.code, copy.file, copy.line) == (
        error.kind, error.code, error.file, error.line,
    )  # fmt: skip
    assert copy.diagnostics == error.diagnostics
    assert str(copy.diagnostics[0]) == str(error.diagnostics[0])


def test_routing_has_the_agent() -> None:
    project = flowsim.Project(FIXTURES / "shared-flow" / "flows")
    routing = project.run(flow="Inbound_Flow_A", input=["1"]).routing
    document = project.run(flow="Inbound_Flow_A", input=["1"]).to_dict()["routing"]
    assert routing == document


def test_many_jobs_start_few_threads(project: flowsim.Project) -> None:
    assert project.run_batch([{}], jobs=1_000_000, select=["status"]) == [
        {"id": None, "status": "completed"}
    ]


def test_workers_load_a_project_again_when_a_file_has_changed(tmp_path: Path) -> None:
    flows = tmp_path / "flows"
    flows.mkdir()
    source = COMPARE / "flows"
    for path in source.iterdir():
        (flows / path.name).write_bytes(path.read_bytes())
    first = _worker.key(flows, None)
    assert first == _worker.key(str(flows), None)
    assert os.path.isabs(first[0][0])
    loaded = _worker.project(first)
    assert _worker.project(_worker.key(flows, None)) is loaded
    changed = next(iter(sorted(flows.iterdir())))
    os.utime(changed, ns=(1, 1))
    assert _worker.project(_worker.key(flows, None)) is not loaded
    # Files that fixtures name are near them.
    fixtures = tmp_path / "organisation" / "fixtures.yaml"
    fixtures.parent.mkdir()
    fixtures.write_text("queues: []\n", encoding="utf-8")
    before = _worker.key(flows, fixtures)
    (fixtures.parent / "contacts.csv").write_text("id\n", encoding="utf-8")
    assert _worker.key(flows, fixtures) != before


INTERRUPTED = """
import os, signal, sys, threading, time
import flowsim
project = flowsim.Project({flows!r})
texts = [open(path, encoding="utf-8").read() for path in {recordings!r}]
rows = texts * 2_500

def read():
    import pyarrow as pa
    table = pa.table({{"row": ["{{}}"] * 500_000}})
    try:
        pa.table(project.run_batch(table, select=["trace"]))
    finally:
        # The library that reads the stream raises its own exception first.
        time.sleep(1)

def interrupt():
    time.sleep(0.5)
    began.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)
began = []
threading.Thread(target=interrupt).start()
try:
    {work}
    sys.exit("it was not interrupted")
except KeyboardInterrupt:
    print(time.monotonic() - began[0])
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of Windows differ")
@pytest.mark.parametrize(
    "work",
    [
        "project.compare(rows)",
        "project.compare_summary(rows)",
        "project.run_batch(['{}'] * 500_000)",
        "project.compare_files([folder])",
        "read()",
    ],
)
def test_long_work_is_interrupted(work: str, tmp_path: Path) -> None:
    if work == "read()":
        pytest.importorskip("pyarrow")
    folder = COMPARE / "recordings"
    if "folder" in work:
        for path in folder.iterdir():
            for number in range(2_000):
                shutil.copy(path, tmp_path / f"{number}-{path.name}")
    code = INTERRUPTED.format(
        flows=str(COMPARE / "flows"),
        recordings=[str(path) for path in folder.iterdir()],
        work=work.replace("folder", repr(str(tmp_path))),
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    # A second, and more on a machine that does other work too.
    assert float(ended.stdout) < 5
