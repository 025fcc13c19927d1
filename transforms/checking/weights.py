"""Mistakes in programme.toml's table `weights`."""

from collections.abc import Iterator

from transforms.errors import nearest
from transforms.programme import Programme, Weights

COVARIATE_TYPES = ("integer", "number", "money", "year", "boolean", "choice", "code", "province", "district")
"""What may tell who answers: amounts, and answers that people share."""
NUMBERS = ("number", "integer")


def weights_mistakes(where: str, programme: Programme) -> Iterator[str]:
    """What is wrong with the columns by which answers are weighted."""
    declared = programme.weights
    if declared is None:
        return
    if declared.nonresponse == "propensity_strata" and not declared.covariates:
        yield (
            f"{where}: covariates is empty, so everybody would be as likely to answer. Name profile columns or "
            'answers of the registration, or write nonresponse = "none".'
        )
    known = known_at_registration(programme)
    for name in declared.covariates:
        asked = programme.questions.get(name)
        if name not in known:
            yield (
                f"{where}: covariates: '{name}' is not known of everybody at the registration. {nearest(name, known)}"
            )
        elif asked is not None and asked.type not in COVARIATE_TYPES:
            yield (
                f"{where}: covariates: '{name}' has type = \"{asked.type}\"; it must be one of "
                f"{', '.join(COVARIATE_TYPES)}. Name another."
            )
    yield from _base_mistakes(where, declared, programme)
    yield from _margin_mistakes(f"{where}: margins", declared, programme)


def known_at_registration(programme: Programme) -> list[str]:
    """The columns that hold what was asked or derived at the registration."""
    asked = [name for name, question in programme.registration.questions.items() if not question.identity]
    return [*asked, *programme.derived]


def _base_mistakes(where: str, declared: Weights, programme: Programme) -> Iterator[str]:
    if declared.base is None:
        return
    asked = programme.registration.questions.get(declared.base)
    if asked is None or asked.identity:
        there = programme.registration.questions.items()
        numbers = [name for name, each in there if each.type in NUMBERS and not each.identity]
        yield f'{where}: base = "{declared.base}" is no question of the registration. {nearest(declared.base, numbers)}'
    elif asked.type not in NUMBERS or not asked.required or (asked.minimum or 0) <= 0:
        yield (
            f'{where}: base = "{declared.base}" must be a number above 0 for everybody. '
            'Give it type = "number", required = true and a minimum above 0 in forms.toml.'
        )


def _margin_mistakes(where: str, declared: Weights, programme: Programme) -> Iterator[str]:
    for margin in declared.margins:
        if margin.by not in programme.profile:
            yield f'{where}: by = "{margin.by}" is not a profile column. {nearest(margin.by, programme.profile)}'
            continue
        asked = programme.questions.get(margin.by)
        choices = [choice.value for choice in asked.choices] if asked is not None else []
        for group in margin.totals or {}:
            if choices and group not in choices:
                yield f"{where}: totals: '{group}' is no choice of {margin.by}. {nearest(group, choices)}"
        lacking = [choice for choice in choices if margin.totals is not None and choice not in margin.totals]
        if lacking:
            yield f"{where}: the totals of {margin.by} lack '{lacking[0]}'. Give the total of every choice."
    names = [margin.by for margin in declared.margins]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{where}: '{name}' is given twice. Leave one."
