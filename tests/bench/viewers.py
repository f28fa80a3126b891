"""Many live viewers of one dashboard, by WebSocket and nothing else: when each got each round's status message."""

import asyncio
import base64
import os
import re
import time

STATUS = re.compile(rb'"type":"status".*?"time":(\d+)')
OPENING = 64


class Viewer(asyncio.Protocol):
    """Reads frames only as far as needed: the moment of a status message, and when it came."""

    def __init__(self, crowd, path):
        self.crowd, self.path, self.buffer, self.is_open = crowd, path, b"", asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        head = f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        transport.write(head.encode())

    def data_received(self, data):
        now = time.perf_counter()
        if not self.is_open.done():
            self.is_open.set_result(data.startswith(b"HTTP/1.1 101"))
        # A message may be split between two reads; all but its end is of no interest.
        text = self.buffer + data
        for found in STATUS.finditer(text):
            self.crowd.came(found[1], now)
        self.buffer = text[-96:] if not STATUS.search(text[-96:]) else b""

    def connection_lost(self, _):
        self.crowd.lost += 1
        if not self.is_open.done():
            self.is_open.set_result(False)


class Crowd:
    def __init__(self):
        self.rounds, self.lost, self.viewers = {}, 0, []

    def came(self, moment, now):
        self.rounds.setdefault(moment, []).append(now)

    async def join(self, port, path, count):
        loop = asyncio.get_running_loop()
        for start in range(0, count, OPENING):
            some = range(min(OPENING, count - start))
            made = await asyncio.gather(*(loop.create_connection(lambda: Viewer(self, path), "127.0.0.1", port) for _ in some))
            self.viewers += [viewer for _, viewer in made]
            await asyncio.gather(*(viewer.is_open for _, viewer in made))
        return sum(viewer.is_open.result() for viewer in self.viewers)

    def leave(self):
        for viewer in self.viewers:
            viewer.transport.abort()

    def delays(self, least):
        """Of each round that nearly all got: by how many seconds later than the first each viewer got it."""
        full = [sorted(times) for times in self.rounds.values() if len(times) >= least]
        return sorted(at - times[0] for times in full for at in times), len(full)
