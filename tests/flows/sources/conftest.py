"""What the tests of every kind of source share: the landing of `source`, and a pull of it as the night does it.

A module gives its own `source` and, where the questions matter, its own `form`.
"""

import pytest

from flows.pull import KINDS
from flows.stores.landing import Landing
from transforms.errors import SourceError


@pytest.fixture
def landing(tmp_path, source):
    return Landing(tmp_path, source.id)


@pytest.fixture
def pull(source, form, landing, tmp_path):
    """Pulls the source, with some of its fields changed, and keeps that it went well."""

    def run(**changes):
        pulled = KINDS[source.kind](source.model_copy(update=changes), form, tmp_path, landing)
        landing.succeeded(pulled)
        return pulled

    return run


@pytest.fixture
def refused(pull, landing):
    """The reason code and message with which a pull is refused; nothing may have been landed by it."""

    def run(**changes):
        before = landing.manifests()
        with pytest.raises(SourceError) as error:
            pull(**changes)
        assert landing.manifests() == before
        return error.value.code, str(error.value)

    return run
