"""The one type family of every report: its files, its @font-face rules and the widths of its letters."""

import functools
import re
import unicodedata
from pathlib import Path

import fontpkg_sarabun
from fontTools.ttLib import TTFont

FAMILY: str = fontpkg_sarabun.FAMILY
ADDRESS = "report-font:"
"""The scheme our style sheets use for a font: nothing but the PDF writer's own fetcher can open it."""

WEIGHTS = {400: "Regular", 600: "SemiBold", 700: "Bold"}
FACES = {
    (weight, style): f"Sarabun-{(name + slant).replace('RegularItalic', 'Italic')}.ttf"
    for weight, name in WEIGHTS.items()
    for style, slant in {"normal": "", "italic": "Italic"}.items()
}
"""File name of each face by CSS weight and style."""

REPLACEMENT = "?"
"""What stands for letters that the family lacks, as in a name with an emoji; it has no box or U+FFFD either."""

_SPACES = re.compile(r"[^\S\n]")
_INVISIBLE = ("Cf", "Cc", "Mn")


def font_files() -> dict[str, Path]:
    """Path of every face by the address our style sheets use for it."""
    folder = Path(fontpkg_sarabun.ROOT) / "files"
    return {ADDRESS + file_name: folder / file_name for file_name in FACES.values()}


def font_face_css() -> str:
    """The @font-face rules of the family."""
    return "\n".join(
        f"@font-face {{ font-family: {FAMILY}; font-weight: {weight}; font-style: {style}; "
        f"src: url('{ADDRESS}{file_name}') }}"
        for (weight, style), file_name in FACES.items()
    )


def text_width(text: str, size: float, weight: int = 400) -> float:
    """Width of a line of text, in the unit of `size`; Thai marks above or below a letter have none."""
    advances = _advances(weight)
    widest = advances[ord("M")]
    return sum(advances.get(ord(letter), widest) for letter in text) * size


def printable(text: str) -> str:
    """The text in letters that the family has; every run of others becomes one mark, unless nobody can see it."""
    return _foreign().sub(_replaced, unicodedata.normalize("NFC", text))


def _replaced(run: re.Match[str]) -> str:
    if _SPACES.fullmatch(run[0]):
        return " "
    return REPLACEMENT if any(unicodedata.category(letter) not in _INVISIBLE for letter in run[0]) else ""


@functools.cache
def _foreign() -> re.Pattern[str]:
    """Letters that some face of the family lacks; line ends and tabs are no letters."""
    shared = functools.reduce(set.intersection, (set(_advances(weight)) for weight in WEIGHTS))
    return re.compile(f"[^\n\t{re.escape(''.join(map(chr, sorted(shared))))}]+")


@functools.cache
def _advances(weight: int) -> dict[int, float]:
    """Advance width of each letter of a face, in em."""
    path = font_files()[ADDRESS + FACES[weight, "normal"]]
    with TTFont(path, lazy=True) as font:
        metrics, em = font["hmtx"], font["head"].unitsPerEm
        return {letter: metrics[glyph][0] / em for letter, glyph in font.getBestCmap().items()}
