"""One report now: of a programme, an area or a course session."""

from pathlib import Path
from typing import Annotated, Any, get_args

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flows.declared import programme_named, warehouse_of
from flows.disclosed import periods_with_people
from flows.publish import typeset
from flows.recording import recorded_flow
from flows.settings import programme_names, settings
from flows.stores.warehouse import Reader
from reports.scope import Scope
from transforms.errors import ProgrammeError, UserError, nearest
from transforms.loading import load_programme
from transforms.programme import Language, Programme

Code = Annotated[str, Field(pattern=r"^[^\s/\\'\";]([^/\\'\";]*[^\s/\\'\";])?$", max_length=80)]
"""A code or a name: no path, no SQL."""


def _offer_programmes(schema: dict[str, Any]) -> None:
    schema["enum"] = list(programme_names())


def _offer_rounds(schema: dict[str, Any]) -> None:
    schema["enum"] = [None, *_rounds()]


def _rounds() -> list[str]:
    """The rounds of every programme whose folder is sound."""
    rounds: dict[str, None] = {}
    for name in programme_names():
        try:
            declared = load_programme(settings().programme_folder(name))
        except ProgrammeError:
            continue
        rounds |= dict.fromkeys(each.id for each in declared.rounds)
    return list(rounds)


class ReportRequest(BaseModel):
    """What an analyst asks for; the form in the browser and the command's options follow from it."""

    model_config = ConfigDict(extra="forbid")

    programme: Annotated[Code, Field(json_schema_extra=_offer_programmes, description="The programme.")]
    area: Annotated[Code | None, Field(description="An area's code or name; the whole programme when empty.")] = None
    session: Annotated[Code | None, Field(description="A course session's code.")] = None
    round: Annotated[
        Code | None, Field(json_schema_extra=_offer_rounds, description="The follow-up round; the latest when empty.")
    ] = None
    period: Annotated[Code | None, Field(description="The reporting period; the latest when empty.")] = None
    languages: Annotated[list[Language], Field(min_length=1, description="The languages.")] = list(get_args(Language))


def requested(**asked: Any) -> ReportRequest:
    """The request with these fields. Raises UserError naming the field and what it allows."""
    try:
        return ReportRequest(**asked)
    except ValidationError as error:
        problems = (f"{each['loc'][0]} = {each['input']!r}: {each['msg'].lower()}." for each in error.errors())
        raise UserError("\n".join(problems)) from None


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
    period = request.period or periods_with_people(reader, programme)[-1]
    _known(period, [each.id for each in programme.periods], "period")
    if request.round:
        _known(request.round, [each.id for each in programme.rounds[1:]], "round")
    if not (request.area or request.session):
        return Scope(period, round=request.round)
    kind, wanted = ("area", request.area) if request.area else ("session", request.session)
    by, group = _group(kind, str(wanted), reader.query("groups"))
    return Scope(period, by, group, request.round)


def _known(word: str, allowed: list[str], field: str) -> None:
    if word not in allowed:
        raise UserError(f"{field}: there is no '{word}'. {nearest(word, allowed)}")


def _group(kind: str, wanted: str, groups: pl.DataFrame) -> tuple[str, str]:
    """The breakdown and code of the group with this code or name."""
    offered = groups.filter(pl.col("kind").cast(pl.String) == kind)
    spelled = wanted.casefold()
    for by, code, *titles in offered.select("by", "group", "title_th", "title_en").iter_rows():
        if spelled in (code.casefold(), *(title.casefold() for title in titles)):
            return by, code
    raise UserError(f"{kind}: there is no '{wanted}'. {nearest(wanted, [*offered['group'], *offered['title_en']])}")
