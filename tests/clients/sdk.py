"""What programs do with the platform's SDK for Python, and what they get for it."""

import json
import os
import time
import urllib.request

import PureCloudPlatformClientV2 as genesys
from PureCloudPlatformClientV2.rest import ApiException

URL = os.environ["FLOWSIM_URL"]
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def raw(path, body, kind="application/json", method="POST"):
    """What the SDK has no words for."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data=data, method=method)
    request.add_header("Content-Type", kind)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read() or b"null")


def refused(status, call, *arguments, **named):
    """The error body of a call that has to be refused."""
    try:
        call(*arguments, **named)
    except ApiException as error:
        assert error.status == status, error
        body = json.loads(error.body)
        assert body["status"] == status and body["message"] and body["contextId"], body
        return error, body
    raise SystemExit(f"{call.__name__} was not refused with {status}")


def log_in():
    genesys.configuration.host = URL
    return genesys.api_client.ApiClient().get_client_credentials_token("any", "secret")


def draft(name, following="End"):
    ask = {
        "id": "Ask",
        "type": "Gather",
        "properties": {"promptText": "Press a key.", "maxDigits": 1, "timeoutSeconds": 5},
        "onComplete": {"nextNode": following},
        "onError": {"nextNode": "End"},
    }
    end = {"id": "End", "type": "End", "properties": {"endType": "normal"}}
    nodes = {"Ask": ask, "End": end}
    return {"name": name, "type": "inbound", "draft": {"startNode": "Ask", "nodes": nodes}}


def flows(architect):
    for number in range(30):
        architect.post_flows(draft(f"Sdk {number:02}"))
    page = architect.get_flows(page_size=20, page_number=2, name="Sdk *", sort_by="name")
    assert (page.total, page.page_count, len(page.entities)) == (30, 2, 10), page
    made = page.entities[0]
    assert made.name == "Sdk 20" and made.type == "INBOUNDCALL", made
    assert made.published_version is None, made

    operation = architect.post_flows_actions_publish(made.id)
    assert operation.action_status == "SUCCESS" and operation.complete, operation
    flow = architect.get_flow(made.id)
    assert flow.active and flow.published_version.id == "1.0", flow
    assert architect.get_flow_versions(made.id).total == 1
    written = architect.get_flow_latestconfiguration(made.id)
    assert "Ask" in json.dumps(written), written

    wanted = {"flows": [{"flow": {"id": made.id}}]}
    job = architect.post_flows_validate_jobs(wanted)
    job = architect.get_flows_validate_job(job.id)
    assert (job.status, job.messages) == ("Success", []), job

    locked = architect.post_flows_actions_checkout(made.id)
    assert locked.locked_user or locked.id == made.id, locked
    refused(409, architect.post_flows_actions_checkout, made.id)
    architect.post_flows_actions_unlock(made.id)
    assert architect.post_flows_actions_checkin(made.id).action_status == "SUCCESS"
    architect.post_flows_actions_revert(made.id)
    return made.id


BOT = """digitalBot:
  name: Sdk bot
  startUpRef: /digitalBot/bots/bot[Start_1]
  variables:
    - integerVariable: {name: Slot.Amount}
  bots:
    - bot:
        name: Start
        refId: Start_1
        actions:
          - askForSlot:
              name: Ask
              slot: {name: Amount}
              question: {exp: 'MakeCommunication("How much?")'}
