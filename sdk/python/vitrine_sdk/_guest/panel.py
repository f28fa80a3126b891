"""A panel's interface, as the host calls it."""

from __future__ import annotations

from wit_world.exports import rendering as wit

from vitrine_sdk import _host
from vitrine_sdk._guest import parts
from vitrine_sdk._guest.convert import enumerated, frame_in, range_in, values_out, word_of
from vitrine_sdk._guest.host import GuestHost
from vitrine_sdk._guest.lifecycle import answered
from vitrine_sdk.frame import FrameSeries
from vitrine_sdk.panel import (
    Axis,
    Bars,
    Chart,
    Graph,
    Grid,
    Lines,
    Markup,
    Picture,
    Request,
    Slices,
    Stat,
    Svg,
    Table,
    Timeline,
    options_of,
)

_plugin: type | None = None


def serve(plugin: type) -> tuple:
    global _plugin
    _plugin = plugin
    _host.bind(GuestHost())
    return (Rendering,)


class Rendering:
    def render(self, request):
        return answered(lambda: _view(_plugin().render(_request(request))))


def _request(raw) -> Request:
    return Request(
        [frame_in(frame) for frame in raw.frames],
        options_of(_plugin, raw.options),
        raw.width,
        raw.height,
        word_of(raw.theme),
        raw.time_zone,
        range_in(raw.range),
    )


def _view(view):
    match view:
        case Chart():
            return wit.View_Chart(_chart(view))
        case Table():
            return wit.View_Table(wit.Table([_column(column) for column in view.columns]))
        case Stat():
            figures = [_figure(figure) for figure in view.figures]
            return wit.View_Stat(wit.Stat(enumerated(wit.Shape, view.shape), view.unit, view.tinted, figures))
        case Bars() | Slices() | Grid() | Timeline() | Lines() | Graph():
            return parts.view_out(view)
        case Picture():
            return wit.View_Picture(wit.Picture(view.address, view.text))
        case Markup():
            return wit.View_Markup(view.html)
        case Svg():
            return wit.View_Svg(view.text)
    raise TypeError(f"`render` must return a view, not {type(view).__name__}")


def _chart(view: Chart):
    left = Axis(view.unit, view.minimum, view.maximum, view.logarithmic)
    statistics = [enumerated(wit.Statistic, one) for one in view.statistics]
    series = [_series(one) for one in view.series]
    return wit.Chart(series, _axis(left), _axis(view.right), _thresholds(view.thresholds), view.connect, statistics)


def _series(one):
    mark, side, stroke = enumerated(wit.Mark, one.mark), enumerated(wit.Side, one.side), enumerated(wit.Stroke, one.stroke)
    return wit.Series(one.name, _points(one.points), mark, one.stacked, side, stroke, one.band)


def _axis(axis: Axis):
    return wit.Axis(axis.unit, axis.minimum, axis.maximum, axis.logarithmic)


def _points(points):
    if isinstance(points, FrameSeries):
        return wit.Points_Column(wit.ColumnRef(points.frame, points.index))
    frame, values = points
    return wit.Points_Computed((frame, [float(value) for value in values]))


def _thresholds(thresholds: list) -> list:
    return parts.thresholds_out(thresholds)


def _figure(figure):
    return wit.Figure(
        figure.name,
        float(figure.value),
        float(figure.delta),
        enumerated(wit.State, figure.state),
        figure.trend,
        figure.minimum,
        figure.maximum,
        _thresholds(figure.thresholds),
    )


def _column(column):
    align = column.align or ("end" if column.values.type == "numbers" else "start")
    states = [enumerated(wit.State, state) for state in column.states]
    return wit.TableColumn(
        column.title,
        column.unit,
        enumerated(wit.Align, align),
        values_out(column.values),
        states,
        enumerated(wit.Cell, column.cell),
        float(column.minimum),
        float(column.maximum),
        column.links,
    )
