"""Runs action.yml outside GitHub: every step with bash, as the runner does.

    python run-action.py ACTION WORKSPACE RESULT [INPUT=VALUE…]

Inputs, conditions, environment and outputs are taken from action.yml. RESULT is a folder; it gets
`outputs` (lines of NAME=VALUE), `summary.md` and `log`. The exit code is that of the first step
that fails. Needs PyYAML.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
NAME = re.compile(r"\b(inputs|steps)\.([\w.-]+)")


def main() -> int:
    action, workspace, result = (Path(it).resolve() for it in sys.argv[1:4])
    given = dict(it.split("=", 1) for it in sys.argv[4:])
    document = yaml.safe_load((action / "action.yml").read_text())
    unknown = given.keys() - document["inputs"].keys()
    if unknown:
        sys.exit(f"action.yml has no inputs {sorted(unknown)}")
    inputs = {name: str(it["default"]) for name, it in document["inputs"].items()} | given
    values = {f"inputs.{name}": value for name, value in inputs.items()}

    result.mkdir(parents=True, exist_ok=True)
    temp = result / "temp"
    temp.mkdir(exist_ok=True)
    (result / "summary.md").write_text("")
    runner = os.environ | {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(action),
        "GITHUB_WORKSPACE": str(workspace),
        "RUNNER_TEMP": str(temp),
        "RUNNER_OS": os.environ.get("RUNNER_OS", "Linux"),
        "RUNNER_ARCH": os.environ.get("RUNNER_ARCH", "X64"),
    }
    code = 0
    with (result / "log").open("w") as log:
        for number, step in enumerate(document["runs"]["steps"]):
            if not eval_condition(step.get("if", "true"), values):
                continue
            code = run(step, number, runner, values, result, log)
            if code:
                break
    outputs = {
        name: expand(it["value"], values) for name, it in document["outputs"].items()
    }
    lines = [f"{name}={value}\n" for name, value in outputs.items()]
    (result / "outputs").write_text("".join(lines))
    return code


def run(step, number, runner, values, result, log) -> int:
    files = {
        name: result / "temp" / f"{name}-{number}"
        for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")
    }
    for file in files.values():
        file.write_text("")
    environment = {name: expand(value, values) for name, value in step.get("env", {}).items()}
    if EXPRESSION.search(step["run"]):
        sys.exit(f"the step `{step['name']}` has an expression in its script")
    assert step["shell"] == "bash"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=runner["GITHUB_WORKSPACE"],
        env=runner | environment | {name: str(file) for name, file in files.items()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    log.write(done.stdout)
    for line in files["GITHUB_OUTPUT"].read_text().splitlines():
        name, value = line.split("=", 1)
        values[f"steps.{step['id']}.outputs.{name}"] = value
    for line in files["GITHUB_PATH"].read_text().splitlines():
        runner["PATH"] = f"{line}{os.pathsep}{runner['PATH']}"
    with (result / "summary.md").open("a") as summary:
        summary.write(files["GITHUB_STEP_SUMMARY"].read_text())
    return done.returncode


def expand(text, values) -> str:
    return EXPRESSION.sub(lambda found: values.get(found[1], ""), str(text))


def eval_condition(text, values) -> bool:
    """Comparisons of inputs with strings, joined by && and ||."""
    text = EXPRESSION.sub(r"\1", text)
    text = NAME.sub(lambda found: repr(values.get(found[0], "")), text)
    text = text.replace("&&", " and ").replace("||", " or ").replace("true", "True")
    text = text.replace("'True'", "'true'")
    return bool(eval(text, {"__builtins__": {}}))


if __name__ == "__main__":
    sys.exit(main())
