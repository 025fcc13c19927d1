"""Thai is found, copied and read aloud as it was written, from text, tables and charts."""

import logging
import subprocess
import sys

import pypdfium2
import pytest

from reports.typesetting import thai
from reports.typesetting.pdf import pdf_bytes

WORDS = [
    "สำนักงาน",
    "น้ำ",
    "ปั่น",
    "ที่",
    "ศักดิ์สิทธิ์",
    "กำลัง",
    "ผู้เข้าอบรม",
    "เพื่อ",
    "ซื้อ",
    "ตั้งแต่",
    "พื้นที่",
    "ญี่ปุ่น",
    "ฐานข้อมูล",
    "กฎหมาย",
    "ปฏิบัติ",
    "ทั้งนี้",
    "ค่า",
    "เก็บ",
    "น้ำใจ",
    "ผ้ามัดย้อม",
    "ตะกร้าหวายเทียม",
    "วิสาหกิจ",
    "ช่วงความเชื่อมั่น",
    "ร้อยละ",
    "เศรษฐกิจชุมชน",
    "ยั่งยืน",
    "กุฏิ",
    "ปู่",
    "ฟ้า",
    "ใต้",
    "ป้ำ",
    "คำ",
    "ก๊วยเตี๋ยว",
    "ร่ำรวย",
]

PLACES = {
    "text": "<p>{word}</p>",
    "tables": "<table class='data'><tr><th scope='row'>{word}</th><td>{word}</td></tr></table>",
    "charts": (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 200 30' width='200' height='30'><title>{word}</title>"
        "<text x='5' y='20' font-family='Sarabun' font-size='14'>{word}</text></svg>"
    ),
    "headings": "<h2>{word}</h2>",
    "emphasis": "<p>(<strong>{word}</strong>)</p>",
}


def document(body: str) -> str:
    return f"<!DOCTYPE html><html lang='th'><head><title>ทดสอบ</title></head><body><h1>ทดสอบ</h1>{body}</body></html>"


def text_of(pdf: bytes) -> str:
    opened = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in opened)


def letters_of(pdf: bytes) -> list[pypdfium2.PdfTextObj]:
    """Every drawn piece of text of the first page."""
    return [each for each in pypdfium2.PdfDocument(pdf)[0].get_objects() if each.type == 1]


@pytest.mark.parametrize("place", PLACES)
def test_every_word_is_extracted_whole(place):
    pdf = pdf_bytes(document("".join(PLACES[place].format(word=word) for word in WORDS)))
    extracted = text_of(pdf).replace("(", " ").replace(")", " ").split()
    assert [word for word in WORDS if word not in extracted] == []


def test_without_the_mending_words_are_lost():
    """The control: plain WeasyPrint loses some of the same words, so the test above can fail."""
    script = (
        "import sys, weasyprint; from weasyprint.text.fonts import FontConfiguration;"
        "from reports.typesetting.fonts import font_face_css; from reports.typesetting.fetching import OwnFontsOnly;"
        "fetcher, fonts = OwnFontsOnly(), FontConfiguration();"
        "css = weasyprint.CSS(string=font_face_css() + 'html { font-family: Sarabun }', url_fetcher=fetcher,"
        " font_config=fonts);"
        "html = weasyprint.HTML(string=sys.stdin.read(), url_fetcher=fetcher);"
        "sys.stdout.buffer.write(html.write_pdf(stylesheets=[css], font_config=fonts))"
    )
    page = document("".join(f"<p>{word}</p>" for word in WORDS))
    plain = subprocess.run([sys.executable, "-c", script], input=page.encode(), capture_output=True, check=True).stdout
    extracted = text_of(plain).split()
    drawn_with = {each.get_font().get_base_name().split("+")[-1] for each in letters_of(plain)}
    assert {name for name in drawn_with if not name.startswith("Sarabun")} == set()
    assert [word for word in WORDS if word not in extracted] != []


def test_a_wrapped_paragraph_keeps_every_letter_in_order():
    sentence = "สำนักงานส่งเสริมเศรษฐกิจชุมชนติดตามผู้เข้าอบรมทุกคนตั้งแต่เริ่มต้นเพื่อให้รู้ว่าน้ำย้อมผ้าที่ซื้อในพื้นที่เพิ่มขึ้น" * 6
    extracted = text_of(pdf_bytes(document(f"<p>{sentence}</p>")))
    assert sentence in "".join(extracted.split())


def test_a_chart_label_is_drawn_like_the_same_word_in_text():
    """Letter by letter its marks collide; as one run, every piece is as far from the first as in running text."""
    label = "ศักดิ์สิทธิ์น้ำปั่น"
    text = pieces(f"<p style='font-size: 14px'>{label}</p>")
    chart = pieces(PLACES["charts"].format(word=label))
    assert len(text) > 1
    assert chart == pytest.approx(text, abs=0.05)


def pieces(body: str) -> list[float]:
    """Where each drawn piece of the last line of a page starts, from the first one on, in points."""
    page = pypdfium2.PdfDocument(pdf_bytes(document(body)))[0]
    boxes = [each.get_bounds() for each in page.get_objects() if each.type == 1 and each.get_bounds()[1] > 100]
    lowest = min(bottom for _, bottom, _, _ in boxes)
    starts = sorted(left for left, bottom, _, _ in boxes if bottom < lowest + 15)
    return [start - starts[0] for start in starts]


def test_applying_twice_changes_nothing():
    thai.apply()
    before = thai.weasyprint.draw.text.draw_first_line
    thai.apply()
    assert thai.weasyprint.draw.text.draw_first_line is before


def test_another_version_of_weasyprint_is_refused(monkeypatch):
    monkeypatch.setattr(thai.weasyprint, "__version__", "71.0")
    with pytest.raises(thai.WrongVersionError, match=r"71\.0 is installed"):
        thai.apply()


def test_nothing_is_logged(caplog):
    with caplog.at_level(logging.DEBUG, logger="weasyprint"):
        pdf_bytes(document("<p>สำนักงาน</p>"))
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []
