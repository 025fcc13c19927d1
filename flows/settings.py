"""Where things are on this machine: from the environment (prefix IMPACT_), else the working folder."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from transforms.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
PRIVATE = 0o700
INBOX = "inbox"
"""The folder below a programme's in which staff drop its files."""


class Settings(BaseSettings):
    """The folders of one installation, and where each programme keeps what."""

    model_config = SettingsConfigDict(env_prefix="IMPACT_", frozen=True)

    state: Path = Path("state")
    programmes: Path = Path("programmes")
    vault_key: Path | None = None
    landing_key: SecretStr | None = None
    landing_key_file: Path | None = None
    warehouses_kept: int = 3
    largest_file_gb: Annotated[float, Field(gt=0)] = 4

    def programme_folder(self, programme: str) -> Path:
        """The folder of TOML files that declares a programme."""
        return self.programmes / programme

    def inbox(self, programme: str) -> Path:
        """The folder in which staff drop a programme's files."""
        return self.programme_folder(programme) / INBOX

    def landing(self, programme: str) -> Path:
        """What was received. Private."""
        return _private(self.state / "landing" / programme)

    def vault(self, programme: str) -> Path:
        """Pseudonyms' key and contact data. Private."""
        return _private(self.state / "vault" / programme)

    def vault_corrections(self, programme: str) -> Path:
        """The corrections that quote a person; there may be none."""
        return self.state / "vault" / programme / "corrections.csv"

    def warehouse(self, programme: str) -> Path:
        """The warehouse's versions. Private: it holds small cells."""
        return _private(self.state / "warehouse" / programme)

    def warehouse_as_of(self, programme: str, moment: datetime) -> Path:
        """A warehouse of what there was at an earlier moment, apart from the one that readers see."""
        return _private(_private(self.warehouse(programme) / "as-of") / f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}")

    def releases(self, programme: str) -> Path:
        """What was published of a programme, and on which rows it rests. Private: it holds people's rows."""
        return _private(self.state / "releases" / programme)

    def published(self, programme: str) -> Path:
        """The reports."""
        folder = self.state / "published" / programme
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _private(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    folder.chmod(PRIVATE)
    return folder


def settings() -> Settings:
    """The installation's settings, read anew: tests and workers change the environment."""
    try:
        return Settings()
    except ValidationError as error:
        [first, *_] = error.errors()
        name, given = f"IMPACT_{str(first['loc'][0]).upper()}", first["input"]
        raise UserError(
            f'the environment sets {name} = "{given}", which cannot be used: {first["msg"]}. Set it right, or unset it.'
        ) from None


def programme_names() -> tuple[str, ...]:
    """Every programme that has a folder here."""
    return tuple(sorted(path.parent.name for path in settings().programmes.glob("*/programme.toml")))


def chosen_programmes(named: Sequence[str] = ()) -> tuple[str, ...]:
    """The programmes named, or every one when none is. Raises UserError when there is none here at all."""
    here = programme_names()
    if not here:
        folder = settings().programmes
        what = "there is no programme in this folder" if folder.is_dir() else "there is no such folder"
        raise UserError(
            f"{folder.absolute()}: {what}, and programmes are looked for there. Run impact in the project's folder, "
            "or set IMPACT_PROGRAMMES to the folder that holds your programmes, or start one here: impact new NAME"
        )
    return tuple(named) or here


def user_agent() -> str:
    """How a pull names itself to a server."""
    return f"programme-impact/{version('programme-impact')}"


@lru_cache
def code_version() -> str:
    """The engine's version and a hash of the code that computes: a changed method is a changed input."""
    return f"{version('programme-impact')}+{_hash_of('transforms', 'flows', 'sql')}"


@lru_cache
def report_version() -> str:
    """The same for everything that a report's bytes depend on beside its numbers."""
    return f"{version('programme-impact')}+{_hash_of('transforms', 'reports', 'sql')}"


def _hash_of(*folders: str) -> str:
    digest = sha256()
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
