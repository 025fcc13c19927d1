"""The published archive: PDFs named by their content, each with a manifest; nothing in it is ever overwritten.

`current/` holds a relative link to the newest report of each scope and language, and nothing else.
"""

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from flows.settings import report_version
from flows.stores import atomic
from reports.scope import Scope
from transforms.gate import Headline, Judgement, Published
from transforms.programme import Language, Verdict

_LETTERS = 12
GATE = "gate"
_ACCEPTED = "accepted.jsonl"


@dataclass(frozen=True)
class Request:
    """A report that was asked for, the warehouse version that it is made from, and why it is a draft, if it is one."""

    programme: str
    scope: Scope
    language: Language
    warehouse: str
    verdict: Verdict = "publish"
    reasons: str = ""

    @property
    def id(self) -> str:
        """The same for the same report from the same warehouse by the same code."""
        return _hash(json.dumps([asdict(self), report_version()], ensure_ascii=False).encode())

    @property
    def stem(self) -> str:
        """The readable part of its file name."""
        return f"{_named(self.programme, self.scope)}-{self.language}"


class Archive:
    """One programme's published reports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.current = folder / "current"

    def find(self, request: Request) -> Path | None:
        """The report, if it was made before; its bytes are checked."""
        manifest = self._manifest(request)
        if not manifest.is_file():
            return None
        kept = json.loads(manifest.read_text(encoding="utf-8"))
        path = self.folder / kept["file"]
        return path if path.is_file() and atomic.digest(path) == kept["sha256"] else None

    def show_as_newest(self, request: Request, path: Path) -> None:
        """Makes `current/` point to this report, under a name that stays the same from one version to the next."""
        shown = self.current / f"{request.stem}.pdf"
        shown.parent.mkdir(exist_ok=True)
        atomic.link(shown, Path("..") / path.name)

    def keep(
        self, request: Request, pdf: bytes, judged: Judgement | None = None, published: Published | None = None
    ) -> Path:
        """Keeps a report: the PDF under a name that holds its hash, then the manifest, with what the gate found."""
        path = self.folder / f"{request.stem}-{_hash(pdf)}.pdf"
        if not (path.is_file() and path.read_bytes() == pdf):
            atomic.write(path, pdf, mode=0o644)
        manifest = {
            **asdict(request),
            "file": path.name,
            "sha256": sha256(pdf).hexdigest(),
            "report_version": report_version(),
            "made_at": datetime.now(UTC).isoformat(),
            "gate": judged.rows() if judged else [],
            "published": asdict(published) if published else None,
        }
        atomic.write(self._manifest(request), json.dumps(manifest, ensure_ascii=False, indent=1).encode(), mode=0o644)
        return path

    def last_final(self, programme: str, scope: Scope) -> Published | None:
        """What the newest final report on a scope published, in whichever language."""
        found = [json.loads(path.read_text("utf-8")) for path in self.folder.glob(f"{_named(programme, scope)}-*.json")]
        same = asdict(scope)
        final = [
            each for each in found if each["scope"] == same and each.get("published") and each["verdict"] == "publish"
        ]
        if not final:
            return None
        kept = max(final, key=lambda each: str(each["made_at"]))["published"]
        return Published(tuple(Headline(**each) for each in kept["headlines"]), kept["landed"])

    def last_other(self, programme: str, scope: Scope, warehouse: str) -> str | None:
        """The version of the warehouse that the newest report on a scope was made from, but for this version."""
        found = [json.loads(path.read_text("utf-8")) for path in self.folder.glob(f"{_named(programme, scope)}-*.json")]
        others = [each for each in found if each["scope"] == asdict(scope) and each["warehouse"] != warehouse]
        return max(others, key=lambda each: str(each["made_at"]))["warehouse"] if others else None

    def record_gate(self, programme: str, scope: Scope, judged: Judgement, warehouse: str) -> Path:
        """Keeps what the gate found the last time, also where nothing was published."""
        path = self.folder / GATE / f"{_named(programme, scope)}.json"
        path.parent.mkdir(exist_ok=True)
        said = {"verdict": judged.verdict, "warehouse": warehouse, "judged_at": datetime.now(UTC).isoformat()}
        content = {**said, "scope": asdict(scope), "findings": judged.rows()}
        atomic.write(path, json.dumps(content, ensure_ascii=False, indent=1).encode(), mode=0o644)
        return path

    def accept(self, warehouse: str, by: str, reason: str) -> None:
        """Keeps that a person has found the moves of a warehouse's headlines right."""
        folder = self.folder / GATE
        folder.mkdir(exist_ok=True)
        said = {"warehouse": warehouse, "by": by, "reason": reason, "at": datetime.now(UTC).isoformat()}
        atomic.append_line(folder / _ACCEPTED, json.dumps(said, ensure_ascii=False))

    def is_accepted(self, warehouse: str) -> bool:
        """Whether a person has found them right."""
        return any(json.loads(line)["warehouse"] == warehouse for line in atomic.lines(self.folder / GATE / _ACCEPTED))

    def _manifest(self, request: Request) -> Path:
        return self.folder / f"{request.stem}-{request.id}.json"


def _named(programme: str, scope: Scope) -> str:
    """A scope's part of a file name."""
    place = () if scope.by == "programme" else (scope.by, scope.group)
    parts = (programme, scope.period, *place, scope.round or "latest")
    return "-".join(re.sub(r"[^\w]+", "_", part) for part in parts)


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()[:_LETTERS]
