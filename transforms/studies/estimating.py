"""Runs a study: every specification and outcome, then the tests of each family together."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from transforms.estimators.multiple_testing import with_q_values
from transforms.estimators.sharpened import sharpened
from transforms.estimators.student import with_inference
from transforms.studies.adoptions import adoption
from transforms.studies.regressions import regression
from transforms.studies.result import Result, Term
from transforms.studies.sample import by_value
from transforms.studies.spec import REGRESSIONS, SURVEYS, Estimate, Study
from transforms.studies.surveys import survey
from transforms.studies.table import prepared

LARGE_DF = 1e9
"""Degrees of freedom at which Student's t is the normal distribution to every printed digit."""

Made = list[tuple[Estimate, Result]]


def results(table: pl.DataFrame, study: Study) -> tuple[Made, pl.DataFrame]:
    """Every specification with what came of it, and their terms.

    One row a term: `place` of its result, `term`, `value`, `standard_error`, `df` (null: normal), `low`, `high`,
    `p_value`, `q_value`, `smallest_detectable`, `of_interest`.
    """
    rows = prepared(table, study)
    made = [(asked, result) for asked in study.estimates for result in _results(rows, asked, study)]
    inferred = with_inference(_terms(made))
    return made, _with_q_values(inferred).with_columns(df=pl.when(pl.col("df") < LARGE_DF).then("df"))


def _results(rows: pl.DataFrame, asked: Estimate, study: Study) -> Iterator[Result]:
    for outcome in asked.outcomes:
        if asked.method in SURVEYS:
            yield from survey(rows, outcome, asked, study.columns)
        else:
            of_one = regression if asked.method in REGRESSIONS else adoption
            for domain, part in _parts(rows, asked.over):
                yield replace(of_one(part, outcome, asked, study.columns), domain=domain)


def _parts(rows: pl.DataFrame, over: str | None) -> Iterator[tuple[str | None, pl.DataFrame]]:
    """The rows of each value of a column; all of them without one."""
    if over is None:
        yield None, rows
        return
    for value, inside in by_value(rows, over):
        yield f"{over}={value}", rows.filter(inside)


def _terms(made: Made) -> pl.DataFrame:
    rows = [
        {
            "place": place,
            "term": term.name,
            "value": term.value,
            "standard_error": term.standard_error,
            "df": LARGE_DF if asked.distribution == "normal" else min(term.df, LARGE_DF),
            "of_interest": term.of_interest,
            "family": _family(asked, place, term),
            "q_values": asked.q_values,
        }
        for place, (asked, result) in enumerate(made)
        for term in result.terms
    ]
    schema = {"value": pl.Float64, "standard_error": pl.Float64, "df": pl.Float64}
    return pl.DataFrame(rows, schema_overrides=schema)


def _family(asked: Estimate, place: int, term: Term) -> str:
    """Which tests are corrected together: those of a declared family, else of the result; by term where asked for."""
    named = f"family {asked.family}" if asked.family else f"result {place}"
    return named if asked.family_of == "all_terms" else f"{named}, {term.name}"


def _with_q_values(terms: pl.DataFrame) -> pl.DataFrame:
    """The terms with the q-values of their families; null for what is not tested."""
    numbered = terms.with_row_index("row")
    tests = numbered.filter(pl.col("of_interest") & pl.col("p_value").is_not_null())
    usual = with_q_values(tests, ["family"]).select("row", "q_value")
    sharp = pl.concat(
        [
            usual.clear(),
            *(
                each.select("row", q_value=pl.Series(sharpened(each["p_value"].to_numpy())))
                for (kind, _), each in tests.group_by("q_values", "family", maintain_order=True)
                if kind == "sharpened"
            ),
        ]
    )
    wanted = pl.concat([sharp, usual.join(sharp, on="row", how="anti")])
    return numbered.join(wanted, on="row", how="left", maintain_order="left").drop("row")
