"""Turns one HTML document into the bytes of a tagged PDF (PDF/UA-1), or refuses loudly."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from reports.typesetting import thai
from reports.typesetting.errors import RenderError
from reports.typesetting.fetching import OwnFontsOnly
from reports.typesetting.fonts import FAMILY, font_face_css

STYLES = Path(__file__).parent.parent / "styles"
VARIANT = "pdf/ua-1"
_LOGS = ("weasyprint", "fontTools")
_SVG = "{http://www.w3.org/2000/svg}"


def pdf_bytes(html: str) -> bytes:
    """The PDF of an HTML document in our styles; the same document gives the same bytes.

    Raises RenderError when WeasyPrint logs anything at all: a chart that fails to draw just vanishes otherwise;
    and when a letter is not in our font: a font of this machine drew it, and the next machine draws a box.
    """
    thai.apply()
    fetcher, fonts = OwnFontsOnly(), FontConfiguration()
    foreign: set[str] = set()
    with _every_record_noted() as records:
        sheets = [CSS(string=css, url_fetcher=fetcher, font_config=fonts) for css in (font_face_css(), *_styles())]
        document = HTML(string=html, url_fetcher=fetcher)
        _name_drawings(document.etree_element)
        pdf = b""
        with suppress(FatalURLFetchingError), _failures_told():  # an address is told below, with every other
            pdf = document.write_pdf(
                stylesheets=sheets,
                font_config=fonts,
                pdf_variant=VARIANT,
                finisher=lambda laid_out, _: foreign.update(_foreign_letters(laid_out)),
            )
    if fetcher.refused:
        raise RenderError(
            f"The document asks for addresses ({', '.join(sorted(set(fetcher.refused)))}); none is opened."
        )
    if records:
        raise RenderError(f"The document was not set as asked: {'; '.join(dict.fromkeys(records))}")
    if foreign:
        raise RenderError(f"{FAMILY} has no letter for {', '.join(sorted(foreign))}; take it out of the words.")
    return pdf


def _name_drawings(root: Element) -> None:
    """Give each drawing the alternative text of the element around it.

    WeasyPrint 70.0 takes a drawing's text from an SVG title alone; without one the file is not PDF/UA.
    What ends it: a WeasyPrint that reads aria-label.
    """
    for named in root.iterfind(".//*[@role='img'][@aria-label]"):
        for drawing in named.iter(f"{_SVG}svg"):
            if drawing.find(f"{_SVG}title") is None:
                SubElement(drawing, f"{_SVG}title").text = named.attrib["aria-label"]


@contextmanager
def _failures_told() -> Iterator[None]:
    """Turn what WeasyPrint raises on odd styles into our error, without its text, which may quote the document."""
    try:
        yield
    except MemoryError:  # told by the caller, who knows the limit
        raise
    except Exception as failure:
        raise RenderError(f"The document cannot be set: WeasyPrint failed with {type(failure).__name__}.") from None


def _foreign_letters(laid_out: Any) -> set[str]:
    """The letters, as code points, that were drawn with a font other than ours."""
    fonts = (font for font in laid_out.fonts.values() if font.family != FAMILY)
    return {f"U+{ord(letter):04X}" for font in fonts for text in font.to_unicode.values() for letter in text}


def _styles() -> Iterator[str]:
    """Our style sheets, in the order of their names."""
    for path in sorted(STYLES.glob("*.css")):
        yield path.read_text(encoding="utf-8")


class _Noted(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # The template alone: its arguments may quote the document.
        self.records.append(str(record.msg)[:120])


@contextmanager
def _every_record_noted() -> Iterator[list[str]]:
    handler = _Noted()
    loggers = [logging.getLogger(name) for name in _LOGS]
    propagated = [log.propagate for log in loggers]
    for log in loggers:
        log.addHandler(handler)
        log.propagate = False
    try:
        yield handler.records
    finally:
        for log, before in zip(loggers, propagated, strict=True):
            log.removeHandler(handler)
            log.propagate = before
