"""Thirty nights through the real way: files, warehouse, release; and what naive reports would have shown."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from flows.declared import programme_named, warehouse_of
from flows.erasing import erase
from flows.publishable import Night, night, shown
from flows.pull import pull
from flows.refresh import refresh
from flows.results import results
from tests.attack.village import Person, Village, change, drop, first_night
from transforms import tables
from transforms.disclosure.contributions import places
from transforms.disclosure.primary import disclose
from transforms.disclosure.rounding import rounded_for_publication
from transforms.programme import Programme

NAME = "attacked"
TOML = Path(__file__).parent / "programme"


@dataclass(frozen=True)
class Seen:
    """What was published by one night's end, and the truth behind it.

    `figures`: one row an estimate, with `night`: that in which it was made. `people`: the register as it stood.
    """

    number: int
    figures: pl.DataFrame
    people: dict[str, Person]

    @property
    def shown(self) -> int:
        """How many figures are shown, if only as under or over a bound."""
        return self.figures.filter(pl.col("visibility") != "suppressed").height


Way = Callable[[Night, Programme], pl.DataFrame]


def primary_alone(known: Night, programme: Programme) -> pl.DataFrame:
    """Every figure on enough people, made anew each night."""
    graded = tables.GradedEstimates.validate(known.results["estimates"], cast=True)
    return rounded_for_publication(disclose(graded, programme.disclosure.floor), programme)


def each_release_alone(known: Night, programme: Programme) -> pl.DataFrame:
    """A release that is safe by itself, made anew each night whatever was published before."""
    return shown(known.results, known.certain, {}, places(known.rows.responses, programme), programme)["estimates"]


WAYS: dict[str, Way] = {"primary suppression alone": primary_alone, "each release by itself": each_release_alone}
"""The controls."""
POLICY = "the policy"


def nights(many: int, seed: int, folder: Path) -> dict[str, list[Seen]]:
    """What each way showed, night by night. `folder` is empty."""
    village = first_night(seed)
    found: dict[str, list[Seen]] = {name: [] for name in (POLICY, *WAYS)}
    with _installed(folder):
        moments: dict[datetime, int] = {}
        for number in range(many):
            if number:
                change(village, number)
            _run(village, folder, number)
            people = dict(village.people)
            found[POLICY].append(Seen(number, _published(moments, number), people))
            programme = programme_named(NAME)
            with warehouse_of(programme).open() as reader:
                known = night(reader)
            for name, way in WAYS.items():
                made = way(known, programme).with_columns(night=pl.lit(number))
                found[name].append(Seen(number, _plain(made), people))
    return found


@contextmanager
def _installed(folder: Path) -> Iterator[None]:
    """The programme in a state of its own."""
    own = {"IMPACT_PROGRAMMES": str(folder / "programmes"), "IMPACT_STATE": str(folder / "state")}
    before = {name: os.environ.get(name) for name in own}
    shutil.copytree(TOML, folder / "programmes" / NAME)
    os.environ.update(own)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _run(village: Village, folder: Path, number: int) -> None:
    drop(village.files(), folder / "programmes" / NAME / "inbox", number)
    for name in village.erased:
        erase(NAME, participant=name, pseudonym=None, reason="asked for it")
    pull(NAME)
    refresh(NAME)


def _published(moments: dict[datetime, int], number: int) -> pl.DataFrame:
    """The published file of tonight; `moments` keeps in which night each release was made."""
    told = json.loads(results(NAME))
    frame = pl.DataFrame(told["estimates"], infer_schema_length=None)
    made = datetime.fromisoformat(told["release"]["made_at"])
    moments[made] = number
    dates = {str(moment): each for moment, each in moments.items()}
    return _plain(frame.with_columns(night=pl.col("figures_from").replace_strict(dates, default=number)))


def _plain(figures: pl.DataFrame) -> pl.DataFrame:
    names = ("indicator", "quantity", "round", "arm", "by", "group", "visibility")
    numbers = ("value", "n", "numerator", "bound", "night")
    return figures.filter(pl.col("term").cast(pl.String) == "").select(
        *(pl.col(name).cast(pl.String) for name in names), *(pl.col(name).cast(pl.Float64) for name in numbers)
    )
