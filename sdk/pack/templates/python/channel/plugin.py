"""The channel `{{name}}`: one POST per notification."""

from dataclasses import dataclass

from vitrine_sdk import Channel, Failure, Receipt, Upstream, export, http, wrong
from vitrine_sdk.channel import Notification


@dataclass
class Config:
    """What the admin writes under `with:`. What is wrong with it is `Invalid`: the admin's to mend."""

    url: str

    def __post_init__(self) -> None:
        if not self.url.startswith(("https://", "http://")):
            raise wrong("url", f"{self.url} does not start with https:// or http://")


@export
class {{type}}(Channel):
    Config = Config

    def deliver(self, notification: Notification, key: str) -> Receipt:
        """`key` is the same at each try of one delivery: hand it on, so that the far side can tell a repeat."""
        body = {"state": notification.status, "title": notification.title, "alerts": len(notification.alerts)}
        answer = http.post(self.config.url, json=body, headers={"idempotency-key": key}, redirects=0)
        if answer.ok:
            return Receipt(str(answer.status))
        told = Upstream(f"the receiver answered {answer.status}")
        # Some failures may be better later, and are tried again with growing pauses; others will not get better by themselves.
        is_passing = answer.status in (408, 429) or answer.status >= 500
        raise Failure.retry(told) if is_passing else Failure.permanent(told)
