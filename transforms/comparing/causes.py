"""Why people's rows differ between two versions: one cause a row, by rules that are stated in docs/compare.md."""

from dataclasses import dataclass

import dataframely as dy
import polars as pl

from transforms import tables
from transforms.comparing.submissions import PERSON, ROW, fates
from transforms.comparing.version import Cause, Version, differences, shapes_rows

TABLES = ("responses", "enrolments")
_FATE = ("relation", "by_hand", "was_aside", "is_aside", "other_source")


@dataclass(frozen=True)
class Switches:
    """The rows that differ: `table, participant, round, cause`; and the earlier rows as today's tables have them.

    Enrolments are compared person by person, as of the baseline.
    """

    rows: pl.DataFrame
    responses: pl.DataFrame
    enrolments: pl.DataFrame


def switches(before: Version, after: Version, taken: pl.Series) -> Switches:
    """Every row that differs and why. `taken`: people taken out for good, by their pseudonyms."""
    responses = _projected(before.responses, tables.responses(after.programme))
    enrolments = _projected(before.enrolments, tables.enrolments(after.programme))
    baseline = after.programme.baseline.id
    rows = pl.concat(
        [
            _differing(responses, after.responses).with_columns(table=pl.lit("responses")),
            _differing_people(enrolments, after.enrolments, baseline).with_columns(table=pl.lit("enrolments")),
        ]
    )
    known = _with_fates(rows, before, after, baseline, taken)
    return Switches(known.select("table", *ROW, cause=_cause(before, after)), responses, enrolments)


def _projected(rows: pl.DataFrame, schema: type[dy.Schema]) -> pl.DataFrame:
    """The rows with the columns that a table has now; null where they had none of that name and type."""
    wanted = schema.create_empty().schema
    columns = [
        pl.col(name).cast(dtype)
        if name in rows.columns and _alike(rows.schema[name], dtype)
        else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in wanted.items()
    ]
    return rows.select(columns)


def _alike(then: pl.DataType, now: pl.DataType) -> bool:
    return then == now or isinstance(now, pl.Enum)


def _differing(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """One row per person and round that are not the same in both: what is known of it then and now."""
    told = pl.col("answered") | pl.col("closed")
    then, now = (
        each.select(*ROW, "due", told=told).with_columns(content=each.select(sorted(each.columns)).hash_rows())
        for each in (before, after)
    )
    both = then.join(now, on=ROW, how="full", coalesce=True, suffix="_now")
    differ = both.filter(pl.col("content").ne_missing(pl.col("content_now"))).drop("content", "content_now")
    return differ.with_columns(pl.col("due", "told", "due_now", "told_now").fill_null(False))


def _differing_people(before: pl.DataFrame, after: pl.DataFrame, baseline: str) -> pl.DataFrame:
    """The same of enrolments, of which a person may have several."""
    then, now = (
        pl.DataFrame([each[PERSON], each.select(sorted(each.columns)).hash_rows().alias("content")])
        .group_by(PERSON)
        .agg(pl.col("content").sort())
        for each in (before, after)
    )
    both = then.join(now, on=PERSON, how="full", coalesce=True, suffix="_now")
    differ = both.filter(pl.col("content").ne_missing(pl.col("content_now")))
    states = {name: pl.lit(True) for name in ("due", "told", "due_now", "told_now")}
    return differ.select(PERSON, round=pl.lit(baseline), **states)


def _with_fates(rows: pl.DataFrame, before: Version, after: Version, baseline: str, taken: pl.Series) -> pl.DataFrame:
    """The rows with what became of the submissions behind them: the round's, the registration's, any other."""
    found = fates(before, after)
    of_baseline = found.filter(round=baseline).drop("round").rename({name: f"base_{name}" for name in _FATE})
    others = found.group_by(PERSON).agg(relations=pl.col("relation").unique())
    known = rows.join(found, on=ROW, how="left").join(of_baseline, on=PERSON, how="left")
    known = known.join(others, on=PERSON, how="left")
    flags = [name for name in known.columns if known.schema[name] == pl.Boolean]
    theirs = {
        "was_in": before.responses[PERSON],
        "is_in": after.responses[PERSON],
        "refused": before.refusals,
        "refuses": after.refusals,
        "taken": taken,
    }
    return known.with_columns(
        pl.col(flags).fill_null(False),
        pl.col("relation", "base_relation").fill_null("same"),
        **{name: pl.col(PERSON).is_in(people.unique().implode()) for name, people in theirs.items()},
    )


def _cause(before: Version, after: Version) -> pl.Expr:
    """The cause of a row of `_with_fates`; the first rule that holds."""
    declared = shapes_rows(differences(before.programme, after.programme))
    recast: Cause = "definition" if declared else "code" if before.code != after.code else "unexplained"
    mended: Cause = "corrections" if recast == "unexplained" else recast
    rounds = {each.id for each in before.programme.rounds} & {each.id for each in after.programme.rounds}
    new, left = ~pl.col("was_in"), ~pl.col("is_in")
    relation, base = pl.col("relation"), pl.col("base_relation")
    here, there = relation != "same", base != "same"
    answered_now = ~pl.col("told") & pl.col("told_now")
    rules: list[tuple[pl.Expr, Cause]] = [
        (left & pl.col("taken"), "taken_out"),
        (new & pl.col("refused"), "corrections"),
        (left & pl.col("refuses"), "deletions"),
        ((new | left) & pl.col("base_other_source"), "definition"),
        ((new | left) & pl.col("base_by_hand"), "corrections"),
        (new & pl.col("base_was_aside"), mended),
        (left & pl.col("base_is_aside"), mended),
        (new & there, "new_registrations"),
        (left & there, "deletions"),
        (new | left, recast),
        (~pl.col("round").is_in(list(rounds)), "definition"),
        (here & pl.col("other_source"), "definition"),
        (here & pl.col("by_hand"), "corrections"),
        ((relation == "came") & pl.col("was_aside"), mended),
        ((relation == "gone") & pl.col("is_aside"), mended),
        (here & answered_now & pl.col("due"), "late_answers"),
        (here & answered_now, "new_answers"),
        (here & ~pl.col("due") & pl.col("due_now"), "new_answers"),
        (relation == "gone", "deletions"),
        (here & (relation == base) & (base == "grown"), "new_registrations"),
        (here & (relation == base) & (base == "shrunk"), "deletions"),
        (here, "corrections"),
        (base == "grown", "new_registrations"),
        (base == "shrunk", "deletions"),
        (there, "corrections"),
        # What they answered at another round tells whose arm they are in, or that an answer cannot be right.
        (pl.col("relations").list.contains("came"), "new_answers"),
        (pl.col("relations").list.contains("gone"), "deletions"),
        (pl.col("relations").list.set_difference(["same"]).list.len() > 0, "corrections"),
    ]
    decided = pl.lit(recast)
    for holds, cause in reversed(rules):
        decided = pl.when(holds).then(pl.lit(cause)).otherwise(decided)
    return decided
