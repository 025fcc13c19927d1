"""Runs the same functions through Prefect where a server records them, and in this process where none does.

Prefect is imported only when it is needed. Exception texts are the main way for personal data to get out
(`conversion failed: ["081..."]`), so whatever is not a UserError is replaced here, before Prefect sees it.
"""

import atexit
import logging
import os
import sys
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from flows.machine import refused_by_the_machine
from flows.settings import ROOT
from transforms.errors import UserError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class StageError(Exception):
    """A stage that broke: which one, what kind of error and where in our code; never a value."""

    code = "stage_failed"

    def __init__(self, stage: str, kind: str, place: str) -> None:
        self.stage = stage
        self.kind = kind
        self.place = place
        super().__init__(stage, kind, place)

    def __str__(self) -> str:
        return (
            f"{self.code}: stage '{self.stage}' broke with {self.kind} at {self.place}. "
            "The error's own text may quote data, so it is not shown."
        )


def guarded(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """The function, raising a UserError or StageError without cause or values instead of any other error."""

    @wraps(function)
    def guard(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except (UserError, StageError) as error:
            # A cause or context may quote data too; Prefect logs the whole chain.
            failure: Exception = error.with_traceback(None)
            failure.__cause__ = failure.__context__ = None
        except Exception as error:
            failure = refused_by_the_machine(error) or _broken(_name(function), error)
        raise failure  # outside the except block, so that it carries no context

    return guard


def _broken(stage: str, error: Exception) -> StageError:
    return StageError(stage, type(error).__name__, _place(error.__traceback__))


def _name(function: Callable[..., Any]) -> str:
    return function.__name__.strip("_")


def _place(traceback: TracebackType | None) -> str:
    """The innermost line of our own code that an error passed through."""
    place = "an unknown place"
    while traceback is not None:
        path = Path(traceback.tb_frame.f_code.co_filename)
        ours = path.is_relative_to(ROOT) and "site-packages" not in path.parts
        if ours and path != Path(__file__):
            place = f"{path.relative_to(ROOT)}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place


def in_recorded_run() -> bool:
    """Whether a Prefect flow run is under way here."""
    context = sys.modules.get("prefect.context")  # without the import there can be no run
    return context is not None and context.FlowRunContext.get() is not None


def step(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """The function as a Prefect task inside a recorded flow run, else plain; guarded in both."""
    safe = guarded(function)

    @wraps(function)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        return _task(safe)(*args, **kwargs) if in_recorded_run() else safe(*args, **kwargs)

    return run


@cache
def _task(function: Callable[..., Any]) -> Callable[..., Any]:
    from prefect import task
    from prefect.cache_policies import NO_CACHE

    # Hashing a frame for a cache key costs seconds, and a persisted result would be personal data on disk.
    return task(name=_name(function), cache_policy=NO_CACHE, persist_result=False)(function)


def as_flow(function: Callable[..., Any]) -> Any:
    """The function as a Prefect flow that persists nothing. What a deployment serves."""
    from prefect import flow

    plain = getattr(function, "plain", function)
    return flow(name=plain.__name__.replace("_", "-"), persist_result=False, log_prints=False)(guarded(plain))


def recorded_flow(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """The function as a flow recorded by the server at PREFECT_API_URL; without one, in this process."""
    safe = guarded(function)

    @wraps(function)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        if in_recorded_run():
            return safe(*args, **kwargs)  # one run records the whole night; a subflow costs a second each
        if os.environ.get("PREFECT_API_URL"):
            _end_without_leak_report()
            flow = as_flow(function)
            _tell_mistakes_once()
            return flow(*args, **kwargs)  # type: ignore[no-any-return]
        _say_once_that_nothing_is_recorded()
        return safe(*args, **kwargs)

    run.plain = function  # type: ignore[attr-defined]
    return run


@cache
def _end_without_leak_report() -> None:
    """Closes stderr as one of the last things this process does.

    Prefect's threads keep DuckDB's classes alive to the end, and DuckDB 2.0 then prints a hundred lines about it. The
    operating system frees them all; a reader would think that the run had failed.
    """
    atexit.register(lambda: os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno()))


_RUN_LOGS = ("prefect.flow_runs", "prefect.task_runs")


@cache
def _tell_mistakes_once() -> None:
    """Leaves a user's mistake to the caller, who tells it; the server keeps the line, without its traceback.

    Only once Prefect is imported: it sets the handlers then.
    """
    for name in _RUN_LOGS:
        logging.getLogger(name).addFilter(_without_traceback)
    for console in logging.getLogger().handlers:  # what a run says reaches the screen through the root's handlers
        console.addFilter(_is_news)


def _without_traceback(record: logging.LogRecord) -> bool:
    if record.exc_info and isinstance(record.exc_info[1], (UserError, StageError)):
        record.exc_info = None
    return True


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a line says what the raised error will not say."""
    repeats = ("Encountered exception", "Finished in state Failed", "Task run failed with exception")
    return not (record.name in _RUN_LOGS and record.getMessage().startswith(repeats))


@cache
def _say_once_that_nothing_is_recorded() -> None:
    logger().info("Not recorded: PREFECT_API_URL is not set, so this runs in this process alone.")


def logger() -> Any:
    """The log of the recorded run, else the log `impact`. Counts and names go in, never a row's values."""
    if in_recorded_run():
        from prefect import get_run_logger

        return get_run_logger()
    return logging.getLogger("impact")
