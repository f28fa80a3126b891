"""Where the capability modules send their calls: to the host, or in a test to the fake one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from vitrine_sdk.faults import Denied, Internal

if TYPE_CHECKING:
    from vitrine_sdk.frame import Frame
    from vitrine_sdk.http import Request, Response
    from vitrine_sdk.mail import Message
    from vitrine_sdk.sql import Parameter


class Host:
    """Every capability, refused. The guest's host answers those of its world, the fake host those that are set up."""

    def refuse(self, right: str) -> NoReturn:
        raise Denied(f"a plugin of this kind cannot use `{right}`", "denied")

    def write(self, level: str, message: str) -> None:
        self.refuse("log")

    def now(self) -> int:
        self.refuse("clock")

    def monotonic(self) -> int:
        self.refuse("clock")

    def send(self, request: Request) -> Response:
        self.refuse("http")

    def read_system(self, sections: tuple[str, ...]) -> object:
        self.refuse("system")

    def query(self, database: str, statement: str, parameters: list[Parameter]) -> Frame:
        self.refuse("sql")

    def read_file(self, path: str, offset: int, length: int) -> bytes:
        self.refuse("files")

    def entries(self, path: str) -> list:
        self.refuse("files")

    def send_mail(self, message: Message) -> str:
        self.refuse("mail")

    def get(self, key: str) -> bytes | None:
        self.refuse("state")

    def set(self, key: str, value: bytes) -> None:
        self.refuse("state")

    def delete(self, key: str) -> None:
        self.refuse("state")

    def keys(self, prefix: str) -> list[str]:
        self.refuse("state")

    def count(self, name: str, labels: dict[str, str], by: float) -> None:
        self.refuse("metrics")

    def gauge(self, name: str, labels: dict[str, str], value: float) -> None:
        self.refuse("metrics")


_bound: Host | None = None


def bind(host: Host) -> None:
    """Called once by the module that the build step writes, and by each fake host."""
    global _bound
    _bound = host


def host() -> Host:
    if _bound is None:
        raise Internal("there is no host here: in a test, make one with `FakeHost()` of vitrine_sdk.fake")
    return _bound
