"""What is looked at before an answer counts: checks, the links between people, the fewest to publish."""

from typing import Annotated

from pydantic import Field

from transforms.programme.words import Declared, Identifier, Text


class Rule(Declared):
    """What should hold between a submission's answers: an SQL expression. Where it does not, a flag says so."""

    id: Identifier
    holds: str
    title: Text


class Checks(Declared):
    """From where on an answer is flagged for somebody to look at. `group`: whose amounts are compared."""

    group: Identifier | None = None
    fewest: Annotated[int, Field(ge=5)] = 20
    missing_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    outlier_sd: Annotated[float, Field(gt=0)] = 4
    outlier_iqr: Annotated[float, Field(gt=0)] = 3
    shortest_minutes: Annotated[float, Field(ge=0)] = 5
    longest_minutes: Annotated[float, Field(gt=0)] = 240
    enumerator_errors: Annotated[float, Field(gt=0)] = 4
    rules: tuple[Rule, ...] = ()


class Linking(Declared):
    """The questions by which people without a known participant_id are found again, and how sure a link must be.

    `name` is one question with the full name, or several that make one: title, first name, family name. `area` goes
    from the largest to the smallest. A probability of `sure` or more joins; from `doubtful` on a person decides.
    """

    name: tuple[Identifier, ...] = ()
    national_id: Identifier | None = None
    phone: Identifier | None = None
    enterprise: Identifier | None = None
    birth_year: Identifier | None = None
    area: tuple[Identifier, ...] = ()
    sure: Annotated[float, Field(gt=0.5, le=1)] = 0.99
    doubtful: Annotated[float, Field(gt=0, lt=1)] = 0.5

    @property
    def keys(self) -> dict[str, str]:
        """The questions that identify by themselves, by kind; the surest first."""
        found = {"national_id": self.national_id, "phone": self.phone, "enterprise": self.enterprise}
        return {kind: name for kind, name in found.items() if name is not None}

    @property
    def questions(self) -> tuple[str, ...]:
        """Every question that is compared."""
        single = (*self.keys.values(), *((self.birth_year,) if self.birth_year else ()))
        return (*self.name, *single, *self.area)


class Disclosure(Declared):
    """The fewest people a published figure may rest on."""

    floor: Annotated[int, Field(ge=5)] = 10
