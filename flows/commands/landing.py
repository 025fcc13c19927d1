"""What was received, and the people in it: landing verify, landing erase, landing retain."""

import sys

from cyclopts import App

from flows.commands.app import ProgrammeName, app
from flows.settings import chosen_programmes

landing = App(name="landing", help="What was received, as received: prove it, and take people out of it.")
app.command(landing)


@landing.command
def verify(*programme: ProgrammeName) -> None:
    """Is everything that was landed as it was written? Recomputes every hash; one line a source.

    Ends with code 1 when something is missing, changed or unknown, and names the file and what to do.

    Example: `impact landing verify community_economy`
    """
    from flows.verifying import verify as verify_landing

    found = [(name, each) for name in chosen_programmes(programme) for each in verify_landing(name)]
    for name, each in found:
        print(f"{name}: {each}")
    if any(each.wrong for _, each in found):
        sys.exit(1)


@landing.command
def erase(
    programme: ProgrammeName, *, participant: str | None = None, pseudonym: str | None = None, reason: str
) -> None:
    """Remove one person everywhere, for good: landing, vault and all versions of the warehouse, which is built anew.

    No later pull lands the person again. Files in the inbox are not changed: those that still hold the person are
    named, with their rows. Run it again at any time: after a kill it finishes, after a restored backup it erases anew.

    Example: `impact landing erase community_economy --participant R2568-0042 --reason "asked by letter"`

    Parameters
    ----------
    participant
        The participant's id, in any spelling; more ids with the same national number are found.
    pseudonym
        Or the pseudonym, as the warehouse shows it.
    reason
        Why; it is kept, so it names nobody.
    """
    from flows.erasing import erase as erase_person
    from flows.refresh import refresh

    erased = erase_person(programme, participant, pseudonym, reason)
    rows = ", ".join(f"{count} of {source}" for source, count in erased.rows.items() if count)
    print(f"{programme}: erased. Rows: {rows or 'none'}; lines of the vault: {erased.contacts}.")
    if erased.remaining:
        print("\n".join(["What impact does not change may still hold the person:", *erased.remaining]))
    print(f"The warehouse is built anew: {refresh(programme)}")


@landing.command
def retain(programme: ProgrammeName, *, dry_run: bool = False) -> None:
    """Take out everybody whose time is over, as `[retention]` in programme.toml declares it; each night does the same.

    Says how many people and rows go, never who; then which files of the inbox still hold such registrations. What has
    gone cannot be brought back. Run it again at any time: after a kill it finishes.

    Example: `impact landing retain community_economy --dry-run`

    Parameters
    ----------
    dry_run
        Change nothing; say how many would go.
    """
    from flows.refresh import refresh
    from flows.retaining import held_in_inbox
    from flows.retaining import retain as retain_people

    found = retain_people(programme, dry_run=dry_run)
    rows = ", ".join(f"{count} of {source}" for source, count in found.rows.items() if count)
    done = "would be taken out" if dry_run else "taken out"
    print(f"{programme}: {done}. People: {found.people}. Rows: {rows or 'none'}.")
    remaining = found.remaining or held_in_inbox(programme)
    if remaining:
        print("\n".join(["What impact does not change may still hold people whose time is over:", *remaining]))
    if rows and not dry_run:
        print(f"The warehouse is built anew: {refresh(programme)}")
