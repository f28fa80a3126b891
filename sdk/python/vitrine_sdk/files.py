"""A granted folder, read-only, for the grant `files`. Paths are relative to it."""

from dataclasses import dataclass

from vitrine_sdk._host import host


@dataclass
class Entry:
    name: str
    size: int
    folder: bool
    #: Milliseconds since the Unix epoch.
    modified: int


def read(path: str, offset: int = 0, length: int = 1 << 20) -> bytes:
    return host().read_file(path, offset, length)


def entries(path: str = "") -> list[Entry]:
    return host().entries(path)
