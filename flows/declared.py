"""A programme as this installation has it: its declaration, its places, and what identifies its input."""

import json
from dataclasses import astuple
from datetime import UTC, date, datetime
from functools import partial
from hashlib import sha256

import polars as pl

from flows.settings import chosen_programmes, code_version, settings
from flows.stores import payloads
from flows.stores.archive import Archive
from flows.stores.erasures import Erasures, Forgotten
from flows.stores.expiries import Expiries, Run
from flows.stores.gates import Gates
from flows.stores.landing import Landing
from flows.stores.late import Late
from flows.stores.link_review import LinkReview
from flows.stores.marks import Marked, Marker
from flows.stores.people import Register
from flows.stores.pulls import is_stale
from flows.stores.releases import Releases
from flows.stores.vault import Vault
from flows.stores.warehouse import Warehouse
from transforms import tables
from transforms.errors import UserError, nearest
from transforms.loading import load_programme
from transforms.programme import Programme, Source
from transforms.retention import aged
from transforms.stating import DTYPES, first_answers, statements

INPUT_ID_LETTERS = 16


def programme_named(name: str) -> Programme:
    """The programme whose folder has this name. Raises UserError with the nearest name."""
    folder, known = settings().programmes, chosen_programmes()
    if name not in known and not (folder / name).is_dir():
        raise UserError(f"{folder}: there is no programme '{name}'. {nearest(name, known)}")
    return load_programme(folder / name)


def landing_of(programme: Programme, source: Source) -> Landing:
    """Where a source's files are landed."""
    folder, form = settings().landing(programme.id), programme.forms[source.form]
    forgotten = Forgotten(erasures_of(programme), form, source.id, Marked(marker_of(programme)))
    return Landing(folder, source.id, landing_key(), forgotten, _late_of(programme, source))


def erasures_of(programme: Programme) -> Erasures:
    """Who was erased from a programme."""
    return Erasures(settings().vault(programme.id), marker_of(programme))


def expiries_of(programme: Programme) -> Expiries:
    """When whose time was over was taken out of a programme."""
    return Expiries(settings().vault(programme.id), marker_of(programme))


def periods_over(programme: Programme) -> dict[str, Run]:
    """The reporting periods whose people were taken out because their time is over, and the run that did."""
    last = max(expiries_of(programme).runs(), key=lambda each: each.before, default=None)
    return {each.id: last for each in programme.periods if last is not None and each.end < last.before}


def marker_of(programme: Programme) -> Marker:
    """What people of a programme are marked by."""
    return Marker(settings().vault(programme.id), settings().vault_key)


def _late_of(programme: Programme, source: Source) -> Late | None:
    """What of a source comes too late to be landed."""
    runs = expiries_of(programme).runs()
    if not runs:
        return None
    alike = [each for each in runs if programme.retention and each.after == programme.retention.after]
    last = max(alike or runs, key=lambda each: each.before)
    return late_since(programme, source, last.on, last.before, in_force=bool(alike))


def late_since(programme: Programme, source: Source, on: date, before: date, in_force: bool = True) -> Late | None:
    """What of a source comes too late after a run; of follow-ups nothing: whose they are is known only once landed."""
    form = programme.forms[source.form]
    if form.kind != "registration":
        return None
    standing = partial(_standing, programme, on)
    return Late(form, programme.periods, programme.time_zone, before, on, in_force, standing)


def _standing(programme: Programme, on: date, before: date) -> pl.DataFrame:
    """What those are known by who stand in the landing with a registration whose time was over before a day."""
    register = Register.of([landing for source, landing in landings_of(programme) if source.round is None])
    old = aged(register.saying(), programme, on).filter("registers", pl.col("day") < before)
    return register.known.join(old.select("place"), on="place", how="semi")


def landing_key() -> bytes | None:
    """The key with which landed files are sealed, where the environment gives one."""
    given = settings()
    text = given.landing_key.get_secret_value() if given.landing_key else None
    return payloads.key_from(text, given.landing_key_file)


def vault_of(programme: Programme) -> Vault:
    """The programme's vault."""
    return Vault(settings().vault(programme.id), settings().vault_key)


