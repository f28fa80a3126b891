"""A small store of the instance's own, with a quota, for the grant `state`."""

from vitrine_sdk._host import host


def get(key: str) -> bytes | None:
    return host().get(key)


def set(key: str, value: bytes) -> None:
    host().set(key, value)


def delete(key: str) -> None:
    host().delete(key)


def keys(prefix: str = "") -> list[str]:
    return host().keys(prefix)
