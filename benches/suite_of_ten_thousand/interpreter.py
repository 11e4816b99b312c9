"""A plain interpreter of the nodes that the shared flow uses: what one writes in an afternoon."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

REFERENCE = re.compile(r"\{([\w.]+)\}")
CONDITION = re.compile(r"^\{([\w.]+)\}\s*(==|!=)\s*'([^']*)'$")


def load(folder):
    """All flows of a folder, by id and by name."""
    flows = {}
    for path in sorted(Path(folder).glob("*.json")):
        flow = json.loads(path.read_text())
        flows[flow["id"]] = flows[flow["name"]] = flow
    return flows


NODES = {
    "Say": "say",
    "Gather": "gather",
    "Set": "set",
    "If": "decide",
    "Flow": "call",
    "Route": "route",
    "End": "end",
}


class NodeError(Exception):
    """Leads to the error target of the node."""


@dataclass
class Call:
    flows: dict
    context: dict
    inputs: list
    variables: dict = field(default_factory=dict)
    path: list = field(default_factory=list)
    prompts: list = field(default_factory=list)
    queue: str | None = None
    elapsed_ms: int = 0
    status: str = "completed"

    def run(self, flow):
        try:
            self.run_flow(self.flows[flow])
        except NodeError:
            self.status = "error"
        return self

    def run_flow(self, flow):
        draft, outputs = flow["draft"], {}
        node_id = draft["startNode"]
        while node_id:
            node = draft["nodes"][node_id]
            self.path.append(node_id)
            step = getattr(self, NODES[node["type"]])
            try:
                target = step(node["properties"], outputs, node_id)
                done = (node.get("onComplete") or {}).get("nextNode")
                node_id = target if node["type"] == "If" else done
            except NodeError:
                node_id = (node.get("onError") or {}).get("nextNode")
                if node_id is None:
                    raise

    def say(self, properties, outputs, _):
        self.prompts.append(self.expand(properties["sayText"], outputs))

    def gather(self, properties, outputs, node_id):
        self.prompts.append(self.expand(properties["promptText"], outputs))
        limit = properties.get("timeoutSeconds", 5) * 1000
        presses = self.inputs.pop(0) if self.inputs else None
        key, _, after = (presses or "").partition("@")
        if not key or int(after or 0) > limit:
            self.elapsed_ms += limit
            raise NodeError("NO_INPUT")
        self.elapsed_ms += int(after or 0)
        outputs[node_id] = {"digits": key[: properties.get("maxDigits", 1)]}

    def set(self, properties, outputs, _):
        for entry in properties["setVars"]:
            value = entry["value"]["value"]
            self.variables[entry["key"]] = self.expand(value, outputs)

    def decide(self, properties, outputs, _):
        for condition in properties["conditions"]:
            name, operator, text = CONDITION.match(condition["expression"]).groups()
            is_equal = self.value(name, outputs) == text
            if is_equal == (operator == "=="):
                return condition["nextNode"]
        return properties.get("defaultNextNode")

    def call(self, properties, outputs, _):
        self.run_flow(self.flows[properties["flowId"]])

    def route(self, properties, outputs, _):
        self.queue = self.expand(properties["queueId"], outputs)

    def end(self, properties, outputs, _):
        if properties["endType"] == "error":
            raise NodeError("FLOW_ENDED_IN_ERROR")

    def value(self, name, outputs):
        first, _, rest = name.partition(".")
        if rest:
            return outputs.get(first, {}).get(rest)
        return self.variables.get(first, self.context.get(first))

    def expand(self, text, outputs):
        def replace(found):
            value = self.value(found[1], outputs)
            return "" if value is None else str(value)

        return REFERENCE.sub(replace, text)
