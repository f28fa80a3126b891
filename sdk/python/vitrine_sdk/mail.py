"""The host's mail relay, for the grant `mail`. The sender is the host's."""

from dataclasses import dataclass, field

from vitrine_sdk._host import host


@dataclass
class Attachment:
    name: str
    content_type: str
    data: bytes
    content_id: str | None = None


@dataclass
class Message:
    to: list[str]
    subject: str
    text: str
    #: Makes the `Message-ID`, so that a repeated send can be told from a new one.
    key: str
    html: str | None = None
    #: The same for all messages of one matter.
    thread: str | None = None
    attachments: list[Attachment] = field(default_factory=list)


def send(message: Message) -> str:
    """Returns what the relay answered."""
    return host().send_mail(message)
