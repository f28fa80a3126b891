"""A host for unit tests, in plain Python. What a test does not set up is denied, as it is by the real host."""

from __future__ import annotations

import json as json_module
from collections import deque
from dataclasses import dataclass, field
from typing import NoReturn

from vitrine_sdk import _host, files, http, mail
from vitrine_sdk.faults import Denied, Fault, Upstream, fault_of
from vitrine_sdk.frame import Frame, TimeRange
from vitrine_sdk.panel import Request, options_of
from vitrine_sdk.source import configure as _configure

#: 2026-01-01T00:00:00Z.
START = 1_767_225_600_000


@dataclass
class Metric:
    name: str
    labels: dict[str, str]
    value: float


@dataclass
class Line:
    level: str
    message: str


@dataclass
class Seen:
    """What the plugin did so far."""

    lines: list[Line] = field(default_factory=list)
    requests: list[http.Request] = field(default_factory=list)
    mails: list[mail.Message] = field(default_factory=list)
    metrics: list[Metric] = field(default_factory=list)


class FakeHost(_host.Host):
    """The host of the test. Making one forgets everything that another left behind."""

    def __init__(self) -> None:
        self.seen = Seen()
        self.time = START
        self._monotonic = 0
        self._answers: dict[str, deque] = {}
        self._rows: dict[tuple[str, str], Frame] = {}
        self._files: dict[str, bytes] | None = None
        self._state: dict[str, bytes] | None = None
        self._system: object = None
        self._mail: str | None = None
        self._has_metrics = False
        _host.bind(self)

    @property
    def requests(self) -> list[http.Request]:
        return self.seen.requests

    @property
    def lines(self) -> list[Line]:
        return self.seen.lines

    def advance(self, milliseconds: int) -> None:
        """Moves both clocks on."""
        self.time += milliseconds
        self._monotonic += milliseconds * 1_000_000

    def answer(self, url: str, response: http.Response) -> None:
        """Answers requests to this URL. Several answers are given in turn; the last one is repeated."""
        self._answers.setdefault(url, deque()).append(response)

    def fail(self, url: str, kind: str, reason: str | None = None) -> None:
        """Fails requests to this URL; `kind` is `connect`, `timeout`, `tls`, …"""
        self._answers.setdefault(url, deque()).append(fault_of(kind, reason or kind))

    def grant_state(self) -> None:
        """Grants `state`, with an empty store."""
        self._state = {}

    def grant_metrics(self) -> None:
        self._has_metrics = True

    def put_file(self, path: str, content: bytes | str) -> None:
        """Grants `files` and puts one file there."""
        self._files = self._files or {}
        self._files[path] = content.encode() if isinstance(content, str) else content

    def set_rows(self, database: str, statement: str, frame: Frame) -> None:
        """Grants a database and sets what this statement answers."""
        self._rows[database, statement] = frame

    def set_system(self, snapshot: object) -> None:
        """Grants `system` and sets what it reads."""
        self._system = snapshot

    def set_mail(self, answer: str) -> None:
        """Grants `mail`; from now on every message gets this answer."""
        self._mail = answer

    def refuse(self, right: str) -> NoReturn:
        raise Denied(f"`{right}` is not granted: set it up on the fake host", "denied")

    def write(self, level: str, message: str) -> None:
        self.seen.lines.append(Line(level, message))

    def now(self) -> int:
        return self.time

    def monotonic(self) -> int:
        return self._monotonic

    def send(self, request: http.Request) -> http.Response:
        self.seen.requests.append(request)
        if request.url not in self._answers:
            raise Denied(f"`http` is not granted for {request.url}", "denied")
        answers = self._answers[request.url]
        answer = answers.popleft() if len(answers) > 1 else answers[0]
        if isinstance(answer, Fault):
            raise answer
        return answer

    def read_system(self, sections: tuple[str, ...]) -> object:
        return self._system if self._system is not None else self.refuse("system")

    def query(self, database: str, statement: str, parameters: list) -> Frame:
        return self._rows.get((database, statement)) or self.refuse("sql")

    def read_file(self, path: str, offset: int, length: int) -> bytes:
        stored = self._files if self._files is not None else self.refuse("files")
        if path not in stored:
            raise Upstream(f"there is no file {path}")
        return stored[path][offset : offset + length]

    def entries(self, path: str) -> list[files.Entry]:
        stored = self._files if self._files is not None else self.refuse("files")
        folder = f"{path}/" if path else ""
        inside = [name for name in stored if name.startswith(folder) and "/" not in name[len(folder) :]]
        return [files.Entry(name[len(folder) :], len(stored[name]), False, self.time) for name in inside]

    def send_mail(self, message: mail.Message) -> str:
        self.seen.mails.append(message)
        return self._mail if self._mail is not None else self.refuse("mail")

    def _store(self) -> dict[str, bytes]:
        return self._state if self._state is not None else self.refuse("state")

    def get(self, key: str) -> bytes | None:
        return self._store().get(key)

    def set(self, key: str, value: bytes) -> None:
        self._store()[key] = value

    def delete(self, key: str) -> None:
        self._store().pop(key, None)

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self._store() if key.startswith(prefix))

    def count(self, name: str, labels: dict[str, str], by: float) -> None:
        if not self._has_metrics:
            self.refuse("metrics")
        self.seen.metrics.append(Metric(name, labels, by))

    gauge = count


def response(status: int, body: object = "", headers: dict[str, str] | None = None) -> http.Response:
    """An answer with this status and body; what is no text is sent as JSON."""
    text = body if isinstance(body, str) else json_module.dumps(body)
    return http.Response(status, list((headers or {}).items()), text.encode(), address="192.0.2.1:443")


def configure(plugin: type, config: dict | None = None):
    """Makes a source or a channel as the host does."""
    return _configure(plugin, json_module.dumps(config or {}))


def render(plugin: type, frames: list[Frame], options: dict | None = None):
    """Renders as the host does, in a box of 600 × 300 pixels, over the last hour of a day long ago."""
    range = TimeRange(0, 3_600_000, 15_000)
    wanted = options_of(plugin, json_module.dumps(options or {}))
    return plugin().render(Request(frames, wanted, 600, 300, "light", "UTC", range))
