"""The terminal's commands: each module has ``add_arguments(parser)`` and ``execute(arguments) -> exit code``."""

from __future__ import annotations


class CommandError(Exception):
    """The command cannot go on; the message is one line in the operator's words."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code
