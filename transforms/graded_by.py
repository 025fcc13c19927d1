"""What each grade rests on: its start, every cap with what it read, the smallest effect meant, the sign's rule."""

from dataclasses import dataclass

import polars as pl

from transforms import tables
from transforms.grade import CAPS, LETTERS, Cap

READS: dict[str, tuple[tuple[str, float | None], ...]] = {
    "very_low_response": (("response", 0.3),),
    "few_clusters": (("fewest_clusters", 5.0), ("df", 4.0)),
    "half_response": (("response", 0.5),),
    "low_response": (("response", 0.8),),
    "attrition": (("attrition_overall", 0.57), ("attrition_differential", None)),
    "baseline_unknown": (("baseline_g", None),),
    "baseline_imbalance": (("baseline_g", 0.25),),
    "covariate_imbalance": (("covariate_g", 0.25),),
    "pre_trends": (("pre_trend_p", 0.05), ("pre_rounds", None)),
    "contamination": (("contamination", 0.1),),
    "by_attendance": (("moved", 0.0),),
    "unadjusted": (("baseline_g", 0.05), ("covariate_g", 0.05)),
    "uneven_weights": (("kish_deff", 3.0),),
    "small_arm": (("smallest_n", 30.0),),
    "some_attrition": (("attrition_differential", None), ("baseline_g", 0.05)),
}
"""What a cap reads and the limit it holds that against; null where the limit depends on something else.

How unlike the arms' losses may be depends on the overall loss. A cap that is not here reads a yes or no: itself.
"""


@dataclass(frozen=True)
class Graded:
    """What grading makes: the tables `estimates`, `grades` and `grade_caps`."""

    estimates: pl.DataFrame
    grades: pl.DataFrame
    grade_caps: pl.DataFrame


def graded(judged: pl.DataFrame, floor: int) -> Graded:
    """The three tables, of what `grade.judge` makes. `floor`: the fewest people a figure may rest on."""
    with_grade = judged.filter(pl.col("start").is_not_null())
    return Graded(
        estimates=tables.GradedEstimates.validate(judged.select(tables.GradedEstimates.column_names()), cast=True),
        grades=_grades(with_grade),
        grade_caps=_grade_caps(with_grade, floor),
    )


def _grades(judged: pl.DataFrame) -> pl.DataFrame:
    letters = pl.col("start").replace_strict(dict(enumerate(LETTERS)), return_dtype=pl.String)
    rows = judged.select("estimate", "letter", "cap", "smallest_meant", "rule", "sign", start=letters)
    return tables.Grades.validate(rows.select(tables.Grades.column_names()), cast=True)


def _grade_caps(judged: pl.DataFrame, floor: int) -> pl.DataFrame:
    parts = [
        judged.select(
            "estimate",
            cap=pl.lit(cap.code),
            reads=pl.lit(column),
            value=pl.col(column).cast(pl.Float64),
            limit=pl.lit(limit, dtype=pl.Float64),
            holds=pl.lit(cap.letter),
            bites=pl.col(cap.code),
        )
        for cap in CAPS
        for column, limit in _reads(cap, floor)
    ]
    return tables.GradeCaps.validate(pl.concat(parts, rechunk=False), cast=True)


def _reads(cap: Cap, floor: int) -> tuple[tuple[str, float | None], ...]:
    return (("smallest_n", float(floor)),) if cap.code == "floor" else READS.get(cap.code, ((cap.code, None),))
