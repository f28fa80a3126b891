"""Panels: pure functions from frames to a view."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from vitrine_sdk.config import parse
from vitrine_sdk.frame import Column, Frame, FrameSeries, TimeRange, series_of

__all__ = [
    "Axis",
    "Bars",
    "Chart",
    "Edge",
    "Figure",
    "Graph",
    "Grid",
    "Group",
    "Lane",
    "Line",
    "Lines",
    "Markup",
    "Node",
    "Panel",
    "Picture",
    "Request",
    "Series",
    "Slice",
    "Slices",
    "Span",
    "Stat",
    "Svg",
    "Table",
    "TableColumn",
    "Threshold",
    "Timeline",
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
    #: `left` or `right`: which value axis it is read on
    side: str = "left"
    #: `solid`, `dashed` or `dotted`
    stroke: str = "solid"
    #: The place of another series: the space between the two is filled.
    band: int | None = None


@dataclass
class Axis:
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    logarithmic: bool = False


@dataclass
class Chart:
    """Drawn by the host and the browser. What is not said of an axis is said of the left one."""

    series: list[Series]
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    thresholds: list[Threshold] = field(default_factory=list)
    logarithmic: bool = False
    right: Axis = field(default_factory=Axis)
    #: Lines run on over gaps.
    connect: bool = False
    #: What the legend says beside the last value: `minimum`, `maximum`, `mean`, `total`.
    statistics: list[str] = field(default_factory=list)


@dataclass
class Figure:
    name: str
    value: float
    state: str = "neutral"
    trend: list[float] = field(default_factory=list)
    minimum: float = NAN
    maximum: float = NAN
    thresholds: list[Threshold] = field(default_factory=list)
    #: By how much it has changed.
    delta: float = NAN


@dataclass
class Stat:
    figures: list[Figure]
    #: `number`, `arc` or `bar`
    shape: str = "number"
    unit: str = ""
    #: The state colours the ground, not the number.
    tinted: bool = False


@dataclass
class TableColumn:
    title: str
    values: Column
    unit: str = ""
    #: `start` or `end`; numbers end where no one says otherwise.
    align: str | None = None
    #: A state per row, or nothing.
    states: list[str] = field(default_factory=list)
    #: `plain`, `gauge` or `tinted`
    cell: str = "plain"
    minimum: float = NAN
    maximum: float = NAN
    #: An address per row, or nothing.
    links: list[str] = field(default_factory=list)


@dataclass
class Table:
    columns: list[TableColumn]


@dataclass
class Group:
    """The values of one name in all categories; `origin` gives it the colour of the series it came from."""

    name: str
    values: list[float]
    origin: FrameSeries | None = None


@dataclass
class Bars:
    """A bar for each category, or one of each group side by side or stacked."""

    categories: list[str]
    groups: list[Group]
    unit: str = ""
    stacked: bool = False
    horizontal: bool = False
    touching: bool = False
    thresholds: list[Threshold] = field(default_factory=list)


@dataclass
class Slice:
    name: str
    value: float
    origin: FrameSeries | None = None


@dataclass
class Slices:
    """Parts of a whole."""

    slices: list[Slice]
    unit: str = ""
    hollow: bool = False


@dataclass
class Grid:
    """Values in cells: the first column from bottom to top, then the next."""

    columns: Column
    rows: Column
    values: list[float]
    row_unit: str = ""
    unit: str = ""


@dataclass
class Span:
    """From `start` until before `end`, in milliseconds since the Unix epoch."""

    start: int
    end: int
    text: str = ""
    state: str = "neutral"


@dataclass
class Lane:
    name: str
    spans: list[Span]


@dataclass
class Timeline:
    """What was the case when."""

    lanes: list[Lane]
    blocks: bool = False


@dataclass
class Line:
    """One thing that happened."""

    time: int
    text: str
    state: str = "neutral"
    level: str = ""
    fields: dict[str, object] = field(default_factory=dict)
    link: str = ""


@dataclass
class Lines:
    """In the order to be read; with `ages`, of what lasts until now."""

    lines: list[Line]
    ages: bool = False


@dataclass
class Node:
    name: str
    value: float = NAN
    state: str = "neutral"
    link: str = ""


@dataclass
class Edge:
    """From one node to another, by their places in the list."""

    source: int
    target: int
    value: float = NAN
    state: str = "neutral"


@dataclass
class Graph:
    """The host finds the places."""

    nodes: list[Node]
    edges: list[Edge]
    node_unit: str = ""
    edge_unit: str = ""


@dataclass
class Picture:
    """A path on the host, or `data:image/…;base64,…`; `text` says what is to be seen."""

    address: str
    text: str


@dataclass
class Markup:
    """HTML; the host keeps only harmless elements."""

    html: str


@dataclass
class Svg:
    """SVG; the host keeps only harmless elements."""

    text: str


View = Chart | Table | Stat | Bars | Slices | Grid | Timeline | Lines | Graph | Picture | Markup | Svg


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
