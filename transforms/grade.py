"""Grades contrasts: a letter for what the design allows to be said, a sign for what the data say.

Counts and levels have neither. Nor have a model's nuisance terms and its replicate with classical errors: errors
clustered by the unit of treatment decide.

What became of the arms (`Comparability`) is known for the whole programme: likeness and pre-trends cap its effects,
contamination and arms that were changed those of every group.
"""

from typing import NamedTuple

import dataframely as dy
import polars as pl

from transforms import balance, tables
from transforms.asked_otherwise import changed_in
from transforms.bases import enough_groups, smallest_base
from transforms.programme import Design, DesignKind, Programme

LETTERS = ("A", "B", "C", "D", "E", "X")
START: dict[DesignKind, str] = {
    "randomised": "A",
    "waiting_list_lottery": "A",
    "difference_in_differences": "B",
    "not_yet_treated": "B",
    "matched": "C",
    "before_after": "D",
    "post_only": "E",
}
RANDOMISED: tuple[DesignKind, ...] = ("randomised", "waiting_list_lottery")

GRADED_TERMS = r"^(treated(_lag_\d+)?)?$"
"""A plain effect has no term; of a model's terms, the treatment and its lags are effects."""

POST_ONLY = r"post[_ -]only"
"""How the method of an effect without a baseline names itself."""


MAKES_UP = r"propensity_strata|post_stratified|raked"
"""Weights that make up for silence; a base weight does not."""


class Cap(NamedTuple):
    """A reason that keeps a letter from being better than `letter`."""

    code: str
    letter: str
    meaning: str


CAPS = (
    Cap("floor", "X", "Fewer people, in some arm, than a figure may rest on."),
    Cap("very_low_response", "E", "Under 30 % of those due answered the follow-up."),
    Cap("instrument", "D", "It was asked otherwise at this round than at the baseline."),
    Cap("few_clusters", "D", "Fewer than 5 clusters in some arm, or fewer than 4 degrees of freedom: no p-value."),
    Cap("half_response", "D", "Under half of those due answered the follow-up."),
    Cap("low_response", "D", "Under 80 % of those due answered the follow-up, and no weights make up for it."),
    Cap("attrition", "C", "The arms lost too many units, or too unequally."),
    Cap("baseline_unknown", "C", "Nothing shows that the arms were alike at the baseline."),
    Cap("baseline_imbalance", "C", "The arms differed at the baseline by more than 0.25 standard deviations."),
    Cap("covariate_imbalance", "C", "The arms differed in who they were by more than 0.25 standard deviations."),
    Cap("pre_trends", "C", "The arms were not on one path before anybody took part (joint p under 0.05)."),
    Cap("contamination", "C", "Over 10 % of the comparison arm took part all the same."),
    Cap("by_attendance", "C", "People are compared by what they did, not by the arm they were assigned to."),
    Cap("unadjusted", "C", "The arms differed at the baseline by over 0.05, and nothing makes up for it."),
    Cap("uneven_weights", "C", "The weights are so unequal that a third of the answers would say as much."),
    Cap("small_arm", "C", "Fewer than 30 units in some arm."),
    Cap("some_attrition", "B", "The arms lost units unequally, and did not start alike."),
)
"""Every reason, the worst letter first; of those that reach the final letter the first is named."""


NO_COMPARABILITY: pl.DataFrame = tables.Comparability.create_empty()


def grade(
    estimates: dy.DataFrame[tables.Estimates], programme: Programme, comparability: pl.DataFrame = NO_COMPARABILITY
) -> dy.DataFrame[tables.GradedEstimates]:
    """Every estimate with its letter, its sign and the cap that decided."""
    judged = judge(estimates, programme, comparability)
    return tables.GradedEstimates.validate(judged.select(tables.GradedEstimates.column_names()), cast=True)


