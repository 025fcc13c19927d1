"""A document is set exactly as asked, opens nothing but our fonts, and is accessible."""

import page
import pypdfium2
import pytest

from reports.typesetting.errors import RenderError
from reports.typesetting.pdf import pdf_bytes

HOSTILE = {
    "attachment": "<link rel='attachment' href='file:///etc/passwd'>",
    "image": "<img alt='x' src='file:///etc/passwd'>",
    "image of the web": "<img alt='x' src='http://127.0.0.1:9/x.png'>",
    "image as data": "<img alt='x' src='data:image/png;base64,iVBORw0KGgo='>",
    "style sheet": "<link rel='stylesheet' href='file:///etc/passwd'>",
    "import": "<style>@import url('http://127.0.0.1:9/x.css');</style>",
    "background": "<p style=\"background: url('file:///etc/passwd')\">x</p>",
    "font": "<style>@font-face { font-family: x; src: url('file:///etc/passwd') } p { font-family: x }</style><p>x</p>",
    "list": "<ul style=\"list-style-image: url('file:///etc/passwd')\"><li>x</li></ul>",
    "content": "<style>p::before { content: url('file:///etc/passwd') }</style><p>x</p>",
    "svg image": (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><title>x</title>"
        "<image href='file:///etc/passwd' width='9' height='9'/></svg>"
    ),
    "object": "<object data='file:///etc/passwd'></object>",
    "embed": "<embed src='file:///etc/passwd'>",
}


def document(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html lang='en'><head><title>A report</title>{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_content_is_refused(name):
    with pytest.raises(RenderError):
        pdf_bytes(document(f"<h1>x</h1>{HOSTILE[name]}"))


def test_a_style_that_is_not_understood_is_an_error():
    with pytest.raises(RenderError, match="not set as asked"):
        pdf_bytes(document("<h1>x</h1>", "<style>p { colour: red }</style>"))


def test_an_error_does_not_quote_the_document():
    with pytest.raises(RenderError) as failure:
        pdf_bytes(document("<h1>x</h1><img alt='x' src='http://127.0.0.1:9/0812345678'>"))
    assert "0812345678" not in str(failure.value)


def test_the_same_document_gives_the_same_bytes():
    asked = document("<h1>ก</h1><p>สำนักงาน</p>")
    assert pdf_bytes(asked) == pdf_bytes(asked)


def test_a_document_is_valid_pdf_ua():
    body = "<h1>A</h1><h2>B</h2><p>c</p><table><caption>d</caption><thead><tr><th scope='col'>e</th></tr></thead>"
    pdf = pdf_bytes(document(f"{body}<tbody><tr><td>f</td></tr></tbody></table>"))
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    assert [failure.message for failure in report.failures] == []


def test_the_title_and_the_headings_are_in_the_file():
    opened = pypdfium2.PdfDocument(pdf_bytes(document("<h1>First</h1><h2>Second</h2>")))
    assert opened.get_metadata_dict()["Title"] == "A report"
    assert [each.get_title() for each in opened.get_toc()] == ["First", "Second"]


def test_sarabun_is_embedded():
    pdf = pdf_bytes(document("<h1>x</h1>"))
    fonts = {each.get_font().get_base_name() for each in pypdfium2.PdfDocument(pdf)[0].get_objects() if each.type == 1}
    assert fonts and all("Sarabun" in name for name in fonts)
