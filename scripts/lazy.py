"""Groups of commands that are imported when called, so that help and light commands start at once."""

import importlib
from collections.abc import Mapping
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup


class LazyGroup(TyperGroup):
    """A group whose commands live in a module each, named below; the module's `app` is the command."""

    modules: ClassVar[Mapping[str, tuple[str, str]]] = {}
    """Name of the command → its module and its summary."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        # Stand-ins that know their summary only: enough for help and for spelling suggestions.
        self.commands.update({name: TyperCommand(name, help=summary) for name, (_, summary) in self.modules.items()})

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The real command, imported now."""
        name, stand_in, rest = super().resolve_command(ctx, args)
        if name is None or stand_in is None:
            return name, stand_in, rest
        command = typer.main.get_command(importlib.import_module(self.modules[name][0]).app)
        command.name = name
        return name, command, rest
