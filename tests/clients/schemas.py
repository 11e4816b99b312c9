"""Writes the schemas of the OpenAPI document from the answers to the walk of the SDK, to the
steps of steps.json, and to requests for what no method of the SDK asks.

Run it against a server with the flows of fixtures/shared-flow, with the file of schemas as
its argument. Routes that neither reaches keep what the file has."""

import json
import os
import pathlib
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

import steps
import walk as walked
from PureCloudPlatformClientV2 import rest

# Objects whose keys are names that flows or clients choose.
FREE = {"attributes", "variables", "inputData", "outputData", "draft", "properties", "nodes",
        "customFields", "context", "fixtures", "rows", "input", "output", "statistics", "default",
        "contract", "schema", "finalResult", "paths", "components", "byStatus", "webhooks"}
# Keys that are never null.
SURE = {"id", "selfUri", "entities", "total", "pageSize", "pageNumber", "pageCount"}
CONNECTION = {"type": "string", "enum": ["closed", "reset", "truncated"]}
STATUS = {"type": "integer", "minimum": 200, "maximum": 599}
DELAY = {"type": "integer", "minimum": 0, "maximum": 60000}
STUB = {"type": "object", "additionalProperties": False, "properties": {
    "status": STATUS, "headers": {"type": "object"}, "body": {}, "text": {"type": "string"},
    "delayMs": DELAY, "count": {"type": "integer", "minimum": 1}, "connection": CONNECTION}}
FAULT = {"type": "object", "additionalProperties": False, "properties": {
    "status": STATUS, "retryAfter": {"type": "integer", "minimum": 0}, "message": {"type": "string"},
    "delayMs": DELAY, "count": {}, "connection": CONNECTION}}
WEBHOOK = {"type": "object", "additionalProperties": False, "required": ["url"], "properties": {
    "url": {"type": "string"}, "timeoutMs": {"type": "integer", "minimum": 1, "maximum": 300000},
    "attempts": {"type": "integer", "minimum": 1, "maximum": 10}, "headers": {"type": "object"},
    "secret": {"type": "string"}}}
OBJECT = {"type": "object"}
ROW = {"type": "object", "properties": {"key": {"type": "string"}}}
ROWS = "/api/v2/flows/datatables/{datatableId}/rows"
ACTION = "/api/v2/integrations/actions/{actionId}"
# Requests whose keys clients choose, or with values of several types, and answers of files.
BY_HAND = {
    "PUT /__flowsim/stubs": {"response": OBJECT, "request": {
        "type": "object", "additionalProperties": {"anyOf": [STUB, {"type": "array", "items": STUB}]}}},
    "POST /__flowsim/faults": {"response": OBJECT, "request": {
        "type": "object", "additionalProperties": {"type": "array", "items": {"anyOf": [STATUS, FAULT]}}}},
    "PUT /__flowsim/webhooks": {"request": {
        "type": "object", "additionalProperties": {"anyOf": [{"type": "string"}, WEBHOOK]}}},
    "PUT /__flowsim/fixtures": {"request": OBJECT},
    "PATCH /__flowsim/fixtures": {"request": OBJECT},
    "PATCH /__flowsim/instances/{instanceId}/participantData": {"request": {
        "type": "object", "additionalProperties": {"type": ["string", "null"]}}},
    "POST /__flowsim/input": {"request": {"type": "object", "additionalProperties": False, "properties": {
        "conversationId": {"type": "string"}, "dtmf": {"type": "array", "items": {}}}}},
    "POST /api/v2/architect/simulations": {"request": {"type": "object", "required": ["flowId"], "properties": {
        "flowId": {"type": "string"}, "inputs": OBJECT, "variables": OBJECT, "context": OBJECT}}},
    f"POST {ROWS}": {"request": ROW, "response": ROW},
    f"GET {ROWS}/{{rowId}}": {"response": ROW},
    f"PUT {ROWS}/{{rowId}}": {"request": ROW, "response": ROW},
    f"POST {ACTION}/execute": {"request": OBJECT, "response": OBJECT},
    f"POST {ACTION}/test": {"request": OBJECT},
    "POST /oauth/token": {"request": OBJECT},
    "POST /api/v2/oauth/token": {"request": OBJECT},
    "GET /__flowsim/fixtures": {"response": OBJECT},
    "GET /__flowsim/faults": {"response": OBJECT},
    "GET /__flowsim/openapi.json": {"response": OBJECT},
    "GET /__flowsim/executions/{instanceId}": {"response": OBJECT},
}
PAGE = ["pageSize", "pageNumber"]
LIST = [*PAGE, "name", "id", "divisionId", "sortBy", "sortOrder"]


