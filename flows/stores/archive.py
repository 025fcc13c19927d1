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
from transforms.programme import Language

_LETTERS = 12


@dataclass(frozen=True)
class Request:
    """A report that was asked for, and the warehouse version that it is made from."""

    programme: str
    scope: Scope
    language: Language
    warehouse: str

    @property
    def id(self) -> str:
        """The same for the same report from the same warehouse by the same code."""
        return _hash(json.dumps([asdict(self), report_version()], ensure_ascii=False).encode())

    @property
    def stem(self) -> str:
        """The readable part of its file name."""
        scope = self.scope
        place = () if scope.by == "programme" else (scope.by, scope.group)
        parts = (self.programme, scope.period, *place, scope.round or "latest", self.language)
        return "-".join(re.sub(r"[^\w]+", "_", part) for part in parts)


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

    def keep(self, request: Request, pdf: bytes) -> Path:
        """Keeps a report: the PDF under a name that holds its hash, then the manifest."""
        path = self.folder / f"{request.stem}-{_hash(pdf)}.pdf"
        if not (path.is_file() and path.read_bytes() == pdf):
            atomic.write(path, pdf, mode=0o644)
        manifest = {
            **asdict(request),
            "file": path.name,
            "sha256": sha256(pdf).hexdigest(),
            "report_version": report_version(),
            "made_at": datetime.now(UTC).isoformat(),
        }
        atomic.write(self._manifest(request), json.dumps(manifest, ensure_ascii=False, indent=1).encode(), mode=0o644)
        return path

    def _manifest(self, request: Request) -> Path:
        return self.folder / f"{request.stem}-{request.id}.json"


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()[:_LETTERS]
