"""What every declaration is made of: immutable tables, words in every language, names."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["th", "en"]
LANGUAGES: tuple[Language, ...] = ("th", "en")
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class Declared(BaseModel):
    """Whatever a TOML file declares: immutable, and an unknown field is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Text(Declared):
    """The same words in every language of the reports."""

    th: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def in_language(self, language: Language) -> str:
        """The words in one language."""
        return self.th if language == "th" else self.en