def schema_of(value, key=None):
    if key in FREE:
        return {}
    if isinstance(value, bool):
        return {"type": ["boolean"]}
    if isinstance(value, int):
        return {"type": ["integer"]}
    if isinstance(value, float):
        return {"type": ["number"]}
    if isinstance(value, str):
        return {"type": ["string"]}
    if isinstance(value, list):
        items = {}
        for item in value:
            items = merged(items, schema_of(item))
        return {"type": ["array"], "items": items}
    if isinstance(value, dict):
        return {"type": ["object"], "properties": {name: schema_of(it, name) for name, it in value.items()}}
    return {}


def merged(one, other):
    """The schema of what either of two schemas describes; an empty one is unknown."""
    if not one or not other:
        return one or other
    types = sorted({*one.get("type", []), *other.get("type", [])})
    if "number" in types and "integer" in types:
        types.remove("integer")
    both = {"type": types}
    for key in ["properties", "items"]:
        if key == "items" and (key in one or key in other):
            both[key] = merged(one.get(key, {}), other.get(key, {}))
        elif key in one or key in other:
            a, b = one.get(key, {}), other.get(key, {})
            both[key] = {name: merged(a.get(name, {}), b.get(name, {})) for name in sorted({*a, *b})}
    return both


def finished(schema, sure=True):
    """The schema in the form of the document: what may be null says so."""
    if not schema:
        return {}
    types = schema["type"] if sure else [*schema["type"], "null"]
    done = {"type": types[0] if len(types) == 1 else types}
    if "properties" in schema:
        done["properties"] = {
            name: finished(it, name in SURE) for name, it in sorted(schema["properties"].items())
        }
    if "items" in schema:
        done["items"] = finished(schema["items"])
    return done


class Components:
    """Schemas of objects that appear more than once, by their names."""

    def __init__(self, known):
        self.known = known
        self.counts, self.names, self.schemas = {}, {}, {}

    def expanded(self, schema):
        """The schema without references to the components of the file."""
        if isinstance(schema, list):
            return [self.expanded(it) for it in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            return self.expanded(self.known[schema["$ref"].split("/")[-1]])
        return {key: self.expanded(it) for key, it in schema.items()}

    def count(self, schema):
        if isinstance(schema, dict):
            if len(schema.get("properties", {})) > 2:
                key = json.dumps(schema, sort_keys=True)
                self.counts[key] = self.counts.get(key, 0) + 1
            for part in schema.values():
                self.count(part)

    def shared(self, schema, hint):
        """The schema with references to components."""
        if not isinstance(schema, dict):
            return schema
        key = json.dumps(schema, sort_keys=True)
        if self.counts.get(key, 0) > 1 and "properties" in schema:
            if key not in self.names:
                name, number = hint, 1
                while name in self.schemas:
                    number += 1
                    name = f"{hint}{number}"
                self.names[key] = name
                self.schemas[name] = {}
                self.schemas[name] = self.parts(schema, hint)
            return {"$ref": f"#/components/schemas/{self.names[key]}"}
        return self.parts(schema, hint)

    def parts(self, schema, hint):
        done = dict(schema)
        if "properties" in schema:
            done["properties"] = {
                name: self.shared(it, hint if name == "entities" else singular(name))
                for name, it in schema["properties"].items()
            }
        if "items" in schema:
            done["items"] = self.shared(schema["items"], hint)
        return done


def singular(name):
    name = re.sub(r"\W", "", name)
    name = re.sub("ies$", "y", name) if name.endswith("ies") else re.sub("(?<!s)s$", "", name)
    return name[:1].upper() + name[1:]


def of_path(path):
    words = [it for it in path.split("/") if it and "{" not in it]
    return singular(words[-1]) if words else "Root"


class Recorder:
    def __init__(self, routes):
        self.routes = [(re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path))), method, path)
                       for method, path in routes]
        self.found = {}

    def route(self, method, path):
        fitting = [(path_.count("{"), path_) for pattern, known, path_ in self.routes
                   if known == method and pattern.fullmatch(path)]
        return min(fitting)[1] if fitting else None

    def note(self, method, url, body, answer):
        path = urllib.parse.urlsplit(url).path
        route = self.route(method, path)
        if route is None:
            return
        entry = self.found.setdefault(f"{method} {route}", {"request": {}, "response": {}})
        if body is not None:
            entry["request"] = merged(entry["request"], schema_of(json.loads(json.dumps(body))))
        if answer:
            entry["response"] = merged(entry["response"], schema_of(json.loads(answer)))


