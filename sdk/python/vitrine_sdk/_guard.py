"""Every export runs inside this guard: what is raised becomes a typed fault, and the instance lives on."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Callable

from vitrine_sdk import log
from vitrine_sdk.faults import Fault, Internal

#: Whose frames are not the author's.
_OTHERS = (os.path.dirname(__file__) + os.sep, os.path.dirname(os.__file__) + os.sep, "<")


def guarded(work: Callable):
    """Runs one of the author's functions for the host; raises nothing but faults."""
    try:
        return work()
    except Fault:
        raise
    # An exit is no way out of here: it would end the instance without a word.
    except BaseException as error:
        raise told(error) from error


def told(error: BaseException) -> Fault:
    """What was not meant to be raised: its message and place go to the log, and into the fault."""
    sentence = f"{type(error).__name__}: {error}"
    place = place_of(error)
    if place:
        sentence = f"{sentence} (at {place})"
    try:
        log.error(sentence)
    except Fault:
        pass
    return Internal(sentence)


def place_of(error: BaseException) -> str | None:
    """`weather_station.py:12`: the innermost frame in the author's own files."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith(_OTHERS):
            continue
        folders = [folder for folder in sys.path if folder and frame.filename.startswith(folder.rstrip("/") + "/")]
        name = os.path.relpath(frame.filename, max(folders, key=len)) if folders else frame.filename
        return f"{name}:{frame.lineno}"
    return None
