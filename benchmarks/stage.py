"""One stage in a process of its own: `python -m benchmarks.stage NAME FOLDER` prints its seconds and peak memory.

Imports are not timed, whatever a stage imports later is. Peak memory is that of the whole process, interpreter and
libraries too, and of its largest child (the report is typeset in one).
"""

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

KIBIBYTES_PER_GB = 1e9 / 1024
PARTS = {
    "clean": "clean",
    "pseudonymise": "pseudonymise",
    "link_rounds": "link",
    "measure_responses": "measure",
    "estimate_indicators": "estimate",
    "grade_estimates": "grade",
    "write_warehouse": "write and check the warehouse",
}
"""The steps of flows.gathering and flows.refresh whose seconds are told apart."""
spent: dict[str, float] = dict.fromkeys(PARTS.values(), 0.0)


@dataclass(frozen=True)
class Measured:
    """What one stage took."""

    seconds: float
    cpu_seconds: float
    peak_gb: float
    parts: dict[str, float] = field(default_factory=dict)


def measure(name: str, folder: Path, *arguments: str) -> Measured:
    """Runs a stage in a fresh process."""
    places = {"IMPACT_STATE": str(folder / "state"), "IMPACT_PROGRAMMES": str(folder / "programmes")}
    clean = {key: value for key, value in environ.items() if key != "PREFECT_API_URL"}
    command = [sys.executable, "-m", "benchmarks.stage", name, str(folder), *arguments]
    done = subprocess.run(command, env=clean | places, stdout=subprocess.PIPE, check=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def own_peak_gb() -> float:
    """The most memory that this program held. Not of getrusage, which starts out with what the parent held."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return float(status.partition("VmHWM:")[2].split()[0]) / KIBIBYTES_PER_GB


def _make(folder: Path, participants: str, session_size: str) -> Callable[[], object]:
    from benchmarks.programme import ID, declare, fill_inbox

    target = folder / "programmes" / ID
    shutil.rmtree(folder, ignore_errors=True)
    return lambda: fill_inbox(declare(target), target, int(participants), int(session_size))


def _landing(folder: Path) -> Callable[[], object]:
    from benchmarks.programme import ID
    from flows.pull import pull

    shutil.rmtree(folder / "state" / "landing", ignore_errors=True)
    return lambda: pull(ID)


def _refresh(folder: Path) -> Callable[[], object]:
    from benchmarks.programme import ID
    from flows import gathering
    from flows import refresh as flow

    for step, part in PARTS.items():
        module = gathering if hasattr(gathering, step) else flow
        setattr(module, step, _timed(getattr(module, step), part))
    for store in ("warehouse", "vault"):
        shutil.rmtree(folder / "state" / store, ignore_errors=True)
    return lambda: flow.refresh(ID)


def _timed(step: Callable[..., object], part: str) -> Callable[..., object]:
    def timed(*arguments: object) -> object:
        start = time.perf_counter()
        try:
            return step(*arguments)
        finally:
            spent[part] += time.perf_counter() - start

    return timed


def _report(folder: Path) -> Callable[[], object]:
    from benchmarks.programme import ID
    from flows.publish import publish

    shutil.rmtree(folder / "state" / "published", ignore_errors=True)
    return lambda: publish(ID, ["th"])


def _bare(folder: Path) -> Callable[[], object]:
    from benchmarks.bare import scan_and_aggregate
    from benchmarks.programme import ID
    from transforms.loading import load_programme

    programme = load_programme(folder / "programmes" / ID)
    return lambda: scan_and_aggregate(programme, folder / "state" / "landing" / ID)


def _pandas(folder: Path) -> Callable[[], object]:
    from benchmarks import rival_pandas
    from benchmarks.programme import ID
    from transforms.loading import load_programme

    shutil.rmtree(folder / "rival", ignore_errors=True)
    programme = load_programme(folder / "programmes" / ID)
    return lambda: rival_pandas.refresh(programme, folder / "state" / "landing" / ID, folder / "rival")


STAGES: dict[str, Callable[..., Callable[[], object]]] = {
    "make": _make,
    "landing": _landing,
    "refresh": _refresh,
    "report": _report,
    "bare": _bare,
    "pandas": _pandas,
}


def main() -> None:
    """Runs the stage named on the command line."""
    name, folder, *arguments = sys.argv[1:]
    run = STAGES[name](Path(folder), *arguments)
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = own_peak_gb() + children.ru_maxrss / KIBIBYTES_PER_GB
    parts = spent if name == "refresh" else {}
    print(
        json.dumps(
            {
                "seconds": wall,
                "cpu_seconds": cpu + children.ru_utime + children.ru_stime,
                "peak_gb": peak,
                "parts": parts,
            }
        )
    )


if __name__ == "__main__":
    main()
