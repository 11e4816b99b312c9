"""Performs the steps of the tutorials with a client that openapi-python-client generated from
the server's OpenAPI document: log in, find a flow, execute it, start a conversation, press
keys, read the result."""

import os
import sys

from flowsim_serve_client import AuthenticatedClient, Client
from flowsim_serve_client import models
from flowsim_serve_client.api.architect import get_flows, get_flows_execution, post_flows_executions
from flowsim_serve_client.api.conversations import get_conversation, post_conversations
from flowsim_serve_client.api.flowsim import post_flowsim_input
from flowsim_serve_client.api.o_auth import post_oauth_token

url = os.environ["FLOWSIM_URL"]


def body_of(endpoint, entries):
    """The body of an endpoint: in its class, if the document has a schema for it."""
    name = str(endpoint.sync_detailed.__annotations__["body"]).split("|")[0].strip(" '<>")
    found = getattr(models, name.removeprefix("class ").strip(" '").split(".")[-1], None)
    return found.from_dict(entries) if found else entries


login = {"grant_type": "client_credentials", "client_id": "any", "client_secret": "secret"}
token = post_oauth_token.sync(client=Client(base_url=url), body=body_of(post_oauth_token, login))
client = AuthenticatedClient(base_url=url, token=token.access_token, raise_on_unexpected_status=True)

flows = get_flows.sync(client=client, page_size=100)
flow = next(it for it in flows.entities if it.name == "Inbound_Flow_A")

run = post_flows_executions.sync(
    client=client, body=body_of(post_flows_executions, {"flowId": flow.id, "inputData": {}})
)
found = get_flows_execution.sync(run.id, client=client)
assert found.status == "RUNNING", found

started = post_conversations.sync(
    client=client,
    body=body_of(post_conversations, {"type": "voice", "routing": {"flowId": flow.id}}),
)
assert get_conversation.sync(started.id, client=client).state == "connected"
keys = {"conversationId": started.id, "dtmf": ["1"]}
given = post_flowsim_input.sync_detailed(client=client, body=body_of(post_flowsim_input, keys))
assert given.status_code == 200, given
assert get_conversation.sync(started.id, client=client).state != "connected"
print("done")
sys.exit(0)
