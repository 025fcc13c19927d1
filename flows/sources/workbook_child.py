"""Reads Excel sheets in a process of its own, since a 10 kB workbook can ask for 500 GB and abort the interpreter.

Runs as a script, knows nothing of this project. Each line of the input is a request, each line of the
output its answer; a sheet's cells go to an Arrow file. Answers hold sheet names and reason codes only.
"""

import json
import resource
import sys
from typing import Any

ADDRESS_SPACE = 1536 << 20
CPU_SECONDS = 120


def main() -> None:
    """Answers requests until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    for line in sys.stdin:
        _allow_cpu()
        request = json.loads(line)
        try:
            answer = _read(**request)
        except MemoryError:
            answer = {"error": "sheet_too_large"}
        except Exception:  # the library's text may quote cells
            answer = {"error": "not_this_format"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _allow_cpu() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _read(path: str, sheet: str | None, target: str) -> dict[str, Any]:
    import fastexcel
    import pyarrow.ipc

    book = fastexcel.read_excel(path)
    # n_rows=0: only the sheet's visibility is asked.
    hidden = [name for name in book.sheet_names if book.load_sheet(name, n_rows=0).visible != "visible"]
    visible = [name for name in book.sheet_names if name not in hidden]
    if sheet is None and len(visible) != 1:
        return {"error": "several_sheets" if visible else "no_sheet", "sheets": visible}
    chosen = sheet or visible[0]
    if chosen not in book.sheet_names:
        return {"error": "no_sheet", "sheets": book.sheet_names}
    cells = book.load_sheet(chosen, header_row=None, skip_rows=0, dtypes="string").to_arrow()
    with pyarrow.ipc.new_file(target, cells.schema) as writer:
        writer.write_batch(cells)
    return {"sheet": chosen, "hidden": hidden}


if __name__ == "__main__":
    main()
