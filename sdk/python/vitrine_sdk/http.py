"""HTTP requests, to what the grant `http` lists and to nothing else."""

from __future__ import annotations

import json as json_module
import re
from dataclasses import dataclass, field
from typing import Literal, get_args

from vitrine_sdk._host import host
from vitrine_sdk.config import read
from vitrine_sdk.faults import Invalid, Upstream

REDIRECTS = 5

#: Where the host puts a secret: a header, one with something before the secret, a login, a query parameter, or a field of
#: the body.
Placement = Literal["bearer", "header", "prefixed", "basic", "query", "json", "form"]


@dataclass
class Secret:
    """A secret of `plugin.toml` by its name; the host puts it in, and the plugin never sees it."""

    name: str
    placement: Placement = "bearer"
    #: The header's name, the user's, the parameter's, the field's, or the member's of a JSON object: that one's name, or a
    #: JSON Pointer (`/auth/token`) to one further in.
    value: str = ""
    #: With `prefixed`: what stands right before the secret; `Token ` needs its space.
    prefix: str = ""

    def __post_init__(self) -> None:
        if self.placement not in get_args(Placement):
            raise ValueError(f"{self.placement!r} is not one of {', '.join(get_args(Placement))}")


@dataclass
class Request:
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    secrets: list[Secret] = field(default_factory=list)
    #: Seconds for the whole exchange; none: what the call has left.
    timeout: float | None = None
    redirects: int = REDIRECTS


@dataclass
class Timing:
    """Seconds spent in each phase of the last exchange."""

    resolve: float
    connect: float
    tls: float
    processing: float
    transfer: float

    @property
    def total(self) -> float:
        return self.resolve + self.connect + self.tls + self.processing + self.transfer


@dataclass
class Tls:
    version: str
    #: Seconds since the Unix epoch.
    not_after: int


@dataclass
class Response:
    """An answer, whatever its status."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    version: str = "1.1"
    address: str = ""
    url: str = ""
    redirects: int = 0
    timing: Timing = field(default_factory=lambda: Timing(0.0, 0.0, 0.0, 0.0, 0.0))
    tls: Tls | None = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def header(self, name: str) -> str | None:
        """A header's value; names are compared without regard to case."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)

    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self, wanted: type | None = None):
        """The body as JSON, or as the dataclass wanted; a fault of the far side where it is not so."""
        try:
            value = _parse(self.body.decode())
            return value if wanted is None else read(wanted, value, "", is_foreign=True)
        except (ValueError, Invalid) as error:
            raise Upstream(f"the answer is not as expected: {error}") from error


#: Deeper than any document; the interpreter's own parser follows brackets until its stack ends, and the instance with it.
_DEEPEST = 500

#: All that is no bracket: strings, and what lies between.
_BETWEEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[^"\[\]{}]+', re.DOTALL)


def _parse(text: str):
    depth = 0
    for bracket in _BETWEEN.sub("", text):
        depth += 1 if bracket in "[{" else -1
        if depth > _DEEPEST:
            raise ValueError(f"it is nested more than {_DEEPEST} deep")
    return json_module.loads(text, parse_constant=_refuse)


def _refuse(constant: str):
    """To Python `NaN` is JSON; to everybody else it is not."""
    raise ValueError(f"{constant} is no JSON")


def send(
    method: str,
    url: str,
    *,
    headers: dict[str, str] | None = None,
    body: bytes | str = b"",
    json: object = None,
    secrets: list[Secret] | None = None,
    timeout: float | None = None,
    redirects: int = REDIRECTS,
) -> Response:
    """Sends a request and waits for its answer.

    Raises `Denied` without a grant, `Invalid` where it cannot be sent as it is, and `Upstream` otherwise; `kind` then says
    more (`resolve`, `connect`, `tls`, `timeout`, `too-large`, `protocol`).
    """
    headers = dict(headers or {})
    if json is not None:
        headers["content-type"] = "application/json"
        body = json_module.dumps(json)
    content = body.encode() if isinstance(body, str) else body
    return host().send(Request(method, url, headers, content, secrets or [], timeout, redirects))


def get(url: str, **options) -> Response:
    return send("GET", url, **options)


def post(url: str, **options) -> Response:
    return send("POST", url, **options)
