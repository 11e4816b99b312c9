"""A project with a small flow, for tests that run pytest in it."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

FLOW = """\
inboundCall:
  name: Bakery
  defaultLanguage: en-us
  startUpRef: /inboundCall/menus/menu[main]
  initialGreeting:
    tts: Welcome.
  menus:
    - menu:
        name: Main Menu
        refId: main
        audio:
          tts: Press 1.
        choices:
          - menuTransferToAcd:
              name: Order
              dtmf: digit_1
              targetQueue:
                lit:
                  name: Orders
          - menuDisconnect:
              name: Goodbye
              dtmf: digit_9
"""

FIXTURES = """\
queues:
  - {id: orders, name: Orders}
"""

HEAD = "flows: {root}flows\nfixtures: {root}fixtures.yaml\ntests:\n"

TESTS = """\
  - name: order
    tags: [smoke, second-half]
    input: "1"
    expect: {routing: {queueName: Orders}}
  - name: key ${key} leads to ${queue}
    each:
      - {key: "1", queue: Orders}
      - {key: "9", queue: Sales}
    input: "${key}"
    expect: {routing: {queueName: "${queue}"}}
  - name: later
    skip: no such key yet
    expect: {status: completed}
"""


class Project:
    """A folder with flows, and pytest in it."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path: Path = pytester.path
        self.write("flows/bakery.yaml", FLOW)
        self.write("fixtures.yaml", FIXTURES)

    def write(self, name: str, text: str) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def scenario(self, name: str, tests: str = TESTS) -> None:
        """A scenario file on the flows of the project."""
        self.write(name, HEAD.format(root="../" * name.count("/")) + tests)

    def run(self, *arguments: str) -> pytest.RunResult:
        # In a process of its own, as users run it.
        return self.pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


@pytest.fixture
def project(pytester: pytest.Pytester) -> Project:
    return Project(pytester)
