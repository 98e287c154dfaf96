"""A short text in the two languages an answer can be given in."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Language = Literal["en", "ja"]


class Text(BaseModel):
    """The same words in English and Japanese."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    ja: str

    def in_language(self, language: Language) -> str:
        """The words in one of the two languages."""
        return self.ja if language == "ja" else self.en
