"""The call list of a follow-up round: whom to call, with what the vault knows of how to reach them.

It holds names and numbers, so it lies in the vault, for its owner's eyes, and is never printed.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import polars as pl
import xlsxwriter

from flows.declared import programme_named, vault_of, warehouse_of
from flows.results import without_formulas
from flows.stores import atomic
from transforms.calls import CALLED, LEFT_OUT, REACHED, standing
from transforms.errors import UserError, nearest
from transforms.programme import Programme, Round

NEVER_NEEDED = ("national_id",)
"""Kinds of question that nobody needs for a call."""

STANDING = ("participant", "round", "registered_on", "due", "answered", "closed")
"""What tells how it stands with somebody."""

Sheet = Literal["xlsx", "csv"]


@dataclass(frozen=True)
class CallList:
    """Where a call list lies, and how many people there are of each status."""

    path: Path
    counts: dict[str, int]


def call_list(programme: str, round_id: str, sheet: Sheet = "xlsx") -> CallList:
    """Writes the call list of a round. Those reached stand in it by their code alone."""
    declared = programme_named(programme)
    of_round = _round(declared, round_id)
    with warehouse_of(declared).open() as reader:
        responses = reader.query("calls", columns=[*STANDING, *_beside(declared)])
    today = datetime.now(ZoneInfo(declared.time_zone)).date()
    people = standing(responses, declared, of_round, today)
    known = people.join(_contacts(declared), on="participant", how="left", maintain_order="left")
    shown = _guarded(_listed(known, responses, declared, of_round), declared)
    vault = vault_of(declared)
    path = vault.folder / f"calls-{of_round.id}.{sheet}"
    written = atomic.temporary(path)
    written.touch(mode=0o600)
    (_write_xlsx if sheet == "xlsx" else _write_csv)(shown, written)
    atomic.settle(written, path)
    counts = dict(people["status"].value_counts().iter_rows())
    return CallList(path, {status: counts.get(status, 0) for status in (*CALLED, REACHED, *LEFT_OUT)})


def _round(programme: Programme, round_id: str) -> Round:
    rounds = {each.id: each for each in programme.rounds[1:]}
    if round_id not in rounds:
        raise UserError(f"--round {round_id}: no follow-up round of {programme.id}. {nearest(round_id, rounds)}")
    return rounds[round_id]


def _contacts(programme: Programme) -> pl.DataFrame:
    """One row a participant: the latest answer to each question that helps to reach somebody."""
    rounds = [each.id for each in programme.rounds]
    sources = sorted(programme.sources, key=lambda each: rounds.index(each.round) if each.round else 0)
    vault, wanted = vault_of(programme), dict.fromkeys(["participant", "participant_id"])
    for form in programme.forms.values():
        wanted |= dict.fromkeys(
            n for n, each in form.questions.items() if each.identity and each.type not in NEVER_NEEDED
        )
    found = [vault.contacts(source.id) for source in sources]
    stacked = pl.concat(
        [pl.DataFrame(schema={"participant": pl.String}), *(each for each in found if each is not None)], how="diagonal"
    )
    kept = stacked.select(name for name in wanted if name in stacked.columns)
    return kept.group_by("participant", maintain_order=True).agg(pl.all().drop_nulls().last())


def _beside(programme: Programme) -> list[str]:
    """What helps beside the contact data: how it went the last time, and where somebody belongs."""
    return list(
        dict.fromkeys(["contact_result", *(each.by for each in programme.breakdowns if each.kind != "subgroup")])
    )


def _listed(known: pl.DataFrame, responses: pl.DataFrame, programme: Programme, of_round: Round) -> pl.DataFrame:
    """Those to be called, the longest due first, then those reached, of whom nothing but the code is needed."""
    asked = [name for name in _beside(programme) if name in responses.columns]
    of_this = responses.filter(pl.col("round") == of_round.id).select("participant", *asked)
    identity = [
        name for name in known.columns if name not in ("participant", "participant_id", "status", "due_on", "until")
    ]
    order = {status: place for place, status in enumerate((*CALLED, REACHED))}
    return (
        known.filter(pl.col("status").is_in(list(order)))
        .with_columns(pl.when(pl.col("status") != REACHED).then(pl.col(name)).alias(name) for name in identity)
        .join(of_this, on="participant", how="left", maintain_order="left")
        .sort(
            pl.col("status").replace_strict(order, return_dtype=pl.Int64), "due_on", "participant_id", nulls_last=True
        )
        .select("status", "participant_id", *identity, *asked, "due_on", "until")
    )


def _guarded(people: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """The list without what a spreadsheet would take for a formula; of numbers to call, cleaning left + and digits."""
    asked = {name: each for form in programme.forms.values() for name, each in form.questions.items()}
    numbers = [name for name in people.columns if name in asked and asked[name].type == "phone"]
    return without_formulas(people).with_columns(people.select(numbers))


def _write_csv(people: pl.DataFrame, path: Path) -> None:
    people.write_csv(path, include_bom=True)


def _write_xlsx(people: pl.DataFrame, path: Path) -> None:
    """Every cell as text: a number that begins with 0 keeps it."""
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False}) as workbook:
        page = workbook.add_worksheet()
        page.freeze_panes(1, 0)
        for column, name in enumerate(people.columns):
            page.write_string(0, column, name)
            for row, text in enumerate(people[name].cast(pl.String).fill_null(""), start=1):
                page.write_string(row, column, text)
