"""Puts a made-up programme together: people, answers, sheets, faults."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from transforms.programme import Form, Programme, Source
from transforms.synthetic import answers, faults, model, sheets
from transforms.synthetic.faults import PlantedSource
from transforms.synthetic.model import Spec
from transforms.synthetic.people import people


@dataclass(frozen=True)
class Planted:
    """What is known of one made-up programme: its faults by source and its counts."""

    sources: dict[str, PlantedSource]
    registered: int
    consented: int
    second_courses: int
    people_trained: int
    enterprises_supported: int
    not_answered: dict[str, int]
    closed: dict[str, int]


@dataclass(frozen=True)
class MadeUp:
    """The sheets as sent, by source: text columns named by the form's headings. And what is known of them."""

    sheets: dict[str, pl.DataFrame]
    planted: Planted


def make_up(programme: Programme, spec: Spec) -> MadeUp:
    """A community economy programme of the given size: the same spec gives the same sheets."""
    units, everybody = people(spec)
    drawn = answers.draw(units, spec)
    applications = answers.registrations(everybody, drawn, spec)
    form = programme.registration
    written, planted = faults.in_registrations(
        sheets.as_written(applications, form), everybody, _passed(applications), spec.seed, spec.faults
    )
    sent = {"registration_sheets": sheets.with_headings(written, form)}
    known = {"registration_sheets": planted}
    rounds: dict[str, pl.DataFrame] = {}
    for source, asked, name in _follow_ups(programme):
        rounds[name] = answers.follow_up(everybody, drawn, model.ROUNDS.index(name), spec)
        text = sheets.as_written(rounds[name], asked)
        text, known[source.id] = faults.in_follow_up(source.id, text, everybody, spec.seed, spec.faults)
        sent[source.id] = sheets.with_headings(text, asked)
    return MadeUp(sent, _planted(known, applications, rounds, spec))


def submissions(sheet: pl.DataFrame, source: str, pulled_at: datetime) -> pl.DataFrame:
    """A sheet in the shape in which the landing keeps submissions: for benchmarks that skip the files."""
    return sheet.select(
        pl.lit(source).alias("_source"),
        pl.lit("made-up").alias("_pull"),
        pl.lit(f"{source}.csv").alias("_file"),
        (pl.int_range(pl.len(), dtype=pl.Int64) + 2).alias("_row"),
        pl.lit(pulled_at).dt.cast_time_unit("us").alias("_pulled_at"),
        pl.all(),
    )


def _follow_ups(programme: Programme) -> Iterator[tuple[Source, Form, str]]:
    for source in programme.sources:
        if source.round is not None:
            yield source, programme.forms[source.form], source.round


def _passed(applications: pl.DataFrame) -> pl.Series:
    """Who attended at least four fifths of the hours."""
    return (applications["hours_attended"] >= 0.8 * applications["hours_required"]).fill_null(False)


def _planted(
    known: dict[str, PlantedSource], applications: pl.DataFrame, rounds: dict[str, pl.DataFrame], spec: Spec
) -> Planted:
    consented = applications.filter("consented")
    trained = consented.filter("trained")
    result = pl.col("contact_result")
    return Planted(
        sources=known,
        registered=applications.height,
        consented=consented.height,
        second_courses=faults.SECOND_COURSES if spec.faults else 0,
        people_trained=int((_passed(applications) & applications["consented"]).sum()),
        enterprises_supported=trained["enterprise_id"].count(),
        not_answered={name: frame.filter(result.is_in(list(model.REFUSALS))).height for name, frame in rounds.items()},
        closed={name: frame.filter(result == "closed_business").height for name, frame in rounds.items()},
    )
