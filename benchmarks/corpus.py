"""A corpus out of Debian's documentation: `python -m benchmarks.corpus OUT.jsonl [--sections N | --times K]`.

The packages below are fetched by apt-get (no root, nothing is installed), their English HTML is cut into sections of
250 words. A line of OUT is a section: id, document (the page), title, text, lang, topic, kind, country, year. Kind,
country and year are made up from the page's name. Asked for more sections than there are, the corpus repeats; each
repetition replaces a quarter of the words that are neither common nor rare, so that the vocabulary grows as well.
Documents are shuffled by a hash, so that the first N sections are a fair sample of the whole.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path

from lxml import etree, html

from benchmarks.sections import Section, documents

WORDS = 250
"""Of a section."""
LEAST = 20
"""Words of a page; below, it only leads to others."""
KINDS = "article guide handbook lesson reference report".split()
COUNTRIES = "AM AZ BA BG BY CZ DE EE GE HR HU KG KZ LT LV MD ME MK PL RO RS SI SK TJ UA UZ XK".split()
YEARS = range(2008, 2026)
SHARE = 4
"""One in so many middling words is another in a repetition."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package to read. `name`: a prefix when it is to be found among the dependencies of `metapackage`."""

    topic: str
    name: str
    metapackage: str
    pages: str


_THROUGH = re.compile(r"_|translations/|genindex|bookindex|search|py-modindex|contents|Common_Content|ix\d")

PACKAGES = (
    Package("linux", "linux-doc-", "linux-doc", "usr/share/doc/linux-doc-*/html"),
    Package("postgresql", "postgresql-doc-", "postgresql-doc", "usr/share/doc/postgresql-doc-*/html"),
    Package("python", "python3.", "python3-doc", "usr/share/doc/python3*/html"),
    Package("git", "git-doc", "", "usr/share/doc/git-doc"),
    Package("debian", "debian-handbook", "", "usr/share/doc/debian-handbook/html/en-US"),
    Package("django", "python-django-doc", "", "usr/share/doc/python-django-doc/html"),
    Package("sqlalchemy", "python-sqlalchemy-doc", "", "usr/share/doc/python-sqlalchemy-doc/html"),
    Package("sqlite", "sqlite3-doc", "", "usr/share/doc/sqlite3"),
    Package("scipy", "python-scipy-doc", "", "usr/share/doc/python-scipy-doc/html"),
)

_LEFT_OUT = frozenset("head nav header footer script style form svg noscript".split())
_LEFT_OUT_CLASSES = re.compile(
    r"\b(navheader|navfooter|docnav|toc|sphinxsidebar|related|wy-nav-\w+|headerlink|rst-footer-buttons|toctree-wrapper|prev-next-\w+)\b"
)
_LEFT_OUT_IDS = frozenset("banner title footer toc".split())
_BLOCKS = frozenset(
    "p pre li dt dd td th h1 h2 h3 h4 h5 h6 div section article table tr ul ol dl blockquote figure hr body main".split()
)
_SITE = re.compile(r"(?i)\s+[—–]\s+(The Linux Kernel|(Python|Django|SQLAlchemy|SciPy)\b.*) +(documentation|Manual)\s*$")
_WORD = re.compile(r"[^\W\d_]{4,}")


class Unavailable(Exception):
    """The packages cannot be had; the message says why."""


def fetched(package: Package, cache: Path) -> Path:
    """The folder into which the package is unpacked; downloads what is not in `cache`. Raises Unavailable."""
    missing = [tool for tool in ("apt-get", "apt-cache", "dpkg-deb") if shutil.which(tool) is None]
    files = sorted(cache.glob(f"{package.name}*.deb"))
    if not files and missing:
        raise Unavailable(
            f"{', '.join(missing)}: not here. The corpus is made on Debian or with its packages in {cache}."
        )
    if not files:
        _run(["apt-get", "download", _real_name(package)], cache)
        files = sorted(cache.glob(f"{package.name}*.deb"))
    if not files:
        raise Unavailable(f"apt-get brought no {package.name}.")
    folder = cache / files[-1].stem
    if not folder.is_dir():
        _run(["dpkg-deb", "-x", files[-1].name, f"{folder.name}.part"], cache)
        folder.with_name(f"{folder.name}.part").rename(folder)
    return folder


