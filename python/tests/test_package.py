"""The wheel `flowsim`, as it is installed. `.ci/wheel` runs these tests."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig

import pytest

import flowsim
from flowsim import find_flowsim_bin


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_the_program_is_a_script_of_this_environment() -> None:
    path = find_flowsim_bin()
    assert os.path.dirname(path) == sysconfig.get_path("scripts")
    with open(path, "rb") as file:
        assert file.read(2) != b"#!", "an interpreter starts first"


def test_the_program_and_the_package_have_one_version() -> None:
    assert output(find_flowsim_bin(), "--version") == f"flowsim {flowsim.__version__}\n"


def test_python_m_runs_the_program() -> None:
    assert output(sys.executable, "-m", "flowsim", "eval", "1 + 1") == output(
        find_flowsim_bin(), "eval", "1 + 1"
    )


def test_python_m_returns_the_exit_code() -> None:
    command = [sys.executable, "-m", "flowsim", "no-such-command"]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 2


def test_a_missing_program_is_an_error_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flowsim._find._script_folders", lambda: iter(["/nowhere"]))
    with pytest.raises(FileNotFoundError, match="looked in: /nowhere. Reinstall it"):
        find_flowsim_bin()


def test_other_attributes_do_not_exist() -> None:
    with pytest.raises(AttributeError, match="no attribute 'run'"):
        _ = flowsim.run  # type: ignore[attr-defined]
