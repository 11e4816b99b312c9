"""Simulates a flow that looks a contact up, and reads the result as its tutorial does.

Adapted from a tutorial whose program cannot run: its SDK does not exist. The flow and the
node are looked up instead of being given by the environment."""

from platform_client import ApiException, Platform


def contact_of(result):
    for step in result["trace"]:
        if step.get("nodeType") != "GetExternalContactAction":
            continue
        action_result = step.get("result", {})
        if "error" in action_result:
            return None
        return action_result.get("contact")
    return None


def main():
    platform = Platform("architect:flow:run architect:flow:read")
    found = None
    for flow in platform.call("GET", "/api/v2/flows?pageSize=100")["entities"]:
        form = platform.call("GET", f"/api/v2/architect/flows/{flow['id']}")
        for node in form["nodes"]:
            if node["type"] == "GetExternalContactAction":
                found = (flow["id"], node["id"])
    flow, node = found
    context = {"to": "+15550000000", "channel": "voice", "mediaType": "voice"}
    for number, is_known in (("+15551234567", True), ("+15550009999", False)):
        body = {"flowId": flow, "context": {**context, "from": number}, "nodeId": node, "timeout": 5000}
        result = platform.call("POST", "/api/v2/architect/simulations", body)
        contact = contact_of(result)
        assert bool(contact) == is_known, result
    try:
        platform.call("POST", "/api/v2/architect/simulations", {"flowId": flow, "nodeId": "Nowhere"})
        raise SystemExit("there is no such node")
    except ApiException as error:
        assert error.status == 400, error
    print("simulated", flow)


main()
