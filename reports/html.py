"""A report as one HTML document: no looks, no arithmetic, nothing fetched from elsewhere."""

import functools
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.document import Report
from reports.typesetting.compounds import kept_whole
from reports.typesetting.fonts import printable
from reports.words import words_in

TEMPLATES = Path(__file__).parent / "templates"


def to_html(report: Report) -> str:
    """The document; its style sheets are given to the renderer apart."""
    template = _environment().get_template("report.html.j2")
    # Data hold letters that our font lacks, as a course with an emoji in its name; that must stop no report.
    html = printable(template.render(report=report, words=words_in(report.language)))
    return kept_whole(html)


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
