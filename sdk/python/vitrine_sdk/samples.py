"""What a collector returns: samples in columns, with each text kept once."""

from __future__ import annotations

import json

from vitrine_sdk import clock

KINDS = ("unknown", "counter", "gauge", "histogram", "summary")


class Samples:
    """Samples of one poll.

    Names follow Prometheus's conventions: base units, `_total` on counters. A family that is not declared is declared by
    its first sample.
    """

    def __init__(self) -> None:
        self._symbols: dict[str, int] = {}
        #: Name → kind, help, unit.
        self.families: dict[str, tuple[str, str, str]] = {}
        self.labels: list[int] = []
        self.ends: list[int] = []
        self.values: list[float] = []
        self.times: list[int] = []

    def family(self, name: str, kind: str, help: str = "", unit: str = "") -> None:
        """Says what a metric is. Worth it where the name does not say it all."""
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is not one of {', '.join(KINDS)}")
        self.families[name] = (kind, help, unit)

    def gauge(self, name: str, labels: dict[str, object] | None, value: float) -> None:
        """A value that goes up and down."""
        self.add(name, "gauge", labels, value)

    def counter(self, name: str, labels: dict[str, object] | None, value: float) -> None:
        """A value that only goes up, until what is counted starts anew."""
        self.add(name, "counter", labels, value)

    def add(self, name: str, kind: str, labels: dict[str, object] | None, value: float) -> None:
        """A sample of any kind."""
        if not isinstance(value, (int, float)):
            raise TypeError(f"the value of {name} is {value!r}, which is not a number")
        if name not in self.families:
            self.family(name, kind)
        self.labels += [self._symbol("__name__"), self._symbol(name)]
        for label, text in (labels or {}).items():
            # To Prometheus an empty label is a label that is not there.
            if text is not None and text != "":
                self.labels += [self._symbol(label), self._symbol(str(text))]
        self.ends.append(len(self.labels))
        self.values.append(float(value))
        if self.times:
            self.times.append(clock.now())

    def at(self, time: float) -> None:
        """Sets the time of the sample added last, in milliseconds since the Unix epoch. Without it a sample is of now."""
        if not self.times:
            self.times = [clock.now()] * len(self.values)
        self.times[-1] = round(time)

    @property
    def symbols(self) -> list[str]:
        """All texts that occur, at the places that `labels` names them by."""
        return list(self._symbols)

    def value(self, name: str, labels: dict[str, object] | None = None) -> float | None:
        """The value of the series with this name and exactly these labels."""
        wanted = (name, {label: str(text) for label, text in (labels or {}).items()})
        return next((value for row, value in zip(self._rows(), self.values) if row == wanted), None)

    def __len__(self) -> int:
        return len(self.values)

    def __str__(self) -> str:
        """One line per series, as in Prometheus's text format: for tests and logs."""
        return "".join(self._line(*row, value) for row, value in zip(self._rows(), self.values))

    @staticmethod
    def _line(name: str, labels: dict[str, str], value: float) -> str:
        pairs = ",".join(f"{label}={json.dumps(text)}" for label, text in labels.items())
        return f"{name}{{{pairs}}} {value:g}\n" if pairs else f"{name} {value:g}\n"

    def _symbol(self, text: str) -> int:
        return self._symbols.setdefault(text, len(self._symbols))

    def _rows(self) -> list[tuple[str, dict[str, str]]]:
        texts = self.symbols
        starts = [0, *self.ends]
        rows = [[texts[symbol] for symbol in self.labels[start:end]] for start, end in zip(starts, self.ends)]
        return [(row[1], dict(zip(row[2::2], row[3::2]))) for row in rows]
