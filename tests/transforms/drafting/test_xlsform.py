import tomllib

import pytest

from transforms.drafting.writing import as_toml
from transforms.drafting.xlsform import draft
from transforms.programme import Form


def row(kind, name="", label="Words", **more):
    return {key: value for key, value in {"type": kind, "name": name, "label": label, **more}.items() if value}


def drafted(*survey, choices=(), **settings):
    text = as_toml(draft(survey, choices, settings, "form.xlsx"))
    [form] = tomllib.loads(text)["forms"].values()
    return Form.model_validate(form), text


def question(*survey, choices=(), label="Words"):
    form, text = drafted(*survey, choices=choices)
    [found] = form.questions.values()
    return found, text


@pytest.mark.parametrize(
    "heading", ["label::Thai (th)", "label::ไทย (th)", "label::Thai", "label:ไทย", "label::th", "Label::THAI"]
)
def test_the_languages_of_labels_are_known_however_they_are_spelled(heading):
    asked, text = question({"type": "text", "name": "a", heading: "ก", "label::English": "A", "label::Lao (lo)": "ກ"})
    assert (asked.title.th, asked.title.en) == ("ก", "A")
    assert "TODO: title" not in text.partition(".questions]")[2]


def test_a_label_without_a_language_is_in_that_of_its_letters():
    asked, text = question(row("integer", "a", "ยอด\nรวม"))
    assert (asked.title.th, asked.title.en) == ("ยอด รวม", "ยอด รวม")
    assert "TODO: title in English" in text


def test_what_a_choice_is_called_there_is_accepted_where_it_cannot_be_our_value():
    choices = [{"list_name": "l", "name": name, "label": name} for name in ("A", "a", "1", "a-b", "a")]
    asked, _ = question(row("select_one l", "x"), choices=choices)
    assert [(each.value, each.accepts) for each in asked.choices] == [
        ("a_2", ("A",)),
        ("a", ()),
        ("answer_1", ("1",)),
        ("a_b", ("a-b",)),
    ]


@pytest.mark.parametrize("names", [("yes", "no"), ("1", "0"), ("ใช่", "ไม่ใช่")])
def test_a_list_of_yes_and_no_is_a_boolean(names):
    choices = [{"list_name": "l", "name": name, "label": name} for name in names]
    assert question(row("select_one l", "x"), choices=choices)[0].type == "boolean"


def test_one_or_two_are_no_yes_and_no():
    choices = [{"list_name": "l", "name": name, "label": name} for name in ("1", "2")]
    assert question(row("select_one l", "x"), choices=choices)[0].type == "choice"


def test_a_list_that_is_not_in_the_workbook_leaves_a_text_and_says_so():
    asked, text = question(row("select_one_from_file villages.csv", "x"))
    assert asked.type == "text"
    assert "its list 'villages.csv' is not in the workbook" in text


@pytest.mark.parametrize("label", ["ยอดขายต่อวัน", "Price", "รายได้ (บาท)", "Amount in THB"])
def test_a_number_about_money_is_money(label):
    asked, _ = question(row("decimal", "x", label))
    assert (asked.type, asked.unit.en) == ("money", "THB")


def test_a_question_that_is_not_always_asked_is_not_required():
    form, _ = drafted(
        row("text", "a", required="yes"),
        row("text", "b", required="yes", relevant="${a} = '1'"),
        row("begin group", "g", relevant="${a} = '1'"),
        row("text", "c", required="true()"),
        row("end group"),
    )
    assert {name: each.required for name, each in form.questions.items()} == {"a": True, "b": False, "c": False}


def test_a_name_that_occurs_in_two_groups_is_told_apart_by_them():
    form, _ = drafted(
        row("begin_group", "one"), row("integer", "size"), row("end_group"),
        row("begin_group", "two"), row("integer", "size"), row("end_group"),
    )  # fmt: skip
    assert {name: each.path for name, each in form.questions.items()} == {"size": "one/size", "two_size": "two/size"}


def test_a_name_that_the_engine_uses_itself_is_changed():
    assert list(drafted(row("integer", "period"))[0].questions) == ["period_2"]


def test_other_constraints_are_kept_as_a_remark():
    asked, text = question(row("text", "code", constraint="regex(., '^P[0-9]{5}$')"))
    assert asked.minimum is None
    assert "in the form it is held to: regex(., '^P[0-9]{5}$')" in text


def test_without_a_participants_code_the_draft_says_what_to_do():
    _, text = drafted(row("integer", "a"))
    assert "TODO: no question was recognised as the participant's code" in text
    assert "key = []" in text


def test_the_title_tells_a_follow_up():
    assert drafted(row("integer", "a"), form_title="แบบติดตามผล 6 เดือน")[0].kind == "follow_up"


def test_notes_and_what_has_columns_of_its_own_are_left_out():
    form, text = drafted(row("note", "n"), row("begin_kobomatrix", "m"), row("end_kobomatrix"), row("calculate", "c"))
    assert form.questions == {}
    assert "m: kobomatrix has columns of its own" in text
    assert "c (calculate): computed in the form" in text
