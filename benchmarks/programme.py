"""The benchmark's programme: programmes/community_economy with CSV files and 25 indicators, on made-up data."""

import shutil
import tomllib
from pathlib import Path

from transforms.loading import load_programme
from transforms.programme import Programme
from transforms.synthetic import Spec, make_up

ID = "community_economy"
TEMPLATE = Path(__file__).with_name(ID)
"""The example as it was when its rival in pandas was written, so that times stay comparable."""
MORE_INDICATORS = Path(__file__).with_name("indicators.toml")
INDICATORS = 25
SESSION_SIZE = 30
"""Participants a course session: there are as many sessions as a programme of its size really holds."""


def declare(folder: Path) -> Programme:
    """Writes the programme's folder and loads it: the example's files, CSV registrations, more indicators."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(TEMPLATE / "forms.toml", folder)
    declared = (TEMPLATE / "programme.toml").read_text(encoding="utf-8")
    (folder / "programme.toml").write_text(declared.replace("/*.xlsx", "/*.csv"), encoding="utf-8")
    own = (TEMPLATE / "indicators.toml").read_text(encoding="utf-8")
    wanted = INDICATORS - len(tomllib.loads(own)["indicators"])
    (folder / "indicators.toml").write_text("\n".join([own, *_more_indicators(wanted)]), encoding="utf-8")
    return load_programme(folder)


def _more_indicators(count: int) -> list[str]:
    """The text of the first `count` indicators of indicators.toml."""
    parts = MORE_INDICATORS.read_text(encoding="utf-8").split("\n[indicators.")[1:]
    if count > len(parts):
        raise ValueError(f"{MORE_INDICATORS} declares {len(parts)} indicators; {count} are needed")
    return [f"[indicators.{part}" for part in parts[: max(count, 0)]]


def fill_inbox(programme: Programme, folder: Path, participants: int, session_size: int = SESSION_SIZE) -> None:
    """Writes one CSV a source: registrations and three follow-ups, with the usual faults."""
    made = make_up(programme, spec(participants, session_size))
    for source in programme.sources:
        path = folder / "inbox" / source.files.replace("*", "")
        path = path.with_name("all.csv") if path.stem == "" or path.name == ".csv" else path
        path.parent.mkdir(parents=True, exist_ok=True)
        made.sheets[source.id].write_csv(path)


def spec(participants: int, session_size: int = SESSION_SIZE) -> Spec:
    """Two thirds of the sessions are trained, one third waits."""
    sessions = max(participants // session_size, 3)
    waiting = sessions // 3
    return Spec(participants=participants, trained_sessions=sessions - waiting, waiting_sessions=waiting)
