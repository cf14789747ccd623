"""The front matter of a Markdown file (YAML, TOML, MultiMarkdown's header) under the contract's keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

LONGEST = 64 * 1024  # characters of front matter that are read
MOST_EVENTS = 5_000  # YAML nodes
DEEPEST = 20
KEYS = [
    "title",
    "summary",
    "kind",
    "topics",
    "language",
    "countries",
    "authors",
    "publisher",
    "published",
    "licence",
    "source",
    "translation_of",
]
# Names that site generators and other libraries use for the same thing, most telling first.
_OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("name", "headline", "nav_title", "navtitle"),
    "summary": ("description", "excerpt", "abstract", "subtitle", "deck", "lead"),
    "language": ("lang", "langcode", "locale", "lang_code"),
    "authors": ("author",),
    "published": ("date", "publishdate", "pubdate", "published_at", "date_published"),
    "licence": ("license",),
    "source": ("source_url", "canonical_url"),
    "countries": ("country",),
}
NAMES = frozenset([*KEYS, *(name for names in _OTHER_NAMES.values() for name in names)])
PROSE = 250  # characters from which a field is running text rather than a description
_HEADER_LINE = re.compile(r"^[A-Za-z][\w -]{0,40}:(?:\s.*)?$")
_YAML = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


def split(text: str) -> tuple[dict[str, Any], str, list[str]]:
    """(fields under the contract's keys, the body without the front matter, warnings)."""
    text = text.lstrip("\ufeff")
    text = text.lstrip("\n") if text[:100].lstrip("\n").startswith(("---\n", "+++\n")) else text
    for pattern, load in ((_YAML, _yaml), (_TOML, _toml)):
        found = pattern.match(text)
        if not found:
            continue
        if not found[1].strip():
            return {}, text[found.end() :], []
        if len(found[1]) > LONGEST:
            return ({}, text, ["The front matter is too long to be one; it was taken as text."])
        loaded, problem = load(found[1])
        if isinstance(loaded, Mapping):
            return _ours(loaded), text[found.end() :], []
        if problem and pattern is _YAML and ":" not in found[1]:
            return {}, text, []  # two rules in a text, not front matter
        why = problem or "it is no list of names and values"
        salvaged = _salvaged(found[1])
        return (
            _ours(salvaged),
            text[found.end() :],
            [f"The front matter could not be read ({why}); please check the description."],
        )
    return _header(text)


def _header(text: str) -> tuple[dict[str, Any], str, list[str]]:
    """MultiMarkdown's header: lines `Name: value` up to the first blank one, with a title among them."""
    head, blank, body = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or len(lines) < 3 or not all(_HEADER_LINE.match(line) for line in lines):
        return {}, text, []
    said = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return (_ours(said), body, []) if any(name.lower() == "title" for name in said) else ({}, text, [])


def under_our_names(said: Mapping[str, Any]) -> dict[str, Any]:
    """Fields that were said elsewhere than in a front matter, under the contract's keys; what cannot be used is dropped."""
    return _ours(said)


def running_text(text: str) -> str:
    """The running text that some sites keep in their front matter alone, as Markdown: each piece under its name."""
    found = _YAML.match(text.lstrip("\ufeff\n"))
    if not found or len(found[1]) > LONGEST:
        return ""
    loaded, _ = _yaml(found[1])
    return "".join(_pieces(loaded)) if isinstance(loaded, Mapping) else ""


def _pieces(loaded: Mapping[Any, Any]) -> Iterator[str]:
    for name, value in loaded.items():
        if isinstance(value, str) and (len(value) > PROSE or "\n\n" in value.strip()):
            yield f"## {str(name).replace('_', ' ').capitalize()}\n\n{value.strip()}\n\n"
        elif isinstance(value, Mapping):
            yield from (f"{said.strip()}\n\n" for said in value.values() if isinstance(said, str))


def _yaml(source: str) -> tuple[Any, str]:
    import yaml

    depth = events = 0
    try:
        for event in yaml.parse(source, Loader=yaml.SafeLoader):
            events += 1
            if isinstance(event, yaml.AliasEvent):
                return None, "it uses YAML aliases"
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if events > MOST_EVENTS or depth > DEEPEST:
                return None, "it is nested too deeply or too long"
        return yaml.safe_load(source), ""
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        return (None, f"line {mark.line + 2}" if mark is not None else "it is no valid YAML")


def _toml(source: str) -> tuple[Any, str]:
    import tomllib

    try:
        return tomllib.loads(source), ""
    except (tomllib.TOMLDecodeError, RecursionError):
        return None, "it is no valid TOML"


def _salvaged(source: str) -> dict[str, str]:
    """`name: value` lines of a front matter that is not valid: titles with a colon in them are the usual reason."""
    pairs = re.findall(r"^([A-Za-z_]+)[ \t]*:[ \t]*([^\n\[{&*!|>]{1,500})$", source, re.MULTILINE)
    return {key: value.strip().strip("\"'") for key, value in pairs}


def _ours(loaded: Mapping[Any, Any]) -> dict[str, Any]:
    said = {str(key).strip().lower(): value for key, value in loaded.items()}
    fields: dict[str, Any] = {}
    for key in KEYS:
        for name in (key, *_OTHER_NAMES.get(key, ())):
            value = _plain(said.get(name), key)
            if value not in (None, "", []):
                fields[key] = value
                break
    if fields.get("source", "") and not re.match(r"https?://", str(fields["source"])):
        del fields["source"]
    if "language" in fields:
        fields["language"] = str(fields["language"]).replace("_", "-")
        if re.fullmatch("[A-Z]{2}", fields["language"]):
            fields["language"] = fields["language"].lower()
    return fields


def _plain(value: Any, key: str) -> Any:
    """Text, a list of texts or a date: what a field of the contract can be."""
    match value:
        case None | bool():
            return str(value).lower() if key == "title" and value is not None else None
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case int() | float():
            return str(value)
        case str():
            text = (
                " ".join(re.sub(r"<[^>]{1,200}>", "", value).split()) if key in ("title", "summary") else value.strip()
            )
            return [part for part in (p.strip() for p in text.split(",")) if part] if key in _LISTS else text
        case list() | tuple():
            if key not in _LISTS:
                return None
            names = (item.get("name") if isinstance(item, Mapping) else item for item in value)
            return [str(item).strip() for item in names if isinstance(item, str | int) and str(item).strip()]
        case Mapping() if key in _LISTS and isinstance(value.get("name"), str):
            return [value["name"].strip()]
    return None


_LISTS = frozenset({"topics", "countries", "authors"})
