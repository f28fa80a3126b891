"""This machine's own metrics, for the grant `system`. Counters count since boot."""

from vitrine_sdk._host import host


def read(*sections: str):
    """A snapshot with the sections named (`cpu`, `load`, `memory`, `disks`, `disk_io`, `network`, `uptime`, `processes`).

    Each costs its own system calls. The snapshot's fields are those of `wit/capabilities.wit`.
    """
    return host().read_system(sections)
