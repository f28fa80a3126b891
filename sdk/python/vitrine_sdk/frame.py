"""Frames: tables in columns, as sources answer them and panels get them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class TimeRange:
    """The span a viewer looks at. Milliseconds since the Unix epoch; `step` is the distance between points."""

    start: int
    end: int
    step: int


@dataclass
class Column:
    """A named column of one type: `times`, `numbers`, `texts` or `flags`. NaN stands for "no value"."""

    name: str
    type: str
    values: list
    labels: dict[str, str] = field(default_factory=dict)
    unit: str | None = None

    @staticmethod
    def times(name: str, values: list[int]) -> Column:
        """Milliseconds since the Unix epoch."""
        return Column(name, "times", [round(value) for value in values])

    @staticmethod
    def numbers(name: str, values: list[float], labels: dict[str, str] | None = None, unit: str | None = None) -> Column:
        return Column(name, "numbers", [float(value) for value in values], labels or {}, unit)

    @staticmethod
    def texts(name: str, values: list[str], labels: dict[str, str] | None = None) -> Column:
        return Column(name, "texts", values, labels or {})

    @staticmethod
    def flags(name: str, values: list[bool], labels: dict[str, str] | None = None) -> Column:
        return Column(name, "flags", values, labels or {})


@dataclass
class Frame:
    """A table in columns of the same length. A time series is a column of times and one of numbers per series."""

    name: str
    columns: list[Column]

    def times(self) -> list[int] | None:
        """The first column of times."""
        return next((column.values for column in self.columns if column.type == "times"), None)


@dataclass
class FrameSeries:
    """A column of numbers, and the place that a chart refers to it by."""

    frame: int
    index: int
    column: Column


def series_of(frames: list[Frame]) -> list[FrameSeries]:
    """All columns of numbers: one per series."""
    return [
        FrameSeries(frame_index, index, column)
        for frame_index, frame in enumerate(frames)
        for index, column in enumerate(frame.columns)
        if column.type == "numbers"
    ]
