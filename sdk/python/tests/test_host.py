import unittest
from dataclasses import dataclass
from typing import get_args

from vitrine_sdk import Denied, Frame, Invalid, Upstream, files, http, mail, metrics, sql, state
from vitrine_sdk.fake import FakeHost, Metric, response

URL = "https://api.test/"


@dataclass
class Wanted:
    name: str
    size: float = 0.0


class HostTest(unittest.TestCase):
    def test_a_request_arrives_as_it_was_meant(self) -> None:
        host = FakeHost()
        host.answer(URL, response(200, {"ok": True}, {"X-Number": "7"}))
        answer = http.post(URL, json={"a": 1}, headers={"accept": "*/*"}, timeout=1.5, secrets=[http.Secret("token")])
        headers = {"accept": "*/*", "content-type": "application/json"}
        self.assertEqual(host.requests, [http.Request("POST", URL, headers, b'{"a": 1}', [http.Secret("token")], 1.5, 5)])
        self.assertEqual((answer.ok, answer.json(), answer.header("x-number"), answer.header("no")), (True, {"ok": True}, "7", None))

    def test_a_secret_is_named_with_its_place(self) -> None:
        host = FakeHost()
        host.answer(URL, response(200))
        secrets = [
            http.Secret("a"),
            http.Secret("b", "header", "X-Key"),
            http.Secret("c", "prefixed", "X-Key", prefix="Token "),
            http.Secret("d", "basic", "me"),
            http.Secret("e", "query", "key"),
            http.Secret("f", "json", "/auth/token"),
            http.Secret("g", "form", "password"),
        ]
        http.post(URL, json={}, secrets=secrets)
        self.assertEqual(host.requests[0].secrets, secrets)
        self.assertEqual([secret.placement for secret in secrets], list(get_args(http.Placement)))
        with self.assertRaisesRegex(ValueError, "'cookie' is not one of bearer, header, prefixed"):
            http.Secret("h", "cookie", "a")

    def test_failures_are_the_faults_that_they_are(self) -> None:
        host = FakeHost()
        with self.assertRaisesRegex(Denied, URL):
            http.get(URL)
        for kind, fault in [("timeout", Upstream), ("too-large", Upstream), ("invalid", Invalid)]:
            host.fail(URL + kind, kind, "why")
            with self.assertRaises(fault) as raised:
                http.get(URL + kind)
            self.assertEqual((raised.exception.kind, str(raised.exception)), (kind, "why"))

    def test_an_answer_that_is_no_json_is_the_far_sides_fault(self) -> None:
        host = FakeHost()
        host.answer(URL, response(200, "<html>"))
        with self.assertRaisesRegex(Upstream, "the answer is not as expected"):
            http.get(URL).json()

    def test_an_answer_without_what_is_wanted_of_it_is_the_far_sides_fault_too(self) -> None:
        for body, message in [
            ("[]", "expected a table"),
            ("{}", "`name`: this field is missing"),
            ('{"name": 1}', "`name`: expected a text, not 1"),
            ('{"name": "a", "size": NaN}', "NaN is no JSON"),
            ('{"name": "a", "size": 1' + "0" * 400 + "}", "is too large"),
            ("[" * 200_000, "nested more than 500 deep"),
            ('{"a":[],"b":' * 501, "nested more than 500 deep"),
            ('["' + "[" * 2_000, "the answer is not as expected"),
        ]:
            host = FakeHost()
            host.answer(URL, response(200, body))
            with self.subTest(body=body[:30]), self.assertRaisesRegex(Upstream, message):
                http.get(URL).json(Wanted)
        host.answer(f"{URL}brackets", response(200, {"name": "[" * 2_000 + '"[['}))
        self.assertEqual(http.get(f"{URL}brackets").json(Wanted), Wanted("[" * 2_000 + '"[['))
        host.answer(f"{URL}good", response(200, {"name": "a", "more": 1}))
        self.assertEqual(http.get(f"{URL}good").json(Wanted), Wanted("a"))

    def test_several_answers_are_given_in_turn(self) -> None:
        host = FakeHost()
        host.answer(URL, response(500))
        host.answer(URL, response(200))
        self.assertEqual([http.get(URL).status for _ in range(3)], [500, 200, 200])

    def test_what_is_not_set_up_is_denied(self) -> None:
        FakeHost()
        message = mail.Message(["a@b.test"], "s", "t", "k")
        for call in [
            lambda: state.get("a"),
            lambda: metrics.count("a"),
            lambda: files.read("a"),
            lambda: sql.query("shop", "select 1"),
            lambda: mail.send(message),
        ]:
            with self.assertRaisesRegex(Denied, "is not granted: set it up on the fake host"):
                call()

    def test_what_is_set_up_is_there(self) -> None:
        host = FakeHost()
        host.grant_state()
        state.set("a/1", b"x")
        self.assertEqual((state.get("a/1"), state.get("b"), state.keys("a/")), (b"x", None, ["a/1"]))
        state.delete("a/1")
        self.assertEqual(state.keys(), [])
        host.grant_metrics()
        metrics.count("runs_total", {"a": "b"}, 2)
        self.assertEqual(host.seen.metrics, [Metric("runs_total", {"a": "b"}, 2)])
        host.put_file("in/a.txt", "hello")
        self.assertEqual((files.read("in/a.txt", 1, 3), [entry.name for entry in files.entries("in")]), (b"ell", ["a.txt"]))
        host.set_rows("shop", "select 1", Frame("rows", []))
        self.assertEqual(sql.query("shop", "select 1").name, "rows")
        host.set_mail("250 ok")
        self.assertEqual(mail.send(mail.Message(["a@b.test"], "s", "t", "k")), "250 ok")
