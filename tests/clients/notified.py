"""Receives notifications with `genesys-notifications` from PyPI, as it is there: it subscribes
over the web socket of the channel, not with requests."""

import asyncio
import json
import logging
import os
import sys
import urllib.request

from genesys_notifications import Channel
from genesys_notifications.exceptions import SubscriptionFailure

URL = os.environ["FLOWSIM_URL"]
TIMEOUT = 20
LOGGER = logging.getLogger("notified")
LOGGER.setLevel(logging.CRITICAL)

# The package gives coroutines to `asyncio.wait`, which takes only tasks since Python 3.11.
wait = asyncio.wait
asyncio.wait = lambda them, **more: wait([asyncio.ensure_future(it) for it in them], **more)


def request(method, path, body=None, token=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(URL + path, data, headers, method=method)
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)


login = {"grant_type": "client_credentials", "client_id": "any", "client_secret": "x"}
token = request("POST", "/oauth/token", login)["access_token"]
flow = request("GET", "/api/v2/flows?name=Inbound_Flow_A", token=token)["entities"][0]["id"]
topic = f"v2.flows.instances.flow.{flow}"


def channel():
    return request("POST", "/api/v2/notifications/channels", {}, token)


def call():
    body = {"type": "voice", "routing": {"flowId": flow}}
    return request("POST", "/api/v2/conversations", body, token)["id"]


async def topics_of(opened, number):
    """Waits until a channel has the given number of topics."""
    path = f"/api/v2/notifications/channels/{opened['id']}/subscriptions"
    while len(request("GET", path, token=token)["entities"]) != number:
        await asyncio.sleep(0.05)


async def notified():
    opened = channel()
    notifications = Channel(opened["connectUri"], [topic], logger=LOGGER)
    await notifications
    await topics_of(opened, 1)
    started = call()
    message = await anext(notifications)
    assert message["topicName"] == topic, message
    assert message["eventBody"]["conversationId"] == started, message
    # The package subscribes again to keep a channel, and changes to another one before the end.
    await notifications.extend()
    another = channel()
    await notifications.rollover(another["connectUri"])
    await topics_of(another, 1)
    started = call()
    message = await anext(notifications)
    assert message["eventBody"]["conversationId"] == started, message
    await notifications.close()


async def refused():
    notifications = Channel(channel()["connectUri"], ["v2.weather"], logger=LOGGER)
    await notifications
    try:
        await anext(notifications)
        raise AssertionError("the topic is not served")
    except SubscriptionFailure as failure:
        assert "v2.weather" in failure.message, failure.message
    await notifications.close()


async def main():
    await asyncio.wait_for(notified(), TIMEOUT)
    await asyncio.wait_for(refused(), TIMEOUT)


asyncio.run(main())
print("done")
sys.exit(0)
