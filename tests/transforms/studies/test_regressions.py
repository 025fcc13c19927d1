"""Specifications of regressions: what they choose, leave out, and tell."""

import numpy as np
import polars as pl
import pytest

from transforms.errors import UserError

HEAD = """
[columns]
unit = "unit"
round = "round"
cluster = "village"
"""


def close(value):
    return pytest.approx(value, rel=1e-8)


def terms(estimate: dict) -> dict[str, dict]:
    return {each["term"]: each for each in estimate["terms"]}


@pytest.fixture
def trial() -> pl.DataFrame:
    """Four arms in 40 villages over 3 rounds, with a true effect of 1, 2 and 0; texts, gaps, weights."""
    noise = np.random.default_rng(5)
    unit = np.repeat(np.arange(400), 3)
    village = unit // 10
    arm = np.array(["control", "cash", "course", "letter"])[village % 4]
    female = noise.random(400) < 0.5
    effect = np.array([0.0, 1.0, 2.0, 0.0])[village % 4] * (np.tile(np.arange(3), 400) > 0)
    y = noise.normal(size=400)[unit] + effect + 0.5 * noise.normal(size=40)[village] + noise.normal(size=1200)
    frame = pl.DataFrame(
        {
            "unit": unit,
            "round": np.tile(np.arange(3), 400),
            "village": village,
            "arm": arm,
            "female": female[unit].astype(int),
            "trade": np.array(["weaving", "dyeing", "baskets"])[unit % 3],
            "age": noise.integers(20, 60, 400)[unit],
            "w": noise.uniform(0.5, 2, 400)[unit],
            "y": y,
            "z": noise.normal(size=1200),
        }
    )
    unknown = pl.Series(noise.random(1200) < 0.1)
    return frame.with_columns(age=pl.when(~unknown).then("age"))


ARMS = """
[columns]
unit = "unit"
round = "round"
arm = "arm"
control = "control"
cluster = "village"
"""


def test_ancova_on_a_baseline_round_finds_the_effects_of_several_arms(estimate, trial):
    spec = ARMS + '[[estimates]]\nname = "a"\noutcomes = ["y"]\nbaseline_round = 0\nabsorb = ["round"]\n'
    found = estimate(trial, spec)[0]
    for name, true in {"arm=cash": 1, "arm=course": 2, "arm=letter": 0}.items():
        each = terms(found)[name]
        assert abs(each["value"] - true) < 3 * each["standard_error"]
        assert each["of_interest"]
        assert each["low"] < each["value"] < each["high"]
    assert not terms(found)["y before"]["of_interest"]
    assert found["rows"] == 800
    assert found["dropped"] == [{"why": "baseline", "column": "round", "rows": 400}]
    assert [(each["name"], each["rows"]) for each in found["arms"]] == [
        ("cash", 200), ("control", 200), ("course", 200), ("letter", 200)
    ]  # fmt: skip
    assert (found["units"], found["clusters"]) == (400, 40)


def test_a_baseline_of_several_rounds_is_their_mean(estimate, trial):
    head = ARMS + '[compute]\nbefore = "avg(case when round < 2 then y end) over (partition by unit)"\n'
    by_hand = '[[estimates]]\nname = "a"\noutcomes = ["y"]\nwhere = "round = 2"\nbaseline = "before"\n'
    by_field = '[[estimates]]\nname = "b"\noutcomes = ["y"]\nbaseline_round = [0, 1]\n'
    one, other = estimate(trial, head + by_hand + by_field)
    assert terms(one)["arm=cash"]["value"] == close(terms(other)["arm=cash"]["value"])
    assert terms(one)["before"]["value"] == close(terms(other)["y before"]["value"])


def test_difference_in_differences_of_a_whole_panel_is_the_difference_of_mean_changes(estimate, trial):
    rows = trial.filter((pl.col("round") < 2) & pl.col("arm").is_in(["cash", "control"]))
    spec = HEAD + (
        '[[estimates]]\nname = "a"\nmethod = "difference_in_differences"\noutcomes = ["y"]\n'
        'treated = "arm = \'cash\'"\npost = "round = 1"\n'
    )
    means = {(arm, at): y for arm, at, y in rows.group_by("arm", "round").agg(pl.col("y").mean()).iter_rows()}
    wanted = means["cash", 1] - means["cash", 0] - means["control", 1] + means["control", 0]
    within, pooled = (estimate(rows, spec + more)[0] for more in ("", "absorb = []\n"))
    assert terms(within)["treated x post"]["value"] == close(wanted)
    assert terms(pooled)["treated x post"]["value"] == close(wanted)
    assert within["left_out"] == []
    assert set(terms(pooled)) == {"constant", "treated", "post", "treated x post"}


