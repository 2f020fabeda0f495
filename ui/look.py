"""What every part of the screen needs to know: the real size of a millimetre, and the language."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.language import Language
from ui import strings
from ui.theme.tokens import Metrics


@dataclass(frozen=True, slots=True)
class Look:
    """Metrics, language and help line of one screen."""

    metrics: Metrics
    language: Language
    help_phone: str

    def px(self, millimetres: float) -> int:
        """Pixels."""
        return self.metrics.px(millimetres)

    def say(self, key: str, **values: object) -> str:
        """The text of a key in the visit's language."""
        return strings.text(key, self.language, **values)

    def sentence(self, code: str, **values: object) -> str:
        """What a reason code means and what to do, in one line."""
        reason = self.reason(code, **values)
        return self.say("join.sentence", what=reason.what, todo=reason.todo)

    def pair(self, one: str, other: str) -> str:
        """Two short facts in one line."""
        return self.say("join.pair", one=one, other=other)

    def reason(self, code: str, **values: object) -> strings.Reason:
        """A reason code in the resident's words."""
        return strings.reason(code, self.language, **values)