def _real_name(package: Package) -> str:
    if not package.metapackage:
        return package.name
    told = _run(["apt-cache", "depends", package.metapackage], Path.cwd())
    names: list[str] = re.findall(rf"Depends: ({re.escape(package.name)}\S+)", told)
    if not names:
        raise Unavailable(f"apt-cache knows no {package.name}… below {package.metapackage}; try apt-get update.")
    return names[0]


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def pages(package: Package, folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and file of each page, in the order of names."""
    for top in sorted(folder.glob(package.pages)):
        if top.is_symlink():
            continue
        names = (
            path.relative_to(top).as_posix() for path in top.rglob("*.html") if path.is_file() and not path.is_symlink()
        )
        for name in sorted(names):
            if not _THROUGH.match(name):
                yield name, top / name


def text_of(page: bytes) -> tuple[str, list[str]]:
    """Title and paragraphs of an HTML page, without what only leads through the site."""
    root = html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8"))
    title = _SITE.sub("", " ".join((root.findtext(".//title") or "").split()))
    main = root.xpath('//*[@itemprop="articleBody" or @role="main"]')
    paragraphs: list[list[str]] = [[]]
    _walk(main[0] if main else root.find("body"), paragraphs)
    told = (" ".join("".join(pieces).split()) for pieces in paragraphs)
    return title, [paragraph for paragraph in told if paragraph]


def _walk(element: html.HtmlElement | None, paragraphs: list[list[str]]) -> None:
    if element is None:
        return
    tag = element.tag if isinstance(element.tag, str) else ""
    block = tag in _BLOCKS
    if block:
        paragraphs.append([])
    left_out = (
        not tag
        or tag in _LEFT_OUT
        or element.get("id") in _LEFT_OUT_IDS
        or _LEFT_OUT_CLASSES.search(element.get("class") or "")
    )
    if not left_out:
        paragraphs[-1].append(element.text or "")
        for child in element:
            _walk(child, paragraphs)
    if block:
        paragraphs.append([])
    paragraphs[-1].append(element.tail or "")


def cut(paragraphs: Sequence[str], words: int = WORDS) -> Iterator[str]:
    """Texts of `words` words, a line a paragraph or what is left of it."""
    lines: list[str] = []
    room = words
    for paragraph in paragraphs:
        rest = paragraph.split(" ")
        while rest:
            lines.append(" ".join(rest[:room]))
            room, rest = room - len(rest[:room]), rest[room:]
            if not room:
                yield "\n".join(lines)
                lines, room = [], words
    if lines:
        yield "\n".join(lines)


def sections(package: Package, folder: Path) -> Iterator[Section]:
    """All sections of a package."""
    for name, path in pages(package, folder):
        try:
            title, paragraphs = text_of(path.read_bytes())
        except etree.ParserError:  # an empty page
            continue
        if sum(paragraph.count(" ") + 1 for paragraph in paragraphs) < LEAST:
            continue
        document = f"{package.topic}/{name.removesuffix('.html')}"
        top = name.split("/")[0] if "/" in name else ""
        page = _dressed(
            Section("", document, title or name, "", "en", f"{package.topic}-{top}".lower().strip("-"), "", "", 0)
        )
        for number, text in enumerate(cut(paragraphs)):
            yield replace(page, id=f"{document}#{number}", text=text)


def _dressed(section: Section) -> Section:
    """With the kind, country and year that the document's name makes up; early countries and late years are commoner."""
    number = _number(section.document)
    country = min(number % 27, number // 27 % 27)
    year = max(number // 729 % len(YEARS), number // 20_000 % len(YEARS))
    kind = KINDS[number // 400_000 % len(KINDS)]
    return replace(section, kind=kind, country=COUNTRIES[country], year=YEARS[year])


def _number(name: str) -> int:
    return zlib.crc32(name.encode())


def repeated(once: Sequence[Section]) -> Iterator[Section]:
    """The corpus without end: as it is, then again and again with changed words."""
    yield from once
    frequency: Counter[str] = Counter()
    for section in once:
        frequency.update({word.lower() for word in _WORD.findall(section.text)})
    middling = {word for word, times in frequency.items() if 3 <= times <= max(3, len(once) // 200)}
    for repetition in count(1):
        ending = _ending(repetition)
        changed = {word for word in middling if _number(f"{repetition} {word}") % SHARE == 0}

        def other(match: re.Match[str], ending: str = ending, changed: set[str] = changed) -> str:
            return match[0] + ending if match[0].lower() in changed else match[0]

        for section in once:
            document = f"{section.document}~{repetition}"
            yield _dressed(
                replace(
                    section,
                    id=f"{document}#{section.id.rpartition('#')[2]}",
                    document=document,
                    title=_WORD.sub(other, section.title),
                    text=_WORD.sub(other, section.text),
                )
            )


def _ending(number: int) -> str:
    """A syllable that no stemmer takes away, another for each number."""
    syllable = ""
    while number:
        number, digit = divmod(number, 40)
        syllable += "bdfgkmvz"[digit % 8] + "aiou"[digit // 8 % 4] + "kp"[digit // 32 % 2]
    return syllable


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the corpus and say what is in it."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.corpus", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--sections", type=int, help="exactly so many, fewer or more than there are")
    size.add_argument("--times", type=int, default=1, help="the whole corpus so many times")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser.add_argument("--cache", type=Path, default=home / "knowledge-library-bench", help="where packages are kept")
    options = parser.parse_args(arguments)
    options.cache.mkdir(parents=True, exist_ok=True)
    once: list[Section] = []
    try:
        for package in PACKAGES:
            folder = fetched(package, options.cache)
            before = len(once)
            once.extend(sections(package, folder))
            print(f"{folder.name}: {len(once) - before} sections", file=sys.stderr)
    except Unavailable as problem:
        print(problem, file=sys.stderr)
        return 1
    once = [s for _, of_it in sorted(documents(once), key=lambda pair: (_number(pair[0]), pair[0])) for s in of_it]
    wanted = options.sections if options.sections is not None else options.times * len(once)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    written, names = 0, set()
    unfinished = options.out.with_name(options.out.name + ".part")
    with open(unfinished, "w", encoding="utf-8") as file:
        for section in islice(repeated(once) if once else (), wanted):
            file.write(section.line + "\n")
            written += 1
            names.add(section.document)
    unfinished.replace(options.out)
    megabytes = options.out.stat().st_size / 1e6
    print(f"{options.out}: {written} sections of {len(names)} documents, {megabytes:.0f} MB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
