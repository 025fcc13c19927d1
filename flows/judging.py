"""Cleans a source's landed files, and decides which of them are used: those that can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from flows.declared import landing_of, marker_of, vault_of
from flows.recording import logger
from flows.references import without_identity
from flows.stores.gates import Gates, Held
from flows.stores.manifests import DAMAGED, Manifest
from transforms.clean import Cleaned, clean_submissions
from transforms.corrections import DROPPED, Correction
from transforms.errors import SourceError, listed, numbered
from transforms.gates import is_too_many
from transforms.origins import with_said
from transforms.programme import Programme, Source
from transforms.submissions import SAID


@dataclass(frozen=True)
class Judged:
    """One source after cleaning: the files that count, and the reason code for which others were left out."""

    cleaned: Cleaned
    files: list[Manifest]
    refused: str | None = None

    def without_answers(self) -> "Judged":
        """The same, with what was counted and without the rows: names and numbers need not stay in memory."""
        return replace(self, cleaned=replace(self.cleaned, accepted=self.cleaned.accepted.clear()))


def judge(programme: Programme, source: Source, corrections: Sequence[Correction], until: datetime | None) -> Judged:
    """One source's submissions, typed. Files that cannot be trusted are left out and named; the others count."""
    files = landing_of(programme, source).manifests(until)
    return _last_good(programme, source, _judged(programme, source, files, corrections), corrections, until)


def _last_good(
    programme: Programme, source: Source, judged: Judged, corrections: Sequence[Correction], until: datetime | None
) -> Judged:
    """The same; without the newest pulls while too much is set aside of what no person has acknowledged."""
    gates = Gates(landing_of(programme, source))
    passed = _acknowledged(gates, until)
    held = _too_many_rejects(judged, passed)
    if until is None and held is None:
        gates.release("too_many_rejects")
    if held is None:
        return judged
    if until is None:
        gates.lets_pass(held)  # no person has; so it is kept, to be acknowledged
    told = _told(programme, source, judged, held)
    good = judged
    while _too_many_rejects(good, passed):
        earlier = [file for file in good.files if file.pull != good.files[-1].pull]
        if not earlier and source.round is None:
            raise SourceError(held.gate, told)
        good = _judged(programme, source, earlier, corrections)
    logger().error("%s: %s", programme.id, told)
    return replace(good, refused=held.gate)


def _acknowledged(gates: Gates, until: datetime | None) -> str:
    """The newest pull of which a person said that what was set aside may be."""
    said = [each.held.content for each in gates.acknowledged(until) if each.held.gate == "too_many_rejects"]
    return max(said, default="")


def _too_many_rejects(judged: Judged, passed: str) -> Held | None:
    """What of a source's newest pulls is set aside, where that is too much. What a person dropped has that word."""
    new = {file.file for file in judged.files if file.pull > passed}
    theirs = pl.col("file").is_in(list(new)) & (pl.col("rule") != DROPPED)
    refused = judged.cleaned.rejects.filter(theirs).n_unique(["file", "row"])
    rows = judged.cleaned.balance.select(pl.sum_horizontal("accepted", "rejected").sum()).item()
    newest = max((file.pull for file in judged.files), default="")
    return Held("too_many_rejects", newest, rows, refused) if is_too_many(refused, rows) else None


def _told(programme: Programme, source: Source, judged: Judged, held: Held) -> str:
    rejects = judged.cleaned.rejects.filter(pl.col("rule") != DROPPED).sort("file", "row")
    reasons = rejects.group_by("field", "rule").agg(pl.col("file", "row").first(), count=pl.len().cast(pl.Int64))
    usual = [
        "{rule} of '{field}' ({count}, first in row {row} of file '{file}')".format(**each)
        for each in reasons.sort(-pl.col("count"), "field", "rule").to_dicts()
    ]
    return (
        f"source '{source.id}': {held.rows} of {held.rows_before} submissions would be set aside, over 5 %, most for: "
        f"{listed(usual, 3)}. So what came last is not used and the last good state stays. Mend it at the source. Or, "
        f'if it is right: impact acknowledge {programme.id} {source.id} --reason "..."'
    )


def _judged(programme: Programme, source: Source, files: list[Manifest], corrections: Sequence[Correction]) -> Judged:
    try:
        return Judged(_cleaned(programme, source, files, corrections), files)
    except SourceError as error:
        if error.code == DAMAGED:
            raise  # what was once good is no longer what it was: nothing may be made from the rest
        failure = error
    good = [file for file in files if _is_clean(programme, source, file)]
    if not good or len(good) == len(files):
        raise failure
    left_out = numbered(len(files) - len(good), "file")
    logger().error("%s: %s left out: %s: %s", programme.id, left_out, failure.code, failure)
    return Judged(_cleaned(programme, source, good, corrections), good, failure.code)


def _cleaned(
    programme: Programme, source: Source, files: list[Manifest], corrections: Sequence[Correction] = ()
) -> Cleaned:
    form = programme.forms[source.form]
    landed = landing_of(programme, source).submissions(files)
    submissions = without_identity(landed, source, form, vault_of(programme))
    submissions = with_said(submissions, marker_of(programme).secret(SAID))
    return clean_submissions(submissions, form, source, programme, corrections=corrections)


def _is_clean(programme: Programme, source: Source, file: Manifest) -> bool:
    try:
        _cleaned(programme, source, [file])
    except SourceError:
        return False
    return True
