"""`python -m flowsim` runs the program with the same arguments."""

from __future__ import annotations

import os
import sys

from ._find import find_flowsim_bin


def _main() -> int:
    program = find_flowsim_bin()
    arguments = [program, *sys.argv[1:]]
    if os.name != "nt":
        os.execv(program, arguments)
    # Windows has no exec that keeps the console: a child process takes its place.
    import subprocess

    try:
        return subprocess.run(arguments, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(_main())
