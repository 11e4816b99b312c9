"""Runs the tests of Genesys Cloud Architect flows with pytest.

The plugin collects flowsim's scenario files, `*.test.yaml`, and provides the fixture
`flowsim`, which makes calls from tests in Python.
"""

from __future__ import annotations

from ._call import Call, Flowsim, FlowsimError, Routing, Step

__all__ = ["Call", "Flowsim", "FlowsimError", "Routing", "Step"]
