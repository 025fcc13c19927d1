"""What the current warehouse says: results, what they would tell, rejects, flags, calls."""

import sys
from typing import Literal

from flows.commands.app import Format, ProgrammeName, app
from transforms.programme import Language


@app.command
def results(programme: ProgrammeName, *, format: Format = "json", as_of: str | None = None) -> None:
    """The numbers that may be published, for a machine.

    Example: `impact results michigan_training --format json`

    Parameters
    ----------
    format
        How they are written.
    as_of
        As they stood at the end of an earlier day, or at a time: those of the last release until then.
    """
    from flows.moments import moment_of
    from flows.results import results as current_results

    sys.stdout.write(current_results(programme, format, moment_of(as_of) if as_of is not None else None))


@app.command
def audit_disclosure(programme: ProgrammeName, *, most: int = 20) -> None:
    """What could be worked out of the current release by subtraction: the worst first, never the hidden number itself.

    And how many estimates are shown of those that would be, were each judged by itself only.
    Ends with 1 when a hidden number under the floor is known too well.

    Example: `impact audit-disclosure community_economy`

    Parameters
    ----------
    most
        How many of the hidden numbers to name.
    """
    from flows.auditing import disclosure_audit
    from transforms.disclosure.audit import audit_lines

    audit, shown = disclosure_audit(programme)
    print("\n".join([*audit_lines(audit, most), *shown.lines()]))
    if not audit["safe"].all():
        raise SystemExit(1)


@app.command
def explain(
    programme: ProgrammeName,
    estimate: str | None = None,
    *,
    indicator: str | None = None,
    quantity: str | None = None,
    round: str | None = None,
    by: str | None = None,
    group: str | None = None,
    language: Language = "en",
    format: Literal["text", "json"] = "text",
) -> None:
    """What is behind one number: sentence, definition, grade with its caps, rows, files; and computes it anew.

    Without an id it lists the ids there are. What may not be published is not said here either.

    Example: `impact explain michigan_training --indicator scrap_rate`

    Parameters
    ----------
    estimate
        The number's id, as in `impact results`.
    indicator
        List the ids of this indicator.
    quantity
        List the ids of a count, level, change or effect.
    round
        List the ids of this round.
    by
        List the ids of this breakdown.
    group
        List the ids of this group.
    language
        Of the sentence.
    format
        For a person or a machine.
    """
    from flows.explaining import explain as explained
    from flows.explaining import matching, written

    if estimate is None:
        filters = {"indicator": indicator, "quantity": quantity, "round": round, "by": by, "group": group}
        print("\n".join(matching(programme, filters)))
        return
    sys.stdout.write(written(explained(programme, estimate, language), format))


@app.command
def compare(
    programme: ProgrammeName,
    earlier: str = "previous",
    later: str = "current",
    *,
    most: int = 30,
    exact: bool = False,
    format: Literal["text", "json", "csv"] = "text",
) -> None:
    """Why the numbers of two versions of the warehouse differ: each one's difference, split among causes that add up.

    Ends with 1 when a part of any number is left unexplained. Never says anything of one person.

    Example: `impact compare community_economy previous current`

    Parameters
    ----------
    earlier
        A version of the warehouse (wh-..., or how it begins), current, previous, or a day or time: what was known then.
    later
        The other one, likewise.
    most
        How many numbers the table has; json and csv have all.
    exact
        Also the amounts where fewer people than the publication floor are behind a number or its move. Not to be shown
        to anybody who may not read the warehouse.
    format
        A table, or all numbers for a machine.
    """
    from flows.comparing import compare as compared
    from flows.telling_comparison import told

    comparison = compared(programme, earlier, later)
    sys.stdout.write(told(comparison, format, most, exact=exact))
    if comparison.unexplained:
        raise SystemExit(1)


@app.command
def rejects(programme: ProgrammeName) -> None:
    """What was set aside: one line a reason, with source, submission and question, for whoever mends it.

    A submission is called by its server's key, or FILE#ROW. corrections.csv takes it as it stands here.

    Example: `impact rejects community_economy`
    """
    from flows.results import rejected_rows

    sys.stdout.write(rejected_rows(programme))


@app.command
def flags(programme: ProgrammeName, *, check: str | None = None, format: Literal["text", "csv"] = "text") -> None:
    """What the checks noticed in the answers: one line a flag, with submission, question and how far it goes.

    Example: `impact flags community_economy --check outlier_sd`

    Parameters
    ----------
    check
        Only what this check noticed: missing, outlier_sd, outlier_iqr, rule, time_unreadable, ends_before_start,
        duration_short, duration_long, same_place, same_answers, enumerator_mean, enumerator_missing.
    format
        Lines of text without what is accepted, or CSV with all.
    """
    from flows.results import flagged

    sys.stdout.write(flagged(programme, check, format))


@app.command
def gate(programme: ProgrammeName, *, accept: str | None = None, format: Literal["text", "json"] = "text") -> None:
    """The quality gate: what each rule finds now, its limit, and whether a report is final, a draft or held.

    Example: `impact gate community_economy`

    Parameters
    ----------
    accept
        Why the headlines of the current warehouse are right though they moved far; lets them pass from now on.
    format
        A table, or JSON.
    """
    from flows.gate import accept_moves, gate_table
    from flows.telling_gate import told

    if accept is not None:
        print(accept_moves(programme, accept))
    sys.stdout.write(told(*gate_table(programme), format))


@app.command
def calls(programme: ProgrammeName, *, round: str, format: Literal["xlsx", "csv"] = "xlsx") -> None:
    """The call list of a round: who is due and not reached yet, with names and numbers. Written into the vault.

    Example: `impact calls community_economy --round m6`

    Parameters
    ----------
    round
        A follow-up round of the programme.
    format
        A workbook, or CSV.
    """
    from flows.calls import call_list

    made = call_list(programme, round, format)
    print(made.path)
    for status, count in made.counts.items():
        print(f"{status}: {count}")
