"""Pure: frames in, frames out."""

import sys

# dataframely loads SQLAlchemy wherever it is installed (Prefect brings it), which takes a quarter of every command's
# start, for tables of databases that we do not make with it; where there is none it does without. Noted 2026-11-23; to
# go when dataframely loads it late.
if "sqlalchemy" not in sys.modules:
    sys.modules["sqlalchemy"] = None  # type: ignore[assignment]
    try:
        import dataframely  # noqa: F401
    finally:
        del sys.modules["sqlalchemy"]
