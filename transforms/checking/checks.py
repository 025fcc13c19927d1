"""Mistakes in the checks of programme.toml, and in the questions of forms.toml that only the checks read."""

from collections.abc import Iterator
from pathlib import Path

from transforms.errors import nearest
from transforms.flags.asked import ENDED, ENUMERATOR, PLACE, STARTED
from transforms.programme import Programme


def check_mistakes(folder: Path, programme: Programme) -> Iterator[str]:
    """What is wrong with limits and names of rules, and with who asked, where, and how long."""
    yield from _limit_mistakes(f"{folder / 'programme.toml'}: checks", programme)
    yield from _rule_names(f"{folder / 'programme.toml'}: checks", programme)
    yield from _question_mistakes(folder / "forms.toml", programme)


def _limit_mistakes(where: str, programme: Programme) -> Iterator[str]:
    checks = programme.checks
    if checks.group is not None and checks.group not in programme.questions:
        yield f'{where}: group = "{checks.group}" is no question. {nearest(checks.group, programme.questions)}'
    if checks.shortest_minutes >= checks.longest_minutes:
        yield (
            f"{where}: shortest_minutes = {checks.shortest_minutes:g} is not below "
            f"longest_minutes = {checks.longest_minutes:g}. Every interview would be flagged; put one right."
        )


def _rule_names(where: str, programme: Programme) -> Iterator[str]:
    names = [rule.id for rule in programme.checks.rules]
    asked = {name for form in programme.forms.values() for name in form.questions}
    for name in sorted(set(names)):
        if names.count(name) > 1:
            yield f"{where}: rules: the id '{name}' is given twice. Make ids unique."
        if name in asked:
            yield f"{where}: rules: the id '{name}' is the name of a question. Choose another."


def _question_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    for form_name, form in programme.forms.items():
        for name, question in form.questions.items():
            where = f"{path}: form '{form_name}', question '{name}'"
            if name in (STARTED, ENDED, PLACE) and question.type != "text":
                yield f'{where}: type = "{question.type}" loses what the checks read from it. Write type = "text".'
            if name == PLACE and not question.identity:
                yield f"{where}: where somebody lives tells who it is, and must stay in the vault. Add identity = true."
            if name == ENUMERATOR and question.identity:
                yield f"{where}: flags name the enumerator. Ask for a code, and take identity out."
