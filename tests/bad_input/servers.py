"""Servers from which one of the programme's rounds is pulled, in place of files."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_httpserver import HTTPServer

from flows.sources.kobotoolbox import project, pulling
from flows.sources.odk_central import account, feed
from flows.sources.web import Limits
from tests.bad_input.night import Night
from tests.fakes.kobotoolbox import TOKEN, Kobo
from tests.fakes.odk_central import PASSWORD, USER, Central, running

QUESTIONS = ("code", "day", "sales", "result")
LIMITS = Limits(connect=2, read=1, whole=20, wait=0.01)
_WINDOWS = {"m3": "window = [2, 5]\n", "m6": "window = [5, 9]\n"}


def answers(code: str = "A-1", sales: str = "13000", **more: object) -> dict[str, object]:
    """One person's follow-up."""
    return {"code": code, "day": "2024-04-20", "sales": sales, "result": "completed", **more}


@contextmanager
def kobo_of(night: Night, patch: pytest.MonkeyPatch, more: tuple[str, ...] = (), most: int = 1000) -> Iterator[Kobo]:
    """A KoboToolbox that the night pulls from; `more` are names of repeated groups."""
    survey = [{"type": "text", "name": name, "$xpath": name} for name in QUESTIONS]
    for name in more:
        survey += [{"type": "begin_repeat", "name": name, "$xpath": name}, {"type": "end_repeat"}]
    with HTTPServer(threaded=True) as server:
        kobo = Kobo(server, survey=survey, most=most)
        patch.setenv("IMPACT_CONNECTION_KOBO_URL", kobo.url)
        patch.setenv("IMPACT_CONNECTION_KOBO_TOKEN", TOKEN)
        patch.setattr(project, "LIMITS", LIMITS)
        patch.setattr(pulling, "PAUSE_SECONDS", 0)
        _declare(night, "m3", f'kind = "kobotoolbox"\nconnection = "kobo"\nasset = "{Kobo.asset}"')
        yield kobo


@contextmanager
def central_of(night: Night, patch: pytest.MonkeyPatch, of_round: str = "m3") -> Iterator[Central]:
    """An ODK Central that the night pulls from, three submissions a page."""
    kinds = {"type": "string", "binary": None, "selectMultiple": None}
    fields = [{"path": f"/{name}", "name": name, **kinds} for name in QUESTIONS]
    with running(Central(form="follow_up", fields=fields)) as central:
        for field, value in {"URL": central.url, "USER": USER, "PASSWORD": PASSWORD}.items():
            patch.setenv(f"IMPACT_CONNECTION_FIELD_{field}", value)
        patch.setattr(account, "LIMITS", LIMITS)
        patch.setattr(feed, "PAGE_ROWS", 3)
        _declare(night, of_round, 'kind = "odk_central"\nconnection = "field"\nproject = 1\nform_id = "follow_up"')
        yield central


def _declare(night: Night, of_round: str, lines: str) -> None:
    """The source of a round; without a window, since the servers' clocks are not those of the sheets."""
    asked = f'form = "follow_up"\nround = "{of_round}"\n'
    night.declare(f'kind = "file_drop"\n{asked}files = "{of_round}*"\noptional = true', f"{asked}{lines}")
    night.declare(_WINDOWS[of_round], "")
