import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reports.content import compose
from reports.html import TEMPLATES, to_html
from reports.scope import Scope

JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
TAGS = re.compile(r"<[^>]*>", re.DOTALL)
VOID = {"meta", "link", "br", "hr", "img", "input"}


@pytest.mark.parametrize("path", sorted(TEMPLATES.iterdir()), ids=lambda path: path.name)
def test_templates_hold_no_word_of_their_own(path: Path) -> None:
    text = TAGS.sub("", JINJA.sub("", path.read_text(encoding="utf-8")))
    assert re.findall(r"[^\W\d_]+", text) == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.iterdir()), ids=lambda path: path.name)
def test_templates_trust_no_text_and_compute_nothing(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert "safe" not in source
    assert "style=" not in source
    assert not re.search(r"\{\{[^}]*[-+*/][^}]*\}\}", source)


class Outline(HTMLParser):
    """Headings, labels and unclosed tags of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.unnamed_images = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        known = dict(attrs)
        if known.get("role") == "img" and not known.get("aria-label"):
            self.unnamed_images += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(html: str) -> Outline:
    found = Outline()
    found.feed(html)
    return found


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_report_is_well_formed_with_one_title_and_named_images(facts, programme, language) -> None:
    html = to_html(compose(facts, programme, language, Scope("fy2568")))
    found = outline(html)
    assert found.open == []
    assert found.headings.count("h1") == 1
    assert found.headings[:2] == ["h1", "h2"]
    assert found.unnamed_images == 0
    assert f'<html lang="{language}">' in html


@pytest.mark.parametrize("language", ["th", "en"])
def test_no_heading_stands_alone(facts, programme, language) -> None:
    html = re.sub(r"\s+", " ", to_html(compose(facts, programme, language, Scope("fy2568"))))
    assert re.findall(r"</h3> *(?:</section>|<h[23])", html) == []


def test_hostile_words_stay_words(facts, programme) -> None:
    from dataclasses import replace

    import polars as pl

    evil = "<script>alert(1)</script>"
    groups = facts.groups.with_columns(title_en=pl.lit(evil))
    html = to_html(compose(replace(facts, groups=groups), programme, "en", Scope("fy2568")))
    assert "<script" not in html
    assert "&lt;script&gt;" in html
