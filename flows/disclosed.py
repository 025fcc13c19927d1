"""The answers of sql/reports as they may be shown: nothing leaves the warehouse but through disclosure control."""

import polars as pl

from flows.declared import periods_over
from flows.stores.warehouse import Reader
from reports.facts import Facts, questions
from reports.scope import Scope
from transforms import tables
from transforms.disclosure.primary import disclose, disclose_counts, disclose_transitions
from transforms.disclosure.rounding import rounded_for_publication
from transforms.programme import Programme
from transforms.variants import told_apart


def facts_about(reader: Reader, scope: Scope, programme: Programme) -> Facts:
    """What a report on one scope may say."""
    asked = questions(scope, programme)
    answers = {name: reader.query(name, **parameters) for name, parameters in asked.items()}
    answers["certain"] = _beside(answers["certain"], answers["estimates"], programme)
    return Facts.of({name: disclosed(name, answer, programme) for name, answer in answers.items()})


def _beside(certain: pl.DataFrame, estimates: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """Of the headlines without the uncertain links those that may stand beside the headlines with them."""
    graded = tables.GradedEstimates.validate(certain, cast=True)
    shares = [name for name, each in programme.indicators.items() if each.statistic in ("proportion", "survival")]
    return told_apart(graded, estimates, programme.disclosure.floor, shares)


def disclosed(question: str, answer: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """The answer to a question as it may be shown."""
    floor = programme.disclosure.floor
    match question:
        case "estimates" | "areas" | "results" | "certain":
            graded = tables.GradedEstimates.validate(answer, cast=True)
            return rounded_for_publication(disclose(graded, floor), programme)
        case "funnel" | "profile":
            return disclose_counts(answer, ("people",), floor)
        case "transitions":
            return disclose_transitions(answer, floor)
        case _:
            return answer


def periods_with_people(reader: Reader, programme: Programme) -> list[str]:
    """The periods in which anyone registered; the last one when nobody ever did. None whose people were taken out."""
    over = periods_over(programme)
    periods = [period.id for period in programme.periods if period.id not in over]
    return [each for each in periods if not reader.query("profile", period=each).is_empty()] or periods[-1:]
