"""Data sources: configured, then polled, asked, acted on or read."""

from __future__ import annotations

from dataclasses import dataclass, field

from vitrine_sdk.config import parse
from vitrine_sdk.faults import not_offered
from vitrine_sdk.frame import Frame, TimeRange
from vitrine_sdk.samples import Samples


@dataclass
class Action:
    """Something that can be done to the system watched."""

    name: str
    title: str
    description: str = ""
    #: True where it cannot be undone: the page asks first.
    destructive: bool = False
    #: JSON Schema of the arguments.
    arguments: dict = field(default_factory=dict)


@dataclass
class LogLine:
    #: Milliseconds since the Unix epoch.
    time: int
    message: str
    level: str = "info"


@dataclass
class LogPage:
    lines: list[LogLine]
    #: Labels common to all lines.
    labels: dict[str, str] = field(default_factory=dict)
    #: To read on with; none where nothing more can come.
    cursor: str | None = None


class Source:
    """A source. What it does not implement answers "not offered"; `offers` in plugin.toml says what it does.

    `Config` is the dataclass of the admin's `with:`; without one, nothing can be set.
    """

    KIND = "data-source"
    Config: type | None = None

    def __init__(self, config) -> None:
        """Called once per store, before anything else. Raise `Invalid` where the configuration cannot be right."""
        self.config = config

    def check(self) -> str:
        """Can it do its work? Answers one sentence for the admin."""
        return "configured"

    def collect(self) -> Samples:
        """One scheduled poll."""
        raise not_offered("collector")

    def query(self, query: str, range: TimeRange) -> list[Frame]:
        """Answers a query in the source's own language."""
        raise not_offered("queries")

    def actions(self) -> list[Action]:
        """What can be done to the system watched."""
        return []

    def run(self, name: str, arguments, person: str) -> str:
        """Does one of them; `person` is who asked. Answers a sentence."""
        raise not_offered("actions")

    def logs(self, cursor: str | None, limit: int) -> LogPage:
        """The lines after the cursor, at most `limit` of them."""
        raise not_offered("logs")


def configure(plugin: type, json: str):
    """Makes an instance as the host does: from the JSON of the admin's `with:`."""
    return plugin(parse(plugin.Config, json))
