from datetime import date
from pathlib import Path

import pytest

from transforms.loading import load_programme
from transforms.programme import LANGUAGES, Programme

FOLDER = Path(__file__).parents[2] / "programmes" / "community_economy"
INDICATORS = [
    "people_trained",
    "enterprises_supported",
    "women_led",
    "women_founded",
    "completion_rate",
    "recommendation_score",
    "skill_in_use",
    "new_products",
    "local_motif",
    "business_practices",
    "digital_adoption",
    "access_to_finance",
    "finance_applied",
    "finance_approved",
    "finance_amount",
    "product_certified",
    "certificate_gained",
    "certificate_renewed",
    "certificate_lapsed",
    "system_certified",
    "formalised",
    "sales",
    "sales_year",
    "tourism_sales",
    "profit",
    "employment",
    "employment_adjusted",
    "employment_matched",
    "employment_by_round",
    "survival",
    "new_business",
    "size_class_transition",
    "local_sourcing",
    "recycled_input",
    "recycled_weight",
    "waste_avoided",
    "dye_and_effluent",
    "green_industry_level",
    "green_industry_raised",
    "income_change",
    "household_income",
    "women_men_gap",
    "bottom_40_gain",
    "income_gini",
    "cost_per_person_trained",
    "cost_per_adopter",
    "cost_per_job",
    "cost_per_sales_baht",
]


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(FOLDER)


def test_the_programme_declares_its_whole_catalogue(programme: Programme) -> None:
    assert list(programme.indicators) == INDICATORS


def test_every_indicator_is_told_in_both_languages(programme: Programme) -> None:
    for indicator in programme.indicators.values():
        for text in (indicator.title, indicator.meaning, indicator.unit):
            assert all(text.in_language(language) for language in LANGUAGES)
        assert any("\u0e00" <= letter <= "\u0e7f" for letter in indicator.title.th)
        assert indicator.meaning.en.endswith(".")


def test_the_summary_page_has_room_for_the_headlines(programme: Programme) -> None:
    headlines = [name for name, each in programme.indicators.items() if each.headline]

    assert 5 <= len(headlines) <= 8


def test_periods_are_thai_fiscal_years(programme: Programme) -> None:
    for period in programme.periods:
        assert period.start == date(period.end.year - 1, 10, 1)
        assert period.end == date(period.end.year, 9, 30)
        assert str(period.end.year + 543) in period.title.th


def test_names_and_numbers_of_people_stay_in_the_vault(programme: Programme) -> None:
    private = {
        "participant_id",
        "name_title",
        "first_name",
        "last_name",
        "national_id",
        "phone",
        "enterprise_id",
        "enterprise_name",
    }

    assert {name for name, each in programme.registration.questions.items() if each.identity} == private
    assert not private & set(programme.questions)


def test_both_forms_ask_about_the_business_in_the_same_words(programme: Programme) -> None:
    registration, follow_up = programme.registration.questions, programme.follow_ups[0].questions

    for name in set(registration) & set(follow_up):
        assert registration[name].model_copy(update={"date_order": "year_month_day"}) == follow_up[name].model_copy(
            update={"date_order": "year_month_day"}
        )


def test_every_page_will_say_that_the_data_are_made_up(programme: Programme) -> None:
    assert programme.synthetic


def test_the_retired_code_for_sales_is_not_used(programme: Programme) -> None:
    assert not any("FP5958" in code for each in programme.indicators.values() for code in each.codes)


def test_the_size_class_at_registration_is_a_group_of_every_round(programme: Programme) -> None:
    assert programme.size_rule is not None
    assert programme.size_rule.at_registration in programme.profile
    assert programme.size_rule.at_registration in {each.by for each in programme.breakdowns}
