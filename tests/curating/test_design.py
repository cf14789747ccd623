"""The design: a page that shows all of it, colours that can be read, properties that exist and are used."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html

from library.access.models import Role
from library.curating import colours
from library.reading.assets import LAYERS
from library.settings import asset_folder

STYLES = asset_folder("static") / "css"
SignIn = Callable[..., FlaskClient]


def every_style() -> dict[str, str]:
    """Style sheets and scripts by name, without comments."""
    files = [*asset_folder("static").rglob("*.css"), *asset_folder("static").rglob("*.js")]
    return {file.name: re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.DOTALL) for file in files}


def test_every_custom_property_that_is_used_exists_and_every_one_that_exists_is_used() -> None:
    text = "".join(every_style().values())
    defined = set(re.findall(r"(?<![\w-])(--[\w-]+)\s*:", text)) | set(
        re.findall(r"setProperty\(\s*[\"'](--[\w-]+)", text)
    )
    used = set(re.findall(r"var\(\s*(--[\w-]+)", text)) | set(re.findall(r"getPropertyValue\(\s*[\"'](--[\w-]+)", text))
    assert used - defined == set(), "used, but defined nowhere"
    assert defined - used == set(), "defined, but used nowhere"


@pytest.mark.parametrize("pair", colours.pairs(STYLES), ids=lambda pair: f"{pair.upper} on {pair.ground}")
def test_every_pair_of_colours_can_be_told_apart(pair: colours.Pair) -> None:
    assert min(pair.light, pair.dark) >= pair.least


def test_contrast_is_that_of_wcag() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert colours.contrast("#123456", "#123456") == 1


def test_every_text_and_ground_of_a_rule_is_among_the_pairs() -> None:
    """A rule that names both its text's colour and its ground names a pair that is measured."""
    measured = {*colours.TEXTS, *colours.EDGES}
    known = colours.colours(colours.tokens(STYLES)[colours.LIGHT])
    unmeasured = set()
    for name, text in every_style().items():
        for rule in re.findall(r"\{([^{}]*)\}", text):
            upper = re.search(r"(?<![\w-])color:\s*var\(--([\w-]+)\)", rule)
            ground = re.search(r"(?<![\w-])background(?:-color)?:\s*var\(--([\w-]+)\)", rule)
            if upper and ground and {upper[1], ground[1]} <= set(known) and (upper[1], ground[1]) not in measured:
                unmeasured.add((name, upper[1], ground[1]))
    assert unmeasured == set()


def test_both_schemes_have_every_colour() -> None:
    found = colours.tokens(STYLES)
    same = {name for name, value in colours.colours(found["light"]).items() if found["dark"][name] == value}
    assert same <= {"behind-pictures"}, "a colour without a dark one"


def test_the_page_shows_every_token_and_has_every_sheet(signed_in: SignIn) -> None:
    answer = signed_in(Role.CURATOR).get("/curate/design")
    page = html.fromstring(answer.text)
    said = page.text_content()
    for name in colours.colours(colours.tokens(STYLES)["light"]):
        assert f"--{name}" in said
    linked = " ".join(str(each) for each in page.xpath("//link[@rel='stylesheet']/@href"))
    for sheet in STYLES.glob("*.css"):
        assert sheet.stem in LAYERS or sheet.name in linked
    ids = [str(each) for each in page.xpath("//@id")]
    assert len(ids) == len(set(ids)), {each for each in ids if ids.count(each) > 1}
    assert not page.xpath("//@style") and not page.xpath("//*[@autofocus]")
    for name in ("button", "notice", "badge", "empty", "card", "row", "facet", "chips", "pager", "prose", "admonition",
                 "scroll", "footnotes", "beside", "turn", "field", "wrong", "summed", "search", "cover", "page-break"):  # fmt: skip
        for column in ("ltr", "rtl"):
            shown = (
                f"//*[contains(@class, 'specimen')][@dir='{column}']//*[contains(concat(' ', @class, ' '), ' {name} ')]"
            )
            assert page.xpath(shown), f"{name} is not shown {column}"


def test_the_page_is_the_curators(signed_in: SignIn, client: FlaskClient) -> None:
    assert client.get("/curate/design").status_code == 302
    assert signed_in(Role.CONTRIBUTOR).get("/curate/design").status_code == 403


def test_directions_are_logical() -> None:
    physical = re.compile(
        r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right)|(?:left|right)\s*:|text-align:\s*(?:left|right))"
    )
    found = {
        (name, each)
        for name, text in every_style().items()
        if Path(name).suffix == ".css"
        for each in physical.findall(text)
    }
    assert found == set()
