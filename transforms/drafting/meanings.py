"""What the usual headings of sign-up sheets and surveys mean, in Thai and in English."""

import re
from dataclasses import dataclass

from transforms.drafting.writing import Kind
from transforms.programme import QuestionType


@dataclass(frozen=True)
class Meaning:
    """Our usual name for a question, how its answers are read, and whether they tell who somebody is."""

    name: str
    type: QuestionType | None
    identity: bool
    pattern: re.Pattern[str]


def _meaning(name: str, kind: QuestionType | None, pattern: str, identity: bool = False) -> Meaning:
    return Meaning(name, kind, identity, re.compile(pattern, re.IGNORECASE))


# The first that fits counts: what is narrower stands before what is wider.
MEANINGS = (
    _meaning("national_id", "national_id", r"national_?id|citizen|บัตร.*ประชาชน|เลขบัตร|ประจำตัวประชาชน", True),
    _meaning("enterprise_id", "code", r"enterprise_?id|business_?id|นิติบุคคล|ทะเบียนพาณิชย์|รหัสกิจการ", True),
    _meaning("enterprise_name", "text", r"(business|enterprise|shop|company)_?name|ชื่อ(กิจการ|ร้าน|บริษัท|กลุ่ม)", True),
    _meaning("email", "text", r"e-?mail|อีเมล", True),
    _meaning("phone", "phone", r"phone|mobile|^tel|โทร|มือถือ", True),
    _meaning("line_id", "text", r"^line(_?id)?$|(?<!ออน)(?<!ออฟ)ไลน์", True),
    _meaning("birth_year", "year", r"birth_?year|year_?of_?birth|^ปี\s*(\(?พ\.?\s?ศ\.?\)?)?\s*(ที่)?เกิด"),
    _meaning("birth_date", "date", r"birth_?(date|day)|date_?of_?birth|^dob$|วันเกิด|เดือน.*เกิด", True),
    _meaning("participant_id", "code", r"(participant|study|respondent|person|member)_?(id|code)$|^รหัส$|รหัสผู้|รหัสสมาชิก"),
    _meaning("session", "code", r"^(course_?)?session|^batch|^รุ่น|หลักสูตร.*รุ่น"),
    _meaning("subdistrict", "subdistrict", r"sub_?district|tambon|ตำบล|แขวง"),
    _meaning("province", "province", r"province|จังหวัด"),
    _meaning("district", "district", r"district|amphoe|อำเภอ"),
    _meaning("address", "text", r"address|ที่อยู่|บ้านเลขที่", True),
    _meaning("family_name", "text", r"^(?!.*ชื่อ).*นามสกุล|family_?name|last_?name|surname", True),
    _meaning("full_name", "text", r"full_?name|^name$|ชื่อ.*สกุล|ชื่อ.*ผู้", True),
    _meaning("given_name", "text", r"given_?name|first_?name|^ชื่อ(จริง|ตัว)?$", True),
    _meaning("name_title", "text", r"^(name_?title|title|prefix)$|^คำนำหน้า", True),
    _meaning("nickname", "text", r"nick_?name|ชื่อเล่น", True),
    _meaning("consented", "boolean", r"consent|ยินยอม"),
    _meaning("registered_on", "date", r"regist.*(date|day|_on)|(date|day).*regist|วันที่(ลงทะเบียน|สมัคร)"),
    _meaning("answered_on", "date", r"(interview|visit|answer|survey).*(date|day|_on)$|วันที่(ตอบ|สัมภาษณ์|เยี่ยม|ติดตาม)"),
    _meaning("day", "date", r"^(date|today|วันที่)$"),
    _meaning("contact_result", None, r"contact_?result|ผลการติดต่อ"),
    _meaning("age", "integer", r"^age(_|$)|^อายุ"),
    _meaning("sex", None, r"^(sex|gender)$|^เพศ"),
    _meaning("education", None, r"^education|การศึกษา"),
    _meaning("occupation", None, r"^occupation|^อาชีพ"),
    _meaning("sales", "money", r"sales|revenue|turnover|ยอดขาย"),
    _meaning("income", "money", r"income|รายได้|เงินเดือน|salary"),
    _meaning("profit", "money", r"profit|กำไร"),
    _meaning("cost", "money", r"(^|_)costs?(_|$)|expense|ต้นทุน|ค่าใช้จ่าย|รายจ่าย"),
    _meaning("price", "money", r"(^|_)prices?(_|$)|ราคา"),
    _meaning("amount", "money", r"baht|thb|บาท"),
    _meaning("notes", "text", r"^notes?$|^remarks?$|^comments?$|หมายเหตุ|ข้อเสนอแนะ"),
    _meaning("number", None, r"^(ลำดับ|ลำดับที่|no\.?|number)$"),
)  # fmt: skip


def meaning_of(*texts: str) -> Meaning | None:
    """The first meaning that any of these texts (a question's name, its labels) has."""
    for meaning in MEANINGS:
        if any(meaning.pattern.search(" ".join(text.split())) for text in texts):
            return meaning
    return None


def kind_of(title: str) -> Kind:
    """Whether a form of this title follows people up or registers them."""
    return "follow_up" if re.search(r"follow|ติดตาม|visit", title, re.IGNORECASE) else "registration"


def is_about_place(kind: str) -> bool:
    """Whether a type of question records where somebody is."""
    return kind in ("geopoint", "geotrace", "geoshape", "start-geopoint")
