"""The login of Schemathesis. Some operations revoke tokens, or make the server answer other
requests differently: after each of them, the state that test cases need is restored."""

import json
import os
import urllib.request

import schemathesis

DISTURBING = {
    ("DELETE", "/api/v2/tokens/me"),
    ("POST", "/__flowsim/clock"),
    ("POST", "/__flowsim/faults"),
    ("POST", "/__flowsim/reset"),
    ("PUT", "/__flowsim/stubs"),
}
login = {}


def send(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(os.environ["FLOWSIM_URL"] + path, data, method=method)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or b"null")


def restore():
    send("DELETE", "/__flowsim/stubs")
    faults = send("GET", "/__flowsim/faults")
    if faults:
        send("POST", "/__flowsim/faults", {route: [] for route in faults})
    given = send("POST", "/oauth/token", {"grant_type": "client_credentials", "client_id": "any", "client_secret": "x"})
    login["token"] = given["access_token"]


@schemathesis.auth(refresh_interval=None)
class Login:
    def get(self, case, context):
        if not login:
            restore()
        return login["token"]

    def set(self, case, token, context):
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}


@schemathesis.hook
def after_call(context, case, response):
    if (case.method.upper(), case.operation.path) in DISTURBING:
        restore()
