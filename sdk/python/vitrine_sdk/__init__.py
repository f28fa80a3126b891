"""Write Vitrine plugins in Python: everything that a plugin imports.

A plugin is a subclass of `Source`, `Channel` or `Panel`, handed to `export`. It reaches the world through `http`, `state`
and the other capability modules, and through nothing else.
"""

from vitrine_sdk import clock, files, http, log, mail, metrics, panel, sql, state, system
from vitrine_sdk._export import export
from vitrine_sdk.channel import Channel, Failure, Receipt
from vitrine_sdk.config import wrong
from vitrine_sdk.faults import Denied, Fault, Internal, Invalid, Upstream
from vitrine_sdk.frame import Column, Frame, TimeRange
from vitrine_sdk.panel import Panel
from vitrine_sdk.samples import Samples
from vitrine_sdk.source import Action, LogLine, LogPage, Source

__all__ = [
    "Action",
    "Channel",
    "Column",
    "Denied",
    "Failure",
    "Fault",
    "Frame",
    "Internal",
    "Invalid",
    "LogLine",
    "LogPage",
    "Panel",
    "Receipt",
    "Samples",
    "Source",
    "TimeRange",
    "Upstream",
    "clock",
    "export",
    "files",
    "http",
    "log",
    "mail",
    "metrics",
    "panel",
    "sql",
    "state",
    "system",
    "wrong",
]
