"""Every sentence that a letter and a sign can make of an effect or a change, word by word, in both languages."""

import itertools

import pytest

from tests.reports.test_wording import told

BASIS = {
    "en": "(95% interval {span}; {n})",
    "th": "(ช่วงความเชื่อมั่นร้อยละ 95: ร้อยละ {span}; {n})",
}
SPAN = {
    "en": {"rise": "10.1 to 26.6%", "fall": "−26.6 to −10.1%"},
    "th": {"rise": "10.1 ถึง 26.6", "fall": "−26.6 ถึง −10.1"},
}
N = {
    "en": {"effect": "n = 240 and 236", "change": "n = 240"},
    "th": {"effect": "n = 240 และ 236", "change": "n = 240"},
}
MOVED = {
    "en": {"rise": "a rise of 18.3%", "fall": "a fall of 18.3%, a worsening"},
    "th": {"rise": "เพิ่มขึ้นร้อยละ 18.3", "fall": "ลดลงร้อยละ 18.3 ซึ่งเป็นไปในทางที่แย่ลง"},
}
SIGNED = {
    "en": {"rise": "+18.3%", "fall": "−18.3%"},
    "th": {"rise": "ร้อยละ +18.3", "fall": "ร้อยละ −18.3"},
}
FOUND = {
    ("en", "effect"): {
        "A": "The programme caused {moved} {basis}.",
        "B": "The programme is estimated to have led to {moved} {basis}.",
        "C": "Taking part is associated with {moved} {basis}.",
        "D": "Compared with Waiting list, it changed by {signed}, not attributed to the programme {basis}.",
        "E": "Respondents report {moved}, compared with Waiting list {basis}.",
    },
    ("en", "change"): {
        "A": "The programme caused {moved} from Baseline to Month 12 {basis}.",
        "B": "The programme is estimated to have led to {moved} from Baseline to Month 12 {basis}.",
        "C": "Taking part is associated with {moved} from Baseline to Month 12 {basis}.",
        "D": "From Baseline to Month 12 it changed by {signed}, not attributed to the programme {basis}.",
        "E": "Respondents report {moved} from Baseline to Month 12 {basis}.",
    },
    ("th", "effect"): {
        "A": "โครงการทำให้{moved} {basis}",
        "B": "ประมาณได้ว่าโครงการส่งผลให้{moved} {basis}",
        "C": "การเข้าร่วมโครงการมีความสัมพันธ์กับการ{moved} {basis}",
        "D": "เมื่อเทียบกับผู้รออบรม เปลี่ยนแปลง{signed} โดยไม่ถือว่าเป็นผลของโครงการ {basis}",
        "E": "ผู้ตอบรายงานว่า{moved} เมื่อเทียบกับผู้รออบรม {basis}",
    },
    ("th", "change"): {
        "A": "โครงการทำให้{moved} เมื่อเทียบ เดือนที่ 12 กับก่อนอบรม {basis}",
        "B": "ประมาณได้ว่าโครงการส่งผลให้{moved} เมื่อเทียบ เดือนที่ 12 กับก่อนอบรม {basis}",
        "C": "การเข้าร่วมโครงการมีความสัมพันธ์กับการ{moved} เมื่อเทียบ เดือนที่ 12 กับก่อนอบรม {basis}",
        "D": "เมื่อเทียบ เดือนที่ 12 กับก่อนอบรม เปลี่ยนแปลง{signed} โดยไม่ถือว่าเป็นผลของโครงการ {basis}",
        "E": "ผู้ตอบรายงานว่า{moved} เมื่อเทียบ เดือนที่ 12 กับก่อนอบรม {basis}",
    },
}
WEAK = {
    "en": " This is weak evidence: it does not hold once the number of indicators looked at together is allowed for.",
    "th": " หลักฐานนี้ยังอ่อน เพราะไม่ผ่านเกณฑ์เมื่อคำนึงถึงจำนวนตัวชี้วัดที่พิจารณาพร้อมกัน",
}
OPEN = {
    ("en", "effect"): "No effect of the programme detected (it could be as large as +21.0%): anything "
    "from −4.0 to +21.0% is compatible with the data (95% interval; n = 240 and 236). "
    "Only 11.0% or more could have been detected.",
    (
        "en",
        "change",
    ): "From Baseline to Month 12 no change detected (it could be as large as +21.0%): "
    "anything from −4.0 to +21.0% is compatible with the data (95% interval; n = 240). "
    "Only 11.0% or more could have been detected.",
    ("th", "effect"): "ไม่พบผลของโครงการที่ชัดเจน (อาจมีขนาดถึงร้อยละ +21.0) ข้อมูลสอดคล้องกับผลตั้งแต่ร้อยละ −4.0 ถึง +21.0 "
    "(ช่วงความเชื่อมั่นร้อยละ 95; n = 240 และ 236) ข้อมูลชุดนี้ตรวจพบได้เฉพาะความแตกต่างตั้งแต่ร้อยละ 11.0 ขึ้นไป",
    ("th", "change"): "เมื่อเทียบ เดือนที่ 12 กับก่อนอบรม ไม่พบการเปลี่ยนแปลงที่ชัดเจน (อาจมีขนาดถึงร้อยละ +21.0) "
    "ข้อมูลสอดคล้องกับการเปลี่ยนแปลงตั้งแต่ร้อยละ −4.0 ถึง +21.0 (ช่วงความเชื่อมั่นร้อยละ 95; n = 240) "
    "ข้อมูลชุดนี้ตรวจพบได้เฉพาะความแตกต่างตั้งแต่ร้อยละ 11.0 ขึ้นไป",
}
NOTHING = {
    ("en", "effect"): "No meaningful change: any effect is smaller than what would matter "
    "(95% interval −1.0 to 2.0%; n = 240 and 236).",
    ("en", "change"): "From Baseline to Month 12 no meaningful change: it is smaller than what would matter "
    "(95% interval −1.0 to 2.0%; n = 240).",
    ("th", "effect"): "ไม่มีการเปลี่ยนแปลงที่มีนัยในทางปฏิบัติ หากมีผลก็น้อยกว่าระดับที่ถือว่าสำคัญ "
    "(ช่วงความเชื่อมั่นร้อยละ 95: ร้อยละ −1.0 ถึง 2.0; n = 240 และ 236)",
    ("th", "change"): "เมื่อเทียบ เดือนที่ 12 กับก่อนอบรม ไม่มีการเปลี่ยนแปลงที่มีนัยในทางปฏิบัติ เพราะน้อยกว่าระดับที่ถือว่าสำคัญ "
    "(ช่วงความเชื่อมั่นร้อยละ 95: ร้อยละ −1.0 ถึง 2.0; n = 240)",
}
FURTHEST = {"en": "(it could be as large as {}%)", "th": "(อาจมีขนาดถึงร้อยละ {})"}
LOGARITHMIC = "log_waste"
EVERY = list(itertools.product(("th", "en"), ("effect", "change"), "ABCDE"))


