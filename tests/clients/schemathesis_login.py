"""A login for each test case of Schemathesis, because other cases revoke tokens, reset the
server, and advance its clock. Stubs and faults of other cases are removed, because they would
answer this one."""

import json
import os
import urllib.request

import schemathesis


def send(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(os.environ["FLOWSIM_URL"] + path, data, method=method)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or b"null")


@schemathesis.auth(refresh_interval=None)
class Login:
    def get(self, case, context):
        send("DELETE", "/__flowsim/stubs")
        faults = send("GET", "/__flowsim/faults")
        if faults:
            send("POST", "/__flowsim/faults", {route: [] for route in faults})
        return send("POST", "/oauth/token", {"client_id": "any", "client_secret": "x"})["access_token"]

    def set(self, case, token, context):
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
