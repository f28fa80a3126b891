import unittest
from dataclasses import dataclass, field
from typing import Literal

from vitrine_sdk import Invalid, Source, wrong
from vitrine_sdk.fake import configure


@dataclass
class Login:
    user: str


@dataclass
class Config:
    name: str
    retries: int = 3
    every: float = 1.0
    verbose: bool = False
    unit: Literal["c", "f"] = "c"
    tags: list[str] = field(default_factory=list)
    login: Login | None = None
    extra: dict[str, float] = field(default_factory=dict)
    status: int | str = 200

    def __post_init__(self) -> None:
        if not self.name.islower():
            raise wrong("name", f"{self.name!r} is not lower case")


class Plugin(Source):
    Config = Config


class ConfigTest(unittest.TestCase):
    def test_defaults_fill_what_is_left_out(self) -> None:
        given = {"name": "x", "every": 2, "login": {"user": "ann"}, "status": "2xx"}
        self.assertEqual(configure(Plugin, given).config, Config("x", every=2.0, login=Login("ann"), status="2xx"))

    def test_a_mistake_names_its_field(self) -> None:
        for given, message in [
            ({}, "`name`: this field is missing"),
            ({"name": 5}, "`name`: expected a text, not 5"),
            ({"name": None}, "`name`: expected a text, not null"),
            ({"name": "A"}, "`name`: 'A' is not lower case"),
            ({"name": "x", "retries": 1.5}, "`retries`: expected a whole number, not 1.5"),
            ({"name": "x", "retries": True}, "`retries`: expected a whole number, not true"),
            ({"name": "x", "every": "1"}, '`every`: expected a number, not "1"'),
            ({"name": "x", "verbose": 1}, "`verbose`: expected true or false, not 1"),
            ({"name": "x", "unit": "k"}, '`unit`: "k" is not one of c, f'),
            ({"name": "x", "tags": ["a", 1]}, "`tags[1]`: expected a text, not 1"),
            ({"name": "x", "login": {}}, "`login.user`: this field is missing"),
            ({"name": "x", "extra": {"a": True}}, "`extra.a`: expected a number, not true"),
            ({"name": "x", "login": {"user": "a", "pass": "b"}}, "`login.pass`: unknown field, expected one of `user`"),
        ]:
            with self.subTest(given=given), self.assertRaises(Invalid) as raised:
                configure(Plugin, given)
            self.assertEqual(raised.exception.message, message)

    def test_where_nothing_can_be_set_everything_is_unknown(self) -> None:
        configure(Source)
        with self.assertRaisesRegex(Invalid, "`a`: unknown field|`a`: there are no fields"):
            configure(Source, {"a": 1})
