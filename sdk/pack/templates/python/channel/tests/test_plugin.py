"""Run by `python3 -m unittest`, in plain Python: a fake host answers, and denies what is not set up."""

import unittest

from vitrine_sdk import Failure, Receipt
from vitrine_sdk.channel import Notification
from vitrine_sdk.fake import FakeHost, configure, response

from plugin import {{type}}

URL = "https://hooks.example/in"


class PluginTest(unittest.TestCase):
    def deliver(self, status: int) -> Receipt:
        self.host = FakeHost()
        self.host.answer(URL, response(status))
        notification = Notification("firing", "the disk is full", "disk", {}, [], "http://host.example", "UTC")
        return configure({{type}}, {"url": URL}).deliver(notification, "key-1")

    def test_the_far_side_gets_title_and_key(self) -> None:
        self.assertEqual(self.deliver(200).answer, "200")
        request = self.host.requests[0]
        self.assertEqual(request.headers["idempotency-key"], "key-1")
        self.assertIn(b"the disk is full", request.body)

    def test_the_answer_says_whether_to_try_again(self) -> None:
        for status, verdict in ((503, "retry"), (404, "permanent")):
            with self.assertRaises(Failure) as raised:
                self.deliver(status)
            self.assertEqual(raised.exception.verdict, verdict)
