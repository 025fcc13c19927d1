"""A report as a tree of finished words, numbers and drawings: what the template lays out, and nothing to compute."""

import itertools
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from transforms.programme import Language

SHORT_TABLE = 6
"""So many rows are not parted by a page's end."""

LEADS = ("paragraph", "notice", "bullets")
"""What says in a few lines what follows it."""


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
    """A table whose rows begin with their heading; the last may be the sum of the others."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    has_total: bool = False
    kind: Literal["table"] = "table"

    @property
    def is_short(self) -> bool:
        """Whether it stands on one page whole."""
        return len(self.rows) <= SHORT_TABLE


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
        """How many blocks stay on the page of the title: those that lead to the first figure, and it, or to a table."""
        leads = itertools.takewhile(lambda each: each.kind in LEADS, self.blocks)
        before = sum(1 for _ in leads)
        return before + (before < len(self.blocks) and self.blocks[before].kind == "figure")


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
    draft: str
    notices: tuple[Notice, ...]
    cover: Cover
    summary: Summary | None
    sections: tuple[Section, ...]
