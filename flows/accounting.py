"""The tables that say how every source stands and what became of every submission."""

from datetime import datetime

import polars as pl

from flows.declared import landings_of
from flows.judging import Judged
from flows.stores.gates import acknowledgements
from flows.stores.manifests import Manifest
from flows.stores.pulls import pulls
from transforms import tables
from transforms.errors import listed
from transforms.link import Linked
from transforms.programme import FileDrop, Programme, Source

OF_SINGLE_ROWS = ("encrypted",)
"""What is said of the rows that a pull read, not of all that there is."""


def quality(programme: Programme, judged: dict[str, Judged], linked: Linked) -> dict[str, pl.DataFrame]:
    """The tables that say what became of every submission."""
    cleaned = [each.cleaned for each in judged.values()]
    doubts = [_doubts(source, judged[source.id].files) for source in programme.sources if source.id in judged]
    return {
        "balance": stacked([each.balance for each in cleaned]),
        "rejects": stacked([*(each.rejects for each in cleaned), linked.rejects]),
        "warnings": stacked([*(each.warnings for each in cleaned), *doubts, linked.warnings]),
        "links": linked.links,
        "link_methods": linked.methods,
    }


def standing(
    programme: Programme, judged: dict[str, Judged], at: datetime, until: datetime | None
) -> dict[str, pl.DataFrame]:
    """The tables that say how every source stands and what persons have let pass."""
    refused = {source: each.refused for source, each in judged.items() if each.refused}
    landings = landings_of(programme)
    return {
        "pulls": pulls(landings, refused, at, until),
        "acknowledgements": acknowledgements([landing for _, landing in landings], until),
    }


def _doubts(source: Source, files: list[Manifest]) -> pl.DataFrame:
    """What the reader noticed about a source's files, as rows of Warnings."""
    adds_up = isinstance(source, FileDrop) and source.mode == "append"
    # What is said of a whole server, or of a whole file, is said again of all of it by the next: it does not add up.
    newest = {file.file if adds_up else source.id: file.sha256 for file in files}.values()
    rows = [
        (source.id, doubt.field, doubt.rule, doubt.count)
        for file in files
        for doubt in file.doubts
        if file.sha256 in newest or doubt.rule in OF_SINGLE_ROWS
    ]
    return (
        pl.DataFrame(rows, schema=tables.Warnings.create_empty().schema, orient="row")
        .group_by("source", "field", "rule", maintain_order=True)
        .agg(pl.col("count").sum())
    )


def set_aside(frames: dict[str, pl.DataFrame]) -> str:
    """How many of the submissions are set aside, and the usual reasons."""
    rejects, landed = frames["rejects"], frames["balance"]["landed"].sum()
    reasons = rejects.group_by("source", "field", "rule").agg(count=pl.len().cast(pl.Int64))
    # An orphan is often but the follow-up of a registration that is set aside.
    usual = reasons.sort(pl.col("rule") == "orphan_followup", -pl.col("count"), "source", "field").iter_rows(named=True)
    told = [f"{each['rule']}{_of(each['field'])} in {each['source']} ({each['count']})" for each in usual]
    rows = rejects.n_unique(["source", "file", "row"])
    return f"{rows} of {landed} submissions are set aside, most for: {listed(told, 3)}"


def _of(field: str) -> str:
    """Which question a reason is about; nothing for one that is about the whole submission."""
    return f" of '{field}'" if field else ""


def stacked(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Frames on top of each other; where one lacks a column it is null."""
    return pl.concat(frames, how="diagonal")
