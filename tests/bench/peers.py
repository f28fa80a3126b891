"""What is measured: processes with their processor time and memory, and who asks them."""

import http.client
import http.server
import multiprocessing
import os
import re
import signal
import socket
import subprocess
import time

TICK = 1 / os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Process:
    """A child on a port of its own; ends with the `with` block."""

    def __init__(self, command, port, log=None):
        self.port = port
        self.log = open(log or os.devnull, "ab")
        self.started = time.perf_counter()
        self.child = subprocess.Popen(command, stdout=self.log, stderr=self.log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.log.close()

    def cpu(self):
        """Seconds of processor time so far: user and system, all threads."""
        with open(f"/proc/{self.child.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * TICK

    def memory(self):
        """MiB by kind."""
        figures = {}
        for file in ("status", "smaps_rollup"):
            with open(f"/proc/{self.child.pid}/{file}") as lines:
                for name, kib in re.findall(r"(?m)^(\w+):\s+(\d+) kB", lines.read()):
                    figures.setdefault(name, int(kib) / 1024)
        return figures

    def threads(self):
        return len(os.listdir(f"/proc/{self.child.pid}/task"))

    def first(self, path, patience=60):
        """Seconds from the start to the first 200 at `path`."""
        while time.perf_counter() - self.started < patience:
            if self.child.poll() is not None:
                self.fail("ended at once")
            try:
                if get(self.port, path)[0] == 200:
                    return time.perf_counter() - self.started
            except OSError:
                pass
            time.sleep(0.002)
        self.fail(f"does not answer {path}")

    def fail(self, reason):
        """Ends the measure with what the child said last: its folder goes with it."""
        with open(self.log.name, errors="replace") as log:
            last = "".join(log.readlines()[-5:])
        raise SystemExit(f"{self.child.args[0]} {reason}; it said last:\n{last}")


def get(port, path, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def drive(process, path, count, headers=None, pause=0.0, wanted=b""):
    """Processor seconds per answer of `count` requests over one kept connection."""
    connection = http.client.HTTPConnection("127.0.0.1", process.port, timeout=30)

    def ask():
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or wanted not in body:
            raise SystemExit(f"{process.child.args[0]} answers {answer.status} to {path}")

    for _ in range(20):
        ask()
    before, due = process.cpu(), time.perf_counter()
    for _ in range(count):
        ask()
        due += pause
        time.sleep(max(0.0, due - time.perf_counter()) if pause else 0.0)
    used = process.cpu() - before
    connection.close()
    return used / count


class Target:
    """The HTTP server that is checked; in a process of its own, since its time does not count."""

    def __enter__(self):
        self.port = free_port()
        self.process = multiprocessing.Process(target=answer_all, args=(self.port,), daemon=True)
        self.process.start()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.join()


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b'{"ok":true}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def answer_all(port):
    http.server.ThreadingHTTPServer.request_queue_size = 256
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Answer).serve_forever()
