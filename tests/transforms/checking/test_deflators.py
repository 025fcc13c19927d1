"""Every mistake of a deflators.csv is named with its file, row and month."""

from pathlib import Path

import pytest

from transforms.checking.deflators import with_index
from transforms.errors import ProgrammeError

HEAD = "month,index,source\n"
GOOD = HEAD + "2024-11,100.0,Made-up index\n2024-12,101.5,Made-up index\n2025-01,102,Made-up index\n"
PRICES = {"prices": {"base": "2024-12"}}


def read(folder: Path, text: str | None, declared: dict[str, object] = PRICES) -> dict[str, object]:
    if text is not None:
        (folder / "deflators.csv").write_text(text, encoding="utf-8")
    return with_index(folder, declared)


def test_the_index_joins_what_the_programme_declares(tmp_path: Path) -> None:
    index = {"2024-11": 100.0, "2024-12": 101.5, "2025-01": 102.0}
    assert read(tmp_path, GOOD) == {"prices": {"base": "2024-12", "index": index, "source": "Made-up index"}}


def test_a_programme_without_either_is_as_it_was(tmp_path: Path) -> None:
    assert read(tmp_path, None, {"id": "small"}) == {"id": "small"}


@pytest.mark.parametrize(
    ("text", "declared", "said"),
    [
        (GOOD.replace("2024-12,101.5,Made-up index\n", ""), PRICES, r"row 3: .*'2025-01' .*2024-12 is missing"),
        (GOOD + "2025-01,103,Made-up index\n", PRICES, "row 5: .* does not follow 2025-01"),
        (GOOD.replace("2024-12", "2567-12"), PRICES, "row 3: .*'2567-12' is a Buddhist year"),
        (GOOD.replace("2024-12", "12/2024"), PRICES, "row 3: .*'12/2024' is no month"),
        (GOOD.replace("101.5", "0"), PRICES, "row 3: index of 2024-12 is '0'"),
        (GOOD.replace("101.5", "inf"), PRICES, "row 3: index of 2024-12 is 'inf'"),
        (GOOD.replace("101.5,Made-up index", "101.5,"), PRICES, "row 3: source of 2024-12 is empty"),
        (GOOD.replace("101.5,Made-up index", "101.5"), PRICES, "another number of cells"),
        (GOOD.replace("index,source", "cpi,source"), PRICES, "row 1: the columns are month, cpi, source"),
        (HEAD, PRICES, "there is no row"),
        (GOOD, {"prices": {"base": "2025-02"}}, "there is no month 2025-02, .* 2025-01"),
        (GOOD, {}, "prices is missing"),
        (None, PRICES, "the file is missing"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text, declared, said) -> None:
    with pytest.raises(ProgrammeError, match=said) as raised:
        read(tmp_path, text, declared)
    assert str(tmp_path) in str(raised.value)
