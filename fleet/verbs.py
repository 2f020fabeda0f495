"""What the modules of commands share: how one is added, and what it is given."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeAlias

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Run: TypeAlias = Callable[[argparse.Namespace], "int | None"]
Add: TypeAlias = Callable[[Verbs, str, str, Run], argparse.ArgumentParser]
"""Adds a command to a group: name, help, what it does."""
