import pytest

from transforms.drafting.names import Names, name_for


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Study ID", "study_id"),
        ("householdSize", "household_size"),
        ("จังหวัด", "changhwad"),
        ("ข้อ ๑", "kho_1"),
        ("1", "question_1"),
        ("???", "question"),
        ("a" * 80, "a" * 50),
    ],
)
def test_any_text_becomes_a_name_of_lower_case_latin_letters(text, name):
    assert name_for(text) == name


def test_a_name_that_is_taken_gives_way_to_the_next_and_then_to_a_number():
    names = Names(["period"])
    assert [names.take("name", "person_name") for _ in range(4)] == [
        "name",
        "person_name",
        "person_name_2",
        "person_name_3",
    ]
    assert names.take("period") == "period_2"
