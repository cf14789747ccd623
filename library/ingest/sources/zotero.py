"""Zotero's RDF exports with their attachments (`files/ID/name.pdf`): the attachments are the text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flask_babel import ngettext

from library.ingest.sources import records, values, xmlfile
from library.ingest.sources.items import Item, Remarks
from library.ingest.sources.xmlfile import Element

KIND = "zotero"
ZOTERO = "http://www.zotero.org/namespaces/export#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
ABOUT, RESOURCE = f"{{{RDF}}}about", f"{{{RDF}}}resource"
_NOT_ITEMS = frozenset(("Attachment", "Memo", "Collection"))
_CONTAINERS = frozenset(("Journal", "Series", "Periodical"))  # journals that items are a part of


def recognises(root: str, namespaces: frozenset[str]) -> bool:
    return root == f"{{{RDF}}}RDF" and ZOTERO in namespaces


def read(path: Path, remarks: Remarks, *, stubs: bool = False) -> Iterator[Item]:
    """An item an attached file of each entry. Notes are private and left out. Raises BadSource."""
    root = xmlfile.whole(path)
    attached = {e.get(ABOUT, ""): e for e in root if xmlfile.name(e) == "Attachment"}
    used: set[str] = set()
    for element in root:
        if xmlfile.name(element) in _NOT_ITEMS or not _is_entry(element):
            continue
        links = [link.get(RESOURCE, "") for link in xmlfile.children(element, "link")]
        used.update(links)
        files = [attached[link] for link in links if link in attached]
        yield from records.items(_record(path, element, files), stubs=stubs)
    for about, attachment in attached.items():
        if about not in used and _place(attachment):
            yield from records.items(_alone(path, about, attachment), stubs=stubs)
    notes = sum(1 for e in root if xmlfile.name(e) == "Memo")
    if notes:
        remarks.add(
            ngettext(
                "%(file)s: %(num)d note was left out.", "%(file)s: %(num)d notes were left out.", notes, file=path.name
            )
        )


def _is_entry(element: Element) -> bool:
    kind = xmlfile.text(element, "itemType")
    return kind not in ("attachment", "note") and (bool(kind) or xmlfile.name(element) not in _CONTAINERS)


def _record(path: Path, element: Element, files: list[Element]) -> records.Record:
    address = next((values.web(one) for e in xmlfile.children(element, "identifier") for one in _uris(e)), "")
    about = element.get(ABOUT, "")
    fields = {
        "title": values.line(xmlfile.text(element, "title")),
        "summary": values.summary(xmlfile.text(element, "abstract")),
        "authors": _people(element, "authors") or _people(element, "editors") or _people(element, "contributors"),
        "published": values.day(xmlfile.text(element, "date")),
        "language": values.language(xmlfile.text(element, "language")),
        "topics": _tags(element),
        "publisher": _publisher(element),
        "licence": values.licence(xmlfile.text(element, "rights")),
        "source": address or values.web(about),
    }
    return records.Record(
        kind=KIND,
        identity=_library(path, about),
        id=about or str(fields["title"]),
        origin=path,
        fields={key: value for key, value in fields.items() if value},
        description=xmlfile.text(element, "abstract"),
        files=tuple(place for one in files if (place := _place(one))),
        titles={_place(one): xmlfile.text(one, "title") for one in files},
    )


def _alone(path: Path, about: str, attachment: Element) -> records.Record:
    """A file that belongs to no entry."""
    title = values.line(xmlfile.text(attachment, "title"))
    place = _place(attachment)
    fields = {"title": title} if title and title != Path(place).name else {}
    return records.Record(KIND, _library(path, about), about or place, path, fields, files=(place,))


def _library(path: Path, about: str) -> str:
    """Entries without an address of their own are numbered, each library by itself."""
    return "" if values.web(about) or about.startswith("urn:") else str(path.resolve())


def _place(attachment: Element) -> str:
    return next((e.get(RESOURCE, "") for e in xmlfile.children(attachment, "resource")), "")


def _uris(identifier: Element) -> list[str]:
    return ["".join(e.itertext()).strip() for e in identifier.iter() if xmlfile.name(e) == "value"]


def _people(element: Element, role: str) -> list[str]:
    people = [
        person
        for group in xmlfile.children(element, role)
        for person in group.iter()
        if xmlfile.name(person) == "Person"
    ]
    names = (
        values.person(xmlfile.text(one, "givenName", "givenname"), xmlfile.text(one, "surname", "name"))
        for one in people
    )
    return [name for name in names if name]


def _tags(element: Element) -> list[str]:
    found = (
        xmlfile.text(subject, "AutomaticTag") or "".join(subject.itertext()).strip()
        for subject in xmlfile.children(element, "subject")
    )
    return list(dict.fromkeys(tag for tag in found if tag))


def _publisher(element: Element) -> str:
    names = (
        xmlfile.text(one, "name")
        for group in xmlfile.children(element, "publisher")
        for one in group.iter()
        if xmlfile.name(one) == "Organization"
    )
    return next((name for name in names if name), "")
