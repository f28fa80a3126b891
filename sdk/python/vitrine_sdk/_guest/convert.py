"""What all kinds carry across the border: faults, labels, frames."""

from __future__ import annotations

from componentize_py_types import Err
from wit_world.imports import types as wit

from vitrine_sdk.faults import Denied, Fault, Invalid, Upstream, fault_of
from vitrine_sdk.frame import Column, Frame, TimeRange

_COLUMNS = {
    "times": wit.Values_Times,
    "numbers": wit.Values_Numbers,
    "texts": wit.Values_Texts,
    "flags": wit.Values_Flags,
}
_NAMES = {case: name for name, case in _COLUMNS.items()}


def fault_out(fault: Fault):
    for kind, case in ((Invalid, wit.Fault_Invalid), (Upstream, wit.Fault_Upstream), (Denied, wit.Fault_Denied)):
        if isinstance(fault, kind):
            return case(fault.message)
    return wit.Fault_Internal(fault.message)


def fault_in(error: Err) -> Fault:
    """`Error_TooLarge('…')` → `Upstream('…', kind='too-large')`."""
    case = type(error.value).__name__.rpartition("_")[2]
    kind = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in case).lstrip("-")
    return fault_of(kind, str(getattr(error.value, "value", kind)))


def labels_out(labels: dict[str, object]) -> list:
    return [wit.Label(name, str(value)) for name, value in labels.items()]


def labels_in(labels: list) -> dict[str, str]:
    return {label.name: label.value for label in labels}


def values_out(column: Column):
    return _COLUMNS[column.type](column.values)


def frame_out(frame: Frame):
    columns = [wit.Column(column.name, labels_out(column.labels), column.unit, values_out(column)) for column in frame.columns]
    return wit.Frame(frame.name, columns)


def frame_in(frame) -> Frame:
    columns = [
        Column(column.name, _NAMES[type(column.values)], column.values.value, labels_in(column.labels), column.unit)
        for column in frame.columns
    ]
    return Frame(frame.name, columns)


def range_in(range) -> TimeRange:
    return TimeRange(range.start, range.end, range.step)


def enumerated(enumeration, word: str):
    """`retry-after` → `RETRY_AFTER`."""
    try:
        return enumeration[word.upper().replace("-", "_")]
    except KeyError:
        known = ", ".join(member.name.lower().replace("_", "-") for member in enumeration)
        raise ValueError(f"{word!r} is not one of {known}") from None


def word_of(member) -> str:
    return member.name.lower().replace("_", "-")