def test_an_event_study_compares_every_round_with_the_one_of_reference(estimate, trial):
    rows = trial.filter(pl.col("arm").is_in(["cash", "control"]))
    spec = HEAD + (
        '[[estimates]]\nname = "a"\nmethod = "event_study"\noutcomes = ["y"]\nerrors = "cr1"\n'
        "treated = \"arm = 'cash'\"\nreference_round = 1\n"
    )
    found = estimate(rows, spec)[0]
    assert list(terms(found)) == ["treated x 0", "treated x 2"]
    test = found["tests"][0]
    assert (test["name"], test["terms"], test["df"], test["df_left"]) == ("before", ("treated x 0",), 1, 19)
    before = terms(found)["treated x 0"]
    assert test["statistic"] == close((before["value"] / before["standard_error"]) ** 2)
    assert test["p_value"] == close(before["p_value"])


def test_rounds_that_are_texts_have_the_declared_order(estimate, trial):
    rows = trial.filter(pl.col("arm").is_in(["cash", "control"])).with_columns(
        round=pl.col("round").replace_strict({0: "spring", 1: "summer", 2: "autumn"}, return_dtype=pl.String)
    )
    spec = (
        '[[estimates]]\nname = "a"\nmethod = "event_study"\noutcomes = ["y"]\nerrors = "cr1"\n'
        'treated = "arm = \'cash\'"\nreference_round = "summer"\n'
    )
    unordered = estimate(rows, HEAD + spec)[0]
    assert (list(terms(unordered)), unordered["tests"]) == (["treated x autumn", "treated x spring"], [])
    ordered = estimate(rows, HEAD + 'rounds = ["spring", "summer", "autumn"]\n' + spec)[0]
    assert list(terms(ordered)) == ["treated x spring", "treated x autumn"]
    assert ordered["tests"][0]["terms"] == ("treated x spring",)
    with pytest.raises(UserError, match=r"round holds autumn, which rounds in \[columns\] does not name"):
        estimate(rows, HEAD + 'rounds = ["spring", "summer"]\n' + spec)


def test_exposures_are_told_apart_from_one_another_and_ends_are_joined(estimate, awkward):
    rows = awkward.with_columns(entered=pl.when(pl.col("entered") < 99).then("entered"))
    spec = HEAD + (
        '[[estimates]]\nname = "a"\nmethod = "event_study"\noutcomes = ["y"]\n'
        'entered = "entered"\nexposures = [-2, 1]\n'
    )
    found = estimate(rows, spec)[0]
    assert list(terms(found)) == ["exposure -2", "exposure 0", "exposure 1"]


def test_a_subgroup_has_its_own_effect_as_a_combination(estimate, trial):
    rows = trial.filter((pl.col("round") == 2) & pl.col("arm").is_in(["cash", "control"]))
    one = '[[estimates]]\nname = "women"\noutcomes = ["y"]\nwhere = "female = 1"\nerrors = "hc2"\n'
    both = (
        '[[estimates]]\nname = "both"\noutcomes = ["y"]\ninteract = ["female"]\nerrors = "hc2"\n'
        'combinations = { women = { "arm=cash" = 1, "arm=cash x female" = 1 } }\n'
    )
    women, everyone = estimate(rows, ARMS + one + both)
    assert terms(everyone)["women"]["value"] == close(terms(women)["arm=cash"]["value"])
    assert terms(everyone)["women"]["standard_error"] == close(terms(women)["arm=cash"]["standard_error"])
    assert list(terms(everyone)) == ["constant", "arm=cash", "arm=cash x female", "female", "women"]


