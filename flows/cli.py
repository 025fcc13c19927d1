"""The command line `impact`. Each command reads its options and calls one function.

What a command needs is imported inside it: `impact check` must not wait for Prefect or WeasyPrint.
"""

import logging
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter
from rich.console import Console

from flows.machine import refused_by_the_machine
from flows.recording import StageError
from flows.settings import chosen_programmes, programme_names, settings
from transforms.errors import UserError
from transforms.programme import LANGUAGES, Language


def _offered_names() -> tuple[str, ...]:
    """This machine's programmes; none while the settings are wrong, which the command itself then says."""
    try:
        return programme_names()
    except UserError:
        return ()


app = App(
    name="impact",
    help="Turns a programme's registrations and follow-up surveys into impact reports.",
    help_epilogue="Example: impact run michigan_training. Each command shows its own: impact report --help.",
    version=version("programme-impact"),
    help_format="markdown",
    default_parameter=Parameter(negative=()),
)
app.register_install_completion_command()

# A Literal, so that help, completion and the nearest match in an error all know this machine's programmes.
_names = _offered_names()
_Name: Any = Literal[_names] if _names else str
ProgrammeName: Any = Annotated[_Name, Parameter(help="A programme: a folder below programmes/.")]
Languages = Annotated[
    tuple[Language, ...], Parameter(name="--language", consume_multiple=True, help="Which languages.")
]
Format = Literal["json", "csv"]


@app.command
def run(*programme: ProgrammeName, language: Languages = LANGUAGES) -> None:
    """Pull, refresh and publish: all programmes, or those named.

    Example: `impact run michigan_training --language en`
    """
    from flows.nightly import nightly

    programmes = chosen_programmes(programme)
    _print_paths(nightly(list(programmes), list(language)))
    _fail_with_sources(programmes)


@app.command
def pull(*programme: ProgrammeName) -> None:
    """Bring what the sources have into the landing.

    Example: `impact pull community_economy`
    """
    from flows.pull import pull as pull_flow

    programmes = chosen_programmes(programme)
    for name in programmes:
        pull_flow(name)
    _fail_with_sources(programmes)


@app.command
def refresh(*programme: ProgrammeName) -> None:
    """Rebuild the warehouse from the landing.

    Example: `impact refresh community_economy`
    """
    from flows.refresh import refresh as refresh_flow

    for name in chosen_programmes(programme):
        refresh_flow(name)


@app.command
def publish(*programme: ProgrammeName, language: Languages = LANGUAGES) -> None:
    """Typeset the reports of the current warehouse.

    Example: `impact publish community_economy --language th`
    """
    from flows.publish import publish as publish_flow

    for name in chosen_programmes(programme):
        _print_paths(publish_flow(name, list(language)))


@app.command
def report(
    programme: ProgrammeName,
    *,
    area: str | None = None,
    session: str | None = None,
    round: str | None = None,
    period: str | None = None,
    language: Languages = LANGUAGES,
) -> None:
    """One report now: a programme, an area or a course session, at one round, in one period.

    Example: `impact report community_economy --area 85 --round m12 --language th`

    Parameters
    ----------
    area
        An area's code or name, such as 85 or Ranong.
    session
        A course session's code.
    round
        A follow-up round of the programme; the latest one when not given.
    period
        A reporting period of the programme, such as fy2568; the latest one with participants when not given.
    """
    from flows.report_on_demand import report_on_demand, requested

    place = {"area": area, "session": session}
    request = requested(programme=programme, **place, round=round, period=period, languages=list(language))
    _print_paths(report_on_demand(request))


@app.command
def results(programme: ProgrammeName, *, format: Format = "json") -> None:
    """The numbers that may be published, for a machine.

    Example: `impact results michigan_training --format json`

    Parameters
    ----------
    format
        How they are written.
    """
    from flows.results import results as current_results

    sys.stdout.write(current_results(programme, format))


@app.command
def rejects(programme: ProgrammeName) -> None:
    """What was set aside: one line a reason, with source, file, row and question, for whoever mends it.

    Example: `impact rejects community_economy`
    """
    from flows.results import rejected_rows

    sys.stdout.write(rejected_rows(programme))


@app.command
def check(*programme: ProgrammeName) -> None:
    """Is every programme folder sound? Each mistake is a line: file, field, what is allowed.

    Example: `impact check community_economy`
    """
    from transforms.errors import ProgrammeError
    from transforms.loading import load_programme

    mistakes: list[str] = []
    for name in chosen_programmes(programme):
        try:
            loaded = load_programme(settings().programme_folder(name))
        except ProgrammeError as error:
            mistakes += error.mistakes
        else:
            asked, measured = len(loaded.questions), len(loaded.indicators)
            Console().print(f"{name}: sound. {asked} questions, {measured} indicators, {len(loaded.rounds)} rounds.")
    if mistakes:
        raise ProgrammeError(mistakes)


@app.command
def new(name: str) -> None:
    """A commented starter folder for a new programme, with a made-up sample that can be run at once.

    Example: `impact new village_weaving`

    Parameters
    ----------
    name
        The programme's id: lower-case letters, digits and _.
    """
    from flows.starter import write_starter

    folder = settings().programme_folder(name)
    write_starter(folder, name)
    print(
        f"{folder} is ready, with a made-up sample in its inbox.\n"
        f"  See a report at once:   impact run {name}\n"
        f"  Make it yours:          edit its three .toml files, then: impact check {name}\n"
        f"  Before real data come:  delete {folder}/inbox/*_sample.csv, the line `synthetic = true` of programme.toml\n"
        f"                          and what was made of the sample: rm -r {settings().state}/*/{name}"
    )


@app.command
def demo() -> None:
    """Both example programmes, from made-up and real data to PDFs in two languages.

    Example: `impact demo`
    """
    from flows.demo import demo as run_demo

    _print_paths(run_demo())


@app.command
def serve(*, port: int = 4200) -> None:
    """Schedule the nights and offer the report form, on this machine, until stopped.

    Example: `impact serve --port 4200`

    Parameters
    ----------
    port
        The port of the browser's page, on this machine only.
    """
    from flows.serving import serve as serve_deployments

    serve_deployments(port)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command. A user's mistake ends with one message and code 1, never a traceback."""
    _log_to_stderr()
    try:
        app(arguments)
    except (UserError, StageError) as error:
        _say(error)
        sys.exit(1)
    except OSError as error:
        refused = refused_by_the_machine(error)
        if refused is None:
            raise
        _say(refused)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _say(mistake: Exception) -> None:
    Console(stderr=True, soft_wrap=True).print(str(mistake), style="red", markup=False, highlight=False)


def _log_to_stderr() -> None:
    """Quiet lines: the time and what happened. A terminal needs no times."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s" if sys.stderr.isatty() else "%(asctime)s %(message)s"))
    log = logging.getLogger("impact")
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False


def _fail_with_sources(programmes: Sequence[str]) -> None:
    """Ends with code 1 where a source failed, so that a scheduler notices; the reports are made all the same."""
    from flows.pull import failing_sources

    failing = [sentence for name in programmes for sentence in failing_sources(name)]
    if failing:
        raise UserError("\n".join(failing))


def _print_paths(paths: Sequence[Path]) -> None:
    for path in paths:
        print(path)


if __name__ == "__main__":
    main()
