"""Gives those questions the engine's own names that mean what these names mean in every programme."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from transforms.drafting.meanings import meaning_of
from transforms.drafting.writing import DraftQuestion, Kind


def with_engine_names(questions: Sequence[DraftQuestion], kind: Kind) -> list[DraftQuestion]:
    """The questions; the first that fits is taken for participant_id, for the day, and for the consent."""
    day = "registered_on" if kind == "registration" else "answered_on"
    wanted: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
        ("participant_id", ("participant_id",), ("text", "integer")),
        (day, (day, "registered_on", "answered_on", "day"), ("date",)),
    ]
    if kind == "registration":
        wanted.append(("consented", ("consented",), ("boolean",)))
    declared = [each for each in questions if not each.suggested]
    named = {each.name for each in declared}
    renamed: dict[str, str] = {}
    for ours, meanings, types in wanted:
        fitting = [each for each in declared if each.type in types]
        found = next((each for meant in meanings for each in fitting if _means(each, meant)), None)
        if found is not None and ours not in named:
            renamed[found.name] = ours
    return [_as_engine_reads(each, renamed) for each in questions]


def _means(question: DraftQuestion, meant: str) -> bool:
    group, _, name = question.path.rpartition("/")
    titles = () if question.title.lacking == ("th", "en") else (question.title.th, question.title.en)
    texts = (group, name, *titles) if meant == "consented" else (name, *titles)
    return any(found is not None and found.name == meant for found in map(meaning_of, texts))


def _as_engine_reads(question: DraftQuestion, renamed: Mapping[str, str]) -> DraftQuestion:
    ours = renamed.get(question.name, question.name)
    if question.suggested:
        return question
    if ours == "participant_id":
        question = replace(question, type="code", identity=True, required=True, remarks=(), minimum=None, maximum=None)
    if ours == "registered_on":
        question = replace(question, required=True)
    remarks = () if ours == question.name else (f"taken for {ours}: check that it is",)
    return replace(question, name=ours, remarks=(*question.remarks, *remarks))
