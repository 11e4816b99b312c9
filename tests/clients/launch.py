"""Launches a flow by its name through a conversation, and watches it.

Adapted from a tutorial whose program cannot run: its SDK does not exist, and it looked for
the flow on the first page of the list alone."""

import sys

from platform_client import ApiException, Platform


def find_flow(platform, name):
    path = "/api/v2/flows?pageSize=100"
    pages = 0
    while path:
        page = platform.call("GET", path)
        pages += 1
        for flow in page["entities"]:
            if flow["name"].lower() == name.lower():
                return flow["id"], pages
        path = page.get("nextUri")
    return None, pages


def launch(platform, flow, name, email):
    body = {
        "type": "chat",
        "wrapUpCode": "General",
        "routing": {"flowId": flow},
        "participants": [{"id": "external", "name": name, "email": email, "role": "customer"}],
        "messages": [{"text": "Hello.", "authorId": "external", "authorName": name}],
    }
    return platform.call("POST", "/api/v2/conversations", body)["id"]


def main():
    admin = Platform()
    flow = {
        "type": "inbound",
        "draft": {
            "startNode": "Ask",
            "nodes": {
                "Ask": {
                    "id": "Ask",
                    "type": "Gather",
                    "properties": {"promptText": "Press 1.", "maxDigits": 1},
                    "onComplete": {"nextNode": "End"},
                    "onError": {"nextNode": "End"},
                },
                "End": {"id": "End", "type": "End", "properties": {"endType": "normal"}},
            },
        },
    }
    for number in range(130):
        made = admin.call("POST", "/api/v2/flows", {**flow, "name": f"Flow {number}"})
        admin.call("POST", f"/api/v2/flows/{made['id']}/publish", {})

    platform = Platform("conversation:write flow:read")
    found, pages = find_flow(platform, "Flow 125")
    assert found and pages == 2, (found, pages)
    conversation = launch(platform, found, "John Doe", "john.doe@example.com")
    details = platform.call("GET", f"/api/v2/conversations/{conversation}")
    assert details["state"] in ("queued", "connected", "held", "closed"), details
    assert details["routing"] == {"flowId": found, "queueId": None, "agentId": None}, details
    for wrong, status in (("nonsense", 400), ("00000000-0000-4000-8000-000000000000", 404)):
        try:
            launch(platform, wrong, "John Doe", "")
            sys.exit(f"{wrong} is no flow")
        except ApiException as error:
            assert error.status == status, error
    print("launched", conversation)


main()
