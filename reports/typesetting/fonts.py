"""The one type family of every report: its files, its @font-face rules and the widths of its letters."""

import functools
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


@functools.cache
def _advances(weight: int) -> dict[int, float]:
    """Advance width of each letter of a face, in em."""
    path = font_files()[ADDRESS + FACES[weight, "normal"]]
    with TTFont(path, lazy=True) as font:
        metrics, em = font["hmtx"], font["head"].unitsPerEm
        return {letter: metrics[glyph][0] / em for letter, glyph in font.getBestCmap().items()}
