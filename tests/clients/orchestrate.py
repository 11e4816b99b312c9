"""Decides by how busy a queue is, and writes the decision into a running flow, with retries.

Adapted from a tutorial whose program cannot run: its SDK does not exist. What starts it there
is a webhook; here the program starts the conversation itself. It waits less long."""

import json
import time
import urllib.request

from platform_client import URL, ApiException, Platform


def available_agents(platform, queue):
    body = {
        "entityIds": [queue],
        "interval": "now-5m/now",
        "size": 1,
        "groupBy": "entityId",
        "select": ["availableAgents", "occupancy"],
    }
    entities = platform.call("POST", "/api/v2/analytics/queues/realtime/query", body)["entities"]
    return entities[0]["availableAgents"] if entities else 0


def update_with_retry(platform, instance, variables, max_retries=5, base_delay=0.01):
    body = {"flowInstanceId": instance, "variables": variables}
    for attempt in range(1, max_retries + 1):
        try:
            platform.call("POST", "/api/v2/flows/variables", body)
            return attempt
        except ApiException as error:
            if error.status not in (409, 429):
                raise
            time.sleep(base_delay * 2 ** (attempt - 1))
    raise RuntimeError("the variables could not be written")


def steer(path, body):
    data = json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data=data, method="POST")
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request, timeout=30).close()


def main():
    platform = Platform("flows:write flows:read analytics:queue:read conversation:write")
    flow = platform.call("GET", "/api/v2/flows?name=Inbound_Flow_A")["entities"][0]["id"]
    body = {"type": "voice", "routing": {"flowId": flow}}
    instance = platform.call("POST", "/api/v2/conversations", body)["id"]
    steer("/__flowsim/faults", {"POST /api/v2/flows/variables": [409, 409, 200]})
    agents = available_agents(platform, "support")
    decision = "route_to_queue" if agents >= 2 else "route_to_vm"
    assert decision == "route_to_queue", agents
    written = {"finalRoutingDecision": decision, "queueOccupancyCheck": "passed"}
    attempts = update_with_retry(platform, instance, written)
    assert attempts == 3, attempts
    steer("/__flowsim/input", {"conversationId": instance, "dtmf": ["1"]})
    execution = platform.call("GET", f"/api/v2/flows/executions/{instance}")
    assert execution["outputData"]["finalRoutingDecision"] == decision, execution
    print("decided", decision)


main()
