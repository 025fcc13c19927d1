"""What a submission is called outside the landing: never by what identifies a person."""

import polars as pl

from flows.stores.vault import Vault
from transforms.programme import Form, Postgres, Source
from transforms.submissions import KEY


def without_identity(submissions: pl.DataFrame, source: Source, form: Form, vault: Vault) -> pl.DataFrame:
    """The submissions, with pseudonyms for keys that are somebody's number; a database's key may be one."""
    if not isinstance(source, Postgres) or KEY not in submissions.columns:
        return submissions
    personal = {path for question in form.questions.values() if question.identity for path in question.paths}
    if not personal.intersection(source.key):
        return submissions
    return submissions.with_columns(vault.pseudonyms("submission", submissions[KEY]).alias(KEY))
