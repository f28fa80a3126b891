"""Time. Needs no grant. `time.time()` tells the same time; a guest has no time zones."""

from vitrine_sdk._host import host


def now() -> int:
    """Milliseconds since the Unix epoch."""
    return host().now()


def monotonic() -> int:
    """Nanoseconds since an arbitrary moment; never goes back."""
    return host().monotonic()
