import pytest

from tests.mutations.declared import MUTATIONS


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.name)
def test_the_text_of_every_fault_still_stands_once_in_the_code(mutation):
    """Where this fails the line was changed: write the fault anew in tests/mutations/declared.py."""
    assert [edit.occurrences() for edit in mutation.edits] == [1] * len(mutation.edits)
    assert all(edit.text != edit.replacement for edit in mutation.edits)


def test_every_fault_has_a_name_of_its_own():
    assert len({each.name for each in MUTATIONS}) == len(MUTATIONS)
