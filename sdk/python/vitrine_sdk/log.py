"""Lines in the host's log. Rate-limited; needs no grant. `logging` and `print` write there too."""

import logging

from vitrine_sdk._host import host


def debug(message: object) -> None:
    host().write("debug", str(message))


def info(message: object) -> None:
    host().write("info", str(message))


def warn(message: object) -> None:
    host().write("warn", str(message))


def error(message: object) -> None:
    host().write("error", str(message))


class Handler(logging.Handler):
    """Sends the standard library's log records to the host."""

    def emit(self, record: logging.LogRecord) -> None:
        levels = [(logging.ERROR, error), (logging.WARNING, warn), (logging.INFO, info)]
        write = next((write for level, write in levels if record.levelno >= level), debug)
        write(self.format(record))
