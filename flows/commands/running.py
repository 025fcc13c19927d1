"""The pipeline, whole or in part: run, pull, refresh, publish, report."""

from flows.commands.app import Languages, ProgrammeName, app, print_paths
from flows.settings import chosen_programmes
from transforms.programme import LANGUAGES


@app.command
def run(*programme: ProgrammeName, language: Languages = LANGUAGES) -> None:
    """Pull, refresh and publish: all programmes, or those named.

    Example: `impact run michigan_training --language en`
    """
    from flows.nightly import nightly
    from flows.standing import check_night

    programmes = chosen_programmes(programme)
    print_paths(nightly(list(programmes), list(language)))
    check_night(programmes)


@app.command
def pull(*programme: ProgrammeName) -> None:
    """Bring what the sources have into the landing.

    Example: `impact pull community_economy`
    """
    from flows.pull import pull as pull_flow
    from flows.standing import check_sources, failing_sources

    programmes = chosen_programmes(programme)
    for name in programmes:
        pull_flow(name)
    check_sources(programmes, failing_sources)


@app.command
def refresh(*programme: ProgrammeName, as_of: str | None = None) -> None:
    """Rebuild the warehouse from the landing.

    Example: `impact refresh community_economy --as-of 2026-05-01`

    Parameters
    ----------
    as_of
        Build a private warehouse of what had landed by the end of that day, or by that time (2026-05-01T08:00), in
        Bangkok where it names no zone, with today's definitions; its path is printed. `impact results` reads it.
    """
    from flows.moments import moment_of
    from flows.refresh import refresh as refresh_flow
    from flows.standing import check_sources, unused_sources

    programmes = chosen_programmes(programme)
    if as_of is not None:
        print_paths([refresh_flow(name, moment_of(as_of)) for name in programmes])
        return
    for name in programmes:
        refresh_flow(name)
    check_sources(programmes, unused_sources)


@app.command
def publish(*programme: ProgrammeName, language: Languages = LANGUAGES) -> None:
    """Typeset the reports of the current warehouse.

    Example: `impact publish community_economy --language th`
    """
    from flows.publish import publish as publish_flow

    for name in chosen_programmes(programme):
        print_paths(publish_flow(name, list(language)))


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
    print_paths(report_on_demand(request))
