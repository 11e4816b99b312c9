"""Every method of the SDK for Python in the areas that flows touch, called once.

Prints a table of the areas: how many methods work, how many are served but refuse these
arguments, and how many a stub has to answer. A stub then answers each of those.

With FILE, checks that FILE contains the table."""

import inspect
import json
import os
import pathlib
import re
import sys
import warnings

import PureCloudPlatformClientV2 as genesys
from PureCloudPlatformClientV2.rest import ApiException

from plain import URL, request

warnings.warn = lambda *_, **__: None  # The SDK warns at each call of some methods.
AREAS = {
    "Analytics": "AnalyticsApi",
    "Architect": "ArchitectApi",
    "Authorization": "AuthorizationApi",
    "Conversations": "ConversationsApi",
    "External contacts": "ExternalContactsApi",
    "Flows": "FlowsApi",
    "Groups": "GroupsApi",
    "Integrations": "IntegrationsApi",
    "Notifications": "NotificationsApi",
    "Organization": "OrganizationApi",
    "Presence": "PresenceApi",
    "Routing": "RoutingApi",
    "Scripts": "ScriptsApi",
    "Tokens": "TokensApi",
    "Users": "UsersApi",
}
FIXTURES = json.loads((pathlib.Path(__file__).parent / "organisation.json").read_text())
DAY = "2026-01-05T00:00:00.000Z/2026-01-06T00:00:00.000Z"
SCHEDULE = {"name": "Late", "start": "2026-01-05T18:00:00.000", "end": "2026-01-05T20:00:00.000",
            "rrule": "FREQ=DAILY"}
CONTACT = {"firstName": "Di", "lastName": "Roe", "workPhone": {"display": "+15550002222", "e164": "+15550002222"}}
TABLE = {"name": "Codes", "schema": {"type": "object", "properties": {
    "key": {"title": "key", "type": "string"}, "color": {"type": "string", "displayOrder": 1}}}}