def judge(
    estimates: dy.DataFrame[tables.Estimates], programme: Programme, comparability: pl.DataFrame = NO_COMPARABILITY
) -> pl.DataFrame:
    """The graded estimates with all that their grades rest on. Few clusters take a p-value away.

    Beside the columns of GradedEstimates: `start` and `final` (ranks in LETTERS), what the caps read, one true or false
    column a cap, `smallest_meant` (the smallest effect of interest used), `rule` (of the sign).
    """
    known = estimates.join(_declared(programme), on="indicator", how="left", maintain_order="left")
    known = balance.with_balance(known, programme)
    known = balance.with_comparability(known, comparability).with_columns(_quality(programme))
    final = pl.max_horizontal("start", *(_rank_of(cap) for cap in CAPS))
    return (
        known.with_columns(final=pl.when(pl.col("start").is_not_null()).then(final))
        .with_columns(
            letter=pl.col("final").replace_strict(dict(enumerate(LETTERS)), default=None, return_dtype=pl.String),
            cap=pl.coalesce(_decided_by(cap) for cap in CAPS),
            p_value=pl.when(~pl.col("few_clusters")).then("p_value"),
            q_value=pl.when(~pl.col("few_clusters")).then("q_value"),
        )
        .with_columns(smallest_meant=_smallest_meant(programme.design))
        .with_columns(rule=_rule())
        .with_columns(sign=_sign())
    )


def _declared(programme: Programme) -> pl.DataFrame:
    """What grading needs of each indicator's declaration."""
    return pl.DataFrame(
        [
            {
                "indicator": name,
                "statistic": each.statistic,
                "smallest_effect": each.smallest_effect,
                "changed_in": list(changed_in(each, programme)),
                "in_percent": each.statistic == "money" and each.change_as == "percent",
            }
            for name, each in programme.indicators.items()
        ],
        schema={
            "indicator": pl.String,
            "statistic": pl.String,
            "smallest_effect": pl.Float64,
            "changed_in": pl.List(pl.String),
            "in_percent": pl.Boolean,
        },
    )


def _quality(programme: Programme) -> list[pl.Expr]:
    """The rank on which a row starts (null: not graded), the smaller arm's sizes, one true or false column a cap."""
    effect = pl.col("quantity") == "effect"
    contrast = effect | (pl.col("quantity") == "change")
    compares = effect & pl.lit(programme.design.kind not in ("before_after", "post_only"))
    smallest_n = smallest_base()
    clusters = pl.min_horizontal(
        pl.coalesce("clusters", "n"), pl.when(effect).then(pl.coalesce("clusters_comparison", "n_comparison"))
    )
    g = pl.col("baseline_g").abs()
    needs_balance = compares
    if programme.design.kind in RANDOMISED:
        needs_balance = compares & (pl.col("attrition_level") != "low").fill_null(True)
    unadjusted = pl.col("method").str.contains(POST_ONLY)
    conditions = {
        "instrument": contrast & pl.col("changed_in").list.contains(pl.col("round")),
        "covariate_imbalance": needs_balance & (pl.col("covariate_g").abs() > 0.25),
        "pre_trends": compares & (pl.col("pre_rounds") > 1) & (pl.col("pre_trend_p") < 0.05),
        "contamination": compares & (pl.col("contamination") > 0.1),
        "by_attendance": compares & (pl.col("moved") > 0),
        "unadjusted": needs_balance & unadjusted & (pl.max_horizontal(g, pl.col("covariate_g").abs()) > 0.05),
        "floor": smallest_n < programme.disclosure.floor,
        "very_low_response": pl.col("response") < 0.3,
        "few_clusters": contrast & ((clusters < 5) | ~enough_groups()),
        "half_response": pl.col("response") < 0.5,
        "low_response": (pl.col("response") < 0.8) & ~_made_up_for(),
        "uneven_weights": pl.col("kish_deff") > 3,
        "attrition": compares & (pl.col("attrition_level") == "high"),
        "baseline_unknown": needs_balance & g.is_null(),
        # Up to 0.25 the difference in differences makes up for it: every effect with a baseline is one.
        "baseline_imbalance": needs_balance & (g > 0.25),
        "small_arm": compares & (smallest_n < 30),
        "some_attrition": compares & (pl.col("attrition_level") == "between") & (g > 0.05).fill_null(True),
    }
    start = pl.when(effect).then(_start_of_effect(programme.design)).otherwise(_start_of_change(programme.design))
    graded = contrast & pl.col("term").str.contains(GRADED_TERMS)
    return [
        pl.when(graded).then(start).alias("start"),
        smallest_n.alias("smallest_n"),
        clusters.alias("fewest_clusters"),
        *(condition.fill_null(False).alias(code) for code, condition in conditions.items()),
    ]


