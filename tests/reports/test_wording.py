import itertools
import re

import pytest

from reports.estimate import Estimate
from reports.numbers import Numbers
from reports.shapes import shape_of
from reports.wording import Claim, Voice, finding, shown
from reports.words import words_in

LETTERS = ("A", "B", "C", "D", "E")
SIGNS = ("+", "-", "(+)", "(-)", "0", "?", None)
VERBS = {
    "en": {
        "A": "caused",
        "B": "is estimated to have led to",
        "C": "is associated with",
        "D": "changed by",
        "E": "report",
    },
    "th": {
        "A": "โครงการทำให้",
        "B": "ประมาณได้ว่าโครงการส่งผลให้",
        "C": "มีความสัมพันธ์กับ",
        "D": "เปลี่ยนแปลง",
        "E": "ผู้ตอบรายงานว่า",
    },
}
NOT_ATTRIBUTED = {"en": "not attributed to the programme", "th": "ไม่ถือว่าเป็นผลของโครงการ"}
NOTHING = {
    "en": {
        "?": r"no (effect of the programme|change) detected \(it could be as large as \S+?\): "
        r"anything from \S+ to \S+ is compatible",
        "0": r"no meaningful change",
    },
    "th": {
        "?": r"ไม่พบ(ผลของโครงการ|การเปลี่ยนแปลง)ที่ชัดเจน \(อาจมีขนาดถึง.*\) ข้อมูลสอดคล้องกับ.*ตั้งแต่ร้อยละ \S+ ถึง",
        "0": r"ไม่มีการเปลี่ยนแปลงที่มีนัยในทางปฏิบัติ",
    },
}
NAMES = {
    "en": {"baseline": "Baseline", "round": "Month 12", "comparison": "Waiting list"},
    "th": {"baseline": "ก่อนอบรม", "round": "เดือนที่ 12", "comparison": "ผู้รออบรม"},
}


def estimate(**given) -> Estimate:
    known = dict.fromkeys(Estimate.__dataclass_fields__)
    known |= {"estimate": "x", "quantity": "effect", "n": 240, "n_comparison": 236, "visibility": "shown"}
    known |= {"value": 0.183, "low": 0.101, "high": 0.266, "p_value": 0.001, "smallest_detectable": 0.11}
    return Estimate(**(known | given))


def voice(language) -> Voice:
    words = words_in(language)
    return Voice(words, Numbers(words), floor=10, **NAMES[language])


