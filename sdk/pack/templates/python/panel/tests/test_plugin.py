"""Run by `python3 -m unittest`, in plain Python."""

import math
import unittest

from vitrine_sdk import Column, Frame
from vitrine_sdk.fake import render
from vitrine_sdk.panel import Figure

from plugin import {{type}}


def frame(name: str, values: list[float]) -> Frame:
    return Frame(name, [Column.times("time", list(range(len(values)))), Column.numbers(name, values)])


class PluginTest(unittest.TestCase):
    def figure(self, frames: list[Frame], options: dict | None = None) -> Figure:
        return render({{type}}, frames, options).figures[0]

    def test_the_largest_is_shown(self) -> None:
        figure = self.figure([frame("a", [9, 1]), frame("b", [2, 3])], {"warn": 2})
        self.assertEqual((figure.name, figure.value, figure.state), ("b", 3, "warning"))

    def test_nothing_is_no_number(self) -> None:
        self.assertTrue(math.isnan(self.figure([]).value))
        self.assertTrue(math.isnan(self.figure([frame("a", [math.nan])]).value))
