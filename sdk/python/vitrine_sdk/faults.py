"""Whose fault a failure is. The message is one sentence for that person."""


class Fault(Exception):
    """A failure that says whose it is. Raise one of the four below.

    `kind` tells failures of one capability apart, as `timeout` of `http`.
    """

    whose = "internal"

    def __init__(self, message: str, kind: str | None = None):
        super().__init__(message)
        self.message = message
        self.kind = kind


class Invalid(Fault):
    """The admin's configuration or query is wrong; trying again will not help."""

    whose = "invalid"


class Upstream(Fault):
    """The system watched (or the relay, or the network) failed; trying again may help."""

    whose = "upstream"


class Denied(Fault):
    """A right was asked for that the admin has not granted."""

    whose = "denied"


class Internal(Fault):
    """The plugin itself failed. Whatever else is raised becomes one of these."""

    whose = "internal"


def fault_of(kind: str, message: str) -> Fault:
    """The fault for a case of `wit/`; one without a class of its own is upstream."""
    known = {"invalid": Invalid, "denied": Denied, "internal": Internal}
    return known.get(kind, Upstream)(message, kind)


def not_offered(what: str) -> Fault:
    """What a plugin that does not implement something answers."""
    return Invalid(f"this plugin offers no {what}")
