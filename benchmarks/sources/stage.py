"""One pull in a process of its own: `python -m benchmarks.sources.stage WAY KIND ADDRESS FOLDER`.

WAY is ours, again (a pull with nothing new) or bare. Prints seconds, CPU seconds and peak memory, interpreter and
libraries included; imports are not timed.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.sources.material import ASSET, COLUMNS, FORM_ID, PROJECT, SURVEY, TABLE, form
from benchmarks.stage import Measured, own_peak_gb

CONNECTION = "bench"
_PREFIX = f"IMPACT_CONNECTION_{CONNECTION.upper()}_"


def secrets(address: str) -> dict[str, str]:
    """The variables of the environment by which a source at this address is connected."""
    given = {"DSN": address, "URL": address, "USER": "nobody", "PASSWORD": "none", "TOKEN": "none"}
    return {_PREFIX + name: value for name, value in given.items()}


def measure(way: str, kind: str, address: str, folder: Path) -> Measured:
    """Runs one pull in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.sources.stage", way, kind, address, str(folder)]
    done = subprocess.run(command, env=os.environ | secrets(address), stdout=subprocess.PIPE, check=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def _bare(kind: str, address: str, folder: Path) -> Callable[[], object]:
    from benchmarks.sources.bare import RIVALS

    target = folder / "bare.parquet"
    target.unlink(missing_ok=True)
    return lambda: RIVALS[kind](address, target)


def _ours(kind: str, address: str, folder: Path) -> Callable[[], object]:
    shutil.rmtree(folder / "landing", ignore_errors=True)
    return _again(kind, address, folder)


def _again(kind: str, address: str, folder: Path) -> Callable[[], object]:
    from flows.pull import KINDS
    from flows.stores.landing import Landing
    from transforms.programme import FileDrop, KoboToolbox, OdkCentral, Postgres

    common = {"id": kind, "form": "registration"}
    server = {**common, "connection": CONNECTION}
    source, asked = {
        "csv": lambda: (FileDrop(**common, kind="file_drop", files="*.csv"), COLUMNS),
        "postgres": lambda: (
            Postgres(**server, kind="postgres", table=TABLE, key=("id",), watermark="updated_at"),
            {"participant_id": "id", **{name: name for name in ("full_name", "phone", "sales")}},
        ),
        "odk": lambda: (OdkCentral(**server, kind="odk_central", project=PROJECT, form_id=FORM_ID), SURVEY),
        "kobo": lambda: (KoboToolbox(**server, kind="kobotoolbox", asset=ASSET), SURVEY),
    }[kind]()
    place = folder / "landing"
    place.mkdir(exist_ok=True)
    landing = Landing(place, source.id)
    return lambda: landing.succeeded(KINDS[source.kind](source, form(asked), folder, landing))


WAYS = {"ours": _ours, "again": _again, "bare": _bare}


def main() -> None:
    """Runs the pull named on the command line."""
    way, kind, address, folder = sys.argv[1:]
    run = WAYS[way](kind, address, Path(folder))
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"seconds": wall, "cpu_seconds": cpu, "peak_gb": own_peak_gb()}))


if __name__ == "__main__":
    main()
