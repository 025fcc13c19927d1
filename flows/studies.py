"""Estimates of any table by a specification: reads the files, hands back JSON."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl

from transforms.errors import UserError, listed, nearest
from transforms.studies.estimating import results
from transforms.studies.reading import check_columns, study_of
from transforms.studies.spec import Study
from transforms.studies.telling import told


def estimated(data: Path, spec: Path) -> str:
    """What a specification's estimates of a table are, as JSON. Raises UserError for what a person can mend."""
    study = study_of(_text(spec), str(spec))
    table = _table(data, study)
    check_columns(study, table.columns, str(spec))
    try:
        found = told(study, *results(table, study))
    except UserError as error:
        raise UserError(f"{spec}: {error}") from None
    return json.dumps({"data": data.name, "rows": table.height, **found}, ensure_ascii=False, indent=2) + "\n"


def _text(path: Path) -> str:
    if not path.is_file():
        raise UserError(f"{path}: there is no such file.{_beside(path)}")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{path}: the file is not UTF-8 text. Save it as UTF-8.") from None


def _beside(path: Path) -> str:
    """The sentence that names files of a name that comes close."""
    if not path.parent.is_dir():
        return ""
    names = [each.name for each in path.parent.iterdir() if each.suffix == path.suffix]
    return f" {nearest(path.name, names)}" if names else ""


def _table(path: Path, study: Study) -> pl.DataFrame:
    if not path.is_file():
        raise UserError(f"{path}: there is no such file.{_beside(path)}")
    readers: dict[str, Callable[[Path, Study], pl.DataFrame]] = {
        ".csv": _csv,
        ".tsv": _csv,
        ".parquet": lambda file, _: pl.read_parquet(file),
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise UserError(
            f"{path}: tables of the kind {path.suffix or 'without an ending'} are not read. Those that are: "
            f"{listed(readers)}. Save it as CSV (in Stata: export delimited; in R: write.csv; in SPSS: Save as)."
        )
    try:
        table = reader(path, study)
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        raise UserError(f"{path}: it cannot be read as {path.suffix.lower()[1:]}. Save it again, as UTF-8.") from None
    if table.is_empty():
        raise UserError(f"{path}: the table has no row.")
    return table


def _csv(path: Path, study: Study) -> pl.DataFrame:
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    return pl.read_csv(path, separator=separator, null_values=list(study.missing), infer_schema_length=None)
