"""A table for whoever looks: drawn at a terminal, else a line a row that names every cell."""

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints rows of text, of which the first cell is the row's name."""
    if not sys.stdout.isatty():
        for name, *cells in rows:
            named = zip(columns[1:], cells, strict=True)
            print(f"{name}: " + "; ".join(f"{column}: {cell}" for column, cell in named))
        return
    table = Table(*columns)
    for row in rows:
        table.add_row(*row)
    Console(markup=False, highlight=False).print(table)
