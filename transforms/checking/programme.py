"""Mistakes in programme.toml that need more than one field to be seen."""

from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from zoneinfo import available_timezones

from transforms.checking.costs import budget_mistakes
from transforms.checking.gate import gate_mistakes
from transforms.checking.linking import linking_mistakes
from transforms.checking.retention import retention_mistakes
from transforms.checking.weights import weights_mistakes
from transforms.errors import nearest
from transforms.normalise.years import BUDDHIST
from transforms.programme import Form, Postgres, Programme, Round, SizeRule

COMPARING = ("randomised", "waiting_list_lottery", "difference_in_differences", "not_yet_treated", "matched")
"""The designs that set treated units against others."""


def programme_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    """What is wrong with rounds, periods, sources, design, contact, sizes and breakdowns."""
    folder = path.parent.resolve().name
    if programme.id != folder:
        yield (
            f"{path}: id = \"{programme.id}\" is not the name of its folder, '{folder}'. "
            "Make them the same: results are kept under the id."
        )
    yield from _repeated_ids(path, programme)
    yield from _time_mistakes(path, programme)
    yield from _source_mistakes(path, programme)
    yield from _breakdown_mistakes(path, programme)
    yield from _design_mistakes(path, programme)
    yield from _contact_mistakes(path, programme)
    yield from linking_mistakes(f"{path}: linking", programme)
    yield from retention_mistakes(f"{path}: retention", programme)
    yield from gate_mistakes(f"{path}: gate", programme)
    yield from weights_mistakes(f"{path}: weights", programme)
    yield from budget_mistakes(f"{path}: budget", programme)
    if programme.size_rule is not None:
        yield from _size_mistakes(f"{path}: size_rule", programme.size_rule, programme)


def _repeated_ids(path: Path, programme: Programme) -> Iterator[str]:
    lists = {
        "rounds": [each.id for each in programme.rounds],
        "periods": [each.id for each in programme.periods],
        "sources": [each.id for each in programme.sources],
    }
    for list_name, names in lists.items():
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{path}: {list_name}: the id '{name}' is given twice. Make ids unique."


def _time_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    for earlier, later in pairwise(programme.rounds):
        if earlier.months > later.months:
            yield f"{path}: rounds: '{later.id}' comes after '{earlier.id}' but has fewer months. Put them in order."
    for each in programme.rounds:
        yield from _window_mistakes(f"{path}: round '{each.id}'", each, programme)
    for period in programme.periods:
        buddhist = [day for day in (period.start, period.end) if day.year >= BUDDHIST[0]]
        if buddhist:
            yield f"{path}: period '{period.id}': {buddhist[0]} is in the Buddhist era. Take 543 off the year."
        elif period.start > period.end:
            yield f"{path}: period '{period.id}': start = {period.start} is after end = {period.end}. Swap them."
    for one, other in combinations(programme.periods, 2):
        if one.start <= other.end and other.start <= one.end:
            yield f"{path}: periods: '{one.id}' and '{other.id}' overlap. A day belongs to one period: part them."
    zones = available_timezones()
    if zones and programme.time_zone not in zones:  # a bare system has no list to check against
        yield f'{path}: time_zone = "{programme.time_zone}" is no time zone. {nearest(programme.time_zone, zones)}'


def _window_mistakes(where: str, each: Round, programme: Programme) -> Iterator[str]:
    if each.window is None:
        return
    first, last = each.window
    if each == programme.baseline:
        yield f"{where}: window is for follow-ups, and this is the registration. Take it out."
    elif not first <= each.months <= last or first == last:
        yield (
            f"{where}: window = [{first}, {last}] does not hold months = {each.months}. "
            "Write the first and the last month after registration, such as [4, 9] for month 6."
        )


def _source_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    rounds = [each.id for each in programme.rounds[1:]]
    kinds = {programme.forms[each.form].kind for each in programme.sources if each.form in programme.forms}
    if "registration" not in kinds:
        yield f"{path}: sources: none brings the registration form. Add one."
    taken: dict[tuple[str, str | None], str] = {}
    for source in programme.sources:
        where = f"{path}: source '{source.id}'"
        if source.form not in programme.forms:
            yield f'{where}: form = "{source.form}" is not in forms.toml. {nearest(source.form, programme.forms)}'
        else:
            yield from _round_mistakes(where, source.round, programme.forms[source.form], rounds)
        if source.fresh_within is not None and source.fresh_for is None:
            yield (
                f'{where}: fresh_within = "{source.fresh_within}" is no length of time. Write a number above 0 and '
                'hours, days or weeks, such as "3 days".'
            )
        if isinstance(source, Postgres):
            yield from _database_mistakes(where, source, path.parent)
    for drop in programme.file_drops:
        yield from _file_mistakes(f"{path}: source '{drop.id}'", drop.files)
        other = taken.setdefault((drop.files, drop.sheet), drop.id)
        if other != drop.id:
            yield (
                f"{path}: source '{drop.id}': files = \"{drop.files}\" are already those of '{other}'. "
                "Give each source its own files."
            )


def _file_mistakes(where: str, files: str) -> Iterator[str]:
    if not files:
        yield f'{where}: files is empty. Name files in the inbox, such as "*.csv".'
    if Path(files).is_absolute() or ".." in Path(files).parts or ":" in files or "\\" in files:
        yield f'{where}: files = "{files}" leaves the inbox. Name files below it, such as "*.csv".'


