"""A source's interfaces, as the host calls them."""

from __future__ import annotations

import json

from componentize_py_types import Err, Ok
from wit_world.exports import actions as wit_actions
from wit_world.exports import collector as wit_collector
from wit_world.exports import logs as wit_logs

from vitrine_sdk import _host
from vitrine_sdk._guard import guarded
from vitrine_sdk._guest import lifecycle
from vitrine_sdk._guest.convert import enumerated, frame_out, labels_out, range_in
from vitrine_sdk._guest.host import GuestHost
from vitrine_sdk._guest.lifecycle import answered, instance
from vitrine_sdk.faults import Fault
from vitrine_sdk.samples import Samples
from vitrine_sdk.source import Action, LogPage


def serve(plugin: type) -> tuple:
    _host.bind(GuestHost())
    return lifecycle.serve(plugin), Collector, Queryable, Actions, Logs


class Collector:
    def collect(self):
        return answered(lambda: _batch(instance().collect()))


class Queryable:
    def query(self, queries: list[str], range) -> list:
        return [_answer(query, range_in(range)) for query in queries]


class Actions:
    def offered(self) -> list:
        # The interface has no fault here: what goes wrong is told to the log, and there is nothing to choose from.
        try:
            return guarded(lambda: [_action(action) for action in instance().actions()])
        except Fault:
            return []

    def run(self, name: str, arguments: str, person: str) -> str:
        return answered(lambda: str(instance().run(name, json.loads(arguments), person)))


class Logs:
    def read(self, cursor: str | None, limit: int):
        return answered(lambda: _page(instance().logs(cursor, limit)))


def _batch(samples: Samples):
    if not isinstance(samples, Samples):
        raise TypeError("`collect` must return Samples")
    families = [
        wit_collector.Family(name, enumerated(wit_collector.MetricKind, kind), help, unit)
        for name, (kind, help, unit) in samples.families.items()
    ]
    return wit_collector.Batch(families, samples.symbols, samples.labels, samples.ends, samples.values, samples.times)


def _answer(query: str, range):
    try:
        return Ok(answered(lambda: [frame_out(frame) for frame in instance().query(query, range)]))
    except Err as error:
        return error


def _action(action: Action):
    return wit_actions.Action(action.name, action.title, action.description, action.destructive, json.dumps(action.arguments))


def _page(page: LogPage):
    return wit_logs.Page(
        [round(line.time) for line in page.lines],
        [line.level for line in page.lines],
        [line.message for line in page.lines],
        labels_out(page.labels),
        page.cursor,
    )
