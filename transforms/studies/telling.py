"""What a study found, as numbers and texts that JSON can hold. docs/estimate.md says what each key means."""

from dataclasses import asdict
from typing import Any

import polars as pl
import polars.selectors as cs

from transforms.estimators.student import DIGITS, LEVEL
from transforms.studies.estimating import Made
from transforms.studies.result import Result
from transforms.studies.spec import SURVEYS, Estimate, Study, cluster_of, errors_of, weight_of

NUMBERS = ("value", "standard_error", "df", "low", "high", "p_value", "q_value", "smallest_detectable")


def told(study: Study, made: Made, terms: pl.DataFrame) -> dict[str, Any]:
    """The study's title, and one entry per specification, outcome and domain in their order; unknown is None."""
    rounded = terms.with_columns(cs.float().round_sig_figs(DIGITS))
    by_place: dict[int, list[dict[str, Any]]] = {}
    for row in rounded.select("place", "term", "of_interest", *NUMBERS).to_dicts():
        by_place.setdefault(row.pop("place"), []).append(row)
    return {
        "title": study.title,
        "level": LEVEL,
        "estimates": [
            _told(study, asked, result, by_place.get(place, [])) for place, (asked, result) in enumerate(made)
        ],
    }


def _told(study: Study, asked: Estimate, result: Result, terms: list[dict[str, Any]]) -> dict[str, Any]:
    has_errors = asked.method not in (*SURVEYS, "staggered")
    return {
        "estimate": asked.name,
        "method": asked.method,
        "outcome": result.outcome,
        "domain": result.domain,
        "rows": result.rows,
        "units": result.units,
        "clusters": result.clusters,
        "errors": errors_of(asked) if has_errors else ("influence" if asked.method == "staggered" else "taylor"),
        "clustered_by": None if result.clusters is None else cluster_of(asked, study.columns),
        "weighted_by": weight_of(asked, study.columns),
        "kish_deff": _rounded(result.kish_deff),
        "dropped": [asdict(each) for each in result.dropped],
        "left_out": list(result.left_out),
        "r2": _rounded(result.r2),
        "r2_within": _rounded(result.within),
        "family": asked.family,
        "arms": [_plain(asdict(each)) for each in result.arms],
        "terms": terms,
        "tests": [_plain(asdict(each)) for each in result.tests],
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _rounded(value) if isinstance(value, float) else value for name, value in values.items()}


def _rounded(value: float | None) -> float | None:
    if value is None or value != value or value in (float("inf"), float("-inf")):
        return None
    return float(f"{value:.{DIGITS}g}")
