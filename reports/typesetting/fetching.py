"""What a report may load: our own fonts, and nothing else on this machine or any other."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reports.typesetting.fonts import font_files


class OwnFontsOnly(URLFetcher):  # type: ignore[misc]
    """Opens our fonts; refuses and remembers every other address.

    WeasyPrint goes on silently after some refusals (inside an SVG image, say), so `refused` must be looked at.
    """

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """The font at one of our own addresses. Raises FatalURLFetchingError at any other."""
        path: Path | None = font_files().get(url)
        if path is None:
            # The address itself may quote an answer: its scheme is all that may be told.
            self.refused.append(urlsplit(url).scheme or "no scheme")
            raise FatalURLFetchingError("a report loads nothing but its own fonts")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})
