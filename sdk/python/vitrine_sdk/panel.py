"""Panels: pure functions from frames to a view."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from vitrine_sdk.config import parse
from vitrine_sdk.frame import Column, Frame, FrameSeries, TimeRange, series_of

__all__ = [
    "Chart",
    "Figure",
    "Markup",
    "Panel",
    "Request",
    "Series",
    "Stat",
    "Svg",
    "Table",
    "TableColumn",
    "Threshold",
    "series_of",
    "state_of",
]

NAN = math.nan


@dataclass
class Request:
    """What is to be shown, and where: a box in CSS pixels, `light` or `dark`, an IANA time zone."""

    frames: list[Frame]
    options: object
    width: int
    height: int
    theme: str
    time_zone: str
    range: TimeRange


@dataclass
class Threshold:
    """A level worth seeing. States are `neutral`, `good`, `warning` and `bad`."""

    value: float
    state: str
    name: str


@dataclass
class Series:
    """A line of a chart: a column of the request (see `series_of`), or values of the panel's own over a frame's times."""

    name: str
    points: FrameSeries | tuple[int, list[float]]
    #: `line`, `area`, `bars` or `points`
    mark: str = "line"
    stacked: bool = False


@dataclass
class Chart:
    series: list[Series]
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    thresholds: list[Threshold] = field(default_factory=list)


@dataclass
class Figure:
    name: str
    value: float
    state: str = "neutral"
    trend: list[float] = field(default_factory=list)
    minimum: float = NAN
    maximum: float = NAN
    thresholds: list[Threshold] = field(default_factory=list)


@dataclass
class Stat:
    figures: list[Figure]
    #: `number` or `arc`
    shape: str = "number"
    unit: str = ""


@dataclass
class TableColumn:
    title: str
    values: Column
    unit: str = ""
    #: `start` or `end`; numbers end where no one says otherwise.
    align: str | None = None
    #: A state per row, or nothing.
    states: list[str] = field(default_factory=list)


@dataclass
class Table:
    columns: list[TableColumn]


@dataclass
class Markup:
    """HTML; the host keeps only harmless elements."""

    html: str


@dataclass
class Svg:
    """SVG; the host keeps only harmless elements."""

    text: str


View = Chart | Table | Stat | Markup | Svg


class Panel:
    """A panel. The same request must give the same view: the host keeps and shares results."""

    KIND = "panel"
    Options: type | None = None

    def render(self, request: Request) -> View:
        raise NotImplementedError("a panel needs `render`")


def options_of(plugin: type, json: str):
    return parse(plugin.Options, json)


def state_of(value: float, warn: float | None = None, bad: float | None = None) -> str:
    """`neutral`, `good`, `warning` or `bad`. Where `bad` is below `warn`, low values are the bad ones."""
    if (warn is None and bad is None) or math.isnan(value):
        return "neutral"
    low_is_bad = warn is not None and bad is not None and bad < warn

    def beyond(level: float | None) -> bool:
        return level is not None and (value <= level if low_is_bad else value >= level)

    if beyond(bad):
        return "bad"
    return "warning" if beyond(warn) else "good"
