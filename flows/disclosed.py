"""What may be said: answers about people come from the release, all others from the warehouse that it was made from."""

from flows.declared import periods_over
from flows.releasing import release_of
from flows.stores.warehouse import Reader, reading
from reports.facts import Facts, questions
from reports.scope import Scope
from transforms.programme import Programme

RELEASED = ("estimates", "areas", "certain", "funnel", "profile", "transitions", "bounds", "nonresponse", "release")
"""The questions that are asked of a release."""


def facts_about(reader: Reader, scope: Scope, programme: Programme) -> Facts:
    """What a report on one scope may say."""
    asked = questions(scope, programme)
    with reading(release_of(reader, programme).figures, "releases") as release:
        answers = {
            name: (release if name in RELEASED else reader).query(name, **parameters)
            for name, parameters in asked.items()
        }
    return Facts.of(answers)


def periods_with_people(reader: Reader, programme: Programme) -> list[str]:
    """The periods in which anyone registered; the last one when nobody ever did. None whose people were taken out."""
    over = periods_over(programme)
    periods = [period.id for period in programme.periods if period.id not in over]
    with reading(release_of(reader, programme).figures, "releases") as release:
        return [each for each in periods if not release.query("profile", period=each).is_empty()] or periods[-1:]