TRANSFER = {"userId": "u-1"}
QUEUE = {"queueId": "q-1"}
EMPTY = {}
# The arguments of methods, by their names: `body` and what is not an id that is known.
BODIES = {
    "post_flows_datatables": TABLE,
    "put_flows_datatable": {"name": "Prices", "id": "dt-1", "schema": {"type": "object", "properties": {
        "key": {"title": "item", "type": "string"}, "price": {"type": "number", "displayOrder": 1}}}},
    "post_flows_datatable_rows": {"key": "milk", "price": 1},
    "put_flows_datatable_row": {"key": "tea", "price": 3},
    "post_architect_schedules": SCHEDULE,
    "put_architect_schedule": {**SCHEDULE, "name": "Open", "version": 1},
    "post_architect_schedulegroups": {"name": "Nights", "timeZone": "Europe/Berlin", "openSchedules": [{"id": "sc-1"}]},
    "put_architect_schedulegroup": {"name": "Hours", "timeZone": "Europe/Berlin", "version": 1},
    "post_architect_emergencygroups": {"name": "Flood", "enabled": True},
    "put_architect_emergencygroup": {"name": "Fire", "enabled": True, "version": 1},
    "post_architect_ivrs": {"name": "Line", "dnis": ["+15550001111"]},
    "put_architect_ivr": {"name": "Line", "dnis": ["+15550001112"]},
    "post_architect_prompts": {"name": "Bye"},
    "put_architect_prompt": {"name": "Hello"},
    "post_architect_prompt_resources": {"language": "de-de", "ttsString": "Hallo"},
    "put_architect_prompt_resource": {"language": "en-us", "ttsString": "Hi"},
    "post_routing_queues": {"name": "Service"},
    "put_routing_queue": {"name": "Sales"},
    "post_routing_queue_members": [{"id": "u-1"}],
    "patch_routing_queue_members": [{"id": "u-1", "joined": True}],
    "patch_routing_queue_member": {"id": "u-1", "joined": False},
    "post_routing_wrapupcodes": {"name": "Lost"},
    "put_routing_wrapupcode": {"name": "Finished"},
    "post_routing_queue_wrapupcodes": [{"id": "w-1"}],
    "post_routing_skills": {"name": "Chess"},
    "post_routing_languages": {"name": "Dutch"},
    "post_flows": {"name": "New", "type": "INBOUNDCALL"},
    "put_flow": {"name": "Renamed"},
    "post_flows_executions": {"flowId": "{flow}"},
    "post_flows_outcomes": {"name": "Paid"},
    "put_flows_outcome": {"name": "Paid twice"},
    "post_flows_milestones": {"name": "Half"},
    "put_flows_milestone": {"name": "Most"},
    "post_flows_instances_query": {"query": []},
    "post_flows_instances_jobs": {"ids": ["{conversation}"]},
    "post_flows_export_jobs": {"flows": [{"flow": {"id": "{flow}"}}]},
    "post_flows_validate_jobs": {"flows": [{"flow": {"id": "{flow}"}}]},
    "put_flows_instances_settings_loglevels_default": {"logLevelCharacteristics": {"level": "Base"}},
    "post_flow_instances_settings_loglevels": {"logLevelCharacteristics": {"level": "All"}},
    "put_flow_instances_settings_loglevels": {"logLevelCharacteristics": {"level": "Base"}},
    "patch_flows_instances_settings_executiondata": {"enabled": True},
    "post_externalcontacts_contacts": CONTACT,
    "put_externalcontacts_contact": CONTACT,
    "post_externalcontacts_identifierlookup": {"type": "Phone", "value": "+15557654321"},
    "post_externalcontacts_identifierlookup_contacts": {"type": "Phone", "value": "+15557654321"},
    "put_user_routingstatus": {"status": "IDLE"},
    "patch_user_presence": {"presenceDefinition": {"systemPresence": "Available"}},
    "patch_user_presences_purecloud": {"presenceDefinition": {"systemPresence": "Available"}},
    "post_users_search": {"query": [{"type": "CONTAINS", "fields": ["name"], "value": "Ann"}]},
    "post_integrations_action_execute": {"customer": "7"},
    "post_integrations_action_test": {"customer": "7"},
    "post_notifications_channel_subscriptions": [{"id": "v2.users.u-1.presence"}],
    "put_notifications_channel_subscriptions": [{"id": "v2.users.u-1.presence"}],
    "post_analytics_queues_observations_query": {"filter": {"type": "or", "predicates": [
        {"dimension": "queueId", "value": "q-1"}]}, "metrics": ["oWaiting"]},
    "post_analytics_flows_observations_query": {"filter": {"type": "or", "predicates": [
        {"dimension": "flowId", "value": "{flow}"}]}, "metrics": ["oFlow"]},
    "post_analytics_conversations_details_query": {"interval": DAY},
    "post_analytics_conversations_details_jobs": {"interval": DAY},
    "post_analytics_conversations_aggregates_query": {"interval": DAY, "metrics": ["nOffered"]},
    "post_analytics_flows_aggregates_query": {"interval": DAY, "metrics": ["nFlow"]},
    "post_conversations_calls": {"phoneNumber": "+15551230000", "callFromQueueId": "q-1"},
    "post_conversations_callbacks": {"queueId": "q-1", "callbackNumbers": ["+15557654321"]},
    "post_conversations_emails": QUEUE,
    "post_conversations_message_inbound_open_message": {
        "channel": {"from": {"id": "someone"}, "messageId": "m-1"}, "text": "Hello"},
    "post_conversations_messages": QUEUE,
    "post_conversations_chats": QUEUE,
    "post_conversation_assign": TRANSFER,
    "put_routing_message_recipient": {"flow": {"id": "{flow}"}},
}
# A call, and the same of the other media, that waits in a queue for each method.
MEDIA = {"call": "calls", "chat": "chats", "message": "messages", "email": "emails", "callback": "callbacks"}


