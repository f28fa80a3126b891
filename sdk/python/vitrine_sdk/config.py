"""The admin's `with:` (or a panel's options) → a dataclass. A mistake is `Invalid` and names the field."""

from __future__ import annotations

import dataclasses
import json
import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from vitrine_sdk.faults import Invalid

WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def wrong(path: str, reason: str) -> Invalid:
    """A mistake of the admin's in one field: raise it, from `__post_init__` for one."""
    return Invalid(f"`{path}`: {reason}" if path else reason)


def parse(wanted: type | None, text: str):
    """Reads JSON into a dataclass; nothing at all where no dataclass is wanted."""
    value = json.loads(text)
    if wanted is None:
        wanted = dataclasses.make_dataclass("NoConfig", [])
    return read(wanted, value, "")


def read(wanted: Any, value: Any, path: str, is_foreign: bool = False) -> Any:
    """Reads a value as one of: a dataclass, a scalar, `Literal`, `list`, `dict`, an optional of these, or `Any`.

    Unknown keys are refused; of what others say (`is_foreign`) they are passed over.
    """
    origin, parameters = get_origin(wanted), get_args(wanted)
    if wanted is Any:
        return value
    if dataclasses.is_dataclass(wanted):
        return _table(wanted, value, path, is_foreign)
    if origin is Literal:
        if value not in parameters:
            raise wrong(path, f"{_shown(value)} is not one of {', '.join(map(str, parameters))}")
        return value
    if origin in (Union, types.UnionType):
        return _optional(parameters, value, path, is_foreign)
    if origin is list:
        if not isinstance(value, list):
            raise wrong(path, f"expected a list, not {_shown(value)}")
        return [read(parameters[0], item, f"{path}[{place}]", is_foreign) for place, item in enumerate(value)]
    if origin is dict:
        if not isinstance(value, dict):
            raise wrong(path, "expected a table")
        return {key: read(parameters[1], item, _inside(path, key), is_foreign) for key, item in value.items()}
    return _scalar(wanted, value, path)


def _table(wanted: Any, value: Any, path: str, is_foreign: bool) -> Any:
    if not isinstance(value, dict):
        raise wrong(path, "expected a table")
    hints = get_type_hints(wanted)
    fields = {field.name: field for field in dataclasses.fields(wanted)}
    for key in value:
        if key not in fields and not is_foreign:
            known = ", ".join(f"`{name}`" for name in fields)
            raise wrong(_inside(path, key), f"unknown field, expected one of {known}" if known else "there are no fields")
    given = {}
    for name, field in fields.items():
        if name in value:
            given[name] = read(hints[name], value[name], _inside(path, name), is_foreign)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise wrong(_inside(path, name), "this field is missing")
    return wanted(**given)


def _optional(parameters: tuple, value: Any, path: str, is_foreign: bool) -> Any:
    if value is None and type(None) in parameters:
        return None
    others = [parameter for parameter in parameters if parameter is not type(None)]
    for other in others[:-1]:
        try:
            return read(other, value, path, is_foreign)
        except Invalid:
            continue
    return read(others[-1], value, path, is_foreign)


def _scalar(wanted: Any, value: Any, path: str) -> Any:
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            raise wrong(path, f"{_shown(value)} is too large") from None
    # To Python a bool is an int; to an admin it is not.
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise wrong(path, f"expected {WORDS.get(wanted, wanted.__name__)}, not {_shown(value)}")
    return value


def _inside(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _shown(value: Any) -> str:
    """The beginning of a value: an admin, or the far side, may have written a book."""
    text = json.dumps(value, ensure_ascii=False)
    return f"{text[:80]}…" if len(text) > 80 else text
