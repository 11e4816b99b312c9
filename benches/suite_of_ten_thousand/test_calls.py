"""The rows of the suite as tests of pytest."""

import json
from pathlib import Path

import pytest

from interpreter import Call, load

HERE = Path(__file__).parent
SUITE = json.loads((HERE / "rows.json").read_text())
FLOWS = load(HERE / "flows")


def check(row):
    call = Call(FLOWS, {"from": row["caller"]}, [row["presses"]]).run(row["flow"])
    path = SUITE["paths"][row["kind"]].split()
    assert call.status == "completed"
    assert call.path == path
    assert call.variables.get("shared_module_result") == row["result"]
    assert call.queue == row["queue"]
    hello, question, thanks = call.prompts
    assert "For English, press 1" in hello
    assert question == "Press 1 now."
    assert thanks == row["thanks"]
    assert call.elapsed_ms == row["elapsed"]
    assert len(call.path) == len(path)


@pytest.mark.parametrize("row", SUITE["rows"], ids=lambda row: f"{row['kind']} {row['number']}")
def test_call(row):
    check(row)
