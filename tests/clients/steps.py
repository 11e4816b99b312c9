"""Performs steps.json with the SDK for Python, and compares what each answer contains. steps.js
does the same with the SDK for JavaScript, and explains the form of a step."""

import inspect
import json
import os
import pathlib
import re
import urllib.error
import warnings

import PureCloudPlatformClientV2 as genesys
from PureCloudPlatformClientV2.rest import ApiException

from plain import URL, request

HERE = pathlib.Path(__file__).parent
warnings.warn = lambda *_, **__: None  # The SDK warns at each call of some methods.
EMPTY = [None, "", "{}", {}, []]


def snake(name):
    return re.sub(r"(?<!^)([A-Z])", lambda it: "_" + it.group(1).lower(), name)


def filled(value, kept):
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda it: kept[it.group(1)], value)
    if isinstance(value, list):
        return [filled(it, kept) for it in value]
    if isinstance(value, dict):
        return {key: filled(it, kept) for key, it in value.items()}
    return value


def difference(expected, found, place="answer"):
    """The first place where an answer differs from what is expected, or None."""
    if expected == "*":
        return None
    if expected == "?":
        return f"{place} is empty" if found in EMPTY else None
    if expected is None:
        return None if found in EMPTY else f"{place} is not empty"
    if not isinstance(expected, (dict, list)):
        return None if found == expected else f"{place} is {found!r}, expected {expected!r}"
    if isinstance(expected, dict) and isinstance(found, list):
        found = {str(index): it for index, it in enumerate(found)}
    if not isinstance(found, type(expected)):
        return f"{place} is {found!r}"
    if isinstance(expected, list):
        if len(expected) != len(found):
            return f"{place} has {len(found)} items, expected {len(expected)}"
        pairs = enumerate(zip(expected, found))
    else:
        pairs = ((key, (it, found.get(key))) for key, it in expected.items())
    places = (difference(it, other, f"{place}.{key}") for key, (it, other) in pairs)
    return next((it for it in places if it), None)


class Performance:
    def __init__(self, areas):
        genesys.configuration.host = URL
        request("POST", "/__flowsim/reset", {})
        self.client = genesys.api_client.ApiClient().get_client_credentials_token("any", "secret")
        organisation = json.loads((HERE / "organisation.json").read_text())
        request("PUT", "/__flowsim/fixtures", organisation)
        self.apis = [getattr(genesys, it.replace(" ", "") + "Api")(self.client) for it in areas]
        self.kept, self.performed = {}, set()

    def send(self, name, given):
        """Sends a request. Returns the status of a refusal, or None, and the answer as JSON."""
        try:
            if " " in name:
                method, path = name.split(" ")
                answer = request(method, filled(path, self.kept), given, self.client.access_token)
            else:
                answer = self.call(snake(name), given)
                self.performed.add(name)
        except ApiException as error:
            return error.status, error.body
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        return None, answer

    def call(self, name, given):
        # The SDK for JavaScript adds 0 to names that it would have twice.
        names = [name, name.rstrip("0")]
        method = next(getattr(it, name) for name in names for it in self.apis if hasattr(it, name))
        given = {snake(key): it for key, it in given.items()}
        parameters = inspect.signature(method).parameters.values()
        needed = [it.name for it in parameters if it.kind is not it.VAR_KEYWORD]
        values = [given.pop(it) for it in needed]
        answer = method(*values, **given)
        return self.client.sanitize_for_serialization(answer)

    def perform(self, name, given, expected, keep=None):
        status, answer = self.send(name, filled(given, self.kept))
        if isinstance(expected, int):
            assert status == expected, f"{name}: {status}, not refused with {expected}"
            return
        assert status is None, f"{name}: {status} {answer}"
        found = difference(filled(expected, self.kept), answer)
        assert found is None, f"{name}: {found}\n{json.dumps(answer)}"
        for key, place in (keep or {}).items():
            value = answer
            for part in place.split("."):
                value = value[int(part)] if isinstance(value, list) else value[part]
            self.kept[key] = str(value)


def repeated(step):
    """The steps of a group, once for each of its entries: `<key>` is the value of the entry."""
    if isinstance(step, list):
        return [step]
    text = json.dumps(step["steps"])
    each = [re.sub(r"<(\w+)>", lambda it: values.get(it.group(1), it.group(0)), text) for values in step["each"]]
    return [step for text in each for step in json.loads(text)]


def main():
    document = json.loads((HERE / "steps.json").read_text())
    performance = Performance(document["areas"])
    failures = []
    for step in (it for group in document["steps"] for it in repeated(group)):
        try:
            performance.perform(*step)
        except Exception as error:
            failures.append(f"{step[0]}: {error!r}")
            if not os.environ.get("FLOWSIM_ALL"):
                break
    if failures:
        raise SystemExit("\n".join(failures))
    count = len(performance.performed)
    request("POST", "/__flowsim/reset", {})
    assert count >= 250, f"only {count} methods are performed"
    print("done")


if __name__ == "__main__":
    main()
