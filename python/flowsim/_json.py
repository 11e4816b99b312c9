"""Python's objects as JSON.

Dates, times and UUIDs are strings, as in a table of Arrow; numbers and arrays of numpy are
numbers and lists.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

# Missing values of pandas, which is not imported.
_MISSING = frozenset({"NAType", "NaTType"})


def converted(value: object) -> object:
    """Returns what JSON has in place of an object that it lacks."""
    if type(value).__name__ in _MISSING:
        return None
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Decimal):
        return _number(value)
    if type(value).__module__.partition(".")[0] == "numpy":
        return _of_numpy(value)
    raise TypeError(_lacks(value))


def encode(row: object) -> str | dict[str, Any]:
    """Returns a row as JSON, or else the output for a row with this mistake."""
    try:
        return json.dumps(row, default=converted)
    except Exception as error:
        place, problem = _mistake(row) or ("", str(error) or type(error).__name__)
        message = f"`{place}` is {problem}" if place else f"the row is not JSON: {problem}"
        help = "use strings, numbers, booleans, lists and dicts"
        mistake = {"code": "INVALID_REQUEST", "message": message, "help": help, "column": 1}
        return {"id": _id(row), "error": mistake}


def _moment(value: datetime) -> str:
    is_whole = value.microsecond % 1000 == 0 and not getattr(value, "nanosecond", 0)
    precision = "milliseconds" if value.microsecond and is_whole else "auto"
    text = value.isoformat(timespec=precision)
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def _number(value: Decimal) -> int | float:
    if value.is_finite() and value == value.to_integral_value():
        return int(value)
    number = float(value)
    if value.is_finite() and Decimal(repr(number)) != value:
        raise TypeError(_lacks(value))
    return number


def _of_numpy(value: Any) -> object:
    # Times with nanoseconds would become numbers.
    if getattr(value, "dtype", None) is not None and value.dtype.kind == "M":
        value = value.astype("datetime64[us]")
    plain: object = value.tolist()
    if plain is value or type(plain) is type(value):
        raise TypeError(_lacks(value))
    return plain


def _lacks(value: object) -> str:
    return f"a value of the type {type(value).__name__}, which JSON does not have"


def _mistake(value: object, place: str = "", depth: int = 0) -> tuple[str, str] | None:
    """The place of the first value that JSON lacks, and the problem."""
    if value is None or isinstance(value, (str, int, float)):
        return None
    if depth > 200:
        return place.partition(".")[0].partition("[")[0], "nested too deep"
    items: Any
    if isinstance(value, Mapping):
        for key in value:
            if key is not None and not isinstance(key, (str, int, float)):
                return place, f"a dict with the key {key!r}, which is not a string"
        items = ((f"{place}.{key}" if place else str(key), it) for key, it in value.items())
    elif isinstance(value, (list, tuple)):
        items = ((f"{place}[{index}]", it) for index, it in enumerate(value))
    else:
        try:
            items = [(place, converted(value))]
        except Exception as error:
            return place, str(error)
    for name, item in items:
        found = _mistake(item, name, depth + 1)
        if found:
            return found
    return None


def _id(row: object) -> str | int | float | None:
    """The id of a row, as far as it can be read."""
    given = row.get("id") if isinstance(row, Mapping) else None
    try:
        found = json.loads(json.dumps(given, default=converted))
    except Exception:
        return None
    if isinstance(found, float) and not math.isfinite(found):
        return None
    is_id = isinstance(found, (str, int, float)) and not isinstance(found, bool)
    return found if is_id else None
