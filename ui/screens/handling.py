"""Where it is decided, and how the outcome comes to the resident: two questions, asked like those of a form."""

from __future__ import annotations

from ui.screens.form import FormScreen


class HandlingScreen(FormScreen):
    """The same page under another title."""

    titles = ("handling.title", "handling.title")
