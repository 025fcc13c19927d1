import json
import shutil
from pathlib import Path

import duckdb
import pytest

from flows.declared import programme_named, warehouse_of
from flows.explaining import explain, matching, written
from flows.results import results
from transforms.errors import UserError

NAME = "michigan_training"
WHOLE = "programme.all."
EFFECT = f"y1987_1989.average_salary.effect.y1989.both.{WHOLE}"
LEVEL = f"y1987_1989.average_salary.level.y1987.comparison.{WHOLE}"
CAPPED = f"y1987_1989.average_salary.effect.y1988.both.{WHOLE}"
"""Of firms that did not begin alike."""
COHORTS = f"y1987_1989.scrap_rate_by_cohort.effect.y1989.both.{WHOLE}treated"
TRACED = {
    "count": f"y1987_1989.firms_followed.count.y1987.all.{WHOLE}",
    "median": LEVEL,
    "change": f"y1987_1989.average_salary.change.y1988.comparison.{WHOLE}",
    "effect": EFFECT,
    "beside": f"{EFFECT}winsorised",
    "cohorts": COHORTS,
}


@pytest.fixture(autouse=True)
def installation(installation_with_warehouse, monkeypatch):
    for name, value in installation_with_warehouse.items():
        monkeypatch.setenv(name, value)
    return installation_with_warehouse


@pytest.fixture
def own(installation, tmp_path, monkeypatch):
    """A copy of the installation, to spoil."""
    for name, value in installation.items():
        folder = shutil.copytree(value, tmp_path / Path(value).name, symlinks=True)
        monkeypatch.setenv(name, str(folder))
    return tmp_path


def published(identity):
    return next(each for each in json.loads(results(NAME))["estimates"] if each["estimate"] == identity)


@pytest.mark.parametrize("identity", TRACED.values(), ids=TRACED)
def test_a_number_is_told_as_published_and_computed_anew(identity):
    told = explain(NAME, identity)

    assert told["recomputed"] == "the same"
    assert told["figures"]["value"] == published(identity)["value"]
    assert [len(each["sha256"]) for each in told["files"]] == [64, 64, 64]


def test_a_family_is_as_large_as_its_tests_are_many():
    tested = [each for each in json.loads(results(NAME))["estimates"] if each["q_value"] is not None]
    key = ("period", "quantity", "round", "arm", "by")
    effect = next(each for each in tested if each["estimate"] == EFFECT)
    indicators = programme_named(NAME).indicators
    family = indicators[effect["indicator"]].section
    alike = [
        each
        for each in tested
        if all(each[name] == effect[name] for name in key) and indicators[each["indicator"]].section == family
    ]

    assert explain(NAME, EFFECT)["family"] == {"name": "growth", "size": len(alike)}


def test_a_grade_is_told_with_its_start_and_every_cap_that_bites():
    told = explain(NAME, CAPPED)

    assert told["grade"]["start"] == "B"
    assert told["grade"]["letter"] == published(CAPPED)["letter"] == "C"
    assert told["grade"]["cap"] in {each["cap"] for each in told["caps"] if each["bites"]}


def test_the_rows_behind_a_level_are_as_many_as_its_n():
    question = explain(NAME, LEVEL)["rows_behind"]
    with warehouse_of(programme_named(NAME)).open() as reader:
        rows = reader.sql(question)

    level = published(LEVEL)
    assert rows.select("population", "with_a_value").rows() == [(level["population"], level["n"])]


def test_a_hidden_number_stays_hidden_but_is_computed_anew():
    hidden = next(each for each in json.loads(results(NAME))["estimates"] if each["visibility"] == "suppressed")

    told = explain(NAME, hidden["estimate"])

    assert told["visibility"].startswith("hidden")
    assert not {"figures", "rests_on", "caps"} & set(told)
    assert told["recomputed"] == "the same"


def test_both_formats_tell_the_same_facts():
    told = explain(NAME, LEVEL)

    assert json.loads(written(told, "json"))["sentence"] == told["sentence"]
    assert f"sentence: {told['sentence']}\n" in written(told, "text")


def test_a_misspelt_id_names_the_nearest():
    with pytest.raises(UserError, match=r"y1987_1989\.average_salary\.effect\.y1989"):
        explain(NAME, EFFECT.replace("salary", "salery"))


def test_ids_are_found_by_what_they_are_of():
    found = matching(NAME, {"indicator": "average_salary", "quantity": "effect", "round": "y1989", "by": "programme"})

    assert found == [EFFECT, *(f"{EFFECT}{term}" for term in ("positive", "survivors", "winsorised"))]


def test_a_filter_that_nothing_has_names_the_nearest():
    with pytest.raises(UserError, match=r"--quantity efect: no estimate has it\. Names that come close: effect"):
        matching(NAME, {"quantity": "efect"})


def test_a_number_that_its_answers_do_not_give_is_refused(own):
    current = (own / "state" / "warehouse" / NAME / "current").resolve()
    explain(NAME, LEVEL)
    with duckdb.connect(current) as connection:
        connection.execute("update responses set avgsal = avgsal * 2")

    with pytest.raises(UserError, match="it is NOT the same"):
        explain(NAME, LEVEL)


def test_a_programme_changed_since_asks_for_a_refresh(own):
    with (own / "programmes" / NAME / "indicators.toml").open("a", encoding="utf-8") as file:
        file.write("\n# another remark\n")

    with pytest.raises(UserError, match=r"have changed since .* Run: impact refresh michigan_training"):
        explain(NAME, LEVEL)