def sentence(programme, language, quantity, letter, sign, **figures):
    others = {} if quantity == "effect" else {"n_comparison": None}
    return told(programme, language, quantity=quantity, letter=letter, sign=sign, **others, **figures)


@pytest.mark.parametrize(("language", "quantity", "letter"), EVERY)
def test_what_was_found_is_said_with_the_verb_of_its_letter(programme, language, quantity, letter):
    figures = {
        "rise": {"value": 0.183, "low": 0.101, "high": 0.266},
        "fall": {"value": -0.183, "low": -0.266, "high": -0.101},
    }
    for sign, moved in {"+": "rise", "(+)": "rise", "-": "fall", "(-)": "fall"}.items():
        basis = BASIS[language].format(span=SPAN[language][moved], n=N[language][quantity])
        expected = FOUND[language, quantity][letter].format(
            moved=MOVED[language][moved], signed=SIGNED[language][moved], basis=basis
        )
        weak = WEAK[language] if sign.startswith("(") else ""
        assert sentence(programme, language, quantity, letter, sign, **figures[moved]) == expected + weak


@pytest.mark.parametrize(("language", "quantity", "letter"), EVERY)
def test_what_was_not_found_is_said_alike_under_every_letter(programme, language, quantity, letter):
    unclear = {"value": 0.08, "low": -0.04, "high": 0.21, "p_value": 0.2}
    nothing = {"value": 0.005, "low": -0.01, "high": 0.02, "p_value": 0.5}

    assert sentence(programme, language, quantity, letter, "?", **unclear) == OPEN[language, quantity]
    assert sentence(programme, language, quantity, letter, "0", **nothing) == NOTHING[language, quantity]


@pytest.mark.parametrize(("language", "quantity"), list(OPEN))
def test_how_large_it_could_be_is_the_far_end_as_a_reader_sees_it(programme, language, quantity):
    """Of logarithms, -0.50 is a fall of 39.3 % and 0.45 a rise of 56.8 %."""
    fall = {"value": -0.08, "low": -0.21, "high": 0.04, "p_value": 0.2}
    skewed = {"value": 0.0, "low": -0.50, "high": 0.45, "p_value": 0.9, "name": LOGARITHMIC}

    assert FURTHEST[language].format("−21.0") in sentence(programme, language, quantity, "A", "?", **fall)
    assert FURTHEST[language].format("+56.8") in sentence(programme, language, quantity, "A", "?", **skewed)
