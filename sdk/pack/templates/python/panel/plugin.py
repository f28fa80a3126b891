"""The panel `{{name}}`: the largest of all series, as one number."""

import math
from dataclasses import dataclass

from vitrine_sdk import Panel, export, panel


@dataclass
class Options:
    """The panel's own keys in the dashboard."""

    unit: str = ""
    warn: float | None = None
    bad: float | None = None


@export
class {{type}}(Panel):
    Options = Options

    def render(self, request: panel.Request) -> panel.View:
        """A pure function: the same request gives the same view, which all viewers share."""
        series = [one.column for one in panel.series_of(request.frames)]
        present = [(column.values[-1], column.name) for column in series if column.values and not math.isnan(column.values[-1])]
        # NaN stands for "no value": the page then says so.
        value, name = max(present, default=(math.nan, ""))
        state = panel.state_of(value, request.options.warn, request.options.bad)
        return panel.Stat([panel.Figure(name, value, state)], unit=request.options.unit)
