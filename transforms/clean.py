"""Submissions as received to typed rows, or to a line that says why not. Nothing is lost, no answer is quoted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from transforms import tables
from transforms.corrections import DROPPED, Correction, Reading, corrected
from transforms.errors import SourceError
from transforms.normalise import Normalised, normalise, rules_for
from transforms.programme import FileDrop, Form, Programme, Question, Source
from transforms.refusals import Finding, positions, refusals
from transforms.repeats import combined
from transforms.submissions import (
    FLAW,
    KEY,
    RECEIVED,
    SAID,
    SUBMITTED,
    Chosen,
    by_question,
    newest_revisions,
    reference,
    that_count,
)

WHOLE_ROW = ""
"""The field of a reason that lies in the row itself, not in one question."""

MOJIBAKE_SHARE = 0.01
"""Above this share of submissions, wrongly decoded text means a wrongly decoded file."""


@dataclass(frozen=True)
class Cleaned:
    """What cleaning makes of one source.

    `accepted` holds where each row came from and one typed column a question, by our names. `rejects`, `warnings`
    and `balance` (one row) are the tables of those names; `corrections` the outcomes of those made by hand.
    """

    accepted: pl.DataFrame
    rejects: pl.DataFrame
    warnings: pl.DataFrame
    balance: pl.DataFrame
    corrections: pl.DataFrame


def clean_submissions(
    submissions: pl.DataFrame,
    form: Form,
    source: Source,
    programme: Programme,
    today: date | None = None,
    corrections: Sequence[Correction] = (),
) -> Cleaned:
    """One source's submissions, cleaned.

    A date after `today` is wrong, save by a day for a wrong clock; by default today is the day of the last pull in
    the programme's time zone, so that the same landing always gives the same result. Raises SourceError where the
    answers show that a whole file was read wrongly: `date_order`, `mojibake`.
    """
    day = today or _last_pull(submissions, programme.time_zone)
    said_now = newest_revisions(by_question(submissions, form))
    by_hand = corrected(said_now.submissions, corrections, source.id, Reading(form, day, programme.time_zone))
    said_now = said_now.then(Chosen(by_hand.submissions, 0, by_hand.superseded, 0))
    asked = said_now.submissions
    key = _read(asked, {name: form.questions[name] for name in form.key}, day, programme.time_zone)
    replaces = isinstance(source, FileDrop) and source.mode == "replace"
    chosen = said_now.then(that_count(asked, _frame(key), replaces))
    flawed = chosen.submissions.filter(pl.col(FLAW).is_not_null())
    whole = chosen.submissions if flawed.is_empty() else chosen.submissions.filter(pl.col(FLAW).is_null())
    read = _read(whole, form.questions, day, programme.time_zone)
    _check_reading(read, whole, source, form)
    refused = refusals(read, form, programme.periods, programme.may_lack_id(form))
    refused_rows = positions(refused)
    typed = whole.select(*RECEIVED, KEY, SUBMITTED, SAID).hstack(_frame(read))
    dropped = by_hand.dropped.with_columns(pl.lit(DROPPED).alias(FLAW))
    rejects = pl.concat([_flaws(flawed), _flaws(dropped), *(_reject_rows(each, whole) for each in refused)])
    return Cleaned(
        accepted=typed.filter(~_marked(refused_rows, whole.height)) if len(refused_rows) else typed,
        rejects=tables.Rejects.validate(rejects.sort("file", "row", "field", "rule"), cast=True),
        warnings=_warnings(read, refused_rows, chosen, source),
        balance=_balance(submissions.height, len(refused_rows) + flawed.height, dropped.height, chosen, source),
        corrections=by_hand.outcomes.select(pl.lit(source.id).alias("source"), "number", "holds"),
    )


def _last_pull(submissions: pl.DataFrame, zone: str) -> date:
    last = submissions.select(pl.col("_pulled_at").max().dt.convert_time_zone(zone).dt.date()).item()
    return last if isinstance(last, date) else date.min


def _read(asked: pl.DataFrame, questions: Mapping[str, Question], today: date, zone: str) -> dict[str, Normalised]:
    """Every question's typed column, in the form's order."""
    rules = {name: rules_for(question, today, zone) for name, question in questions.items()}
    within = {name: area for name, each in questions.items() if (area := each.within) in questions and area}
    single = {name: each for name, each in rules.items() if questions[name].combine is None}
    coded = _missing_codes(asked, {name: questions[name] for name in single})
    said = asked.with_columns(pl.when(~codes).then(pl.col(name)).alias(name) for name, codes in coded.items())
    read = normalise(said, single, within)
    read |= {name: read[name].noting("missing_code", codes.arg_true()) for name, codes in coded.items()}
    repeated = rules.keys() - single.keys()
    read |= {name: combined(asked[name], questions[name], rules[name]) for name in repeated}
    return {name: read[name] for name in questions}


def _missing_codes(asked: pl.DataFrame, questions: Mapping[str, Question]) -> dict[str, pl.Series]:
    """Which answers are declared to stand for none, by question."""
    codes = {name: question.missing for name, question in questions.items() if question.missing}
    return {name: asked[name].str.strip_chars().is_in(each).fill_null(False) for name, each in codes.items()}


def _frame(read: Mapping[str, Normalised]) -> pl.DataFrame:
    return pl.DataFrame([each.values.alias(name) for name, each in read.items()])


def _check_reading(read: Mapping[str, Normalised], whole: pl.DataFrame, source: Source, form: Form) -> None:
    """Stops where the answers show that the file, not a person, is at fault."""
    for name, each in read.items():
        other_order = each.refused.get("date_order")
        if other_order is not None:
            raise SourceError(
                "date_order",
                f"source '{source.id}': {len(other_order)} answers to '{name}' are dates only in another order than "
                f"{form.questions[name].date_order}; the first is {_place(whole, other_order)}. "
                "Set the question's date_order in forms.toml (day_month_year or month_day_year), or mend those dates.",
            )
    garbled = positions(
        Finding(name, "mojibake", each.refused["mojibake"]) for name, each in read.items() if "mojibake" in each.refused
    )
    if len(garbled) > max(1, MOJIBAKE_SHARE * whole.height):
        raise SourceError(
            "mojibake",
            f"source '{source.id}': the Thai letters of {len(garbled)} submissions were read in a wrong encoding "
            f"before they came here; the first is {_place(whole, garbled)}. Export the file again as UTF-8.",
        )


def _place(whole: pl.DataFrame, rows: pl.Series) -> str:
    first = whole.row(rows[0], named=True)
    return f"row {first['_row']} of file '{first['_file']}'"


def _marked(rows: pl.Series, height: int) -> pl.Series:
    """True at the positions given."""
    return pl.repeat(False, height, dtype=pl.Boolean, eager=True).scatter(rows, True)


def _reject_rows(finding: Finding, whole: pl.DataFrame) -> pl.DataFrame:
    return whole[finding.rows].select(
        reference(),
        source="_source",
        file="_file",
        row="_row",
        field=pl.lit(finding.field),
        rule=pl.lit(finding.rule),
    )


def _flaws(flawed: pl.DataFrame) -> pl.DataFrame:
    """The rows that the pull could not take apart into cells, or that a person set aside."""
    return flawed.select(reference(), source="_source", file="_file", row="_row", field=pl.lit(WHOLE_ROW), rule=FLAW)


def _warnings(read: Mapping[str, Normalised], refused_rows: pl.Series, chosen: Chosen, source: Source) -> pl.DataFrame:
    """How many accepted rows each warning is about; and how many submissions a later one has changed."""
    refused = refused_rows.implode()
    counts = [
        (source.id, name, rule, int((~rows.is_in(refused)).sum()))
        for name, each in read.items()
        for rule, rows in each.noted.items()
    ]
    changed = (source.id, WHOLE_ROW, "changed_submission", chosen.superseded)
    rows = [row for row in (*counts, changed) if row[3]]
    schema = tables.Warnings.create_empty().schema
    return tables.Warnings.validate(pl.DataFrame(rows, schema=schema, orient="row").sort("field", "rule"), cast=True)


def _balance(landed: int, rejected: int, dropped: int, chosen: Chosen, source: Source) -> pl.DataFrame:
    row = {
        "source": source.id,
        "form": source.form,
        "landed": landed,
        "accepted": chosen.submissions.height - rejected,
        "rejected": rejected + dropped,
        "duplicates": chosen.duplicates,
        "superseded": chosen.superseded,
        "deleted": chosen.deleted,
    }
    return tables.Balance.validate(pl.DataFrame([row], schema=tables.Balance.create_empty().schema), cast=True)