# Functions that read query parameters for handlers.
RESOURCES = ["includeResources", "language"]
HELPERS = {
    "by_description": ["description", "nameOrDescription"],
    "includes_active": ["state"],
    "expand": ["expand"],
    "with_expand": ["expand"],
    "order": ["sortBy", "sortOrder"],
    "flow_in_query": ["flow"],
    "publish_flow": ["version"],
    "is_descending": ["sortOrder"],
    "listed": ["name", "id", "divisionId", "sortBy", "sortOrder", "pageSize", "pageNumber",
               "description", "nameOrDescription", *RESOURCES],
    "selected": RESOURCES,
    "filter_members": ["skills", "languages", "profileSkills", "routingStatus", "presence", "expand"],
    "has_names": ["type", "id", "name", "description", "nameOrDescription", "lockedBy", "lockedByClientId"],
    "excludes_all": ["divisionId", "secure", "virtualAgentEnabled"],
    "Published::of": ["publishedAfter", "publishedBefore", "publishVersionId"],
}


def queries(root):
    """The query parameters that each handler reads, from its source."""
    found = {}
    for file in (root / "src/server/endpoint").rglob("*.rs"):
        module = file.parent.name if file.stem == "mod" else file.stem
        source = file.read_text()
        for part in re.split(r"\n(?=(?:pub\(in crate::server(?:::endpoint)?\) |pub\(super\) )?fn )", source):
            name = re.match(r"(?:pub\([^)]*\) )?fn (\w+)", part)
            if name:
                found[module, name.group(1)] = part
    routed = r'(?:route|shared)\("(\w+)", "([^"]+)", \w+, "[^"]*", ([\w:]+)\)'
    texts = [(root / "src/server" / it).read_text() for it in ["routes.rs", "conversation_routes.rs"]]
    routes = {}
    for text in texts:
        for method, path, handler in re.findall(routed, text):
            module, _, name = handler.rpartition("::")
            body = found.get((module or "participants", name), "")
            names = re.findall(r'(?:\.query(?:_all|_each)?\(|by_any\(asked, |flag\(asked, )"(\w+)"', body)
            if module == "flow_actions" and "change(" in body:
                names.append("flow")
            for helper, read in HELPERS.items():
                if re.search(rf"\b{helper}\((?:state, |&state, )?asked", body):
                    names += read
            if re.search(r"\blist\(asked|\blist\(\s*asked", body):
                names = LIST + names
            elif "Page::of" in body or "listing(" in body:
                names = PAGE + names
            routes[f"{method} {path}"] = list(dict.fromkeys(names))
    return routes


def needed(send, path):
    """The keys that the body of a POST needs: refusals name them one by one."""
    body = {}
    while True:
        try:
            send("POST", path, body)
            return sorted(body)
        except urllib.error.HTTPError as error:
            message = json.loads(error.read() or b"{}").get("message", "")
        missing = re.match(r"the body needs `(\w+)`$", message)
        if not missing or missing.group(1) in body:
            return sorted(body)
        body[missing.group(1)] = "x"


def add_needed(routes, send):
    """Adds the needed keys to the schemas of requests that create objects."""
    for key, entry in routes.items():
        method, path = key.split(" ")
        properties = entry.get("request", {}).get("properties")
        if method != "POST" or "{" in path or not path.startswith("/api/v2/") or not properties:
            continue
        keys = [it for it in needed(send, path) if it in properties]
        if keys:
            text = {"type": "string", "minLength": 1}
            entry["request"] = {**entry["request"], "required": keys,
                                "properties": {**properties, **{it: text for it in keys}}}


