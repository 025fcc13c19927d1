"""Who took part, and who answered."""

import polars as pl

from reports import charts
from reports.context import Context
from reports.document import Block, Cell, Column, Note, Section, Table
from reports.sections.silence import silence

BASELINE_STAGES = ("registered", "consented", "completed")
FOLLOW_UP_STAGES = ("due", "answered")
MOST_GROUPS = 20
"""Of a breakdown with more, the groups too small to print are not named one by one."""


def participation(context: Context) -> Section:
    """The funnel, as a chart and a table, and the people's profile."""
    words = context.words
    is_card = context.scope.kind(context.programme) == "session"
    figure = () if is_card else charts.funnel(_told_once(steps(context, "all")), context)
    blocks: list[Block] = [*figure, _funnel(context)]
    profile = _profile(context)
    if profile is not None:
        blocks.append(profile)
    blocks += silence(context)
    if _hides_any(context):
        few = words("notice.few", floor=context.numbers.count(context.floor), unit=context.units)
        blocks.append(Note(few))
    return Section("participation", words("section.participation"), tuple(blocks))


def _told_once(known: list[tuple[str, str, int | None]]) -> list[tuple[str, str, int | None]]:
    """The steps without those who were due at a round of which there are answers: the table says of how many."""
    answered = {round_id for round_id, stage, _ in known if stage == "answered"}
    return [each for each in known if each[1] != "due" or each[0] not in answered]


def _hides_any(context: Context) -> bool:
    """Whether this report has anything under the floor to explain."""
    counts = (context.facts.funnel["people"], context.facts.profile["people"], context.facts.transitions["units"])
    return any(each.null_count() for each in counts) or any(each.visibility != "shown" for each in context.estimates)


def steps(context: Context, arm: str) -> list[tuple[str, str, int | None]]:
    """Each step's round, stage and people up to the round reported on; null people are too few to print."""
    frame = context.facts.funnel.filter(pl.col("arm").cast(pl.String) == arm)
    people = {(row["round"], str(row["stage"])): row["people"] for row in frame.to_dicts()}
    stages: dict[str, tuple[str, ...]] = {each.id: FOLLOW_UP_STAGES for each in context.rounds}
    stages[context.programme.baseline.id] = BASELINE_STAGES
    if "consented" not in context.programme.registration.questions:
        stages[context.programme.baseline.id] = tuple(each for each in BASELINE_STAGES if each != "consented")
    asked = {round_id for round_id, stage in people if stage == "due" and people[round_id, stage] != 0}
    asked.add(context.programme.baseline.id)
    return [
        (round_id, stage, people[round_id, stage])
        for round_id, names in stages.items()
        for stage in names
        if (round_id, stage) in people and round_id in asked
    ]


def stage_title(round_id: str, stage: str, context: Context) -> str:
    """A step's words."""
    return context.words(f"stage.{stage}", round=context.round_short(round_id))


def people_text(people: int | None, context: Context) -> str:
    """A count of people, or the mark that it is too small to print."""
    return context.numbers.hidden() if people is None else context.numbers.count(people)


def _funnel(context: Context) -> Table:
    words = context.words
    counted = {arm: {(each[0], each[1]): each[2] for each in steps(context, arm)} for arm in ("treated", "comparison")}
    # A session lies in one arm; its column would say everything twice.
    arms = ["all", *counted] if context.is_compared and all(counted.values()) else ["all"]
    counted["all"] = {(each[0], each[1]): each[2] for each in steps(context, "all")}
    columns = [Column(words("column.stage")), *(Column(_arm(arm, context), is_number=True) for arm in arms)]
    rows = []
    for round_id, stage, _ in _told_once(steps(context, "all")):
        cells = [Cell(stage_title(round_id, stage, context))]
        # Where one arm alone passes a stage, as a course, the other has none to hide.
        one_arm = context.is_compared and counted["all"][round_id, stage] == counted["treated"].get((round_id, stage))
        cells += [_step(counted[arm], round_id, stage, context, nobody=one_arm) for arm in arms]
        rows.append(tuple(cells))
    return Table(words("caption.funnel", unit=context.units), tuple(columns), tuple(rows))


def _arm(arm: str, context: Context) -> str:
    return context.words("arm.all") if arm == "all" else context.arm(arm)


def _step(
    counted: dict[tuple[str, str], int | None], round_id: str, stage: str, context: Context, *, nobody: bool
) -> Cell:
    if (round_id, stage) not in counted:
        return Cell(context.words("number.dash"))
    people = counted[round_id, stage]
    if people is None and nobody and counted.get((context.programme.baseline.id, "registered")) is not None:
        return Cell(context.words("number.dash"))
    asked = counted.get((round_id, "due"))
    told = people_text(people, context)
    if stage == "answered" and people is not None and asked:
        of_whom = context.numbers.count(asked)
        share = context.numbers.share(people, asked)
        return Cell(context.words("participation.response", people=told, asked=of_whom, share=share))
    return Cell(told)


def _profile(context: Context) -> Table | None:
    """Participants by every group but sessions; in the whole programme's report only."""
    subgroups = [each for each in context.programme.breakdowns if each.kind != "session"]
    if context.scope.by != "programme" or not subgroups:
        return None
    words = context.words
    registered = {(row["by"], row["group"]): row["people"] for row in context.facts.profile.to_dicts()}
    everybody = registered.get(("programme", context.scope.group))
    rows = []
    for breakdown in subgroups:
        groups = context.facts.groups.filter(pl.col("by") == breakdown.by).sort("position")["group"]
        named = [group for group in groups if not _is_one_of_many(breakdown.by, group, len(groups), registered)]
        told = [_group(breakdown.by, group, registered, everybody, context) for group in named]
        if len(named) < len(groups):
            told.append(words("participation.others", groups=context.numbers.count(len(groups) - len(named))))
        if any(told):
            known = [people for (by, _), people in registered.items() if by == breakdown.by]
            told.append(_unknown(known, everybody, context))
            rows.append((Cell(context.breakdown(breakdown.by)), Cell(", ".join(each for each in told if each))))
    if not rows:
        return None
    columns = (Column(words("column.breakdown")), Column(words("column.people", unit=context.units)))
    return Table(words("caption.profile"), columns, tuple(rows))


def _is_one_of_many(by: str, group: str, groups: int, registered: dict[tuple[str, str], int | None]) -> bool:
    """Whether a group is too small to print and stands among so many that its name would only fill the page."""
    return groups > MOST_GROUPS and registered.get((by, group), 0) is None


def _group(
    by: str, group: str, registered: dict[tuple[str, str], int | None], everybody: int | None, context: Context
) -> str:
    if (by, group) not in registered:
        return ""
    return _of_everybody(context.group(by, group), registered[by, group], everybody, context)


def _unknown(known: list[int | None], everybody: int | None, context: Context) -> str:
    """Those of no known group; of people in a group that is hidden it cannot be told how many they are."""
    shown = [people for people in known if people is not None]
    if everybody is None or len(shown) < len(known) or sum(shown) >= everybody:
        return ""
    people = everybody - sum(shown)
    named = context.words("participation.unknown")
    return _of_everybody(named, people if people >= context.floor else None, everybody, context)


def _of_everybody(title: str, people: int | None, everybody: int | None, context: Context) -> str:
    told = {"group": title, "people": people_text(people, context)}
    if people is None:
        return context.words("participation.group_hidden", **told)
    if not everybody:
        return context.words("participation.group", **told)
    return context.words("participation.group_share", share=context.numbers.share(people, everybody), **told)
