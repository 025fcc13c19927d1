import re

import pytest

from reports.typesetting.compounds import kept_whole


def wholes(html: str) -> list[str]:
    return re.findall(r'<span class="whole">([^<]*)</span>', kept_whole(html))


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("ช่วงความเชื่อมั่นร้อยละ 95: 1.8 ถึง 15.0 จุดร้อยละ;", ["ความเชื่อมั่น", "ร้อยละ 95", "15.0 จุดร้อยละ"]),
        ("ผลตั้งแต่ร้อยละ −9.6 ถึง +26.5", ["ร้อยละ −9.6"]),
        ("ติดตามผลเมื่อครบ 12\N{NO-BREAK SPACE}เดือน", ["12\N{NO-BREAK SPACE}เดือน"]),
        ("ร้อยละ ๘๐ ของเป้าหมาย", ["ร้อยละ ๘๐"]),
        ("ผู้ลงทะเบียนในบัญชีรอ", ["ลงทะเบียน", "บัญชีรอ"]),
        ("36.3 percentage points", []),
    ],
)
def test_a_line_parts_no_compound_and_no_number_from_its_unit(text, together) -> None:
    assert wholes(f"<p>{text}</p>") == together


def test_attributes_titles_and_drawings_stay_as_they_are() -> None:
    html = '<title>ร้อยละ 95</title><svg><text>ร้อยละ 95</text></svg><div aria-label="ร้อยละ 95">x</div>'
    assert kept_whole(html) == html


def test_nothing_but_elements_is_added() -> None:
    html = "<p>ร้อยละ 95 ของผู้ลงทะเบียน 12 เดือน</p>"
    assert re.sub(r"</?span[^>]*>", "", kept_whole(html)) == html