"""


def bots(architect, analytics):
    """Publishes a bot from Archy YAML, talks to it, and reads what was said."""
    job = architect.post_flows_jobs()
    put = urllib.request.Request(job.presigned_url, data=BOT.encode(), method="PUT")
    urllib.request.urlopen(put, timeout=30).close()
    job = architect.get_flows_job(job.id)
    assert job.status == "Success", job
    flow = architect.get_flows(name="Sdk bot").entities[0].id
    assert analytics.get_analytics_botflow_divisions_reportingturns(flow).entities == []
    run = architect.post_flows_executions({"flowId": flow})
    raw("/__flowsim/input", {"conversationId": run.id, "dtmf": ["say:25"]})
    turn = analytics.get_analytics_botflow_divisions_reportingturns(flow).entities[0]
    assert (turn.user_input, turn.bot_prompts) == ("25", ["How much?"]), turn
    assert turn.ask_action.action_type == "AskForSlotAction", turn
    assert turn.ask_action_result == "SuccessCollection", turn
    refused(404, analytics.get_analytics_botflow_divisions_reportingturns, UNKNOWN)


def executions(architect, conversations, flow):
    run = architect.post_flows_executions({"flowId": flow, "inputData": {}, "name": "mine"})
    found = architect.get_flows_execution(run.id)
    assert found.status == "RUNNING" and found.name == "mine", found
    raw("/__flowsim/input", {"conversationId": run.id, "dtmf": ["1"]})
    assert architect.get_flows_execution(run.id).status == "COMPLETED"

    criterion = {"key": "FlowId", "operator": "eq", "value": flow}
    listed = architect.post_flows_instances_query({"query": [{"criteria": criterion}]})
    assert [it.id for it in listed.entities] == [run.id], listed
    capabilities = architect.get_flows_instances_querycapabilities()
    known = {it.criteria_key: it for it in capabilities.criteria}
    assert "eq" in known["FlowId"].operators, known
    job = architect.post_flows_instances_jobs({"ids": [run.id]})
    job = architect.get_flows_instances_job(job.id)
    assert job.job_state == "Success" and job.entities[0].download_uri, job

    call = conversations.post_conversations_calls({"queueId": "support", "phoneNumber": "+15551234567"})
    assert call.id, call


def settings(architect, flow):
    assert architect.get_flows_instances_settings_loglevels_default().log_level_characteristics.level == "All"
    body = {"logLevelCharacteristics": {"level": "Base"}}
    level = architect.post_flow_instances_settings_loglevels(flow, body)
    assert level.log_level_characteristics.level == "Base" and level.type == "inboundcall", level
    body = {"logLevelCharacteristics": {"level": "VerboseNotes"}}
    architect.put_flow_instances_settings_loglevels(flow, body)
    level = architect.get_flow_instances_settings_loglevels(flow).log_level_characteristics
    assert level.level == "VerboseNotes" and level.characteristics.communications, level
    assert architect.get_flows_instances_settings_loglevels().total == 1
    architect.delete_flow_instances_settings_loglevels(flow)
    refused(404, architect.get_flow_instances_settings_loglevels, flow)
    known = architect.get_flows_instances_settings_loglevels_characteristics()
    assert "All" in [it.level for it in known.log_levels], known
    assert architect.patch_flows_instances_settings_executiondata({"enabled": True}).enabled


def contacts(api):
    body = genesys.ExternalContact()
    body.first_name, body.last_name = "Ada", "Lovelace"
    body.work_phone = {"display": "+1 555 765 4321", "e164": "+15557654321"}
    made = api.post_externalcontacts_contacts(body)
    found = api.get_externalcontacts_reversewhitepageslookup("+15557654321")
    assert [it.id for it in found.contacts] == [made.id], found
    assert api.get_externalcontacts_reversewhitepageslookup("+15550000000").contacts == []
    wanted = {"type": "Phone", "value": "+15557654321"}
    same = api.post_externalcontacts_identifierlookup_contacts(wanted)
    assert same.last_name == "Lovelace", same
    api.delete_externalcontacts_contact(made.id)
    refused(404, api.get_externalcontacts_contact, made.id)


def queues(api):
    predicate = {"type": "dimension", "dimension": "queueId", "operator": "matches", "value": "support"}
    body = {"filter": {"type": "and", "predicates": [predicate]}, "metrics": ["oWaiting", "oOnQueueUsers"]}
    result = api.post_analytics_queues_observations_query(body).results[0]
    assert result.group["queueId"] == "support", result
    counts = {it.metric: it.stats.count for it in result.data}
    # The fixtures have one caller in the queue, and the call of `executions` is another one.
    assert counts == {"oWaiting": 2, "oOnQueueUsers": 2}, counts
    refused(400, api.post_analytics_queues_observations_query, {"filter": {}})


FIXTURES = {
    "schedules": [{"name": "Week", "start": "2026-01-05T09:00", "end": "2026-01-05T17:00", "rrule": "FREQ=WEEKLY"}],
    "scheduleGroups": [{"name": "Hours", "timeZone": "UTC", "openSchedules": ["Week"]}],
    "emergencyGroups": [{"name": "Storm", "active": True}],
    "prompts": {"Greeting": {"tts": {"en-us": "Hello."}}},
    "systemPrompts": {"error": {"tts": "Sorry."}},
    "dataTables": [{"name": "Cities", "key": "number", "columns": {"city": "string"}, "rows": [{"key": "1", "city": "Lima"}]}],
}


def directory(architect):
    """Everything else that the platform lists about flows, once each."""
    raw("/__flowsim/fixtures", FIXTURES, method="PUT")
    schedule = architect.get_architect_schedules().entities[0]
    assert architect.get_architect_schedule(schedule.id).rrule == "FREQ=WEEKLY"
    group = architect.get_architect_schedulegroups().entities[0]
    assert architect.get_architect_schedulegroup(group.id).open_schedules[0].id == schedule.id
    storm = architect.get_architect_emergencygroups().entities[0]
    assert architect.get_architect_emergencygroup(storm.id).enabled
    prompt = architect.get_architect_prompts().entities[0]
    assert architect.get_architect_prompt(prompt.id).resources[0].tts_string == "Hello."
    prompt = architect.get_architect_systemprompts().entities[0]
    assert architect.get_architect_systemprompt(prompt.id).name == "error"
    table = architect.get_flows_datatables().entities[0]
    assert architect.get_flows_datatable(table.id, expand="schema").name == "Cities"
    assert architect.get_flows_datatable_rows(table.id).total == 1
    assert architect.get_flows_datatable_row(table.id, "1", showbrief=False)["city"] == "Lima"
    for make, get, listed in (
        (architect.post_flows_outcomes, architect.get_flows_outcome, architect.get_flows_outcomes),
        (architect.post_flows_milestones, architect.get_flows_milestone, architect.get_flows_milestones),
        (architect.post_architect_ivrs, architect.get_architect_ivr, architect.get_architect_ivrs),
    ):
        made = make(body={"name": "Sdk"})
        assert get(made.id).name == "Sdk" and listed().total == 1


def versions(architect, conversations, flow):
    """A flow is changed, exported, deactivated and deleted."""
    architect.put_flow(flow, draft("Sdk 20"))
    assert architect.get_flow(flow).saved_version.id == "2.0"
    assert architect.get_flow_version(flow, "1.0").id == "1.0"
    assert "Ask" in json.dumps(architect.get_flow_version_configuration(flow, "1.0"))
    job = architect.post_flows_export_jobs({"flows": [{"flow": {"id": flow}}]})
    job = architect.get_flows_export_job(job.id)
    with urllib.request.urlopen(job.download_url, timeout=30) as response:
        assert json.loads(response.read())["name"] == "Sdk 20"
    queued = {"queueId": "support"}
    assert conversations.post_conversations_callbacks(queued).conversation.id
    assert conversations.post_conversations_emails(queued).id
    assert conversations.post_conversations_messages(queued).id
    assert not architect.post_flows_actions_deactivate(flow).active
    architect.delete_flow(flow)
    refused(404, architect.get_flow, flow)


def errors(client, architect, flow):
    _, body = refused(400, architect.post_flows, draft("Broken", following="Nowhere"))
    assert any(it["errorCode"] == "DANGLING_REFERENCE" for it in body["details"]), body
    refused(404, architect.get_flow, UNKNOWN)
    refused(409, architect.post_flows, {**draft("Sdk 00"), "id": None})

    good = client.access_token
    client.access_token = "stale"
    refused(401, architect.get_flow, flow)
    form = b"grant_type=client_credentials&client_id=a&client_secret=b&scope=flow:read"
    kind = "application/x-www-form-urlencoded"
    client.access_token = raw("/oauth/token", form, kind)["access_token"]
    assert architect.get_flow(flow).id == flow
    _, body = refused(403, architect.post_flows, draft("Forbidden"))
    assert "flow:write" in body["message"], body
    client.access_token = good

    # Told when to come back, the SDK does so by itself; else it is for the program to do.
    later = draft("Later")
    raw("/__flowsim/faults", {"POST /api/v2/flows": [{"status": 429, "retryAfter": 1}, 429]})
    before = time.monotonic()
    refused(429, architect.post_flows, later)
    assert time.monotonic() - before >= 1, "it waits as long as it is told"
    assert architect.post_flows(later).name == "Later"


def main():
    raw("/__flowsim/reset", {})
    client = log_in()
    architect = genesys.ArchitectApi(client)
    flow = flows(architect)
    conversations = genesys.ConversationsApi(client)
    executions(architect, conversations, flow)
    settings(architect, flow)
    analytics = genesys.AnalyticsApi(client)
    bots(architect, analytics)
    contacts(genesys.ExternalContactsApi(client))
    queues(analytics)
    errors(client, architect, flow)
    versions(architect, conversations, flow)
    directory(architect)
    print("done")


main()