def test_unknown_covariates_are_dropped_or_told_by_a_column(estimate, trial):
    spec = ARMS + '[[estimates]]\nname = "a"\noutcomes = ["y"]\ncovariates = ["age", "trade"]\nwhere = "round = 1"\n'
    dropped, told = (estimate(trial, spec + f'missing_covariates = "{way}"\n')[0] for way in ("drop", "indicator"))
    unknown = trial.filter(pl.col("round") == 1)["age"].null_count()
    assert dropped["dropped"] == [{"why": "unknown", "column": "age", "rows": unknown}]
    assert dropped["rows"] + unknown == told["rows"] == 400
    assert {"age", "age unknown", "trade=dyeing", "trade=weaving"} < set(terms(told))


def test_collinear_columns_are_named_and_weights_tell_their_cost(estimate, trial):
    spec = ARMS.replace("[columns]", '[columns]\nweight = "w"') + (
        '[compute]\ntwice = "2 * z"\n'
        '[[estimates]]\nname = "a"\noutcomes = ["y"]\ncovariates = ["z", "twice"]\nwhere = "round = 1"\n'
    )
    found = estimate(trial, spec)[0]
    assert found["left_out"] == ["twice"]
    weights = trial.filter(pl.col("round") == 1)["w"]
    assert found["kish_deff"] == close(len(weights) * (weights**2).sum() / weights.sum() ** 2)


def test_a_family_is_corrected_over_its_outcomes(estimate, trial):
    spec = ARMS + (
        '[[estimates]]\nname = "a"\noutcomes = ["y", "z"]\nwhere = "round = 1"\nfamily = "all"\n'
        'q_values = "sharpened"\nfamily_of = "{}"\n'
    )
    whole, each = (estimate(trial, spec.format(of)) for of in ("all_terms", "each_term"))
    by_term = {(e["outcome"], t["term"]): t["q_value"] for e in each for t in e["terms"] if t["of_interest"]}
    from transforms.estimators.sharpened import sharpened

    p_values = [terms(e)["arm=letter"]["p_value"] for e in each]
    assert [by_term[outcome, "arm=letter"] for outcome in ("y", "z")] == sharpened(np.array(p_values)).tolist()
    p_values = [t["p_value"] for e in whole for t in e["terms"] if t["of_interest"]]
    q_values = [t["q_value"] for e in whole for t in e["terms"] if t["of_interest"]]
    assert q_values == sharpened(np.array(p_values)).tolist()


def test_a_joint_test_of_one_term_is_its_t_test(estimate, trial):
    spec = ARMS + (
        '[[estimates]]\nname = "a"\noutcomes = ["y"]\nwhere = "round = 1"\nerrors = "cr1"\n'
        'joint = { one = ["arm=cash"], all = ["arm=cash", "arm=course", "arm=letter"] }\n'
    )
    found = estimate(trial, spec)[0]
    one, everything = found["tests"]
    assert one["p_value"] == close(terms(found)["arm=cash"]["p_value"])
    assert (everything["df"], everything["df_left"]) == (3, 39)


@pytest.mark.parametrize("weight", ["", 'weight = "weight"'])
def test_poisson_with_absorbed_effects_is_that_of_fixest(estimate, awkward, expected, weight):
    spec = f'[columns]\nunit = "unit"\n{weight}\n' + "".join(
        f'[[estimates]]\nname = "{name}"\nmethod = "poisson"\noutcomes = ["count"]\nterms = ["treated", "x"]\n'
        f'absorb = ["unit", "round"]\nsingletons = "drop"\n{more}\n'
        for name, more in {
            "hc1": 'errors = "hc1"',
            "cr1 unit nonnested": 'errors = "cr1"',
            "cr1 unit full": 'errors = "cr1"\ncorrection = "all_effects"',
            "cr1 village nonnested": 'errors = "cr1"\ncluster = "village"',
            "cr1 enumerator nonnested": 'errors = "cr1"\ncluster = "enumerator"',
        }.items()
    )
    wanted = expected[f"poisson, {'weighted' if weight else 'plain'}, singleton"]
    for each in estimate(awkward, spec):
        assert each["rows"] == wanted["rows"]
        assert [t["value"] for t in each["terms"]] == close(wanted["slopes"])
        assert [t["standard_error"] for t in each["terms"]] == close(wanted[each["estimate"]])
        assert "only_zeros_in_group" in {dropped["why"] for dropped in each["dropped"]}


