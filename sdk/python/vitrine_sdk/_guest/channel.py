"""A channel's interfaces, as the host calls them."""

from __future__ import annotations

from componentize_py_types import Err
from wit_world.exports import delivery as wit

from vitrine_sdk import _host
from vitrine_sdk._guard import guarded
from vitrine_sdk._guest import lifecycle
from vitrine_sdk._guest.convert import fault_out, labels_in, word_of
from vitrine_sdk._guest.host import GuestHost
from vitrine_sdk._guest.lifecycle import instance
from vitrine_sdk.channel import Alert, Failure, Notification, Receipt
from vitrine_sdk.faults import Fault


def serve(plugin: type) -> tuple:
    _host.bind(GuestHost())
    return lifecycle.serve(plugin), Delivery


class Delivery:
    def deliver(self, notification, key: str):
        try:
            receipt = guarded(lambda: _attempt(_notification(notification), key))
        except Fault as fault:
            raise Err(_failure(Failure.of(fault))) from None
        if isinstance(receipt, Failure):
            raise Err(_failure(receipt))
        return wit.Receipt(receipt.answer, receipt.id)


def _attempt(notification: Notification, key: str) -> Receipt | Failure:
    try:
        receipt = instance().deliver(notification, key)
    except Failure as failure:
        return failure
    return receipt if isinstance(receipt, Receipt) else Receipt(str(receipt or ""))


def _failure(failure: Failure):
    fault = fault_out(failure.fault)
    if failure.verdict == "retry-after":
        return wit.Failure_RetryAfter(wit.Later(fault, failure.seconds))
    return wit.Failure_Permanent(fault) if failure.verdict == "permanent" else wit.Failure_Retry(fault)


def _notification(raw) -> Notification:
    alerts = [
        Alert(
            word_of(alert.status),
            labels_in(alert.labels),
            labels_in(alert.annotations),
            alert.starts_at,
            alert.ends_at,
            alert.value,
            alert.fingerprint,
            alert.link,
        )
        for alert in raw.alerts
    ]
    return Notification(
        word_of(raw.status), raw.title, raw.group, labels_in(raw.group_labels), alerts, raw.host, raw.time_zone
    )
