"""The plugin's own metrics on the host's `/metrics`, for the grant `metrics`."""

from vitrine_sdk._host import host


def count(name: str, labels: dict[str, str] | None = None, by: float = 1.0) -> None:
    host().count(name, labels or {}, by)


def gauge(name: str, labels: dict[str, str] | None, value: float) -> None:
    host().gauge(name, labels or {}, value)