def _made_up_for() -> pl.Expr:
    """Whether weights make up for those who did not answer. With them there is a table of who that was."""
    return pl.col("weights").str.contains(MAKES_UP)


def _start_of_change(design: Design) -> pl.Expr:
    """A change within an arm is a paired before/after, whatever the design."""
    return _rank("E" if design.kind == "post_only" else "D")


def _start_of_effect(design: Design) -> pl.Expr:
    """The design's letter; without a baseline only chance, or matching, still makes the arms comparable."""
    letter = START[design.kind]
    without_baseline = letter if design.kind in (*RANDOMISED, "matched") else "E"
    post_only = pl.col("method").str.contains(POST_ONLY)
    matched = pl.col("method").str.starts_with("matched")
    return (
        pl.when(matched)
        .then(_rank(START["matched"]))
        .when(post_only)
        .then(_rank(without_baseline))
        .otherwise(_rank(letter))
    )


def _rank(letter: str) -> pl.Expr:
    return pl.lit(LETTERS.index(letter), dtype=pl.Int8)


def _rank_of(cap: Cap) -> pl.Expr:
    return pl.when(pl.col(cap.code)).then(_rank(cap.letter))


def _decided_by(cap: Cap) -> pl.Expr:
    decides = pl.col(cap.code) & (pl.col("final") == _rank(cap.letter)) & (pl.col("final") > pl.col("start"))
    return pl.when(decides).then(pl.lit(cap.code))


def _smallest_meant(design: Design) -> pl.Expr:
    """The smallest effect of interest: as declared, else a part of the baseline's standard deviation; null: neither."""
    by_sd = design.smallest_effect_sd * pl.col("baseline_sd")
    return pl.coalesce("smallest_effect", pl.when(~pl.col("in_percent")).then(by_sd))


def _rule() -> pl.Expr:
    """The first that holds of: not shown, nothing that matters, found in its family, found alone, open."""
    smallest = pl.col("smallest_meant")
    negligible = enough_groups() & (pl.col("low") >= -smallest) & (pl.col("high") <= smallest)
    excludes_zero = (pl.col("low") > 0) | (pl.col("high") < 0)
    return (
        pl.when(pl.col("final").is_null())
        .then(None)
        .when(pl.col("final") == _rank("X"))
        .then(pl.lit("not_shown"))
        .when(negligible)
        .then(pl.lit("negligible"))
        .when(excludes_zero & (pl.col("q_value") <= 0.05))
        .then(pl.lit("found_in_family"))
        .when(pl.col("p_value") <= 0.05)
        .then(pl.lit("found_alone"))
        .otherwise(pl.lit("open"))
    )


def _sign() -> pl.Expr:
    """What the rule that held is written as, with the direction where there is one."""
    rises = pl.col("value") > 0
    direction = pl.when(rises).then(pl.lit("+")).otherwise(pl.lit("-"))
    return (
        pl.when(pl.col("rule") == "negligible")
        .then(pl.lit("0"))
        .when(pl.col("rule") == "found_in_family")
        .then(direction)
        .when(pl.col("rule") == "found_alone")
        .then(pl.format("({})", direction))
        .when(pl.col("rule") == "open")
        .then(pl.lit("?"))
    )
