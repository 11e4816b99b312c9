"""Requests to the server without an SDK, for what no method does."""

import json
import os
import urllib.request

URL = os.environ["FLOWSIM_URL"]


def request(method, path, body=None, token=None):
    """Returns the JSON of the answer. A body is JSON, or its text."""
    data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
    asked = urllib.request.Request(URL + path, data=data, method=method)
    asked.add_header("Content-Type", "application/json")
    if token:
        asked.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(asked, timeout=30) as response:
        return json.loads(response.read() or b"null")
