"""Which class of a main module is the plugin."""

from __future__ import annotations

from vitrine_sdk.channel import Channel
from vitrine_sdk.panel import Panel
from vitrine_sdk.source import Source

exported: list[type] = []


def export(plugin: type) -> type:
    """Says that this class is the plugin. One per plugin; also a decorator."""
    if not (isinstance(plugin, type) and issubclass(plugin, (Source, Channel, Panel))):
        raise TypeError(f"{plugin!r} is no subclass of Source, Channel or Panel")
    exported.append(plugin)
    return plugin


def plugin_of(kind: str) -> type:
    """The one that was exported, of the kind that plugin.toml says."""
    names = ", ".join(plugin.__name__ for plugin in exported)
    if len(exported) != 1:
        what = f"exports {names}" if names else "exports nothing: call `export(MyPlugin)`"
        raise TypeError(f"a plugin exports one class, and the main module {what}")
    if exported[0].KIND != kind:
        raise TypeError(f'plugin.toml says kind = "{kind}", but {names} is of kind {exported[0].KIND}')
    return exported[0]
