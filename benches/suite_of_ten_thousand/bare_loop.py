"""The same checks in a loop, without pytest."""

import json
from pathlib import Path

from interpreter import Call, load

HERE = Path(__file__).parent
SUITE = json.loads((HERE / "rows.json").read_text())
FLOWS = load(HERE / "flows")
PATHS = {kind: path.split() for kind, path in SUITE["paths"].items()}


def holds(row):
    call = Call(FLOWS, {"from": row["caller"]}, [row["presses"]]).run(row["flow"])
    path = PATHS[row["kind"]]
    return (
        call.status == "completed"
        and call.path == path
        and call.variables.get("shared_module_result") == row["result"]
        and call.queue == row["queue"]
        and "For English, press 1" in call.prompts[0]
        and call.prompts[1:] == ["Press 1 now.", row["thanks"]]
        and call.elapsed_ms == row["elapsed"]
        and len(call.path) == len(path)
    )


failed = sum(not holds(row) for row in SUITE["rows"])
print(f"{len(SUITE['rows'])} tests, {failed} failed")
raise SystemExit(failed > 0)
