"""The quality gate's findings as a person or a machine reads them."""

import io
import json
from collections.abc import Sequence
from typing import Literal

from rich.console import Console
from rich.table import Table

COLUMNS = ("period", "rule", "of", "value", "limit", "verdict")
_WIDTH = 120


def told(rows: Sequence[dict[str, object]], verdicts: Sequence[str], format: Literal["text", "json"]) -> str:
    """The findings, and the verdict of each period's report."""
    if format == "json":
        return json.dumps({"verdicts": list(verdicts), "findings": list(rows)}, ensure_ascii=False, indent=1) + "\n"
    table = Table(*COLUMNS, box=None, pad_edge=False)
    for row in rows:
        of = " ".join(str(row[name]) for name in ("source", "indicator", "round", "arm") if row[name])
        value = "hidden" if row["value"] is None else f"{row['value']:g}"
        table.add_row(str(row["period"]), str(row["rule"]), of, value, f"{row['limit']:g}", str(row["verdict"]))
    written = io.StringIO()
    Console(file=written, width=_WIDTH).print(table)
    return written.getvalue() + "".join(f"{each}\n" for each in verdicts)
