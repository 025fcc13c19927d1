"""Turns one HTML document into the bytes of a tagged PDF (PDF/UA-1), or refuses loudly."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from reports.typesetting import thai
from reports.typesetting.fetching import OwnFontsOnly
from reports.typesetting.fonts import font_face_css

STYLES = Path(__file__).parent.parent / "styles"
VARIANT = "pdf/ua-1"
_LOGS = ("weasyprint", "fontTools")


class RenderError(RuntimeError):
    """A document that was not set exactly as asked: a style, a drawing or an address was refused."""


def pdf_bytes(html: str) -> bytes:
    """The PDF of an HTML document in our styles; the same document gives the same bytes.

    Raises RenderError when WeasyPrint logs anything at all: a chart that fails to draw just vanishes otherwise.
    """
    thai.apply()
    fetcher, fonts = OwnFontsOnly(), FontConfiguration()
    with _every_record_noted() as records:
        sheets = [CSS(string=css, url_fetcher=fetcher, font_config=fonts) for css in (font_face_css(), *_styles())]
        document = HTML(string=html, url_fetcher=fetcher)
        pdf = b""
        with suppress(FatalURLFetchingError):  # told below, with every other address
            pdf = document.write_pdf(stylesheets=sheets, font_config=fonts, pdf_variant=VARIANT)
    if fetcher.refused:
        raise RenderError(
            f"The document asks for addresses ({', '.join(sorted(set(fetcher.refused)))}); none is opened."
        )
    if records:
        raise RenderError(f"The document was not set as asked: {'; '.join(dict.fromkeys(records))}")
    return pdf


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
