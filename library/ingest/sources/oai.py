"""Records that OAI-PMH repositories gave (`oai_dc`), saved to disk: whole responses or single records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from flask_babel import gettext as _

from library.ingest.extraction import Status
from library.ingest.sources import records, values, xmlfile
from library.ingest.sources.items import Item, Remarks
from library.ingest.sources.xmlfile import Element

KIND = "oai"
PROTOCOL = "http://www.openarchives.org/OAI/2.0/"
DUBLIN_CORE = "http://www.openarchives.org/OAI/2.0/oai_dc/"


def recognises(root: str, namespaces: frozenset[str]) -> bool:
    return root in (f"{{{PROTOCOL}}}OAI-PMH", f"{{{PROTOCOL}}}record", f"{{{DUBLIN_CORE}}}dc")


def read(path: Path, remarks: Remarks, *, stubs: bool = False) -> Iterator[Item]:
    """An item a record, its text the file beside it that the record names. Deleted records are only told of."""
    found = xmlfile.root(path)
    if found is not None and found[0] != f"{{{PROTOCOL}}}OAI-PMH":
        yield from _record(path, xmlfile.whole(path), stubs)
        return
    for element in xmlfile.at_depth(path, 2, frozenset(("record", "resumptionToken"))):
        if xmlfile.name(element) == "record":
            yield from _record(path, element, stubs)
        elif (element.text or "").strip():
            remarks.add(
                _(
                    "%(file)s: the repository has more records than these; save its further responses too.",
                    file=path.name,
                )
            )


def _record(path: Path, element: Element, stubs: bool) -> list[Item]:
    header = next((e for e in element.iter() if xmlfile.name(e) == "header"), None)
    described = next((e for e in element.iter() if xmlfile.name(e) == "dc"), None)
    name = xmlfile.text(header, "identifier") if header is not None else ""
    if header is not None and header.get("status") == "deleted":
        reason = _("“%(name)s” was deleted at its source. Nothing is withdrawn here because of it.", name=name)
        return [Item(KIND, "", name, path, name, status=Status.empty, reason=reason)]
    if described is None:
        reason = _("“%(name)s” is not described in Dublin Core (oai_dc), so it is not read.", name=name or path.name)
        return [Item(KIND, "", name or path.name, path, name or path.name, status=Status.unsupported, reason=reason)]
    return records.items(_described(path, name, described), stubs=stubs)


def _described(path: Path, name: str, dc: Element) -> records.Record:
    said = {
        key: _all(dc, key) for key in ("title", "creator", "contributor", "date", "description", "language", "rights")
    }
    places = [*_all(dc, "identifier"), *_all(dc, "relation"), *_all(dc, "source")]
    addresses = [place for place in places if values.web(place)]
    dates = [day for one in said["date"] if (day := values.day(one))]
    fields = {
        "title": values.line(said["title"][0]) if said["title"] else "",
        "authors": [_turned(one) for one in said["creator"] or said["contributor"]],
        "published": dates[0] if dates else "",
        "summary": values.summary(said["description"][0]) if said["description"] else "",
        "language": next((tag for one in said["language"] if (tag := values.language(one))), ""),
        "licence": next((values.licence(one) for one in sorted(said["rights"], key=_unlike_licence)), ""),
        "publisher": next(iter(_all(dc, "publisher")), ""),
        "topics": _all(dc, "subject"),
        "source": addresses[0] if addresses else "",
    }
    stem = re.split(r"[:/]", name)[-1]
    return records.Record(
        kind=KIND,
        identity="" if name else str(path.resolve()),
        id=name or (places[0] if places else path.name),
        origin=path,
        fields={key: value for key, value in fields.items() if value},
        description="\n\n".join(said["description"]),
        files=(*places, *records.named(stem), *records.named(path.stem if not name else "")),
    )


def _all(dc: Element, key: str) -> list[str]:
    return [words for child in xmlfile.children(dc, key) if (words := " ".join("".join(child.itertext()).split()))]


def _turned(name: str) -> str:
    """“Mensah, Ama” as “Ama Mensah”; names of bodies, which have no or several commas, stay."""
    family, comma, given = name.partition(", ")
    return values.person(given, family) if comma and "," not in given and len(given.split()) <= 3 else name


def _unlike_licence(rights: str) -> int:
    return 0 if "creativecommons.org" in rights else 1
