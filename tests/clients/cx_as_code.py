"""The requests that Terraform makes with the provider of CX as Code, and Archy, for a flow and
what it needs: a queue with members, a data table with rows, schedules, a published flow, a call
route; then changes, and the deletion of everything.

Adapted from the provider's source: `resource_genesyscloud_*.go` of its packages
`routing_queue`, `architect_datatable`, `architect_datatable_row`, `architect_schedules`,
`architect_schedulegroups`, `architect_flow` and `architect_ivr`. The provider ends when one of
the keys is missing that are read here with `[…]`."""

import urllib.parse
import urllib.request

from platform_client import ApiException, Platform

FLOW = """inboundCall:
  name: {{name}}
  division: Home
  startUpRef: /inboundCall/tasks/task[Main_1]
  variables:
    - stringVariable: {name: Flow.City}
  tasks:
    - task:
        name: Main
        refId: Main_1
        actions:
          - dataTableLookup:
              name: Look
              lookupValue: {lit: '1'}
              dataTable:
                Stores:
                  foundOutputs: {city: {var: Flow.City}}
              outputs:
                found: {actions: [{transferToAcd: {name: Route, targetQueue: {lit: {name: '{{queue}}'}}}}]}
                notFound: {actions: []}
                failure: {actions: []}
          - disconnect: {name: End}
"""


