"""Mends the two Thai defects of WeasyPrint 70: letters lost from the PDF's text, tone marks that collide in charts.

Every patch here touches private names, so `apply` accepts version 70 only. Written 2026 for weasyprint 70.0.
What ends it: a WeasyPrint that passes tests/reports/test_typesetting.py with `apply` left out.
"""

import functools
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pydyf
import weasyprint
import weasyprint.draw.text
import weasyprint.pdf
import weasyprint.svg
from fontTools.ttLib import TTFont

MENDED_VERSION = "70."
THAI = re.compile("[\u0e01-\u0e5b]")


class WrongVersionError(RuntimeError):
    """The installed WeasyPrint is not the one these patches were written for."""


def apply() -> None:
    """Mend the WeasyPrint of this process; a second call changes nothing."""
    if not weasyprint.__version__.startswith(MENDED_VERSION):
        raise WrongVersionError(
            f"weasyprint {weasyprint.__version__} is installed; the Thai text of reports is mended for "
            f"{MENDED_VERSION}* only. Install weasyprint=={MENDED_VERSION}* or look at reports/typesetting/thai.py."
        )
    _wrap(weasyprint.draw.text, "draw_first_line", _with_actual_text)
    _wrap(weasyprint.pdf, "build_fonts_dictionary", _with_unicode_of_the_font)
    _wrap(weasyprint.svg, "text", _with_whole_runs)
    for tag in ("text", "tspan", "a"):  # WeasyPrint tells text elements by this very function
        weasyprint.svg.TAGS[tag] = weasyprint.svg.text


def _wrap(module: Any, name: str, patch: Callable[[Any], Any]) -> None:
    """Put `patch(original)` in the original's place, once."""
    original = getattr(module, name)
    if not hasattr(original, "__wrapped__"):
        setattr(module, name, functools.wraps(original)(patch(original)))


def _with_actual_text(draw_first_line: Any) -> Any:
    """Mends WeasyPrint 70.0: the exact text of a line with Thai is written beside its glyphs.

    The shaper splits sara am and moves the tone mark before it, so the glyphs of a right line still spell the
    wrong word; only an ActualText span tells search, copy and screen readers what was written.
    """

    def draw(stream: Any, textbox: Any, *arguments: Any) -> Any:
        if not THAI.search(textbox.text):
            return draw_first_line(stream, textbox, *arguments)
        properties = pydyf.Dictionary({"ActualText": pydyf.String(textbox.text)})
        stream.begin_marked_content("Span", properties)
        try:
            return draw_first_line(stream, textbox, *arguments)
        finally:
            stream.end_marked_content()

    return draw


def _with_unicode_of_the_font(build_fonts_dictionary: Any) -> Any:
    """Mends WeasyPrint 70.0: ToUnicode comes from the font, not from the first cluster a glyph was seen in.

    A Thai cluster has several glyphs; WeasyPrint gives each of them the text of the whole cluster, or of the rest
    of it, and keeps that for every later use of the glyph.
    """

    def build(pdf: Any, fonts: Any, *arguments: Any) -> Any:
        for font in fonts.values():
            letters = _letters_of_glyphs(font)
            for glyph, seen in font.to_unicode.items():
                spellings = letters.get(glyph, ())
                if spellings and seen not in spellings:
                    font.to_unicode[glyph] = spellings[0]
        return build_fonts_dictionary(pdf, fonts, *arguments)

    return build


def _with_whole_runs(draw_text: Any) -> Any:
    """Mends WeasyPrint 70.0: SVG text is laid out as one run, so that the shaper places Thai marks.

    WeasyPrint lays out `for letter in node.text`, each alone. Text whose letters are placed one by one (several
    x, y, dx, dy, rotate; letter-spacing; textLength) is left to it.
    """

    def draw(svg: Any, node: Any, font_size: float) -> None:
        element, written = node._etree_node, node.text
        if not written or _places_letters(node):
            draw_text(svg, node, font_size)
            return
        element.text = _WholeRun(written)
        try:
            draw_text(svg, node, font_size)
        finally:
            element.text = written

    return draw


class _WholeRun(str):
    """A text which, iterated, yields itself once instead of its letters."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        yield str(self)


def _places_letters(node: Any) -> bool:
    """Whether an SVG text element gives its letters places of their own."""
    positions = (node.get(name, "") for name in ("x", "y", "dx", "dy", "rotate"))
    several = any(len(re.split(r"[\s,]+", position.strip())) > 1 for position in positions)
    return several or any(node.get(name) for name in ("letter-spacing", "textLength"))


def _letters_of_glyphs(font: Any) -> dict[int, tuple[str, ...]]:
    """What each glyph of a PDF font may stand for, the plainest spelling first."""
    digest = hashlib.sha256(font.file_content).hexdigest()
    if digest not in _LETTERS:
        _LETTERS[digest] = _read_letters(TTFont(io.BytesIO(font.file_content), fontNumber=font.index, lazy=True))
    return _LETTERS[digest]


_LETTERS: dict[str, dict[int, tuple[str, ...]]] = {}


def _read_letters(font: TTFont) -> dict[int, tuple[str, ...]]:
    """Letters by glyph number: from the font's cmap, then from its substitutions until nothing new is found."""
    letters: dict[str, list[str]] = {}
    for code in sorted(font.getBestCmap()):
        letters.setdefault(font.getBestCmap()[code], []).append(chr(code))
    substitutions = list(_substitutions(font)) if "GSUB" in font else []
    found = -1
    while found != len(letters):
        found = len(letters)
        for sources, target in substitutions:
            if target not in letters and all(source in letters for source in sources):
                letters[target] = ["".join(letters[source][0] for source in sources)]
    return {font.getGlyphID(glyph): tuple(spellings) for glyph, spellings in letters.items()}


def _substitutions(font: TTFont) -> Iterator[tuple[tuple[str, ...], str]]:
    """The glyphs that become a glyph: one by one, alternates and ligatures."""
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for subtable in lookup.SubTable:
            rule = getattr(subtable, "ExtSubTable", subtable)
            if rule.LookupType == 1:
                yield from (((source,), target) for source, target in rule.mapping.items())
            elif rule.LookupType == 3:
                yield from (((source,), to) for source, targets in rule.alternates.items() for to in targets)
            elif rule.LookupType == 4:
                for first, ligatures in rule.ligatures.items():
                    yield from (((first, *ligature.Component), ligature.LigGlyph) for ligature in ligatures)
