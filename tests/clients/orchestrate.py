"""Is told which keys callers press, decides by how busy a queue is, and writes the decision
into the flow that waits, with retries.

Does what the program of a tutorial does that cannot run: its SDK does not exist, and it looks
for its states where they are not. Waits less long, and keeps its decisions in a list."""

import json
import random
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from platform_client import URL, ApiException, Platform

QUEUE, THRESHOLD = "support", 2
TRANSITIONS = {
    "IDLE": ["WAITING_DTMF"],
    "WAITING_DTMF": ["CHECKING_QUEUE"],
    "CHECKING_QUEUE": ["ROUTING", "IDLE"],
    "ROUTING": ["COMPLETE"],
}


class Machine:
    def __init__(self, instance):
        self.instance, self.state, self.context = instance, "IDLE", {}

    def transition(self, state, **context):
        assert state in TRANSITIONS[self.state], (self.state, state)
        self.state = state
        self.context.update(context)


def pressed(payload):
    for participant in payload.get("participants", []):
        if keys := participant.get("input", {}).get("dtmf"):
            return keys
    return None


def available_agents(platform):
    body = {
        "entityIds": [QUEUE],
        "interval": "now-5m/now",
        "size": 1,
        "groupBy": "entityId",
        "select": ["availableAgents", "occupancy"],
    }
    entities = platform.call("POST", "/api/v2/analytics/queues/realtime/query", body)["entities"]
    return entities[0]["availableAgents"] if entities else 0


def update_with_retry(platform, instance, variables, max_retries=5, base_delay=0.05):
    body = {"flowInstanceId": instance, "variables": variables}
    for attempt in range(1, max_retries + 1):
        try:
            platform.call("POST", "/api/v2/flows/variables", body)
            return attempt
        except ApiException as error:
            if error.status not in (409, 429):
                raise
            time.sleep(base_delay * 2 ** (attempt - 1) + random.uniform(0, base_delay / 2))
    raise RuntimeError("the variables could not be written")


class Orchestrator(BaseHTTPRequestHandler):
    decisions = []

    def do_POST(self):
        payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            status, answer = self.handle_webhook(payload)
        except (ApiException, RuntimeError) as error:
            status, answer = 500, {"error": str(error)}
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle_webhook(self, payload):
        if not payload.get("flowInstanceId"):
            return 400, {"error": "Missing flowInstanceId"}
        machine = Machine(payload["flowInstanceId"])
        keys = pressed(payload)
        if not keys:
            return 200, {"status": "skipped", "reason": "no_dtmf"}
        machine.transition("WAITING_DTMF", dtmf=keys)
        platform = Platform("flows:write analytics:queue:read")
        agents = available_agents(platform)
        machine.transition("CHECKING_QUEUE", available_agents=agents)
        decision = "route_to_queue" if agents >= THRESHOLD else "route_to_vm"
        machine.transition("ROUTING", routing_decision=decision)
        variables = {"finalRoutingDecision": decision, "queueOccupancyCheck": "passed"}
        attempts = update_with_retry(platform, machine.instance, variables)
        machine.transition("COMPLETE", attempts=attempts)
        self.decisions.append({"flowInstanceId": machine.instance, **machine.context})
        return 200, {"status": "processed", "routing": decision}

    def log_message(self, *_):
        pass


def steer(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data=data, method=method)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read())


def create_flow(platform):
    """Asks for a key, and goes where the orchestrator says."""
    end = {"id": "End", "type": "End", "properties": {"endType": "normal"}}
    ask = {
        "id": "Ask",
        "type": "Gather",
        "properties": {"promptText": "Press 1 to talk to us.", "maxDigits": 1},
        "onComplete": {"nextNode": "Decide"},
        "onError": {"nextNode": "End"},
    }
    condition = {"expression": "{finalRoutingDecision} == 'route_to_queue'", "nextNode": "Queue"}
    decide = {
        "id": "Decide",
        "type": "If",
        "properties": {"conditions": [condition], "defaultNextNode": "End"},
    }
    route = {
        "id": "Queue",
        "type": "Route",
        "properties": {"queueId": QUEUE},
        "onComplete": {"nextNode": "End"},
        "onError": {"nextNode": "End"},
    }
    nodes = {node["id"]: node for node in (ask, decide, route, end)}
    flow = {"name": "Orchestrated", "type": "inbound", "draft": {"startNode": "Ask", "nodes": nodes}}
    flow = platform.call("POST", "/api/v2/flows", flow)["id"]
    platform.call("POST", f"/api/v2/flows/{flow}/publish", {})
    return flow


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Orchestrator)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/webhook/genesys-dtmf"
    platform = Platform("flows:write flows:read conversation:write")
    flow = create_flow(platform)
    steer("PUT", "/__flowsim/webhooks", {flow: url})
    steer("POST", "/__flowsim/faults", {"POST /api/v2/flows/variables": [409, 409, 200]})
    body = {"type": "voice", "routing": {"flowId": flow}}
    instance = platform.call("POST", "/api/v2/conversations", body)["id"]
    steer("POST", "/__flowsim/input", {"conversationId": instance, "dtmf": ["1"]})
    until = time.monotonic() + 60
    while (found := steer("GET", "/__flowsim/webhooks"))["open"] and time.monotonic() < until:
        time.sleep(0.02)
    call = found["calls"][0]
    assert call["outcome"] == "answered" and len(call["attempts"]) == 1, call
    conversation = platform.call("GET", f"/api/v2/conversations/{instance}")
    assert (conversation["state"], conversation["routing"]["queueId"]) == ("queued", QUEUE), conversation
    execution = platform.call("GET", f"/api/v2/flows/executions/{instance}")
    decision = execution["outputData"]["finalRoutingDecision"]
    [decided] = Orchestrator.decisions
    assert (decided["dtmf"], decided["routing_decision"], decided["attempts"]) == ("1", decision, 3), decided
    print("decided", decision)


main()
