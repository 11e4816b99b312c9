"""What the programs of the tutorials need of an SDK that does not exist: requests with a
token, which is fetched again when it has expired. Only the standard library."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ["FLOWSIM_URL"]


class ApiException(Exception):
    def __init__(self, status, body, headers):
        super().__init__(f"{status}: {body}")
        self.status, self.body, self.headers = status, body, headers


class Platform:
    def __init__(self, scopes=""):
        form = {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}
        if scopes:
            form["scope"] = scopes
        self.token = None
        body = urllib.parse.urlencode(form).encode()
        kind = "application/x-www-form-urlencoded"
        self.token = self._send("POST", "/oauth/token", body, kind)["access_token"]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        return self._send(method, path, data, "application/json")

    def _send(self, method, path, data, kind):
        request = urllib.request.Request(URL + path, data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", kind)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                text = response.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise ApiException(error.code, json.loads(error.read()), error.headers) from None
