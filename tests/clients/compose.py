"""Publishes a shared flow and two flows that call it.

Adapted from a tutorial whose program cannot run: its SDK does not exist. The queue is one
that the fixtures know instead of a placeholder."""

from platform_client import Platform

END = {"id": "End", "type": "End", "properties": {"endType": "normal"}}


def say(name, text, following):
    return {
        "id": name,
        "type": "Say",
        "properties": {"sayText": text, "sayLanguage": "en-US"},
        "onComplete": {"nextNode": following, "onError": "End"},
        "onError": {"nextNode": "End"},
    }


def create(platform, name, start, nodes, query=""):
    flow = {
        "name": name,
        "type": "inbound",
        "outbound": {},
        "inbound": {"enabled": True, "queue": {}, "routing": {"type": "flow"}},
        "draft": {"startNode": start, "nodes": {node["id"]: node for node in nodes}, "edges": {}},
    }
    flow = platform.call("POST", f"/api/v2/flows{query}", flow)["id"]
    assert platform.call("POST", f"/api/v2/flows/{flow}/publish", {})["id"]
    assert platform.call("GET", f"/api/v2/flows/{flow}")["version"] == "1.0"
    return flow


def main():
    platform = Platform("flow:write flow:read architect:flow:run")
    gather = {
        "id": "GatherInput",
        "type": "Gather",
        "properties": {"promptText": "Press 1.", "maxDigits": 1, "timeoutSeconds": 10},
        "onComplete": {"nextNode": "SetResult", "onError": "End"},
        "onError": {"nextNode": "End"},
    }
    value = {"type": "string", "value": "{GatherInput.digits}"}
    keep = {
        "id": "SetResult",
        "type": "Set",
        "properties": {"setVars": [{"key": "shared_module_result", "value": value}]},
        "onComplete": {"nextNode": "End", "onError": "End"},
        "onError": {"nextNode": "End"},
    }
    greeting = say("SayHello", "Welcome. Press 1 for English.", "GatherInput")
    nodes = [greeting, gather, keep, END]
    shared = create(platform, "Shared_Language", "SayHello", nodes, "?x_genesis_restriction=shared")
    for name in ("Inbound_One", "Inbound_Two"):
        call = {
            "id": "CallShared",
            "type": "Flow",
            "properties": {"flowId": shared, "timeoutSeconds": 300},
            "onComplete": {"nextNode": "CheckResult", "onError": "HandleError"},
            "onError": {"nextNode": "HandleError"},
        }
        condition = {"expression": "{shared_module_result} == '1'", "nextNode": "RouteToAgent"}
        check = {
            "id": "CheckResult",
            "type": "If",
            "properties": {"conditions": [condition], "defaultNextNode": "PlayGoodbye"},
        }
        route = {
            "id": "RouteToAgent",
            "type": "Route",
            "properties": {"queueId": "support", "skillRequirements": []},
            "onComplete": {"nextNode": "PlayGoodbye", "onError": "PlayGoodbye"},
            "onError": {"nextNode": "PlayGoodbye"},
        }
        goodbye = say("PlayGoodbye", "Thank you.", "End")
        error = say("HandleError", "An error occurred.", "End")
        flow = create(platform, name, "CallShared", [call, check, route, goodbye, error, END])
        for key, is_routed in (("1", True), ("2", False)):
            body = {"flowId": flow, "inputs": {"dtmf": [key]}}
            trace = platform.call("POST", "/api/v2/architect/simulations", body)["trace"]
            assert any(step["nodeType"] == "Route" for step in trace) == is_routed, (name, key)
        print("published", flow)


main()
