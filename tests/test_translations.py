"""The interface is complete in each of its languages: no message is missing, damaged, or newer than what is compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from library import interface

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
LANGUAGES = [tag for tag in interface.offered() if tag != interface.SOURCE]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|</?[a-z]+[^>]*>|\{\w*\}")


@cache
def written() -> frozenset[str | tuple[str, ...]]:
    """Every message of the code and the templates, those with a plural as a pair."""
    with (interface.TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS)
    return frozenset(message for _file, _line, message, _comments, _context in found if message)


@cache
def catalogue(tag: str) -> Catalog:
    with (interface.TRANSLATIONS / tag / "LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale=tag)


def _key(message: Message) -> str | tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, (list, tuple)) else message.id


def strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (list, tuple)) else (message.string,)


def messages(tag: str) -> Iterator[Message]:
    return (message for message in catalogue(tag) if message.id)


def test_the_library_speaks_the_languages_that_it_promises() -> None:
    assert {"en", "fr", "es", "ar"} <= set(interface.offered())


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_message_is_missing(tag: str) -> None:
    assert len(written()) > 500
    there = {message.id for message in messages(tag) if all(strings(message)) and not message.fuzzy}
    there |= {message[0] for message in there if isinstance(message, tuple)}  # the singular alone is the same message
    missing = sorted(map(str, written() - there))
    assert not missing, (
        f"{len(missing)} such as {missing[:5]}: run `make messages`, then write what is empty in the catalogue"
    )


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_plural_has_its_forms(tag: str) -> None:
    for message in messages(tag):
        assert len(strings(message)) == (catalogue(tag).num_plurals if message.pluralizable else 1), message.id


@pytest.mark.parametrize("tag", LANGUAGES)
def test_nothing_is_put_into_a_translation_that_the_message_does_not_have(tag: str) -> None:
    for message in messages(tag):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        may = {found for one in ids for found in PLACEHOLDER.findall(one)}
        for said in strings(message):
            has = set(PLACEHOLDER.findall(said))
            assert has <= may, (message.id, said)
            if not message.pluralizable:
                assert has == may, (message.id, said)  # a plural form may say "one" in words


@pytest.mark.parametrize("tag", LANGUAGES)
def test_what_is_compiled_is_what_is_written(tag: str) -> None:
    with (interface.TRANSLATIONS / tag / "LC_MESSAGES/messages.mo").open("rb") as file:
        compiled = {_key(message): strings(message) for message in read_mo(file) if message.id}
    assert compiled == {message.id: strings(message) for message in messages(tag)}, "run `make messages`"


def test_arabic_counts_as_arabic_does() -> None:
    with (interface.TRANSLATIONS / "ar/LC_MESSAGES/messages.mo").open("rb") as file:
        arabic = Translations(file)
    one, many = "%(count)s piece found", "%(count)s pieces found"
    said = {number: arabic.ungettext(one, many, number) for number in (0, 1, 2, 3, 10, 11, 99, 100, 103, 111)}
    assert len({said[1], said[2], said[3], said[11], said[100]}) >= 4
    assert said[3] == said[10] == said[103]
    assert said[11] == said[99] == said[111]
