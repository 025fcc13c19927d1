"""Forms as a programme would declare them, in as few words as a test needs."""

from typing import Any

from transforms.programme import Form

TITLE = {"th": "ก", "en": "a"}


def question(path: str | tuple[str, ...], kind: str = "text", **more: Any) -> dict[str, Any]:
    """A question that arrives under `path`; `more` are further fields of forms.toml."""
    return {"path": path, "type": kind, "title": TITLE, **more}


def form_of(questions: dict[str, dict[str, Any]], kind: str = "registration") -> Form:
    """A form whose submissions are told apart by `participant_id`."""
    return Form.model_validate({"kind": kind, "title": TITLE, "key": ["participant_id"], "questions": questions})
