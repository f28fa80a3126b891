import unittest

from vitrine_sdk import Samples
from vitrine_sdk.fake import FakeHost


class SamplesTest(unittest.TestCase):
    def test_each_text_crosses_once_and_an_empty_label_is_none(self) -> None:
        samples = Samples()
        samples.gauge("a_ratio", {"zone": "x", "none": "", "nothing": None, "number": 4}, 0.5)
        samples.counter("b_total", {"zone": "x"}, 2)
        self.assertEqual(samples.symbols, ["__name__", "a_ratio", "zone", "x", "number", "4", "b_total"])
        self.assertEqual(samples.labels, [0, 1, 2, 3, 4, 5, 0, 6, 2, 3])
        self.assertEqual((samples.ends, samples.values, samples.times), ([6, 10], [0.5, 2.0], []))
        self.assertEqual(samples.families, {"a_ratio": ("gauge", "", ""), "b_total": ("counter", "", "")})

    def test_a_time_for_one_is_a_time_for_all(self) -> None:
        host = FakeHost()
        host.time = 5_000
        samples = Samples()
        samples.gauge("a", {}, 1)
        samples.gauge("a", {"b": "c"}, 2)
        samples.at(1_234.4)
        samples.gauge("a", {"b": "d"}, 3)
        self.assertEqual(samples.times, [5_000, 1_234, 5_000])

    def test_samples_are_found_by_their_labels_and_shown_as_text(self) -> None:
        samples = Samples()
        samples.gauge("a", {"x": "1", "y": "2"}, 7)
        samples.gauge("b", None, 0.25)
        self.assertEqual(samples.value("a", {"y": 2, "x": 1}), 7)
        self.assertIsNone(samples.value("a", {"x": "1"}))
        self.assertEqual(str(samples), 'a{x="1",y="2"} 7\nb 0.25\n')
        self.assertEqual(len(samples), 2)

    def test_what_is_no_number_or_no_kind_is_refused_by_name(self) -> None:
        with self.assertRaisesRegex(TypeError, "the value of a is '7'"):
            Samples().gauge("a", {}, "7")
        with self.assertRaisesRegex(ValueError, "'guage' is not one of unknown, counter"):
            Samples().add("a", "guage", {}, 7)