class Walk:
    def __init__(self):
        genesys.configuration.host = URL
        self.client = genesys.api_client.ApiClient().get_client_credentials_token("any", "secret")
        request("PUT", "/__flowsim/fixtures", FIXTURES)
        self.ids = {}

    def get(self, path):
        return request("GET", path, token=self.client.access_token)

    def post(self, path, body):
        return request("POST", path, body, token=self.client.access_token)

    def prepare(self):
        """What the methods find: an object of each kind."""
        flow = next(it for it in self.get("/api/v2/flows?pageSize=100")["entities"] if it["name"] == "Inbound_Flow_A")
        conversation = self.conversation("calls")[0]
        outcome = self.post("/api/v2/flows/outcomes", {"name": "Sold"})["id"]
        milestone = self.post("/api/v2/flows/milestones", {"name": "Start"})["id"]
        route = self.post("/api/v2/architect/ivrs", {"name": "First", "dnis": ["+15550009999"]})["id"]
        run = self.post("/api/v2/flows/executions", {"flowId": flow["id"]})["id"]
        over = self.post("/api/v2/conversations", {"routing": {"flowId": flow["id"]}})["id"]
        self.post(f"/api/v2/conversations/{over}/disconnect", {})
        channel = self.post("/api/v2/notifications/channels", {})["id"]
        contact = self.post("/api/v2/externalcontacts/contacts", CONTACT)["id"]
        action = self.get("/api/v2/integrations/actions")["entities"][0]["id"]
        integration = self.get("/api/v2/integrations")["entities"][0]["id"]
        division = self.get("/api/v2/authorization/divisions/home")["id"]
        presence = self.get("/api/v2/presence/definitions")["entities"][0]["id"]
        post, interval = self.post, {"interval": DAY}
        self.jobs = {
            "conversations_details": post("/api/v2/analytics/conversations/details/jobs", interval)["jobId"],
            "flows_export": post("/api/v2/flows/export/jobs", {"flows": [{"flow": {"id": flow["id"]}}]})["id"],
            "flows_validate": post("/api/v2/flows/validate/jobs", {"flows": [{"flow": {"id": flow["id"]}}]})["id"],
            "flows_instances": post("/api/v2/flows/instances/jobs", {"ids": [over]})["id"],
            "flows_job": post("/api/v2/flows/jobs", {})["id"],
        }
        levels = {"logLevelCharacteristics": {"level": "All"}}
        post(f"/api/v2/flows/{flow['id']}/instances/settings/loglevels", levels)
        recipient = {"flow": {"id": flow["id"]}}
        request("PUT", "/api/v2/routing/message/recipients/r-1", recipient, self.client.access_token)
        self.ids = {
            "flow_id": flow["id"], "version_id": "1", "conversation_id": conversation,
            "flow_outcome_id": outcome, "milestone_id": milestone, "ivr_id": route,
            "flow_execution_id": run, "instance_id": over, "channel_id": channel,
            "contact_id": contact, "action_id": action, "integration_id": integration,
            "division_id": division, "definition_id": presence, "presence_id": presence,
            "user_id": "u-1", "queue_id": "q-1", "member_id": "u-1", "group_id": "g-1",
            "skill_id": "s-1", "language_id": "l-1", "code_id": "w-1", "prompt_id": "p-1",
            "language_code": "en-us", "schedule_id": "sc-1", "schedule_group_id": "sg-1",
            "emergency_group_id": "eg-1", "datatable_id": "dt-1", "row_id": "tea",
            "script_id": "script-1",
            "media_type": "call", "source_id": "PURECLOUD", "recipient_id": "r-1",
            "lookup_val": "+15557654321", "flow": flow["id"], "name": "Sales",
        }

    def conversation(self, medium):
        """A conversation that waits in a queue: its id, and that of its queue's participant."""
        made = self.post(f"/api/v2/conversations/{medium}", {
            "queueId": "q-1", "callFromQueueId": "q-1", "callbackNumbers": ["+15557654321"]})
        made = made.get("conversation", made)["id"]
        shown = self.get(f"/api/v2/conversations/{made}")
        acd = next(it for it in shown["participants"] if it["purpose"] == "acd")
        return made, acd["id"], acd[medium][0]["id"]

    def arguments(self, name, method):
        parameters = list(inspect.signature(method).parameters.values())
        wanted = [it.name for it in parameters if it.kind is not it.VAR_KEYWORD]
        known = dict(self.ids)
        if "job_id" in wanted:
            known["job_id"] = next((id for kind, id in self.jobs.items() if kind in name), "unknown")
        if name == "delete_architect_schedule":
            known["schedule_id"] = "sc-2"
        if "open_message" in name:
            known["integration_id"] = "r-1"
        if "systemprompt" in name:
            known["prompt_id"] = "sp-1"
        if "conversation_id" in wanted and re.search(r"_conversation", name):
            medium = next((plural for one, plural in MEDIA.items() if f"_conversations_{one}_" in f"{name}_"), "calls")
            made = self.conversation(medium)
            known.update(zip(["conversation_id", "participant_id", "communication_id"], made))
        body = BODIES.get(name, self.body(name))
        text = json.dumps(body)
        for key in ["flow", "conversation"]:
            text = text.replace("{" + key + "}", known.get(key, known.get(f"{key}_id", "")))
        body, path = json.loads(text), route_of(method)
        values = []
        for parameter in wanted:
            words = parameter.split("_")
            in_path = "{" + words[0] + "".join(it.capitalize() for it in words[1:]) + "}" in path
            if in_path or parameter in known:
                values.append(known.get(parameter, "unknown"))
            else:
                values.append(body)
        all_names = re.search(r"all_params = \[([^]]*)\]", inspect.getsource(method)).group(1)
        is_optional = "'body'" in all_names and "body" not in wanted
        return values, {"body": body} if is_optional and body != EMPTY else {}

    def body(self, name):
        if name.endswith("_attributes"):
            return {"attributes": {"tier": "gold"}}
        if "_wrapup" in name:
            return {"code": "w-1"}
        if "_replace" in name:
            return QUEUE if name.endswith("_queue") else {"address": "+15550003333"} if name.endswith("_external") else TRANSFER
        if re.fullmatch(r"patch_conversations_\w+_participant", name) or name == "patch_conversation_participant":
            return {"state": "disconnected"}
        if re.fullmatch(r"patch_conversations_(call|chat|message|email|callback)", name):
            return {"state": "disconnected"}
        return EMPTY

    def call(self, api, name):
        """Calls a method. Returns `works`, `refuses` or `stub`, and why."""
        method = getattr(api, name)
        try:
            values, named = self.arguments(name, method)
            method(*values, **named)
        except ApiException as error:
            body = json.loads(error.body) if error.body else {}
            message = body.get("message", "")
            is_unserved = "not supported by flowsim" in message or "does not serve this method" in message
            return ("stub" if is_unserved else "refuses"), f"{error.status} {message}"
        except Exception as error:  # The SDK does not understand the answer.
            return "breaks", repr(error)
        return "works", ""


