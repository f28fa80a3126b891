"""The real host: each capability of this plugin's world. The others stay refused."""

from __future__ import annotations

from contextlib import contextmanager

from componentize_py_types import Err
from wit_world.imports import log as wit_log

from vitrine_sdk import files, http, mail
from vitrine_sdk._guest.convert import enumerated, fault_in, frame_in, labels_out
from vitrine_sdk._host import Host

# Which there are depends on the plugin's kind. All imports happen while the plugin is built: a guest has no files.
try:
    from wit_world.imports import clock as wit_clock
except ImportError:
    wit_clock = None
try:
    from wit_world.imports import http as wit_http
except ImportError:
    wit_http = None
try:
    from wit_world.imports import system as wit_system
except ImportError:
    wit_system = None
try:
    from wit_world.imports import sql as wit_sql
except ImportError:
    wit_sql = None
try:
    from wit_world.imports import files as wit_files
except ImportError:
    wit_files = None
try:
    from wit_world.imports import mail as wit_mail
except ImportError:
    wit_mail = None
try:
    from wit_world.imports import state as wit_state
except ImportError:
    wit_state = None
try:
    from wit_world.imports import metrics as wit_metrics
except ImportError:
    wit_metrics = None


class GuestHost(Host):
    def _of(self, right: str, module):
        return module if module is not None else self.refuse(right)

    def write(self, level: str, message: str) -> None:
        wit_log.write(enumerated(wit_log.Level, level), message)

    def now(self) -> int:
        return self._of("clock", wit_clock).now()

    def monotonic(self) -> int:
        return self._of("clock", wit_clock).monotonic()

    def send(self, request: http.Request) -> http.Response:
        wit = self._of("http", wit_http)
        raw = wit.Request(
            request.method,
            request.url,
            [wit.Header(name, str(value)) for name, value in request.headers.items()],
            request.body,
            [wit.SecretUse(secret.name, _placement(wit, secret)) for secret in request.secrets],
            None if request.timeout is None else max(1, round(request.timeout * 1000)),
            request.redirects,
        )
        with _faults():
            answer = wit.send(raw)
        timing = answer.timing
        return http.Response(
            answer.status,
            [(header.name, header.value) for header in answer.headers],
            answer.body,
            answer.version,
            answer.address,
            answer.url,
            answer.redirects,
            http.Timing(timing.resolve, timing.connect, timing.tls, timing.processing, timing.transfer),
            None if answer.tls is None else http.Tls(answer.tls.version, answer.tls.not_after),
        )

    def read_system(self, sections: tuple[str, ...]) -> object:
        wit = self._of("system", wit_system)
        wanted = wit.Sections(0)
        for section in sections:
            wanted |= enumerated(wit.Sections, section)
        with _faults():
            return wit.read(wanted)

    def query(self, database: str, statement: str, parameters: list):
        wit = self._of("sql", wit_sql)
        with _faults():
            return frame_in(wit.query(database, statement, [_parameter(wit, value) for value in parameters]))

    def read_file(self, path: str, offset: int, length: int) -> bytes:
        with _faults():
            return self._of("files", wit_files).read(path, offset, length)

    def entries(self, path: str) -> list:
        with _faults():
            found = self._of("files", wit_files).entries(path)
        return [files.Entry(entry.name, entry.size, entry.folder, entry.modified) for entry in found]

    def send_mail(self, message: mail.Message) -> str:
        wit = self._of("mail", wit_mail)
        attachments = [wit.Attachment(one.name, one.content_type, one.content_id, one.data) for one in message.attachments]
        raw = wit.Message(message.to, message.subject, message.text, message.html, message.thread, message.key, attachments)
        with _faults():
            return wit.send(raw)

    def get(self, key: str) -> bytes | None:
        with _faults():
            return self._of("state", wit_state).get(key)

    def set(self, key: str, value: bytes) -> None:
        with _faults():
            self._of("state", wit_state).set(key, value)

    def delete(self, key: str) -> None:
        with _faults():
            self._of("state", wit_state).delete(key)

    def keys(self, prefix: str) -> list[str]:
        with _faults():
            return self._of("state", wit_state).keys(prefix)

    def count(self, name: str, labels: dict[str, str], by: float) -> None:
        with _faults():
            self._of("metrics", wit_metrics).count(name, labels_out(labels), float(by))

    def gauge(self, name: str, labels: dict[str, str], value: float) -> None:
        with _faults():
            self._of("metrics", wit_metrics).gauge(name, labels_out(labels), float(value))


@contextmanager
def _faults():
    try:
        yield
    except Err as error:
        raise fault_in(error) from None


def _placement(wit, secret: http.Secret):
    if secret.placement == "bearer":
        return wit.Placement_Bearer()
    if secret.placement == "prefixed":
        return wit.Placement_Prefixed(wit.PrefixedHeader(secret.value, secret.prefix))
    return getattr(wit, f"Placement_{secret.placement.capitalize()}")(secret.value)


def _parameter(wit, value):
    if value is None:
        return wit.Parameter_Null()
    if isinstance(value, bool):
        return wit.Parameter_Flag(value)
    if isinstance(value, int):
        return wit.Parameter_Integer(value)
    return wit.Parameter_Number(value) if isinstance(value, float) else wit.Parameter_Text(str(value))
