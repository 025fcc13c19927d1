"""Keeps together, in the HTML of a Thai report, what a line must not part.

Thai has no spaces between words. The line breaker parts compounds at the words they are made of, and heeds neither
a no-break space nor a word joiner beside a Thai letter (Pango 1.56, 2026); only an element that does not wrap does.
"""

import re

COMPOUNDS = (
    *("ความเชื่อมั่น", "ค่าเฉลี่ย", "มัธยฐาน", "ตัวชี้วัด", "กลุ่มย่อย", "กลุ่มเปรียบเทียบ", "บัญชีรอ", "ลงทะเบียน"),
    *("จำแนกตาม", "เชื่อมโยง", "ตรวจสอบ", "ตรวจพบ", "คัดแยก", "ถูกถอน", "ฉบับใหม่"),
    *("ความคลาดเคลื่อน", "แบบจัดกลุ่ม", "แบบดั้งเดิม", "ค่าสัมประสิทธิ์", "ระดับหลักฐาน", "เข้าร่วม"),
    *("พร้อมกัน", "ตีพิมพ์", "นำเข้า", "การตั้งค่า", "นัยสำคัญ", "ช่วงเวลา", "เปอร์เซ็นไทล์", "รายหน่วย", "เลขที่"),
    *("เต็มเวลา", "เพื่อขาย", "ล่าสุด", "ต่อเดือน", "ได้รับ", "จังหวัด", "จำนวนรายการ"),
)
"""Words of reports that are read as one."""

_NUMBER = r"[+<\N{MINUS SIGN}]?[\d๐-๙][\d๐-๙.,]*(?<![.,])"
_WHOLE = re.compile(
    rf"ร้อยละ[ \N{{NO-BREAK SPACE}}]{_NUMBER}"
    rf"|{_NUMBER}[ \N{{NO-BREAK SPACE}}](?:จุดร้อยละ|จุด|เดือน|ปี|คน|ราย|ล้าน)"
    rf"|{'|'.join(COMPOUNDS)}"
)
_TAG = re.compile(r"(<[^>]*>)")
_UNTOUCHED = re.compile(r"(<(?:svg|title)\b.*?</(?:svg|title)>)", re.DOTALL)


def kept_whole(html: str) -> str:
    """The document with every percentage, number with its unit and compound in an element that does not wrap."""
    outside = _UNTOUCHED.split(html)
    outside[::2] = (_in_text(part) for part in outside[::2])
    return "".join(outside)


def _in_text(html: str) -> str:
    parts = _TAG.split(html)
    parts[::2] = (_WHOLE.sub(r'<span class="whole">\g<0></span>', text) for text in parts[::2])
    return "".join(parts)
