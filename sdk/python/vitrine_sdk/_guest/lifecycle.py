"""`lifecycle`, for sources and channels: the one instance that lives in a guest."""

from __future__ import annotations

import logging
import sys

from componentize_py_types import Err

from vitrine_sdk import log
from vitrine_sdk._guard import guarded
from vitrine_sdk._guest.convert import fault_out
from vitrine_sdk.faults import Fault, Internal
from vitrine_sdk.source import configure

_instance = None


def answered(work):
    """Runs one of the author's functions; a fault crosses the border as the variant that it is."""
    try:
        return guarded(work)
    except Fault as fault:
        raise Err(fault_out(fault)) from None


def instance():
    if _instance is None:
        raise Internal("the host has not configured this instance")
    return _instance


def make(plugin: type, config: str):
    global _instance
    # The interpreter was set up when the plugin was built: without this all instances would draw the same numbers.
    if "random" in sys.modules:
        sys.modules["random"].seed()
    _instance = configure(plugin, config)


def serve(plugin: type) -> type:
    logging.basicConfig(handlers=[log.Handler()], format="%(name)s: %(message)s", level=logging.DEBUG)

    class Lifecycle:
        def configure(self, config: str) -> None:
            answered(lambda: make(plugin, config))

        def check(self) -> str:
            return answered(lambda: str(instance().check()))

    return Lifecycle
