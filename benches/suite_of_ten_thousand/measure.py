"""Times the suite in flowsim, in pytest and in a bare loop, one after the other, in rounds.

    python3 measure.py target/release/flowsim --rounds 5 --python VENV/bin/python
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from pathlib import Path

from generate import generate


def run(command, folder, is_result):
    """Seconds to the first line that tells a result and in all, processor time, peak memory,
    exit code. Processor time says more than the clock while the machine is busy."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    first = None
    for line in process.stdout:
        if first is None and is_result(line):
            first = time.perf_counter() - began
    _, status, usage = os.wait4(process.pid, 0)
    total = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    busy = usage.ru_utime + usage.ru_stime
    return first, total, busy, usage.ru_maxrss / 1024, process.returncode


def contenders(flowsim, python):
    pytest = [python, "-m", "pytest", "-p", "no:cacheprovider", "--tb=line"]
    return {
        "flowsim, a line a test": (
            [flowsim, "test", "--show", "all", "--report", "junit=flowsim.xml"],
            lambda line: line.startswith("✓".encode()),
        ),
        "flowsim, failures alone": (
            [flowsim, "test", "--show", "failures", "--report", "junit=flowsim.xml"],
            lambda line: b"tests:" in line,
        ),
        "pytest, a line a test": (
            [*pytest, "-v", "--junitxml=pytest.xml"],
            lambda line: b"PASSED" in line,
        ),
        "pytest -q": ([*pytest, "-q", "--junitxml=pytest.xml"], lambda line: b"." in line),
        "bare loop": ([python, "bare_loop.py"], lambda line: b"tests," in line),
    }


def failed(report):
    """The names of the tests that failed, as a JUnit report has them."""
    names = set()
    for case in xml.parse(report).iter("testcase"):
        if case.find("failure") is not None:
            name = case.get("name")
            names.add(name.removeprefix("test_call[").removesuffix("]"))
    return names


def same_failures(folder, commands):
    """With a flow that was broken, flowsim and pytest fail in the same tests."""
    flow = folder / "flows" / "inbound_a.json"
    whole = flow.read_text()
    flow.write_text(whole.replace('"queueId": "support"', '"queueId": "sales"'))
    for name in ("flowsim, failures alone", "pytest -q"):
        command, is_result = commands[name]
        *_, code = run(command, folder, is_result)
        assert code == 1, (name, code)
    flow.write_text(whole)
    ours, theirs = failed(folder / "flowsim.xml"), failed(folder / "pytest.xml")
    assert ours and ours == theirs, (len(ours), len(theirs))
    print(f"a broken flow: the same {len(ours)} tests fail in both\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("flowsim", type=Path)
    parser.add_argument("--python", default=sys.executable, help="one that has pytest")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tests", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--only", default="", help="what the names of contenders begin with")
    arguments = parser.parse_args()
    commands = contenders(str(arguments.flowsim.resolve()), arguments.python)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        generate(folder, arguments.tests, arguments.files)
        if not arguments.only:
            same_failures(folder, commands)
        commands = {name: it for name, it in commands.items() if name.startswith(arguments.only)}
        rounds = {name: [] for name in commands}
        for _ in range(arguments.rounds):
            for name, (command, is_result) in commands.items():
                *figures, code = run(command, folder, is_result)
                assert code == 0, (name, code)
                rounds[name].append(figures)
    print(f"{arguments.tests} tests in {arguments.files} files, {arguments.rounds} rounds: ", end="")
    print("least and median\n\n| | first result, ms | in all, s | processor, s | memory, MB |")
    print("|---|---|---|---|---|")
    for name, figures in rounds.items():
        first, total, busy, memory = zip(*figures)
        print(f"| {name} | {min(first) * 1e3:.0f}, {statistics.median(first) * 1e3:.0f} ", end="")
        print(f"| {min(total):.2f}, {statistics.median(total):.2f} ", end="")
        print(f"| {min(busy):.2f}, {statistics.median(busy):.2f} | {max(memory):.0f} |")


if __name__ == "__main__":
    main()
