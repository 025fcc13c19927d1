"""How likely it is that two records are of one person: Fellegi and Sunter's model, by splink on DuckDB, in memory.

The parameters are fixed and stand here, not trained: a programme has a few hundred unmatched people, too few to learn
from, and the same input must always give the same links. `m` is how often a comparison comes out so for one person's
two records, `u` for two people's; where a name is common or rare among these very people, its frequency takes the place
of `u`. Nothing is written to a disk and nothing is logged: the records are names.
"""

import logging
from typing import Any

import duckdb
import polars as pl

from transforms.linkable import AREAS, COMPARED

SIMILAR = 0.88
"""The Jaro-Winkler similarity from which on two spellings may be one name."""

BLOCKS = (
    ("first_key", "last_key"),
    ("first_key", "birth_year"),
    ("last_key", "birth_year"),
    ("phone",),
    ("first_key", "area_2"),
    ("last_key", "area_2"),
)
"""Only records that agree on all of one of these are compared."""

TWICE = 0.1
"""So large a share of the people known may have registered before under another id."""

LEAST = 0.01
"""Less likely pairs are of no interest to anybody."""


def scores(known: pl.DataFrame, asked: pl.DataFrame | None = None) -> pl.DataFrame:
    """The pairs (left, right, probability, backed, named) of `asked` and `known`, or within `known`: one row a pair.

    Both frames have a `row` and the columns of `linkable.COMPARED`. `backed`: the first name agrees, and the year
    of birth or the telephone, and no title tells another sex. `named`: the first name is the same, at least by sound.
    """
    from splink import DuckDBAPI, Linker  # heavy, and needed only where somebody is unmatched

    logging.getLogger("splink").setLevel(logging.CRITICAL)
    frames = [known] if asked is None else [known, asked]
    with duckdb.connect(":memory:", config={"temp_directory": ""}) as connection:
        connection.execute("set enable_progress_bar = false")
        database = DuckDBAPI(connection)
        tables = [
            database.register(frame.select("row", *COMPARED).to_arrow(), dataset_display_name=name)
            for name, frame in zip(("a_known", "b_asked"), frames, strict=False)
        ]
        linker = Linker(tables, _settings(known, within=asked is None), log_level=None)
        found: pl.DataFrame = linker.inference.predict(threshold_match_probability=LEAST).as_duckdbpyrelation().pl()
    likely = found.select(
        left="row_l",
        right="row_r",
        probability=pl.col("match_probability").round(6),
        backed=_agrees_on("first") & (_agrees_on("birth_year") | _agrees_on("phone")) & (pl.col("mw_sex") >= 0),
        named=pl.col("mw_first") > 3,  # not merely similar: brothers and sisters often are
    )
    return likely.sort("left", "right")


def _agrees_on(comparison: str) -> pl.Expr:
    return pl.col(f"mw_{comparison}") > 0


def _settings(known: pl.DataFrame, within: bool) -> dict[str, Any]:
    """A record asked about has about one partner among the people known; of these, few have registered twice."""
    return {
        "link_type": "dedupe_only" if within else "link_only",
        "unique_id_column_name": "row",
        "probability_two_random_records_match": (TWICE if within else 1) / max(known.height, 2),
        "blocking_rules_to_generate_predictions": [_block(columns) for columns in BLOCKS],
        "comparisons": [
            _name("first", 0.72, 0.17, 0.09),
            _name("last", 0.62, 0.15, 0.08),  # who marries may take another
            _sex(),
            _year(),
            _phone(max(known.height, 1)),
            _area(known),
        ],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
    }


def _block(columns: tuple[str, ...]) -> dict[str, str]:
    return {"blocking_rule": " and ".join(f"l.{each} = r.{each}" for each in columns), "sql_dialect": "duckdb"}


def _level(condition: str, m: float, u: float, frequency_of: str | None = None) -> dict[str, Any]:
    level: dict[str, Any] = {"sql_condition": condition, "label_for_charts": condition, "m_probability": m}
    level["u_probability"] = u
    return level | ({"tf_adjustment_column": frequency_of, "tf_adjustment_weight": 1.0} if frequency_of else {})


def _nothing_said(condition: str) -> dict[str, Any]:
    return {"sql_condition": condition, "label_for_charts": "not said", "is_null_level": True}


def _comparison(name: str, levels: list[dict[str, Any]]) -> dict[str, Any]:
    return {"output_column_name": name, "comparison_description": name, "comparison_levels": levels}


def _name(part: str, same: float, sounds: float, similar: float) -> dict[str, Any]:
    """The same name; the same by sound, as in two scripts; a similar one, as with a slip; another."""
    near = " or ".join(f"jaro_winkler_similarity({each}_l, {each}_r) >= {SIMILAR}" for each in (part, f"{part}_key"))
    return _comparison(
        part,
        [
            _nothing_said(f"{part}_key_l is null or {part}_key_r is null"),
            _level(f"{part}_l = {part}_r", same, 0.005, part),
            _level(f"{part}_key_l = {part}_key_r", sounds, 0.01, f"{part}_key"),
            _level(near, similar, 0.02),
            _level("ELSE", 1 - same - sounds - similar, 0.965),
        ],
    )


def _sex() -> dict[str, Any]:
    return _comparison(
        "sex",
        [
            _nothing_said("sex_l is null or sex_r is null"),
            _level("sex_l = sex_r", 0.99, 0.52),
            _level("ELSE", 0.01, 0.48),
        ],
    )


def _year() -> dict[str, Any]:
    return _comparison(
        "birth_year",
        [
            _nothing_said("birth_year_l is null or birth_year_r is null"),
            _level("birth_year_l = birth_year_r", 0.9, 0.025),
            _level("abs(birth_year_l - birth_year_r) <= 1", 0.06, 0.05),
            _level("ELSE", 0.04, 0.925),
        ],
    )


def _phone(people: int) -> dict[str, Any]:
    """About a third of people share a telephone with one other."""
    shared = min(max(0.3 / people, 0.00001), 0.01)
    return _comparison(
        "phone",
        [
            _nothing_said("phone_l is null or phone_r is null"),
            _level("phone_l = phone_r", 0.7, shared),
            _level("ELSE", 0.3, 0.999),
        ],
    )


def _area(known: pl.DataFrame) -> dict[str, Any]:
    """The smallest area that both name, and whether it agrees; how many share it is counted among those known."""
    large, middle, small = AREAS
    nothing = " and ".join(f"({each}_l is null or {each}_r is null)" for each in AREAS)
    return _comparison(
        "area",
        [
            _nothing_said(nothing),
            _level(_agrees(small), 0.8, _shared(known[small])),
            _level(f"{_agrees(middle)} and {_unsaid(small)}", 0.9, _shared(known[middle])),
            _level(_agrees(middle), 0.1, _shared(known[middle])),
            _level(f"{_agrees(large)} and {_unsaid(middle)}", 0.95, _shared(known[large])),
            _level(_agrees(large), 0.06, _shared(known[large])),
            _level("ELSE", 0.04, 0.9),
        ],
    )


def _agrees(area: str) -> str:
    return f"{area}_l = {area}_r"


def _unsaid(area: str) -> str:
    return f"({area}_l is null or {area}_r is null)"


def _shared(areas: pl.Series) -> float:
    """How often two people drawn from those known name the same area."""
    counts = areas.drop_nulls().value_counts()["count"].to_numpy().astype(float)
    together = float((counts**2).sum() / max(counts.sum() ** 2, 1.0))
    return min(max(together, 0.001), 0.9)
