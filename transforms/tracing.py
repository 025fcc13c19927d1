"""The rows behind an estimate, as a question that anybody with the warehouse can ask it: counts, never a value."""

from collections.abc import Mapping

from transforms.programme import Programme
from transforms.tables import EVERYONE

BOTH = ("all", "both")


def rows_behind(estimate: Mapping[str, str], programme: Programme) -> str:
    """A SELECT of people, by round and arm: those in the indicator's population, and of them those with a value.

    A change or an effect rests on those who have a value at both of its rounds. `estimate`: the parts of its key.
    """
    indicator = programme.indicators[estimate["indicator"]]
    if indicator.costed is not None:  # what a result cost rests on the result's rows
        quantity = indicator.of or estimate["quantity"]
        return rows_behind({**estimate, "indicator": indicator.costed, "quantity": quantity}, programme)
    if indicator.statistic == "count":
        return _counted(estimate, programme)
    rounds = {estimate["round"]}
    if estimate["quantity"] in ("change", "effect"):
        rounds.add(programme.baseline.id)
    name = estimate["indicator"]
    in_rounds = f"measurements.round in ({', '.join(_text(each) for each in sorted(rounds))})"
    return (
        "select measurements.round, responses.arm,\n"
        f"    count(*) filter (where {_name(name + '__asked')}) as population,\n"
        f"    count({_name('measurements', name)}) as with_a_value\n"
        "from measurements inner join responses using (participant, round)\n"
        f"where {in_rounds}\n    and {_these_people(estimate, programme)}\n"
        "group by all order by all"
    )


def _counted(estimate: Mapping[str, str], programme: Programme) -> str:
    """Counts are of rows, not of measurements."""
    indicator = programme.indicators[estimate["indicator"]]
    if indicator.rows == "enrolments":
        by_arm = "select enrolments.arm, count(*) as rows\nfrom enrolments"
        return f"{by_arm}\nwhere {_these_people(estimate, programme, 'enrolments')}\ngroup by all order by all"
    return (
        "select responses.arm, count(*) as rows\nfrom responses\n"
        f"where responses.round = {_text(estimate['round'])}\n    and {_these_people(estimate, programme)}\n"
        "group by all order by all"
    )


def _these_people(estimate: Mapping[str, str], programme: Programme, table: str = "responses") -> str:
    """The people of the estimate's period, group and arm; their group is that of the baseline."""
    held = [f"at_start.round = {_text(programme.baseline.id)}", f"at_start.period = {_text(estimate['period'])}"]
    if estimate["group"] != EVERYONE:
        held.append(f"{_name('at_start', estimate['by'])}::varchar = {_text(estimate['group'])}")
    if estimate["arm"] not in BOTH:
        held.append(f"at_start.arm = {_text(estimate['arm'])}")
    these = " and ".join(held)
    # Printed for a person to run; nothing runs it here.
    return f"{table}.participant in (select participant from responses as at_start where {these})"  # noqa: S608


def _name(*parts: str) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
