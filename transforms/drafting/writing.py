"""Writes a drafted form as TOML: what is sure as a declaration, what a person must decide as a comment."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from transforms.programme import Combination, QuestionType

Kind = Literal["registration", "follow_up"]
WIDEST = 118


@dataclass(frozen=True)
class Words:
    """A text in both languages; `lacking` names the languages into which it was copied from the other."""

    th: str
    en: str
    lacking: tuple[str, ...] = ()

    @classmethod
    def of(cls, th: str | None, en: str | None, otherwise: str) -> "Words":
        """The words that there are, in place of those that there are not."""
        lacking = tuple(language for language, words in (("th", th), ("en", en)) if not words)
        return cls(th or en or otherwise, en or th or otherwise, lacking)


@dataclass(frozen=True)
class DraftChoice:
    """One allowed answer: our value, its words, and how it arrives where that is spelled otherwise."""

    value: str
    title: Words
    accepts: tuple[str, ...] = ()


@dataclass(frozen=True)
class DraftQuestion:
    """A question as it can be declared, and remarks about it for whoever reads the draft."""

    name: str
    path: str
    type: QuestionType
    title: Words
    remarks: tuple[str, ...] = ()
    choices: tuple[DraftChoice, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    required: bool = False
    identity: bool = False
    date_order: str | None = None
    district_of: str | None = None
    subdistrict_of: str | None = None
    each: str | None = None
    combine: Combination | None = None
    suggested: bool = False


@dataclass(frozen=True)
class DraftForm:
    """A form: its questions in their order, and what of the file is not asked for, with the reason."""

    id: str
    kind: Kind
    title: Words
    questions: Sequence[DraftQuestion]
    origin: str
    left_out: Sequence[str] = ()


def within_areas(questions: Sequence[DraftQuestion]) -> list[DraftQuestion]:
    """The questions; one about a district or subdistrict names the first that tells in what it lies."""
    first = {each.type: each.name for each in reversed(questions) if not each.suggested}
    province, district = first.get("province"), first.get("district")
    return [
        replace(each, district_of=province)
        if each.type == "district"
        else replace(each, subdistrict_of=district)
        if each.type == "subdistrict"
        else each
        for each in questions
    ]


def as_toml(form: DraftForm) -> str:
    """The form as part of forms.toml."""
    return "\n".join(_lines(form)) + "\n"


def _lines(form: DraftForm) -> Iterator[str]:
    names = {question.name for question in form.questions if not question.suggested}
    yield from _comment(f"Drafted by `impact draft-forms` from {form.origin}. Read every line before you use it; what")
    yield from _comment("each field means stands in the forms.toml that `impact new` writes. Then: impact check")
    yield from _to_do(form.kind, names)
    yield f"[forms.{form.id}]"
    yield f"kind = {_text(form.kind)}"
    yield f"title = {_words(form.title)}{_to_translate(form.title)}"
    key = '["participant_id"]' if "participant_id" in names else "[]"
    yield f"key = {key}          # the questions that tell submissions apart"
    yield from ("", f"[forms.{form.id}.questions]")
    for question in form.questions:
        if not question.choices:
            yield from _remarks(question)
            line = f"{question.name} = {{ {', '.join(_fields(question))} }}"
            yield f"# {line}" if question.suggested else line + _to_translate(question.title)
    yield from _left_out(form.left_out)
    for question in form.questions:
        if question.choices:
            yield from ("", *_remarks(question), f"[forms.{form.id}.questions.{question.name}]", *_fields(question))
            yield from ("choices = [", *(f"    {_choice(choice)}" for choice in question.choices), "]")


def _to_do(kind: Kind, names: set[str]) -> Iterator[str]:
    if "participant_id" not in names:
        yield from _comment(
            "TODO: no question was recognised as the participant's code. Name the one that tells people apart "
            "participant_id, with identity = true, and put it into key."
        )
    if kind == "registration" and "registered_on" not in names:
        yield from _comment("TODO: no question was recognised as the day of registration. Name it registered_on.")


def _left_out(reasons: Sequence[str]) -> Iterator[str]:
    if reasons:
        yield from ("", "# Not asked for:")
        for reason in reasons:
            yield from _comment(f"- {reason}")


def _remarks(question: DraftQuestion) -> Iterator[str]:
    for remark in question.remarks:
        yield from _comment(remark)
    if question.choices and question.title.lacking:
        yield from _comment(_to_translate(question.title))
    if lacking := [choice.value for choice in question.choices if choice.title.lacking]:
        yield from _comment(f"TODO: choices whose words are in one language only: {', '.join(lacking)}")


def _to_translate(title: Words) -> str:
    names = {"th": "Thai", "en": "English"}
    return f"  # TODO: title in {' and '.join(names[each] for each in title.lacking)}" if title.lacking else ""


def _fields(question: DraftQuestion) -> Iterator[str]:
    yield f"path = {_text(question.path)}"
    for name in ("each", "combine", "type", "date_order", "district_of", "subdistrict_of"):
        if value := getattr(question, name):
            yield f"{name} = {_text(value)}"
    for name in ("minimum", "maximum"):
        if (limit := getattr(question, name)) is not None:
            yield f"{name} = {limit:.15g}"
    for name in ("required", "identity"):
        if getattr(question, name):
            yield f"{name} = true"
    yield f"title = {_words(question.title)}"
    if question.type == "money":
        yield 'unit = { th = "บาท", en = "THB" }'


def _choice(choice: DraftChoice) -> str:
    accepts = f"accepts = [{', '.join(map(_text, choice.accepts))}], " if choice.accepts else ""
    return f"{{ value = {_text(choice.value)}, {accepts}title = {_words(choice.title)} }},"


def _words(words: Words) -> str:
    return f"{{ th = {_text(words.th)}, en = {_text(words.en)} }}"


def _text(text: str) -> str:
    """A basic string of TOML, which JSON's strings are too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> Iterator[str]:
    """Comment lines of the usual width; control characters, which TOML refuses there, become spaces."""
    words = "".join(letter if letter.isprintable() else " " for letter in text).split()
    line = "#"
    for word in words:
        if len(line) + 1 + len(word) > WIDEST and line != "#":
            yield line
            line = "#  "
        line = f"{line} {word}"
    yield line
