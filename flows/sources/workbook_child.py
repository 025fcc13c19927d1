"""Reads Excel sheets in a process of its own, since a 10 kB workbook can ask for 500 GB and abort the interpreter.

Runs as a script, knows nothing of this project. Each line of the input is a request, each line of the
output its answer; a sheet's cells go to an Arrow file. Answers hold sheet names and reason codes only.

The library gives nothing for a formula that failed (#DIV/0!) and for one that was never computed, as if the cell were
empty. So both are written into the sheet as text before it is read.
"""

import io
import json
import re
import resource
import sys
import zipfile
from typing import Any

ADDRESS_SPACE = 1536 << 20
CPU_SECONDS = 120
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELL = re.compile(rb"<((?:\w+:)?)c((?:\s[^<>]*[^<>/])?)>(.*?)</\1c>", re.DOTALL)
_ERROR = re.compile(rb"""\st=["']e["']""")
_TEXT = re.compile(rb"""\st=["']str["']""")
_TYPE = re.compile(rb"""\st=["'][^"']*["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>")
_FILLED = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>[^<]")


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


def _read(path: str, sheet: str | None, target: str, formula: str) -> dict[str, Any]:
    import fastexcel
    import pyarrow.ipc

    book = fastexcel.read_excel(_with_failures_as_text(path, formula.encode()) or path)
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


def _with_failures_as_text(path: str, formula: bytes) -> bytes | None:
    """The workbook with text in the cells whose formula has no value; nothing when it has no such cell."""
    with zipfile.ZipFile(path) as book:
        sheets = {name: book.read(name) for name in book.namelist() if _SHEET.fullmatch(name)}
        mended = {name: _mended(content, formula) for name, content in sheets.items() if _may_fail(content)}
        if all(content == sheets[name] for name, content in mended.items()):
            return None
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w") as target:
            for name in book.namelist():
                target.writestr(name, mended.get(name) or book.read(name))
    return copy.getvalue()


def _may_fail(sheet: bytes) -> bool:
    return b"<f" in sheet or b":f" in sheet or _ERROR.search(sheet) is not None


def _mended(sheet: bytes, formula: bytes) -> bytes:
    return _CELL.sub(lambda cell: _cell_with_text(cell, formula), sheet)


def _cell_with_text(cell: re.Match[bytes], formula: bytes) -> bytes:
    prefix, attributes, content = cell.groups()
    if _ERROR.search(attributes):
        return b"<%bc%b>%b</%bc>" % (prefix, _TYPE.sub(b' t="str"', attributes), content, prefix)
    empty_text = _TEXT.search(attributes) and _VALUE.search(content)
    if not _FORMULA.search(content) or _FILLED.search(content) or empty_text:
        return cell[0]
    place = _TYPE.sub(b"", attributes)
    return b'<%bc%b t="str"><%bv>%b</%bv></%bc>' % (prefix, place, prefix, formula, prefix, prefix)


if __name__ == "__main__":
    main()