def methods_of(api):
    verbs = r"(get|head|post|put|patch|delete)_"
    names = [it for it in dir(api) if re.match(verbs, it) and not it.endswith("_with_http_info")]
    return sorted(names, key=lambda it: (["get", "head", "post", "put", "patch", "delete"].index(it.split("_")[0]), it))


def route_of(method):
    source = inspect.getsource(method)
    path = re.search(r"resource_path = '([^']+)'", source).group(1)
    verb = re.search(r"call_api\(resource_path, '([A-Z]+)'", source).group(1)
    return f"{verb} {path}"


def walk_all():
    """Calls all methods: rows of the table, a line for each method, sums, and failures."""
    rows, details, total, broken = [], [], [0, 0, 0, 0], []
    for area, name in AREAS.items():
        api_class = getattr(genesys, name)
        names = methods_of(api_class)
        found = {"works": [], "refuses": [], "stub": [], "breaks": []}
        walk = None
        for method in names:
            if walk is None or not method.startswith("get_"):
                # A change may delete what the next method needs.
                request("POST", "/__flowsim/reset", {})
                walk = Walk()
                walk.prepare()
            outcome, why = walk.call(api_class(walk.client), method)
            found[outcome].append(method)
            details.append(f"{outcome}\t{name}.{method}\t{why}")
            if outcome == "stub":
                request("PUT", "/__flowsim/stubs", {route_of(getattr(api_class, method)): {"body": {}}})
                again, why = walk.call(api_class(walk.client), method)
                assert again == "works", (method, again, why)
                request("DELETE", "/__flowsim/stubs")
        broken += found.pop("breaks")
        counts = [len(names), *(len(found[it]) for it in found)]
        total = [a + b for a, b in zip(total, counts)]
        rows.append((area, counts))
    return rows, details, total, broken


def main():
    rows, details, total, broken = walk_all()
    table = ["| area | methods | work | refuse these arguments | a stub answers |", "|---|---|---|---|---|"]
    for area, counts in [*rows, ("all", total)]:
        table.append(f"| {area} | " + " | ".join(str(it) for it in counts) + " |")
    table = "\n".join(table)
    if os.environ.get("WALK_DETAILS"):
        with open(os.environ["WALK_DETAILS"], "w") as file:
            file.write("\n".join(details) + "\n")
    if broken:
        raise SystemExit(f"the SDK does not understand the answers to {broken}")
    if len(sys.argv) > 1 and table not in open(sys.argv[1]).read():
        print(table)
        raise SystemExit(f"{sys.argv[1]} has another table")
    print(table if len(sys.argv) == 1 else "done")


if __name__ == "__main__":
    main()
