"""Estimates of any table, by a specification."""

import sys
from pathlib import Path

from flows.commands.app import app


@app.command
def estimate(*, data: Path, spec: Path, output: Path | None = None) -> None:
    """Estimate what a specification declares of any table, as JSON.

    Randomised trials, panels, difference-in-differences, staggered adoption, sample surveys: docs/estimate.md.

    Example: `impact estimate --data trial.csv --spec trial.toml`

    Parameters
    ----------
    data
        The table: CSV, TSV or Parquet, one row an observation.
    spec
        The specification, in TOML.
    output
        A file to write instead of the screen.
    """
    from flows.studies import estimated

    found = estimated(data, spec)
    if output is None:
        sys.stdout.write(found)
    else:
        output.write_text(found, encoding="utf-8")
        print(output)