def _database_mistakes(where: str, source: Postgres, folder: Path) -> Iterator[str]:
    if (source.table is None) == (source.query is None):
        yield f"{where}: give either table or query, the name of a file with one SELECT beside programme.toml."
    if source.query is not None:
        if Path(source.query).name != source.query:
            yield f'{where}: query = "{source.query}" is not in the programme\'s folder. Put the file there.'
        elif not (folder / source.query).is_file():
            yield f'{where}: query = "{source.query}": there is no such file in {folder}. Put the SELECT there.'


def _round_mistakes(where: str, asked_round: str | None, form: Form, rounds: list[str]) -> Iterator[str]:
    if form.kind == "registration":
        if asked_round is not None:
            yield f'{where}: round = "{asked_round}" does not go with a registration. Take it out.'
    elif asked_round is None:
        yield f"{where}: round is missing, and a follow-up source needs one. {nearest('', rounds)}"
    elif asked_round not in rounds:
        yield f'{where}: round = "{asked_round}" is no follow-up round. {nearest(asked_round, rounds)}'


def _breakdown_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    allowed = programme.profile
    for breakdown in programme.breakdowns:
        used = {"by": breakdown.by} | ({"label": breakdown.label} if breakdown.label else {})
        for field, name in used.items():
            if _is_identity(name, programme):
                yield f'{path}: breakdowns: {field} = "{name}" is an identity question: it stays in the vault. Drop it.'
            elif name not in allowed:
                yield (
                    f'{path}: breakdowns: {field} = "{name}" is not a profile column (a question or derived '
                    f"column with profile = true). {nearest(name, allowed)}"
                )


def _is_identity(name: str, programme: Programme) -> bool:
    return any(name in form.questions and form.questions[name].identity for form in programme.forms.values())


def _design_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    design = programme.design
    where = f"{path}: design"
    clusters = [*programme.profile, "participant"]
    if any("enterprise_id" in form.questions for form in programme.forms.values()):
        clusters.append("enterprise")
    if design.cluster is not None and design.cluster not in clusters:
        yield f'{where}: cluster = "{design.cluster}" is not a profile column. {nearest(design.cluster, clusters)}'
    if design.treatment is not None and design.arms is None:
        yield f"{where}: a treatment needs arms, the words for treated and comparison units. Add arms."
    if design.treatment is None and design.kind in COMPARING:
        yield (
            f'{where}: kind = "{design.kind}" compares treated units with others and needs a treatment. '
            'Add it, or write kind = "before_after".'
        )


def _contact_mistakes(path: Path, programme: Programme) -> Iterator[str]:
    if programme.contact is None:
        return
    asked = programme.questions.get("contact_result")
    if asked is None:
        yield f"{path}: contact: no form asks 'contact_result'. Add the question, or take contact out."
        return
    if not programme.contact.answered:
        yield f"{path}: contact: answered is empty, so nobody would count as having answered. Name a result."
    allowed = [choice.value for choice in asked.choices]
    for field in ("answered", "closed", "no_more_calls"):
        for value in getattr(programme.contact, field):
            if value not in allowed:
                yield f"{path}: contact: {field}: '{value}' is no choice of contact_result. {nearest(value, allowed)}"


def _size_mistakes(where: str, rule: SizeRule, programme: Programme) -> Iterator[str]:
    columns = [*programme.questions, *programme.derived]
    for field in ("revenue", "workers", "sector"):
        name = getattr(rule, field)
        if name not in columns:
            yield f'{where}: {field} = "{name}" is no question. {nearest(name, columns)}'
    if rule.column in columns:
        yield f'{where}: column = "{rule.column}" is the name of a question already. Choose another.'
    if rule.at_registration is not None and rule.at_registration in (*columns, rule.column):
        yield f'{where}: at_registration = "{rule.at_registration}" is the name of another column. Choose another.'
    sizes = [choice.value for choice in rule.sizes]
    asked = programme.questions.get(rule.sector)
    sectors = [choice.value for choice in asked.choices] if asked is not None else []
    for limit in rule.limits:
        if limit.size not in sizes:
            yield f'{where}: limits: size = "{limit.size}" is not in sizes. {nearest(limit.size, sizes)}'
        for sector in limit.sectors:
            if sectors and sector not in sectors:
                yield f"{where}: limits: sectors: '{sector}' is no choice of {rule.sector}. {nearest(sector, sectors)}"
    yield from _order_mistakes(where, rule, sizes)


def _order_mistakes(where: str, rule: SizeRule, sizes: list[str]) -> Iterator[str]:
    for sector in sorted({sector for limit in rule.limits for sector in limit.sectors}):
        own = sorted(
            (limit for limit in rule.limits if sector in limit.sectors and limit.size in sizes),
            key=lambda limit: sizes.index(limit.size),
        )
        for smaller, larger in pairwise(own):
            if smaller.size == larger.size:
                yield f"{where}: limits: '{smaller.size}' has two limits in '{sector}'. Leave one."
            elif smaller.revenue > larger.revenue or smaller.workers > larger.workers:
                yield (
                    f"{where}: limits: in '{sector}', '{smaller.size}' reaches above '{larger.size}'. "
                    "List sizes from the smallest up, with growing limits."
                )