def test_poisson_without_effects_is_that_of_statsmodels(estimate, awkward, expected):
    spec = '[columns]\nunit = "unit"\ncluster = "village"\n' + "".join(
        f'[[estimates]]\nname = "{kind}"\nmethod = "poisson"\noutcomes = ["count"]\nterms = ["treated", "x"]\n'
        f'errors = "{kind}"\n'
        for kind in ("classical", "hc0", "cr0")
    )
    wanted = expected["poisson, no effects"]
    for each in estimate(awkward, spec):
        assert [t["value"] for t in each["terms"]][1:] == close(wanted["slopes"])
        assert [t["standard_error"] for t in each["terms"]][1:] == close(wanted[each["estimate"]])


def test_winsorised_and_standardised_columns_are_as_declared(estimate):
    table = pl.DataFrame({"y": [1.0, 2.0, 3.0, 100.0, None], "z": [0.0, 2.0, 4.0, 6.0, 8.0], "g": [0, 0, 1, 1, 1]})
    spec = (
        '[compute]\nw = { winsorise = "y", upper = 0.5 }\nv = { winsorise = "y", lower = 0.5, quantile = "averaged" }\n'
        's = { standardise = "z", reference = "g = 0" }\n'
        '[[estimates]]\nname = "m"\nmethod = "mean"\noutcomes = ["w", "v", "s"]\n'
    )
    values = [each["terms"][0]["value"] for each in estimate(table, spec)]
    # The median is 2.5: 1, 2, 2.5, 2.5 and 2.5, 2.5, 3, 100. z of group 0: mean 1, sd sqrt(2).
    assert values == close([2.0, 27.0, 3 / 2**0.5])


MISTAKES = {
    'outcomes = ["yy"]': "there is no column 'yy'. Names that come close: y",
    'outcomes = ["trade"]': "trade is no column of numbers: 1200 of its values are text, the first in row 1",
    'outcomes = ["y"]\ncontrol = "contol"': 'control = "contol" is no arm. control is one of .* cash, control',
    'outcomes = ["y"]\nwhere = "round = 9"': "where: no row is left",
    'outcomes = ["y"]\nwhere = "rond = 1"': "uses rond, which is no column. Names that come close: round",
    'outcomes = ["y"]\nwhere = "round +"': "is no SQL expression over the columns",
    'outcomes = ["y"]\nweight = "z"': "weights in z are negative",
    'outcomes = ["y"]\nbaseline_round = 7': "baseline_round = 7 is no value of round",
    'outcomes = ["y"]\nper = "z"': 'per goes with method = "ratio", not with "regression". Take per out',
    'outcomes = ["y"]\nerors = "cr1"': "estimates, number 1: unknown field 'erors'. Names that come close: errors",
    'outcomes = ["y"]\nerrors = "cr3"': 'errors = "cr3" is not allowed. Names that come close: .*cr1',
    'outcomes = ["y"]\njoint = { a = ["arm=cahs"] }': "there is no term 'arm=cahs'.* come close: arm=cash",
    'outcomes = ["y"]\nmethod = "poisson"': "y has values below 0; poisson takes none",
    'outcomes = ["y"]\nmethod = "poisson"\nerrors = "hc2"': "is not defined for poisson. Take cr1",
    'outcomes = ["y"]\nabsorb = ["unit", "round"]': "too few to tell|the effects determine every term",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_said_in_a_sentence(estimate, trial, mistake):
    with pytest.raises(UserError, match=MISTAKES[mistake]):
        estimate(trial, ARMS + '[[estimates]]\nname = "a"\n' + mistake)


def test_rows_without_a_cluster_are_left_out_and_told(estimate, trial):
    rows = trial.with_columns(village=pl.when(pl.col("village") > 3).then("village"))
    found = estimate(rows, ARMS + '[[estimates]]\nname = "a"\noutcomes = ["y"]\n')[0]
    assert found["dropped"] == [{"why": "unknown", "column": "village", "rows": 120}]


def test_no_answer_is_ever_shown(estimate, trial):
    rows = trial.with_columns(pl.lit("somebody's secret").alias("y"))
    with pytest.raises(UserError) as caught:
        estimate(rows, ARMS + '[[estimates]]\nname = "a"\noutcomes = ["y"]\n')
    assert "secret" not in str(caught.value)
