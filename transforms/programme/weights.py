"""How answers are weighted up to everybody who registered."""

from typing import Annotated, Literal

from pydantic import Field

from transforms.programme.words import Declared, Identifier

Nonresponse = Literal["propensity_strata", "none"]


class Margin(Declared):
    """A profile column whose groups the weights add up to: those of the registrations, or the declared totals."""

    by: Identifier
    totals: dict[str, Annotated[float, Field(gt=0)]] | None = None


class Weights(Declared):
    """How each follow-up's answers are weighted, so that they stand for everybody who registered.

    `nonresponse`: strata by the probability to answer, given the `covariates` (profile columns, and answers of the
    registration). `cap`: the quantile at which weights are cut. `base`: a column of the registration with the weight
    by which somebody was drawn. One of the `margins` post-stratifies, several rake.
    """

    nonresponse: Nonresponse = "propensity_strata"
    covariates: tuple[Identifier, ...] = ()
    strata: Annotated[int, Field(ge=2, le=20)] = 5
    cap: Annotated[float, Field(gt=0.5, le=1)] = 0.99
    base: Identifier | None = None
    margins: tuple[Margin, ...] = ()