def landings_of(programme: Programme) -> list[tuple[Source, Landing]]:
    """Every source with its landing, as declared."""
    return [(source, landing_of(programme, source)) for source in programme.sources]


def link_review_of(programme: Programme) -> LinkReview:
    """The list of doubtful links in the programme's vault."""
    return LinkReview(settings().vault(programme.id))


def warehouse_of(programme: Programme, as_of: datetime | None = None) -> Warehouse:
    """The programme's warehouse; with a moment the private one that holds what there was then."""
    folder = settings().warehouse(programme.id) if as_of is None else settings().warehouse_as_of(programme.id, as_of)
    return Warehouse(folder, settings().warehouses_kept)


def releases_of(programme: Programme) -> Releases:
    """What was published of the programme, and on which rows it rests."""
    return Releases(settings().releases(programme.id))


def archive_of(programme: Programme) -> Archive:
    """The programme's published reports."""
    return Archive(settings().published(programme.id))


def configuration(programme: Programme) -> str:
    """A hash of the programme folder's own files; what lies in its inbox is input, not configuration."""
    folder = settings().programme_folder(programme.id)
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix in (".toml", ".csv"))
    return _hash([[path.name, sha256(path.read_bytes()).hexdigest()] for path in files])


def input_id(programme: Programme, at: datetime, until: datetime | None = None) -> str:
    """What a warehouse follows from: landed contents in order, how sources stand, configuration, corrections, code."""
    landed: list[object] = []
    standing: list[object] = []
    for source, landing in landings_of(programme):
        files = landing.manifests(until)
        landed += [[source.id, each.file, each.sha256, *map(astuple, each.changes)] for each in files]
        attempt = landing.attempt(until)
        # That a source fails from now on, or is too old, or that a person has let something pass, is news for readers.
        standing += [[source.id, attempt.reason]] if attempt and attempt.status == "failed" else []
        standing += [[source.id, "stale"]] if is_stale(source, attempt, at) else []
        standing += [[source.id, repr(each)] for each in Gates(landing).acknowledged(until)]
    private = settings().vault_corrections(programme.id)
    by_hand = [sha256(private.read_bytes()).hexdigest() if private.is_file() else None]
    if programme.linking is not None:
        by_hand.append(link_review_of(programme).digest())
    return _hash([landed, standing, configuration(programme), by_hand, code_version()])[:INPUT_ID_LETTERS]


def build_row(programme: Programme, of_input: str) -> pl.DataFrame:
    """The table Build."""
    row = {
        "programme": programme.id,
        "input_id": of_input,
        "code_version": code_version(),
        "configuration": configuration(programme),
        "built_at": datetime.now(UTC),
    }
    return pl.DataFrame([row], schema=tables.Build.create_empty().schema, orient="row")


def declarations_row(programme: Programme) -> pl.DataFrame:
    """The table Declarations."""
    row = {"programme": programme.id, "declared": programme.model_dump_json()}
    return pl.DataFrame([row], schema=tables.Declarations.create_empty().schema, orient="row")


def indicator_rows(programme: Programme, responses: pl.DataFrame) -> pl.DataFrame:
    """The table Indicators. `responses` tell when the answers began that an indicator rests on."""
    schema = tables.Indicators.create_empty().schema
    rows = [
        {
            "indicator": name,
            "position": position,
            **each.model_dump(include={"section", "statistic", "value", "population", "shown_as", "better"}),
            **each.model_dump(include={"headline", "target", "version"}),
            "title_th": each.title.th,
            "title_en": each.title.en,
            "unit_th": each.unit.th,
            "unit_en": each.unit.en,
        }
        for position, (name, each) in enumerate(programme.indicators.items(), start=1)
    ]
    declared = {name: dtype for name, dtype in schema.items() if name == "indicator" or name not in DTYPES}
    stated = statements(programme, first_answers(responses, programme))
    return pl.DataFrame(rows, schema=declared, orient="row").join(stated, on="indicator").sort("position").cast(schema)


def _hash(parts: object) -> str:
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
