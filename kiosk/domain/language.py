"""Languages of the terminal, and words that exist in each of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain import traditional


class Language(StrEnum):
    """Language of screens and slips; the first is where every visit starts."""

    ZH = "zh"
    """Mandarin in simplified characters (简体)."""
    ZH_HANT = "zh-Hant"
    """The same words in traditional characters (繁體): only the script differs, and whoever speaks says the same."""
    EN = "en"

    @property
    def is_chinese(self) -> bool:
        """True for either script."""
        return self is not Language.EN


@dataclass(frozen=True, slots=True)
class Words:
    """One text in all languages. Only words of our own and of authorities: never what a resident is called or wrote."""

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        """The text in ``language``; the one in traditional characters is made of the simplified one."""
        if language is Language.EN:
            return self.en
        return traditional.of(self.zh) if language is Language.ZH_HANT else self.zh