class Terraform:
    def __init__(self):
        self.platform = Platform()

    def call(self, method, path, body=None):
        return self.platform.call(method, path, body)

    def status(self, method, path, body=None):
        try:
            self.call(method, path, body)
        except ApiException as error:
            return error.status
        return 200

    def pages(self, path):
        """All entities of a list, page by page, as data sources find objects by name."""
        found, number, last = [], 1, 1
        while number <= last:
            mark = "&" if "?" in path else "?"
            page = self.call("GET", f"{path}{mark}pageSize=100&pageNumber={number}")
            found += page["entities"]
            last, number = page["pageCount"], number + 1
        return found

    def created(self, path, body):
        """Creates an object, and reads it back."""
        made = self.call("POST", path, body)
        shown = self.call("GET", f"{path}/{urllib.parse.quote(made['id'])}")
        for key in ["name", "description", "dnis"]:
            assert shown.get(key) == body.get(key, shown.get(key)), (shown, body)
        assert shown["division"]["id"], shown
        return shown

    def deleted(self, path, query=""):
        """Deletes an object. It is gone when reading it is answered with 404."""
        self.call("DELETE", f"{path}{query}")
        assert self.status("GET", path) == 404, path

    def queue(self, home):
        body = {
            "name": "Tf_Queue", "description": "by Terraform", "division": {"id": home},
            "mediaSettings": {"call": {"alertingTimeoutSeconds": 30,
                                       "serviceLevel": {"percentage": 0.7, "durationMs": 10000}}},
            "acwSettings": {"wrapupPrompt": "MANDATORY_TIMEOUT", "timeoutMs": 30000},
            "skillEvaluationMethod": "BEST", "autoAnswerOnly": True, "enableManualAssignment": True,
            "callingPartyName": "Example", "memberGroups": [],
        }
        queue = self.created("/api/v2/routing/queues", body)
        assert queue["acwSettings"] == body["acwSettings"] and queue["autoAnswerOnly"] is True, queue
        assert queue["skillEvaluationMethod"] == "BEST", queue
        path = f"/api/v2/routing/queues/{queue['id']}"
        user = self.pages("/api/v2/users")[0]["id"]
        # A user who is a member by a group cannot be added.
        assert self.members(path, "group") == [] and self.members(path, "user") == []
        self.call("POST", f"{path}/members?delete=false", [{"id": user}])
        assert self.members(path, "group") == []
        member = self.members(path, "user")[0]
        assert (member["id"], member["ringNumber"]) == (user, 1), member
        assert self.call("GET", path)["memberCount"] == 1
        assert isinstance(self.pages(f"{path}/wrapupcodes"), list)
        changed = self.call("PUT", path, {**body, "description": "changed"})
        assert changed["description"] == "changed" and self.call("GET", path)["memberCount"] == 1
        return queue

    def members(self, path, by):
        """The provider asks for pages until one is empty."""
        assert self.call("GET", path)["memberCount"] >= 0
        found, number = [], 1
        while True:
            page = self.call("GET", f"{path}/members?pageSize=100&pageNumber={number}&memberBy={by}")
            if not page["entities"]:
                return found
            found, number = found + page["entities"], number + 1

    def table(self, home):
        properties = {
            "key": {"$id": "/properties/key", "type": "string", "title": "store", "displayOrder": 0},
            "city": {"$id": "/properties/city", "type": "string", "title": "city", "displayOrder": 1},
            "open": {"$id": "/properties/open", "type": "boolean", "title": "open", "displayOrder": 2, "default": True},
        }
        body = {"name": "Stores", "description": "of the city", "division": {"id": home}, "schema": {
            "$schema": "http://json-schema.org/draft-04/schema#", "type": "object",
            "required": ["key"], "properties": properties, "additionalProperties": False}}
        made = self.call("POST", "/api/v2/flows/datatables", body)
        path = f"/api/v2/flows/datatables/{made['id']}"
        shown = self.call("GET", f"{path}?expand=schema")
        assert (shown["name"], shown["description"]) == ("Stores", "of the city"), shown
        assert shown["division"]["id"], shown
        for name, written in properties.items():
            read = shown["schema"]["properties"][name]
            for key in ["type", "title", "displayOrder", "default"]:
                assert read.get(key) == written.get(key), (name, read, written)
        row = {"key": "1", "city": "Lima", "open": False}
        self.call("POST", f"{path}/rows", row)
        assert self.call("GET", f"{path}/rows/1?showbrief=false") == row
        self.call("PUT", f"{path}/rows/1", {**row, "city": "Oslo"})
        assert self.call("GET", f"{path}/rows/1?showbrief=false")["city"] == "Oslo"
        self.call("POST", f"{path}/rows", {"key": "2", "city": "Rome"})
        self.deleted(f"{path}/rows/2")
        assert self.status("DELETE", f"{path}/rows/2") == 404
        return path

    def schedules(self, home):
        body = {"name": "Tf_Day", "division": {"id": home}, "start": "2026-01-05T08:00:00.000000",
                "end": "2026-01-05T18:00:00.000000", "rrule": "FREQ=DAILY;INTERVAL=1"}
        schedule = self.created("/api/v2/architect/schedules", body)
        group = {"name": "Tf_Hours", "division": {"id": home}, "timeZone": "Etc/UTC",
                 "openSchedules": [{"id": schedule["id"]}]}
        group = self.created("/api/v2/architect/schedulegroups", group)
        path = f"/api/v2/architect/schedules/{schedule['id']}"
        # An update reads the version first.
        version = self.call("GET", path)["version"]
        self.call("PUT", path, {**body, "description": "weekly", "version": version})
        assert self.status("PUT", path, {**body, "version": version}) == 409
        return path, group["id"]

    def flow(self, text, unlock=None):
        """Publishes a file. Returns the job, when it is over."""
        if unlock:
            self.call("POST", f"/api/v2/flows/actions/unlock?flow={unlock}")
        job = self.call("POST", "/api/v2/flows/jobs")
        request = urllib.request.Request(job["presignedUrl"], text.encode(), job["headers"], method="PUT")
        urllib.request.urlopen(request, timeout=30).close()
        while True:
            done = self.call("GET", f"/api/v2/flows/jobs/{job['id']}?expand=messages")
            if done["status"] in ["Success", "Failure"]:
                return done

    def export(self, flow):
        """Exports a flow, as `archy export` does: a job, whose result is downloaded."""
        body = {"flows": [{"flow": {"id": flow, "version": "published"}}]}
        job = self.call("POST", "/api/v2/flows/export/jobs", body)
        job = self.call("GET", f"/api/v2/flows/export/jobs/{job['id']}")
        assert job["status"] == "Success", job
        with urllib.request.urlopen(job["downloadUrl"], timeout=30) as file:
            return file.read().decode()

    def route(self, home, flow, group):
        body = {"name": "Tf_Ivr", "dnis": ["+15550100"], "division": {"id": home},
                "openHoursFlow": {"id": flow}, "scheduleGroup": {"id": group}}
        route = self.created("/api/v2/architect/ivrs", body)
        path = f"/api/v2/architect/ivrs/{route['id']}"
        assert (route["openHoursFlow"]["id"], route["scheduleGroup"]["id"]) == (flow, group), route
        assert route["state"] != "deleted", route
        both = ["+15550100", "+15550101"]
        body = {**body, "dnis": both, "version": self.call("GET", path)["version"]}
        assert self.call("PUT", path, body)["dnis"] == both
        assert [it["id"] for it in self.pages("/api/v2/architect/ivrs?name=Tf_Ivr")] == [route["id"]]
        return path

    def apply(self):
        home = self.call("GET", "/api/v2/authorization/divisions/home")["id"]
        queue = self.queue(home)
        table = self.table(home)
        schedule, group = self.schedules(home)
        text = FLOW.replace("{{queue}}", "Tf_Queue")
        broken = self.flow(text.replace("{{name}}", "Tf_Flow").replace("dataTableLookup", "dataTabelLookup"))
        assert broken["status"] == "Failure" and "dataTabelLookup" in broken["messages"][0]["text"], broken
        job = self.flow(text.replace("{{name}}", "Tf_Flow"))
        assert job["status"] == "Success", job
        flow = job["flow"]["id"]
        again = self.flow(text.replace("{{name}}", "Tf_Flow"), unlock=flow)
        assert again["flow"]["id"] == flow, again
        shown = self.call("GET", f"/api/v2/flows/{flow}?deleted=false")
        assert (shown["name"], shown["type"], shown["publishedVersion"]["id"]) == ("Tf_Flow", "INBOUNDCALL", "2.0"), shown
        found = self.pages("/api/v2/flows?includeSchemas=true&name=Tf_Flow&type=inboundcall")
        assert [it["id"] for it in found] == [flow], found
        assert "Tf_Queue" in self.export(flow)
        route = self.route(home, flow, group)
        return queue["id"], table, schedule, group, flow, route

    def call_is_routed(self, queue):
        """A call to the number comes into the queue of the flow."""
        made = self.call("POST", "/api/v2/conversations/calls", {"phoneNumber": "+15550101"})
        call = self.call("GET", f"/api/v2/conversations/{made['id']}")
        acd = [it for it in call["participants"] if it["purpose"] == "acd"]
        assert acd and acd[0]["queueId"] == queue, call
        self.call("PATCH", f"/api/v2/conversations/calls/{made['id']}", {"state": "disconnected"})

    def destroy(self, queue, table, schedule, group, flow, route):
        self.deleted(route)
        assert self.status("DELETE", schedule) == 409, "a group uses it"
        self.deleted(f"/api/v2/architect/schedulegroups/{group}")
        self.deleted(schedule)
        self.call("POST", f"/api/v2/flows/actions/unlock?flow={flow}")
        self.deleted(f"/api/v2/flows/{flow}")
        self.deleted(table, "?force=true")
        self.deleted(f"/api/v2/routing/queues/{queue}", "?forceDelete=true")


def main():
    terraform = Terraform()
    made = terraform.apply()
    terraform.call_is_routed(made[0])
    terraform.destroy(*made)
    print("applied and destroyed")


main()
