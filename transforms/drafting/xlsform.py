"""Drafts a form from an XLSForm: the sheets survey, choices and settings, every cell as text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from transforms.checking.forms import ENGINE_COLUMNS
from transforms.drafting.constraints import limits_of
from transforms.drafting.engine_names import with_engine_names
from transforms.drafting.labels import Row, choices_of, is_yes_no, title_of, words_of
from transforms.drafting.meanings import is_about_place, kind_of, meaning_of
from transforms.drafting.names import Names, name_for
from transforms.drafting.writing import DraftChoice, DraftForm, DraftQuestion, Kind, Words, within_areas
from transforms.programme import QuestionType

_TYPES: dict[str, QuestionType] = {
    **dict.fromkeys(
        (
            "start",
            "end",
            "text",
            "string",
            "barcode",
            "time",
            "rank",
            "select_one",
            "select_multiple",
            "acknowledge",
            "trigger",
        ),
        "text",
    ),
    **dict.fromkeys(("integer", "int"), "integer"),
    **dict.fromkeys(("decimal", "range"), "number"),
    **dict.fromkeys(("date", "datetime", "today"), "date"),
}
_PLACE = "a place; as a text named gps, with identity = true, it stays in the vault and the checks compare it"
_READ_AS = ("province", "district", "subdistrict", "national_id", "phone", "year")
"""What the answers to a text question may be, by its name or label."""
_FROM_LISTS: dict[str, QuestionType] = {"select_one": "choice", "select_multiple": "choices"}
_TIMES = {"start": "started_at", "end": "ended_at"}
_USUAL = {
    "start": Words("เวลาเริ่มตอบ", "Start of the answers"),
    "end": Words("เวลาตอบเสร็จ", "End of the answers"),
    "today": Words("วันที่บนเครื่อง", "Day on the device"),
}
_TECHNICAL = {
    **dict.fromkeys(("deviceid", "simserial", "subscriberid"), "which device it is"),
    **dict.fromkeys(("phonenumber", "username", "email"), "who holds the device"),
    **dict.fromkeys(("audit", "background-audio"), "a record of how the form was filled in"),
    **dict.fromkeys(("image", "photo", "audio", "video", "file"), "a file; only its name arrives"),
    **dict.fromkeys(("calculate", "hidden"), "computed in the form; declare it if reports need it"),
    **dict.fromkeys(("xml-external", "csv-external"), "a list of the form"),
}


@dataclass(frozen=True)
class _Group:
    name: str
    repeated: bool
    conditional: bool


@dataclass
class _Asked:
    """What was gathered so far while the survey is read from top to bottom."""

    kind: Kind
    choices: Mapping[str, tuple[DraftChoice, ...]]
    names: Names = field(default_factory=lambda: Names(ENGINE_COLUMNS))
    groups: list[_Group] = field(default_factory=list)
    questions: list[DraftQuestion] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def path(self, name: str) -> str:
        """A question's path as ODK and Kobo deliver it."""
        return "/".join([*(group.name for group in self.groups), name])

    @property
    def repeats(self) -> list[str]:
        """The paths of the repeats around, the outermost first."""
        paths = ["/".join(group.name for group in self.groups[: depth + 1]) for depth in range(len(self.groups))]
        return [path for path, group in zip(paths, self.groups, strict=True) if group.repeated]


def draft(
    survey: Sequence[Row], choices: Sequence[Row], settings: Row, origin: str, kind: Kind | None = None
) -> DraftForm:
    """The form that the three sheets describe; `kind` as it says itself where it is not given."""
    title = settings.get("form_title") or settings.get("form_id") or "form"
    kind = kind or kind_of(f"{title} {settings.get('form_id', '')}")
    asked = _Asked(kind, choices_of(choices))
    for row in survey:
        _read(row, asked)
    questions = within_areas(with_engine_names(asked.questions, kind))
    return DraftForm(kind, kind, title_of(title), questions, origin, asked.left_out)


def _read(row: Row, asked: _Asked) -> None:
    """Adds what one line of the survey says."""
    kind, _, more = re.sub(r"\s+", " ", row.get("type", "").strip()).partition(" ")
    kind, name = kind.lower().removesuffix("_from_file"), row.get("name", "").strip()
    if kind in ("begin", "end") and more:  # older forms; `end` alone is a time
        kind, more = f"{kind}_{more.partition(' ')[0]}", ""
    if kind.startswith("begin_"):
        asked.groups.append(_Group(name, kind == "begin_repeat", bool(row.get("relevant"))))
        if kind == "begin_repeat":
            _open_repeat(row, asked)
        elif kind != "begin_group":
            asked.left_out.append(f"{asked.path('')[:-1]}: {kind.removeprefix('begin_')} has columns of its own")
    elif kind.startswith("end_"):
        del asked.groups[-1:]
    elif kind and kind != "note" and name:
        _ask(kind, more, name, row, asked)