BOT = """digitalBot:
  name: Schema bot
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
MEDIA = ["calls", "chats", "messages", "emails", "callbacks"]


class Exercise:
    """Requests for what no method of the SDK asks, or what it asks with too little."""

    def __init__(self):
        self.begin()

    def begin(self):
        walked.request("POST", "/__flowsim/reset", {})
        self.walk = walked.Walk()
        self.walk.prepare()
        self.flow = self.walk.ids["flow_id"]

    def send(self, method, path, body=None):
        return walked.request(method, path, body, self.walk.client.access_token)

    def all(self):
        self.control()
        self.instances()
        self.flows()
        for medium in MEDIA:
            self.conversations(medium)
        bot = self.send("POST", "/api/v2/flows/jobs", {})
        put = urllib.request.Request(bot["presignedUrl"], BOT.encode(), method="PUT")
        urllib.request.urlopen(put).close()
        bot = self.send("GET", f"/api/v2/flows/jobs/{bot['id']}")["flow"]["id"]
        run = self.send("POST", "/api/v2/flows/executions", {"flowId": bot})["id"]
        self.send("POST", "/__flowsim/input", {"conversationId": run, "dtmf": ["say:25"]})
        for path in ["divisions/reportingturns", "reportingturns"]:
            self.send("GET", f"/api/v2/analytics/botflows/{bot}/{path}")

    def control(self):
        self.send("PUT", "/__flowsim/stubs", {"GET /x": {"status": 200}})
        self.send("GET", "/x")
        self.send("GET", "/__flowsim/stubs")
        self.send("PUT", "/__flowsim/webhooks", {"Inbound_Flow_A": "http://127.0.0.1:9/x"})
        self.send("GET", "/__flowsim/webhooks")
        self.send("PUT", "/__flowsim/webhooks", {})
        self.send("PATCH", "/__flowsim/fixtures", {})
        self.send("POST", "/__flowsim/clock", {"advanceMs": 1})
        self.send("POST", "/__flowsim/clock", {"to": "2030-01-05T18:00:00Z"})
        self.begin()  # The token has expired.
        for path in ["", "clock", "flows", "instances", "requests", "status"]:
            self.send("GET", f"/__flowsim/{path}" if path else "/")

    def instances(self):
        called = {"flowId": self.flow, "from": "+4930", "to": "+4931", "media": "voice", "context": {}, "variables": {}}
        made = self.send("POST", "/__flowsim/instances", called)["id"]
        path = f"/__flowsim/instances/{made}"
        self.send("GET", path)
        self.send("POST", "/__flowsim/input", {"conversationId": made, "dtmf": ["9"]})
        self.send("GET", path)
        self.send("POST", f"{path}/branches", {"question": 0})
        self.send("GET", f"{path}/scenario")
        open_ = self.send("POST", "/__flowsim/instances", called)["id"]
        self.send("PATCH", f"/__flowsim/instances/{open_}/participantData", {"tier": "gold"})
        self.send("POST", f"/__flowsim/instances/{open_}/disconnect", {})
        self.send("GET", f"/__flowsim/executions/{made}")
        self.send("GET", f"/__flowsim/flows/{self.flow}/drawing")

    def flows(self):
        self.send("GET", f"/api/v2/architect/flows/{self.flow}")
        self.send("POST", f"/api/v2/flows/{self.flow}/publish", {})
        body = {"flowId": self.flow, "inputs": {"dtmf": ["1"]}}
        self.send("POST", "/api/v2/architect/simulations", body)
        statistics = {"entityIds": ["q-1"], "select": ["waiting"], "size": 10}
        self.send("POST", "/api/v2/analytics/queues/realtime/query", statistics)
        made = self.send("POST", "/api/v2/conversations", {"type": "voice", "routing": {"flowId": self.flow}})["id"]
        part = self.send("GET", f"/api/v2/conversations/{made}")["participants"][0]["id"]
        self.send("POST", "/api/v2/flows/variables", {"flowInstanceId": made, "variables": {"x": "y"}})
        call = f"/api/v2/conversations/calls/{made}/participants/{part}/digits"
        self.send("POST", call, {"digits": "9"})
        mail = self.send("POST", "/api/v2/conversations/emails", {"queueId": "q-1", "flowId": self.flow})["id"]
        try:
            self.send("POST", f"/api/v2/conversations/emails/{mail}/inboundmessages", {"textBody": "Hello"})
        except urllib.error.HTTPError:
            pass  # This flow is not one of e-mails; the request is noted.
        login = {"grant_type": "client_credentials", "client_id": "any", "client_secret": "x"}
        self.send("POST", "/oauth/token", login)
        self.send("POST", "/api/v2/oauth/token", login)

    def conversations(self, medium):
        """The routes of a medium, and the same of all conversations."""
        for place in [medium, None]:
            base = "/api/v2/conversations" + (f"/{place}" if place else "")
            self.send("GET", base)
            made, part, communication = self.walk.conversation(medium)
            self.send("GET", f"{base}/{made}")
            path = f"{base}/{made}/participants/{part}"
            self.send("PATCH", f"{path}/attributes", {"attributes": {"tier": "gold"}})
            for end in ["attributes", "wrapup", "wrapupcodes"]:
                self.send("GET", f"{path}/{end}")
            of = f"{path}/communications/{communication}"
            self.send("POST", f"{of}/wrapup", {"code": "w-1", "notes": "done"})
            self.send("GET", f"{of}/wrapup")
            self.send("GET", f"{of}/wrapupcodes")
            self.send("PATCH", path, {"held": True})
            for end, body in [("", walked.QUEUE), ("/queue", walked.QUEUE), ("/agent", walked.TRANSFER),
                              ("/external", {"address": "+15550003333"})]:
                other, part, _ = self.walk.conversation(medium)
                self.send("POST", f"{base}/{other}/participants/{part}/replace{end}", body)
            if place:
                self.send("PATCH", f"{base}/{made}", {"state": "disconnected"})


def main(file):
    root = pathlib.Path(__file__).resolve().parents[2]
    document = walked.request("GET", "/__flowsim/openapi.json")
    routes = [(method.upper(), path) for path, methods in document["paths"].items() for method in methods
              if method in ["get", "head", "post", "put", "patch", "delete"]]
    recorder = Recorder(routes)
    sent = rest.RESTClientObject.request

    def record(self, method, url, *rest_, **named):
        answer = sent(self, method, url, *rest_, **named)
        recorder.note(method, url, named.get("body"), getattr(answer, "data", None))
        return answer

    rest.RESTClientObject.request = record

    def recorded(asked):
        def request(method, path, body=None, token=None):
            answer = asked(method, path, body, token)
            is_file = isinstance(body, str)
            recorder.note(method, walked.URL + path, None if is_file else body, json.dumps(answer))
            return answer

        return request

    walked.request = recorded(walked.request)
    steps.request = recorded(steps.request)
    walked.walk_all()
    steps.main()
    Exercise().all()
    known = json.loads(pathlib.Path(file).read_text()) if os.path.exists(file) else {"routes": {}}
    parameters = queries(root)
    all_routes = {}
    for method, path in sorted(routes, key=lambda it: (it[1], it[0])):
        key = f"{method} {path}"
        entry = dict(known["routes"].get(key, {}))
        if key in recorder.found:
            new = recorder.found[key]
            entry["response"] = finished(new["response"])
            if new["request"]:
                entry["request"] = finished(new["request"])
        entry.update(BY_HAND.get(key, {}))
        if parameters.get(key):
            entry["query"] = parameters[key]
        all_routes[key] = entry
    rows = all_routes[f"GET {ROWS}"]["response"]
    rows["properties"]["entities"] = {"type": "array", "items": ROW}
    components = Components(known.get("schemas", {}))
    parts = [(key, part) for key in all_routes for part in ["request", "response"] if part in all_routes[key]]
    for key, part in parts:
        all_routes[key][part] = components.expanded(all_routes[key][part])
    exercise = Exercise()
    add_needed(all_routes, exercise.send)
    for key, part in parts:
        components.count(all_routes[key][part])
    for key, part in parts:
        all_routes[key][part] = components.shared(all_routes[key][part], of_path(key.split(" ")[1]))
    lines = lambda entries: ",\n".join(
        f"{json.dumps(key)}:{json.dumps(it, separators=(',', ':'))}" for key, it in entries.items())
    text = f'{{"schemas":{{\n{lines(components.schemas)}\n}},"routes":{{\n{lines(all_routes)}\n}}}}\n'
    pathlib.Path(file).write_text(text)
    print(sum("response" in it for it in all_routes.values()), "of", len(all_routes), "routes have a response")


if __name__ == "__main__":
    main(sys.argv[1])
