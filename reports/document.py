"""A report as a tree of finished words, numbers and drawings: what the template lays out, and nothing to compute."""

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from transforms.programme import Language


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its text, a smaller line below, and an evidence letter it may carry."""

    text: str
    detail: str = ""
    letter: str = ""
    is_code: bool = False


@dataclass(frozen=True)
class Column:
    """One column of a table; numbers are set to the right."""

    title: str
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """A table whose rows begin with their heading."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption and the text that says what it shows."""

    drawing: Markup
    caption: str
    alternative: str
    kind: Literal["figure"] = "figure"


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]
    kind: Literal["bullets"] = "bullets"


@dataclass(frozen=True)
class Notice:
    """A sentence the reader must not miss."""

    text: str
    kind: Literal["notice"] = "notice"


@dataclass(frozen=True)
class Note:
    """A remark in small print."""

    text: str
    kind: Literal["note"] = "note"


@dataclass(frozen=True)
class Heading:
    """A heading inside a section."""

    text: str
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True)
class Finding:
    """What one indicator says, in one sentence."""

    title: str
    sentence: str
    letter: str = ""
    kind: Literal["finding"] = "finding"


Block = Table | Figure | Paragraph | Bullets | Notice | Note | Heading


@dataclass(frozen=True)
class Tile:
    """One headline figure."""

    title: str
    value: str
    unit: str
    interval: str
    notes: tuple[str, ...]
    letter: str = ""
    grade: str = ""
    chart: Markup | None = None
    alternative: str = ""


@dataclass(frozen=True)
class Summary:
    """The page a manager reads."""

    title: str
    tiles: tuple[Tile, ...]
    findings_title: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Section:
    """One chapter."""

    id: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def opening(self) -> int:
        """How many blocks stay on the page of the title: those up to the first figure, where no table is before it."""
        kinds = [each.kind for each in self.blocks]
        return kinds.index("figure") + 1 if "figure" in kinds and "table" not in kinds[: kinds.index("figure")] else 0


@dataclass(frozen=True)
class Cover:
    """The first page, or the head of a card."""

    agency: str
    kind: str
    title: str
    scope: str
    lines: tuple[str, ...]
    about: str
    credit: str


@dataclass(frozen=True)
class Report:
    """One report in one language."""

    language: Language
    kind: Literal["report", "card", "empty"]
    title: str
    description: str
    agency: str
    banner: str
    notices: tuple[Notice, ...]
    cover: Cover
    summary: Summary | None
    sections: tuple[Section, ...]
