"""One report now: of a programme, an area or a course session."""

from collections.abc import Iterator
from contextlib import suppress
from difflib import SequenceMatcher
from pathlib import Path
from typing import Annotated, Any, get_args

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flows.declared import periods_over, programme_named, warehouse_of
from flows.disclosed import periods_with_people
from flows.publish import typeset
from flows.recording import recorded_flow
from flows.settings import programme_names, settings
from flows.stores.warehouse import Reader
from reports.scope import Scope
from transforms.errors import ProgrammeError, UserError, listed, nearest
from transforms.loading import load_programme
from transforms.programme import Language, Programme

Code = Annotated[str, Field(pattern=r"^[^\s/\\'\";]([^/\\'\";]*[^\s/\\'\";])?$", max_length=80)]
"""A code or a name: no path, no SQL."""

_MOST_OFFERED = 10


def _offer_programmes(schema: dict[str, Any]) -> None:
    schema["enum"] = list(programme_names())


def _offer_rounds(schema: dict[str, Any]) -> None:
    rounds = [each.id for programme in _sound_programmes() for each in programme.rounds[1:]]
    schema["enum"] = [None, *dict.fromkeys(rounds)]


def _offer_periods(schema: dict[str, Any]) -> None:
    periods = [each.id for programme in _sound_programmes() for each in programme.periods]
    schema["enum"] = [None, *dict.fromkeys(periods)]


def _sound_programmes() -> Iterator[Programme]:
    """Every programme whose folder is sound: a form must open even where one is not."""
    for name in programme_names():
        with suppress(ProgrammeError):
            yield load_programme(settings().programme_folder(name))


class ReportRequest(BaseModel):
    """What an analyst asks for; the form in the browser and the command's options follow from it."""

    model_config = ConfigDict(extra="forbid")

    programme: Annotated[Code, Field(json_schema_extra=_offer_programmes, description="The programme.")]
    area: Annotated[Code | None, Field(description="An area's code or name; the whole programme when empty.")] = None
    session: Annotated[Code | None, Field(description="A course session's code.")] = None
    round: Annotated[
        Code | None, Field(json_schema_extra=_offer_rounds, description="The follow-up round; the latest when empty.")
    ] = None
    period: Annotated[
        Code | None,
        Field(json_schema_extra=_offer_periods, description="The reporting period; the latest with people when empty."),
    ] = None
    languages: Annotated[list[Language], Field(min_length=1, description="The languages.")] = list(get_args(Language))


def requested(**asked: Any) -> ReportRequest:
    """The request with these fields. Raises UserError naming the field and what it allows."""
    try:
        return ReportRequest(**asked)
    except ValidationError as error:
        raise UserError("\n".join(map(_problem, error.errors()))) from None


def _problem(found: Any) -> str:
    """One sentence about one field of a request."""
    field, given = found["loc"][0], found["input"]
    if found["type"] == "string_pattern_mismatch":
        return f"{field} = {given!r} is no code or name: they have none of / \\ ' \" ; and no space at either end."
    return f"{field} = {given!r} cannot be used: {found['msg']}."


@recorded_flow
def report_on_demand(request: ReportRequest) -> list[Path]:
    """The paths of the report asked for, one a language, from the current warehouse."""
    programme = programme_named(request.programme)
    with warehouse_of(programme).open() as reader:
        return typeset(reader, programme, [scope_of(request, reader, programme)], request.languages)


def scope_of(request: ReportRequest, reader: Reader, programme: Programme) -> Scope:
    """What the request is about. Raises UserError with the nearest codes when it names nothing there is."""
    if request.area and request.session:
        raise UserError("area and session: a report is about one of them. Leave one out.")
    if request.period:
        _known(request.period, [each.id for each in programme.periods], "period", programme)
        _not_over(request.period, programme)
    if request.round:
        _known(request.round, [each.id for each in programme.rounds[1:]], "follow-up round", programme)
    period = request.period or _newest(reader, programme)
    if not (request.area or request.session):
        return Scope(period, round=request.round)
    kind, wanted = ("area", request.area) if request.area else ("session", request.session)
    by, group = _group(kind, str(wanted), reader.query("groups"), programme)
    return Scope(period, by, group, request.round)


def _newest(reader: Reader, programme: Programme) -> str:
    """The latest period with people."""
    periods = periods_with_people(reader, programme)
    if not periods:
        _not_over(programme.periods[-1].id, programme)
    return periods[-1]


def _not_over(period: str, programme: Programme) -> None:
    """Raises UserError where a period's people were taken out: what is left of it would be a false report."""
    run = periods_over(programme).get(period)
    if run is not None:
        raise UserError(
            f"{programme.id}: the people of period '{period}' were taken out on {run.on}, {run.after} after its end, "
            "as programme.toml declares: there is nothing to report on. Earlier reports are in "
            f"{settings().published(programme.id)}"
        )


def _known(word: str, allowed: list[str], field: str, programme: Programme) -> None:
    if word not in allowed:
        raise UserError(f"{programme.id}: there is no {field} '{word}' in programme.toml. {nearest(word, allowed)}")


def _group(kind: str, wanted: str, groups: pl.DataFrame, programme: Programme) -> tuple[str, str]:
    """The breakdown and code of the group with this code or name."""
    offered = groups.filter(pl.col("kind").cast(pl.String) == kind).select("by", "group", "title_th", "title_en").rows()
    for by, *names in offered:
        if wanted.casefold() in (name.casefold() for name in names):
            return by, names[0]
    raise UserError(f"{programme.id}: there is no {kind} '{wanted}'. {_closest(kind, wanted, offered, programme.id)}")


def _closest(kind: str, wanted: str, offered: list[tuple[str, ...]], programme: str) -> str:
    """The sentence that names the groups whose code or name comes closest."""
    if not offered:
        return f'None has people, or no breakdown of kind = "{kind}" is declared in programme.toml.'

    def distance(group: tuple[str, ...]) -> float:
        return -max(SequenceMatcher(None, wanted.casefold(), name.casefold()).ratio() for name in group[1:])

    words = [code if title == code else f"{code} ({title})" for _, code, _, title in sorted(offered, key=distance)]
    rest = f"; all of them: impact results {programme}" if len(words) > _MOST_OFFERED else ""
    return f"The closest: {listed(words, _MOST_OFFERED)}{rest}."
