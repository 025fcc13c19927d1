from transforms.link import link
from transforms.programme import Programme


def test_groups_have_words_in_both_languages_in_the_order_of_the_choices(registrations, follow_ups, programme):
    groups = link(registrations, follow_ups, programme).groups
    assert groups.select("by", "group", "position").rows() == [
        ("programme", "all", 0),
        ("sex", "female", 0),
        ("sex", "male", 1),
    ]


def test_provinces_take_their_names_from_geothai(registrations, follow_ups, declared):
    declared["forms"]["registration"]["questions"]["province"] = {
        "path": "province",
        "type": "province",
        "title": {"th": "จังหวัด", "en": "Province"},
        "profile": True,
    }
    declared["breakdowns"] = [{"by": "province", "kind": "area"}]
    located = registrations.with_columns(
        province=registrations["session"].replace({"s1": "85", "s2": "85", "s3": "86"})
    )
    groups = link(located, follow_ups, Programme.model_validate(declared)).groups.filter(by="province")
    assert groups.select("group", "title_th", "title_en").rows() == [
        ("85", "ระนอง", "Ranong"),
        ("86", "ชุมพร", "Chumphon"),
    ]


def test_yes_and_no_have_words(registrations, follow_ups, declared):
    question = {"path": "returning", "type": "boolean", "title": {"th": "เคยอบรม", "en": "Returning"}, "profile": True}
    declared["forms"]["registration"]["questions"]["returning"] = question
    declared["breakdowns"] = [{"by": "returning", "kind": "subgroup"}]
    asked = registrations.with_columns(returning=registrations["session"] == "s1")

    groups = link(asked, follow_ups, Programme.model_validate(declared)).groups.filter(by="returning")

    assert set(groups.select("group", "title_th", "title_en").rows()) == {
        ("true", "ใช่", "Yes"),
        ("false", "ไม่ใช่", "No"),
    }