def told(programme, language, name="sales", **given) -> str:
    indicator, one = programme.indicators[name], estimate(indicator=name, **given)
    shape = shape_of(indicator, one.quantity, programme)
    claim = Claim(one, indicator, shape, indicator.unit.in_language(language), indicator.target)
    return finding(claim, voice(language)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize(("letter", "sign", "quantity"), list(itertools.product(LETTERS, SIGNS, ("effect", "change"))))
def test_the_verb_is_the_letters_own_and_no_stronger(programme, language, letter, sign, quantity) -> None:
    value = -0.183 if sign in ("-", "(-)") else 0.183
    sentence = told(programme, language, letter=letter, sign=sign, quantity=quantity, value=value)
    certain = sign in ("+", "-", "(+)", "(-)")
    for other, verb in VERBS[language].items():
        if certain and other == letter:
            assert verb in sentence
        elif other in "ABC":
            assert verb not in sentence
    assert (NOT_ATTRIBUTED[language] in sentence) == (certain and letter == "D")
    if not certain:
        assert re.search(NOTHING[language]["0" if sign == "0" else "?"], sentence, re.IGNORECASE)
    assert "{" not in sentence


@pytest.mark.parametrize(
    ("given", "english"),
    [
        (
            {"letter": "A", "sign": "+"},
            "The programme caused a rise of 18.3% (95% interval 10.1 to 26.6%; n = 240 and 236).",
        ),
        (
            {"letter": "B", "sign": "(-)", "value": -0.183, "low": -0.3, "high": -0.01},
            "The programme is estimated to have led to a fall of 18.3%, a worsening (95% interval −30.0 to −1.0%; "
            "n = 240 and 236). This is weak evidence: it does not hold once the number of indicators looked at "
            "together is allowed for.",
        ),
        (
            {"letter": "B", "sign": "?", "value": 0.08, "low": -0.04, "high": 0.21},
            "No effect of the programme detected (it could be as large as +21.0%): anything from −4.0 to +21.0% "
            "is compatible with the data (95% interval; n = 240 and 236). Only 11.0% or more could have been detected.",
        ),
        (
            {"letter": "D", "sign": "+", "quantity": "change", "n_comparison": None},
            "From Baseline to Month 12 it changed by +18.3%, not attributed to the programme "
            "(95% interval 10.1 to 26.6%; n = 240).",
        ),
    ],
)
def test_english_findings_read_as_plain_sentences(programme, given, english) -> None:
    assert told(programme, "en", **given) == english


def test_thai_findings_read_as_plain_sentences(programme) -> None:
    assert (
        told(programme, "th", letter="A", sign="+")
        == "โครงการทำให้เพิ่มขึ้นร้อยละ 18.3 (ช่วงความเชื่อมั่นร้อยละ 95: ร้อยละ 10.1 ถึง 26.6; n = 240 และ 236)"
    )


@pytest.mark.parametrize(("value", "words"), [(-1.35, "a fall of 1.35 kg, an improvement"), (1.35, "a worsening")])
def test_where_less_is_better_a_fall_is_an_improvement(programme, value, words) -> None:
    sentence = told(programme, "en", name="waste", letter="A", sign="-", value=value)
    assert words in sentence


def test_a_logarithm_is_told_in_per_cent(programme) -> None:
    given = {"letter": "B", "sign": "-", "value": -0.42158951, "low": -0.84, "high": -0.003, "term": "treated_lag_1"}
    assert "a fall of 34.4%" in told(programme, "en", name="log_waste", **given)


def test_a_share_changes_by_percentage_points(programme) -> None:
    given = {"value": 0.084, "low": 0.04, "high": 0.12, "letter": "A", "sign": "+"}
    assert "a rise of 8.4 percentage points" in told(programme, "en", name="digital_adoption", **given)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Not shown: it rests on fewer than 10 answers, or would tell of a figure that does."),
        ("th", "ไม่แสดง เพราะมีคำตอบน้อยกว่า 10 ราย หรือหากแสดงจะทำให้คำนวณตัวเลขที่มีคำตอบน้อยกว่านั้นได้"),
    ],
)
def test_a_hidden_estimate_says_why_and_nothing_else(programme, language, words) -> None:
    hidden = {"letter": "X", "visibility": "suppressed", "value": None, "low": None, "high": None, "n": 4}
    assert told(programme, language, **hidden) == words


@pytest.mark.parametrize(
    ("visibility", "bound", "text"), [("top_coded", 0.9, "over 90%"), ("bottom_coded", 0.1, "under 10%")]
)
def test_a_coded_share_is_a_bound(programme, visibility, bound, text) -> None:
    coded = estimate(indicator="survival", quantity="level", visibility=visibility, bound=bound, value=None, n=40)
    assert shown(Claim(coded, programme.indicators["survival"], "percent", ""), voice("en")) == text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"visibility": "suppressed", "n": 4}, "not shown"),
        ({"visibility": "suppressed", "n": 4, "quantity": "count"}, "not shown"),
        ({"visibility": "suppressed", "n": 40}, "not shown"),
        ({"n": 0}, "no answers"),
        ({"n": 40}, "not estimable"),
    ],
)
def test_what_is_not_there_is_never_a_zero_or_a_blank(programme, given, text) -> None:
    claim = Claim(estimate(value=None, **given), programme.indicators["survival"], "percent", "")
    assert shown(claim, voice("en")) == text


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("quantity", ["effect", "change"])
def test_what_could_not_be_tested_is_not_called_undetected(programme, language, quantity) -> None:
    sentence = told(programme, language, quantity=quantity, letter="D", sign="?", p_value=None)
    assert {"th": "น้อยเกินกว่าจะทดสอบ", "en": "too few groups to test it"}[language] in sentence
    assert not re.search(NOTHING[language]["?"], sentence, re.IGNORECASE)
    bare = told(programme, language, quantity=quantity, letter="D", sign="?", p_value=None, low=None, high=None)
    assert "18.3" not in bare


def test_a_count_is_held_against_its_target(programme) -> None:
    given = {"quantity": "count", "value": 612.0, "n_comparison": None}
    assert told(programme, "en", name="people_trained", **given) == "612 people, 87% of the target of 700 people."


def test_thai_sets_a_space_on_both_sides_of_a_number_and_none_beside_a_word() -> None:
    words = words_in("th")
    assert words("quantity.change_of_arm", baseline="2530", arm="บริษัท") == "การเปลี่ยนแปลงจาก 2530 ของบริษัท"
    assert words("quantity.change_of_arm", baseline="ก่อนเข้าร่วม", arm="บริษัท") == "การเปลี่ยนแปลงจากก่อนเข้าร่วมของบริษัท"
