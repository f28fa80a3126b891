"""Run by `python3 -m unittest`, in plain Python: a fake host answers, and denies what is not set up."""

import unittest

from vitrine_sdk import Denied, Invalid, Upstream
from vitrine_sdk.fake import FakeHost, configure, response

from plugin import {{type}}

URL = "https://weather.example/now.json"


class PluginTest(unittest.TestCase):
    def setUp(self) -> None:
        self.host = FakeHost()

    def source(self) -> {{type}}:
        return configure({{type}}, {"url": URL})

    def test_every_number_is_a_series(self) -> None:
        self.host.answer(URL, response(200, {"temperature": 21.5, "place": "roof"}))
        samples = self.source().collect()
        self.assertEqual(samples.value("{{metric}}_value", {"name": "temperature"}), 21.5)
        self.assertEqual(len(samples), 1)

    def test_a_broken_answer_is_the_far_sides_fault(self) -> None:
        for answer in (response(503), response(200, "<html>"), response(200, "[]")):
            FakeHost().answer(URL, answer)
            with self.assertRaises(Upstream):
                self.source().collect()

    def test_without_a_grant_it_says_so(self) -> None:
        with self.assertRaises(Denied):
            self.source().collect()

    def test_the_url_is_checked(self) -> None:
        with self.assertRaises(Invalid):
            configure({{type}}, {"url": "weather.example"})
