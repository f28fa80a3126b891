import math
import unittest
from dataclasses import dataclass

from vitrine_sdk import Channel, Column, Failure, Fault, Frame, Invalid, Panel, Samples, Source, Upstream, _export, export, panel
from vitrine_sdk._guard import guarded
from vitrine_sdk.fake import FakeHost, Line, configure, render


class KindsTest(unittest.TestCase):
    def tearDown(self) -> None:
        _export.exported.clear()

    def test_what_a_source_lacks_is_not_offered(self) -> None:
        source = configure(Source)
        self.assertEqual((source.check(), source.actions()), ("configured", []))
        for call in (source.collect, lambda: source.query("a", None), lambda: source.logs(None, 1)):
            with self.assertRaisesRegex(Invalid, "this plugin offers no"):
                call()

    def test_what_is_raised_tells_its_message_and_place(self) -> None:
        host = FakeHost()

        def fails() -> Samples:
            return {}["nothing"]

        with self.assertRaises(Fault) as raised:
            guarded(fails)
        self.assertEqual(raised.exception.whose, "internal")
        self.assertRegex(str(raised.exception), r"^KeyError: 'nothing' \(at .*test_kinds\.py:25\)$")
        self.assertEqual(host.lines, [Line("error", str(raised.exception))])
        with self.assertRaisesRegex(Fault, "SystemExit: 3"):
            guarded(lambda: exit(3))

    def test_typed_faults_pass_as_they_are(self) -> None:
        with self.assertRaises(Upstream) as raised:
            guarded(self.raise_upstream)
        self.assertEqual(str(raised.exception), "down")

    @staticmethod
    def raise_upstream() -> None:
        raise Upstream("down")

    def test_a_fault_decides_by_itself_whether_to_try_again(self) -> None:
        self.assertEqual(Failure.of(Invalid("x")).verdict, "permanent")
        self.assertEqual(Failure.of(Upstream("x")).verdict, "retry")
        self.assertEqual(Failure.retry_after(Upstream("x"), 4.2).seconds, 5)

    def test_one_class_of_the_right_kind_is_exported(self) -> None:
        with self.assertRaisesRegex(TypeError, "exports nothing"):
            _export.plugin_of("panel")
        export(Channel)
        self.assertIs(_export.plugin_of("alert-channel"), Channel)
        with self.assertRaisesRegex(TypeError, 'kind = "panel", but Channel is of kind alert-channel'):
            _export.plugin_of("panel")
        export(Source)
        with self.assertRaisesRegex(TypeError, "exports Channel, Source"):
            _export.plugin_of("panel")
        with self.assertRaisesRegex(TypeError, "is no subclass of Source, Channel or Panel"):
            export(int)

    def test_a_panel_draws_from_the_columns_it_is_given(self) -> None:
        @dataclass
        class Options:
            unit: str = ""

        class Bars(Panel):
            def render(self, request: panel.Request) -> panel.Chart:
                lines = [panel.Series(one.column.name, one, "bars") for one in panel.series_of(request.frames)]
                return panel.Chart(lines, unit=request.options.unit)

        Bars.Options = Options
        frames = [Frame("A", [Column.times("time", [1]), Column.numbers("cpu", [0.5], {"mode": "idle"})])]
        chart = render(Bars, frames, {"unit": "ratio"})
        self.assertEqual((chart.unit, chart.series[0].points.index, chart.series[0].name), ("ratio", 1, "cpu"))
        with self.assertRaisesRegex(Invalid, "`colour`: unknown field, expected one of `unit`"):
            render(Bars, frames, {"colour": 1})

    def test_states(self) -> None:
        self.assertEqual([panel.state_of(value, 0.8, 0.95) for value in (0.5, 0.85, 0.99)], ["good", "warning", "bad"])
        self.assertEqual([panel.state_of(value, 20, 10) for value in (30, 15, 5)], ["good", "warning", "bad"])
        self.assertEqual((panel.state_of(math.nan, 1), panel.state_of(1)), ("neutral", "neutral"))
