"""Views of parts, times and things that are joined, as the host takes them."""

from __future__ import annotations

from wit_world.exports import rendering as wit

from vitrine_sdk._guest.convert import enumerated, labels_out, values_out
from vitrine_sdk.panel import Bars, Graph, Grid, Lines, Slices, Timeline


def view_out(view):
    match view:
        case Bars():
            groups = [wit.Group(one.name, _origin(one.origin), _numbers(one.values)) for one in view.groups]
            levels = thresholds_out(view.thresholds)
            kind = (view.unit, view.stacked, view.horizontal, view.touching)
            return wit.View_Bars(wit.Bars(view.categories, groups, *kind, levels))
        case Slices():
            slices = [wit.Slice(one.name, _origin(one.origin), float(one.value)) for one in view.slices]
            return wit.View_Slices(wit.Slices(slices, view.unit, view.hollow))
        case Grid():
            columns, rows = values_out(view.columns), values_out(view.rows)
            return wit.View_Grid(wit.Grid(columns, rows, view.row_unit, _numbers(view.values), view.unit))
        case Timeline():
            lanes = [wit.Lane(lane.name, [_span(span) for span in lane.spans]) for lane in view.lanes]
            return wit.View_Timeline(wit.Timeline(lanes, view.blocks))
        case Lines():
            return wit.View_Lines(wit.Lines([_line(line) for line in view.lines], view.ages))
        case Graph():
            nodes = [wit.Node(one.name, float(one.value), _state(one.state), one.link) for one in view.nodes]
            edges = [wit.Edge(one.source, one.target, float(one.value), _state(one.state)) for one in view.edges]
            return wit.View_Graph(wit.Graph(nodes, edges, view.node_unit, view.edge_unit))


def thresholds_out(thresholds: list) -> list:
    return [wit.Threshold(one.value, _state(one.state), one.name) for one in thresholds]


def _state(word: str):
    return enumerated(wit.State, word)


def _numbers(values: list) -> list[float]:
    return [float(value) for value in values]


def _origin(series):
    return None if series is None else wit.ColumnRef(series.frame, series.index)


def _span(span):
    return wit.Span(span.start, span.end, span.text, _state(span.state))


def _line(line):
    return wit.Line(line.time, _state(line.state), line.level, line.text, labels_out(line.fields), line.link)
