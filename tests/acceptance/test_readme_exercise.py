"""The README's exercise: two indicators appended to a TOML file appear in both languages' reports."""

import json
import re
import tomllib

import pypdfium2
import pytest

from flows.nightly import nightly
from flows.results import results
from flows.settings import ROOT


def exercise() -> str:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.search(r"<!-- exercise -->\s*```toml\n(.*?)```", readme, re.DOTALL).group(1)


def text_of(path) -> str:
    """A PDF's text without spaces and line ends: a table wraps its words."""
    pages = pypdfium2.PdfDocument(path)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)


@pytest.mark.slow
def test_an_indicator_added_to_the_toml_file_appears_in_both_languages(community):
    declared = tomllib.loads(exercise())["indicators"]
    assert {each["statistic"] for each in declared.values()} == {"proportion", "mean"}
    indicators = community / "indicators.toml"
    indicators.write_text(indicators.read_text(encoding="utf-8") + "\n" + exercise(), encoding="utf-8")

    reports = nightly([community.name])

    printed = {
        language: text_of(next(path for path in reports if f"-{language}" in path.name)) for language in ("th", "en")
    }
    for indicator in declared.values():
        for language, text in printed.items():
            title = "".join(indicator["title"][language].split())
            assert text.count(title) >= 2, f"{title} is neither in a table nor among the definitions ({language})"
    published = {row["indicator"] for row in json.loads(results(community.name))["estimates"]}
    assert set(declared) <= published
