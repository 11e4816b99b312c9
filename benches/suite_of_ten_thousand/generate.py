"""Writes a suite of 10,000 calls of the shared flow: as scenario files and as rows for pytest.

What is expected follows from the rule of the flow and from nothing that was run: who presses 1
in time is routed, who presses another key is thanked, and who presses none leaves through the
exit of the module after ten seconds.
"""

import argparse
import json
import re
import shutil
from pathlib import Path

FLOWS = Path(__file__).resolve().parents[2] / "fixtures" / "shared-flow"
QUEUES = {"Inbound_Flow_A": "support", "Inbound_Flow_B": "sales"}
THANKS = {
    "Inbound_Flow_A": "Thank you for calling Harbour Travel.",
    "Inbound_Flow_B": "Thank you for calling. Goodbye.",
}
OTHER_KEYS = "234567890*#"
TIMEOUT_MS = 10_000

PATHS = {
    "routed": "CallShared SayHello GatherInput SetResult EndFlow CheckResult RouteToAgent "
    "PlayGoodbye EndFlow",
    "thanked": "CallShared SayHello GatherInput SetResult EndFlow CheckResult PlayGoodbye "
    "EndFlow",
    "silent": "CallShared SayHello GatherInput Exit CheckResult PlayGoodbye EndFlow",
}


def row(number):
    flow = "Inbound_Flow_A" if number % 3 else "Inbound_Flow_B"
    after = number * 7919 % (TIMEOUT_MS + 1)
    kind = ("routed", "routed", "thanked", "thanked", "silent")[number % 5]
    key = {"routed": "1", "thanked": OTHER_KEYS[number % len(OTHER_KEYS)], "silent": None}[kind]
    presses = key and f"{key}@{after}"
    if kind == "silent" and number % 2:
        presses = f"1@{TIMEOUT_MS + 1 + after}"  # too late
    return {
        "number": number,
        "kind": kind,
        "flow": flow,
        "caller": f"+1555{number:07}",
        "presses": presses,
        "result": key,
        "queue": QUEUES[flow] if kind == "routed" else None,
        "thanks": THANKS[flow],
        "elapsed": TIMEOUT_MS if kind == "silent" else after,
    }


def written(value):
    """A value as people write it in YAML: without quotes where it needs none."""
    if isinstance(value, str) and re.fullmatch(r"[A-Z][A-Za-z_ .]*|[a-z]+", value):
        return value
    return json.dumps(value)


def table_row(row):
    return ", ".join(f"{key}: {written(value)}" for key, value in row.items() if key != "kind")


def scenario_file(rows):
    """The rows as a scenario file: a table for each kind of call."""
    tests = []
    for kind, path in PATHS.items():
        of_kind = [row for row in rows if row["kind"] == kind]
        lines = "".join(f"      - {{{table_row(row)}}}\n" for row in of_kind)
        expect = {
            "status": "completed",
            "path": path.split(),
            "variables": {"shared_module_result": "${result}"},
            "routing": {"queueId": "${queue}"},
            "prompts": [{"contains": "For English, press 1"}, "Press 1 now.", "${thanks}"],
            "elapsedMs": "${elapsed}",
            "actions": len(path.split()),
        }
        tests.append(
            f'  - name: "{kind} ${{number}}"\n'
            '    flow: "${flow}"\n'
            '    context: {from: "${caller}"}\n'
            '    input: ["${presses}"]\n'
            f"    expect: {json.dumps(expect)}\n"
            f"    each:\n{lines}"
        )
    return "flows: [flows]\nfixtures: [fixtures.yaml]\ntests:\n" + "".join(tests)


def generate(folder, tests, files):
    shutil.copytree(FLOWS / "flows", folder / "flows", dirs_exist_ok=True)
    shutil.copy(FLOWS / "fixtures.yaml", folder)
    rows = [row(number) for number in range(1, tests + 1)]
    (folder / "rows.json").write_text(json.dumps({"paths": PATHS, "rows": rows}))
    size = -(-tests // files)
    for number in range(files):
        part = rows[number * size : (number + 1) * size]
        (folder / f"calls-{number + 1:03}.test.yaml").write_text(scenario_file(part))
    here = Path(__file__).parent
    for name in ("interpreter.py", "test_calls.py", "bare_loop.py"):
        shutil.copy(here / name, folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tests", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=100)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    generate(arguments.folder, arguments.tests, arguments.files)
