"""Reads single answers, by both ways, which must agree."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from transforms.normalise import judged, normalise, rules_for
from transforms.normalise.reading import Rules
from transforms.programme import Question

Read = Callable[..., tuple[object, str | None, str | None]]

TODAY = date(2026, 6, 1)
CHOICES = [
    {"value": "trade", "title": {"th": "การค้า (ปลีก-ส่ง)", "en": "Trade"}, "accepts": ["1", "ค้าขาย"]},
    {"value": "none", "title": {"th": "ไม่มี", "en": "None"}},
]


@pytest.fixture
def rules() -> Callable[..., Rules]:
    """The rules of a question of the given type."""

    def of(kind: str, **more: object) -> Rules:
        extra = {"choices": CHOICES} if kind in ("choice", "choices") else {}
        declared = {"path": "q", "type": kind, "title": {"th": "q", "en": "q"}, **extra, **more}
        return rules_for(Question.model_validate(declared), TODAY, "Asia/Bangkok")

    return of


@pytest.fixture
def read(rules: Callable[..., Rules]) -> Read:
    """One answer's value, reason code and warning code."""

    def one(kind: str, text: str | None, **more: object) -> tuple[object, str | None, str | None]:
        of = rules(kind, **more)
        carefully = judged(pl.DataFrame({"text": [text]}, schema={"text": pl.String}), of)
        whole = normalise(pl.DataFrame({"q": [text]}, schema={"q": pl.String}), {"q": of})["q"]
        value, refused, noted = carefully.select("value", "refused", "noted").row(0)
        assert whole.values.to_list() == [value]
        assert list(whole.refused) == [code for code in (refused,) if code]
        assert list(whole.noted) == [code for code in (noted,) if code]
        return value, refused, noted

    return one
