"""Prints the reference table. `python -m tests.reference` exits with 1 unless every number matches."""

import sys

from flows.commands.tables import print_table
from tests.reference.table import numbers


def main() -> int:
    """Prints a line a number and the count; returns the exit code."""
    rows = list(numbers())
    print_table(
        ("source", "what", "expected", "computed", "match"),
        [(each.source, each.what, str(each.expected), each.shown, "yes" if each.matches else "NO") for each in rows],
    )
    matching = sum(each.matches for each in rows)
    print(f"{matching} of {len(rows)} numbers match: {100 * matching / len(rows):.1f} %")
    return 0 if matching == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
