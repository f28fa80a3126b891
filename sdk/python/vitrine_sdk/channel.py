"""Alert channels: they tell people."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vitrine_sdk.faults import Fault, Invalid


@dataclass
class Alert:
    #: `firing` or `resolved`
    status: str
    #: All labels, `alertname` among them.
    labels: dict[str, str]
    annotations: dict[str, str]
    #: Milliseconds since the Unix epoch.
    starts_at: int
    ends_at: int | None
    value: float
    fingerprint: str
    link: str


@dataclass
class Notification:
    status: str
    title: str
    group: str
    group_labels: dict[str, str]
    alerts: list[Alert]
    host: str
    time_zone: str


@dataclass
class Receipt:
    """What the far side answered, and its name for the message, if it gave one."""

    answer: str
    id: str | None = None


class Failure(Exception):
    """Says whether a delivery is worth another try. A fault decides by itself: `Invalid` is permanent."""

    def __init__(self, verdict: str, fault: Fault, seconds: int = 0) -> None:
        super().__init__(fault.message)
        self.verdict = verdict
        self.fault = fault
        self.seconds = seconds

    @staticmethod
    def permanent(fault: Fault) -> Failure:
        """Never try this again."""
        return Failure("permanent", fault)

    @staticmethod
    def retry(fault: Fault) -> Failure:
        """Try again with backoff."""
        return Failure("retry", fault)

    @staticmethod
    def retry_after(fault: Fault, seconds: float) -> Failure:
        """The far side said when."""
        return Failure("retry-after", fault, max(0, math.ceil(seconds)))

    @staticmethod
    def of(fault: Fault) -> Failure:
        return Failure.permanent(fault) if isinstance(fault, Invalid) else Failure.retry(fault)


class Channel:
    """A channel. `Config` is the dataclass of the admin's `with:`; without one, nothing can be set."""

    KIND = "alert-channel"
    Config: type | None = None

    def __init__(self, config) -> None:
        self.config = config

    def check(self) -> str:
        """Can it do its work? Answers one sentence for the admin."""
        return "configured"

    def deliver(self, notification: Notification, key: str) -> Receipt:
        """Tells. `key` is the same for every try of one delivery."""
        raise NotImplementedError("a channel needs `deliver`")
