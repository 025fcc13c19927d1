"""A whole report becomes a file that can be read aloud, looks alike on every machine, and opens nothing."""

import re
import zlib
from dataclasses import replace

import page
import polars as pl
import pypdfium2
import pytest
from markupsafe import Markup

from reports.content import compose
from reports.html import to_html
from reports.render import render_all
from reports.scope import Scope
from reports.typesetting.errors import RenderError
from reports.typesetting.pdf import pdf_bytes

SESSION = Scope("fy2568", by="session", group="S01")
UNREACHED = "http://127.0.0.1:9/x"

DRAWING = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9' width='9' height='9'>{inside}</svg>"

HOSTILE = {
    "address behind a base": f"<base href='{UNREACHED}/'><img alt='x' src='a'>",
    "attachment of a link": f"<a rel='attachment' href='{UNREACHED}'>x</a>",
    "border image": f"<p style='border: 1px solid; border-image: url({UNREACHED}) 1'>x</p>",
    "colour profile": (
        f"<style>@color-profile --x {{ src: url({UNREACHED}) }}</style><p style='color: color(--x 1 0 0)'>x</p>"
    ),
    "drawing in an image": f"<img alt='x' src='data:image/svg+xml,<svg><image href=%22{UNREACHED}%22/></svg>'>",
    "image by xlink": DRAWING.format(
        inside=f"<image xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='{UNREACHED}' width='9' height='9'/>"
    ),
    "style in a drawing": DRAWING.format(inside=f"<style>@import url({UNREACHED});</style><text>a</text>"),
}


def document(body: str) -> str:
    return f"<!DOCTYPE html><html lang='en'><head><title>A report</title></head><body><h1>x</h1>{body}</body></html>"


def objects_of(pdf: bytes) -> bytes:
    """The unpacked streams of a file, in which its objects are."""
    return b"".join(
        zlib.decompress(packed) for packed in re.findall(rb"stream\r?\n(x.*?)\r?\nendstream", pdf, re.DOTALL)
    )


def text_of(pdf: bytes) -> str:
    return "\n".join(each.get_textpage().get_text_range() for each in pypdfium2.PdfDocument(pdf))


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_whole_report_is_valid_pdf_ua(facts, programme, language):
    pdf = pdf_bytes(to_html(compose(facts, programme, language, Scope("fy2568"))))
    found = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    assert [failure.message for failure in found.failures] == []


def test_a_drawing_is_read_aloud_by_the_words_of_the_element_around_it():
    drawing = DRAWING.format(inside="<rect width='9' height='9'/>")
    pdf = pdf_bytes(document(f"<div role='img' aria-label='Sales rose'>{drawing}</div>"))
    assert b"/Alt (Sales rose)" in objects_of(pdf)
    assert page.is_pdf_compliant_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)


def test_a_drawing_without_words_is_not_valid_pdf_ua():
    """The control of the test above."""
    pdf = pdf_bytes(document(DRAWING.format(inside="<rect width='9' height='9'/>")))
    assert not page.is_pdf_compliant_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)


@pytest.mark.parametrize(("letter", "code"), [("😀", "U+1F600"), ("公", "U+516C"), ("●", "U+25CF")])
def test_a_letter_that_our_font_does_not_have_is_an_error(letter, code):
    with pytest.raises(RenderError, match=rf"U\+{code[2:]}|not set as asked"):  # or no font here has it
        pdf_bytes(document(f"<p>{letter}</p>"))


def test_a_letter_of_the_data_that_our_font_does_not_have_stops_no_report(session_facts, programme):
    named = session_facts.groups.with_columns(title_en=pl.lit("Tie-dye 👩‍🌾●"))
    report = compose(replace(session_facts, groups=named), programme, "en", SESSION)
    assert "Tie-dye ?\n" in text_of(pdf_bytes(to_html(report))).replace("\r", "")


def test_a_report_that_cannot_be_set_keeps_no_other_from_being_set(session_facts, programme):
    good = compose(session_facts, programme, "en", SESSION)
    tile = replace(good.summary.tiles[0], chart=Markup(HOSTILE["image by xlink"]))
    bad = replace(good, title="The bad one", summary=replace(good.summary, tiles=(tile,)))
    kept: dict[int, bytes] = {}
    with pytest.raises(RenderError, match="'The bad one': The document asks for addresses") as failure:
        render_all([bad, good], processes=1, on_done=kept.__setitem__)
    assert good.title not in str(failure.value)
    assert kept == {1: pdf_bytes(to_html(good))}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_content_is_refused(name):
    with pytest.raises(RenderError):
        pdf_bytes(document(HOSTILE[name]))


def test_a_style_that_breaks_weasyprint_is_our_error_and_quotes_nothing():
    with pytest.raises(RenderError) as failure:
        pdf_bytes(document("<p data-u='0812345678' style='background: attr(data-u url)'>x</p>"))
    assert "0812345678" not in str(failure.value)
    assert failure.value.__cause__ is None


def test_an_external_entity_stays_unread(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET-8731", encoding="utf-8")
    entity = f"<!DOCTYPE html [<!ENTITY e SYSTEM '{secret.as_uri()}'>]>"
    pdf = pdf_bytes(f"{entity}<html lang='en'><head><title>A</title></head><body><h1>A</h1><p>b &e;</p></body></html>")
    assert "SECRET-8731" not in text_of(pdf)