def _open_repeat(row: Row, asked: _Asked) -> None:
    path, outer = asked.repeats[-1], asked.repeats[:-1]
    if outer:
        asked.left_out.append(f"{path}: is asked several times within {outer[-1]}; only one level is read")
        return
    title = words_of(row, path)
    remarks = (f"{path} is asked several times. Take in what reports need, one line each (docs/sources.md):",)
    name = asked.names.take(name_for(f"{path}_count"))
    asked.questions.append(DraftQuestion(name, path, "integer", title, remarks, combine="count", suggested=True))


def _ask(kind: str, more: str, name: str, row: Row, asked: _Asked) -> None:
    path = asked.path(name)
    if kind in _TECHNICAL or is_about_place(kind):
        reason = _TECHNICAL.get(kind, _PLACE)
        asked.left_out.append(f"{path} ({kind}): {reason}")
        return
    if kind not in _TYPES:
        asked.left_out.append(f"{path} ({kind}): this type is not known")
        return
    question = _question(kind, more, path, row, asked)
    if not asked.repeats:
        asked.questions.append(
            replace(question, name=asked.names.take(name_for(_TIMES.get(kind, name)), name_for(path)))
        )
    elif len(asked.repeats) == 1:
        asked.questions.append(_from_repeat(question, asked))


def _from_repeat(question: DraftQuestion, asked: _Asked) -> DraftQuestion:
    """What may be made of the answers to a question that is asked several times, as a suggestion."""
    repeat = asked.repeats[-1]
    numeric = question.type in ("integer", "number", "money")
    return replace(
        question,
        name=asked.names.take(name_for(question.path)),
        path=repeat,
        each=question.path.removeprefix(f"{repeat}/"),
        combine="sum" if numeric else "list",
        type=question.type if numeric else "text",
        remarks=("or mean, minimum, maximum",) if numeric else (),
        choices=(),
        minimum=None,
        maximum=None,
        required=False,
        identity=question.identity or question.type == "text",
        date_order=None,
        suggested=True,
    )


def _question(kind: str, more: str, path: str, row: Row, asked: _Asked) -> DraftQuestion:
    title = _USUAL.get(kind) or words_of(row, path)
    said = meaning_of(path.rpartition("/")[2], *(() if title.lacking == ("th", "en") else (title.th, title.en)))
    always = not row.get("relevant") and not any(group.conditional for group in asked.groups)
    required = always and _is_yes(row.get("required", ""))
    declared = DraftQuestion(path, path, _TYPES.get(kind, "text"), title, required=required)
    if kind in _FROM_LISTS:
        return _of_choices(declared, kind, more, asked)
    if said and said.type in _READ_AS and declared.type == "text":
        declared = replace(declared, type=said.type)
    if said and said.type == "money" and declared.type in ("integer", "number"):
        declared = replace(declared, type="money")
    if kind in _TIMES:
        return replace(declared, remarks=("on the device's clock: how long an interview took",))
    if said and said.identity:
        declared = replace(declared, identity=True, remarks=("tells who somebody is: stays in the vault",))
    elif declared.type == "text":
        declared = replace(declared, remarks=("free text: add identity = true unless nobody can be known by it",))
    return _limited(declared, row.get("constraint", ""))


def _of_choices(declared: DraftQuestion, kind: str, more: str, asked: _Asked) -> DraftQuestion:
    listed, _, other = more.partition(" ")
    choices = asked.choices.get(listed, ())
    if is_yes_no(choices) and kind == "select_one":
        return replace(declared, type="boolean")
    if not choices:
        return replace(declared, remarks=(f"its list '{listed}' is not in the workbook: declare its choices, or text",))
    remarks = ("'or other' has a text of its own, which is not asked for",) if other else ()
    return replace(declared, type=_FROM_LISTS[kind], choices=choices, remarks=remarks)


def _limited(question: DraftQuestion, constraint: str) -> DraftQuestion:
    if not constraint.strip():
        return question
    limits = limits_of(constraint, whole=question.type == "integer")
    if limits is None or question.type not in ("integer", "number", "money"):
        remark = f"in the form it is held to: {constraint}"
        return replace(question, remarks=(*question.remarks, remark))
    return replace(question, minimum=limits.minimum, maximum=limits.maximum)


def _is_yes(cell: str) -> bool:
    return cell.strip().lower().removesuffix("()") in ("yes", "true", "1", "required")
