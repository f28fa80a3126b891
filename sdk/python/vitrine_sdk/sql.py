"""A granted database, read-only unless granted otherwise, for the grant `sql`."""

from vitrine_sdk._host import host
from vitrine_sdk.frame import Frame

Parameter = None | bool | int | float | str


def query(database: str, statement: str, parameters: list[Parameter] | None = None) -> Frame:
    """Runs one statement with bound parameters; rows and time are capped."""
    return host().query(database, statement, parameters or [])
