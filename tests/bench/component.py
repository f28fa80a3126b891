"""A plugin file under another name: its bytes, its digest and its compiled code are its own."""

import re
from pathlib import Path

MANIFEST = b"vitrine:manifest"
# Magic number, version and layer.
HEADER = 8
CUSTOM = 0


def number(data, place):
    """An unsigned LEB128 number, and where it ends."""
    value = shift = 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, place


def encoded(value):
    text = bytearray()
    while value > 0x7F:
        text.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(text) + bytes([value])


def sections(component):
    """Kind, content and all bytes of each outermost section."""
    place = HEADER
    while place < len(component):
        length, start = number(component, place + 1)
        yield component[place], component[start : start + length], component[place : start + length]
        place = start + length


def renamed(component, name):
    """The component, with another name in its manifest."""
    parts = [component[:HEADER]]
    for kind, content, whole in sections(component):
        length, start = number(content, 0) if kind == CUSTOM else (0, 0)
        if kind == CUSTOM and content[start : start + length] == MANIFEST:
            manifest = content[start + length :].decode()
            manifest = re.sub(r'(?m)^name = ".*"$', f'name = "{name}"', manifest, count=1).encode()
            content = encoded(len(MANIFEST)) + MANIFEST + manifest
            whole = bytes([CUSTOM]) + encoded(len(content)) + content
        parts.append(whole)
    return b"".join(parts)


def write_copy(original, folder, name):
    Path(folder, f"{name}.wasm").write_bytes(renamed(Path(original).read_bytes(), name))
