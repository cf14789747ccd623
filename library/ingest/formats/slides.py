"""PPTX: each slide under its title, with the text of its boxes, groups, tables and diagrams, and its notes beneath."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from library.ingest import containers, plainness, progress
from library.ingest.extraction import Found, Refusal, Status
from library.ingest.formats import placing
from library.ingest.formats.placing import Place
from library.ingest.formats.xml import Element, below, local, parsed

_TITLES = {"title", "ctrTitle"}
_FURNITURE = {"sldNum", "dt", "sldImg"}
_REPEATED = {"ftr", "hdr"}
_DEEPEST = 60  # groups within groups


def read(members: dict[str, bytes], path: Path, name: str) -> Found:
    """What the presentation with these `members` says; its pictures are taken from the original at `path`."""
    show = _Show(members)
    slides = show.slides()
    if slides is None:
        raise Refusal(
            Status.corrupt, f"“{name}” is damaged: it names no slides. Save it again in the program that made it."
        )
    bodies: list[str] = []
    with_text = 0
    for number, member in enumerate(slides, start=1):
        body = show.slide(member, number)
        with_text += any(c.isalnum() for c in re.sub(r"\A<!--.*?-->", "", body))
        bodies.append(body)
        progress.report(number, len(slides), bodies[0])
    markdown = "\n\n".join(bodies) + "\n"
    found = Found(markdown, plainness.words(markdown), title=show.first_title)
    found.pages, found.pages_with_text = len(slides), with_text
    if show.hidden:
        found.warnings.append(
            "1 slide is hidden in the presentation and was left out."
            if show.hidden == 1
            else f"{show.hidden} slides are hidden in the presentation and were left out."
        )
    if show.lost:
        named = ", ".join(map(str, show.lost))
        found.warnings.append(
            f"Slide {named} is missing or damaged."
            if len(show.lost) == 1
            else f"Slides {named} are missing or damaged."
        )
    with containers.Media(path) as media:
        placing.settle(found, show.places, lambda _, place: media.content(place.source) if place.source else None)
    return found


class _Show:
    """A presentation's members, and what reading its slides has gathered so far."""

    def __init__(self, members: dict[str, bytes]) -> None:
        self.members = members
        self.places: list[Place] = []
        self.hidden = 0
        self.lost: list[int] = []  # numbers of slides that are named but not there, or broken
        self._footers: set[str] = set()  # each is said once, not on every slide
        self.first_title = ""

    def slides(self) -> list[str] | None:
        """The members of the slides that are shown, in the order of the show; None where nothing names them."""
        main = next(
            (m for m in self.related("", "officeDocument").values() if m in self.members), "ppt/presentation.xml"
        )
        root = parsed(self.members.get(main, b""))
        if root is None:
            return None
        targets = self.related(main, "slide")
        named = [targets.get(_attribute(entry, "id", "relationships")) for entry in below(root, "sldId")]
        found = [member or "" for member in named]
        if not any(member in self.members for member in found):  # a list that is broken: by their numbers
            found = sorted(
                (m for m in self.members if re.fullmatch(r"ppt/slides/slide\d+\.xml", m)),
                key=lambda m: int(re.findall(r"\d+", m)[-1]),
            )
        shown = []
        for member in found:
            head = self.members.get(member, b"")[:4000]
            if re.search(rb"<(?:\w+:)?sld\b[^>]*\sshow=[\"'](?:0|false)[\"']", head):
                self.hidden += 1
            else:
                shown.append(member)
        return shown

    def related(self, member: str, kind: str) -> dict[str, str]:
        """Targets of a member's relations of a kind, by their ids."""
        folder, last = posixpath.split(member)
        root = parsed(self.members.get(posixpath.join(folder, "_rels", f"{last}.rels"), b""))
        found = {}
        for relation in root if root is not None else ():
            if isinstance(relation.tag, str) and (relation.get("Type") or "").endswith(f"/{kind}"):
                target = relation.get("Target") or ""
                whole = target if target.startswith("/") else posixpath.join("/", folder, target)
                found[relation.get("Id") or ""] = posixpath.normpath(whole).lstrip("/")
        return found

    def slide(self, member: str, number: int) -> str:
        """A slide as Markdown: its title a heading, then its text, its notes as a quotation; "" for a lost one."""
        root = parsed(self.members.get(member, b""))
        if root is None:
            self.lost.append(number)
            return ""
        title, blocks = "", list[str]()
        for kind, block in self._shapes(next(iter(below(root, "spTree")), root), member, 0):
            if kind == "title" and not title:
                title = block
            else:
                blocks.append(block)
        if title:
            self.first_title = self.first_title or _unmarked(title)
            blocks.insert(0, f"## {title}")
        for notes in self.related(member, "notesSlide").values():
            blocks += self._notes(notes)
        return "\n\n".join(block for block in blocks if block)

    def _notes(self, member: str) -> Iterator[str]:
        root = parsed(self.members.get(member, b""))
        for shape in below(root, "sp") if root is not None else ():
            holder = next(iter(below(shape, "ph")), None)
            if holder is not None and holder.get("type") == "body":
                said = [text for text, _, _ in self._paragraphs(shape, member) if text]
                if said:
                    yield "\n>\n".join(f"> {plainness.escaped(text)}" for text in said)

    def _shapes(self, tree: Element, member: str, depth: int) -> Iterator[tuple[str, str]]:
        """(what it is, its Markdown) of each shape below `tree`, in their order."""
        if depth > _DEEPEST:
            return
        for shape in tree:
            match local(shape):
                case "sp" | "cxnSp":
                    yield from self._box(shape, member)
                case "grpSp":
                    yield from self._shapes(shape, member, depth + 1)
                case "AlternateContent":
                    # The same thing in several ways: the first that says something.
                    ways = (list(self._shapes(way, member, depth + 1)) for way in shape)
                    yield from next((said for said in ways if any(block for _, block in said)), [])
                case "graphicFrame":
                    yield "body", self._frame(shape, member)
                case "pic":
                    yield "body", self._picture(shape, member)

    def _box(self, shape: Element, member: str) -> Iterator[tuple[str, str]]:
        holder = next(iter(below(shape, "ph")), None)
        kind = (holder.get("type") or "obj") if holder is not None else ""
        if kind in _FURNITURE:
            return
        said = list(self._paragraphs(shape, member))
        if kind in _REPEATED:
            whole = " ".join(text for text, _, _ in said)
            if whole in self._footers:
                return
            self._footers.add(whole)
        if kind in _TITLES:
            yield "title", " ".join(plainness.escaped(text) for text, _, _ in said if text)
            return
        listed = kind in ("obj", "body") and sum(1 for text, _, _ in said if text) > 1
        lines: list[str] = []
        for text, level, bullet in said:
            if not text:
                continue
            if bullet or (listed and bullet is None):
                lines.append(f"{'    ' * min(level, 6)}- {plainness.escaped(text)}")
            else:
                lines.append(f"\n{plainness.escaped(text)}\n")
        yield "body", _nested(lines)

    def _paragraphs(self, within: Element, member: str) -> Iterator[tuple[str, int, bool | None]]:
        """(text, level, whether it has a bullet, None where its place decides) of each paragraph."""
        for paragraph in below(within, "p"):
            settings = next((child for child in paragraph if local(child) == "pPr"), None)
            level, bullet = 0, None
            if settings is not None:
                level = int(settings.get("lvl") or 0) if (settings.get("lvl") or "0").isdigit() else 0
                names = {local(child) for child in settings}
                bullet = True if names & {"buChar", "buAutoNum", "buBlip"} else False if "buNone" in names else None
            yield _text(paragraph), level, bullet

    def _frame(self, frame: Element, member: str) -> str:
        """A table, a diagram's texts, or nothing."""
        table = next(iter(below(frame, "tbl")), None)
        if table is not None:
            return _table(table)
        diagram = next(iter(below(frame, "relIds")), None)
        if diagram is not None:
            data = self.related(member, "diagramData").get(_attribute(diagram, "dm", "relationships"), "")
            root = parsed(self.members.get(data, b""))
            said = [_text(p) for t in below(root, "t") for p in below(t, "p")] if root is not None else []
            return "\n".join(f"- {plainness.escaped(text)}" for text in said if text)
        chart = next(iter(below(frame, "chart")), None)
        if chart is not None:
            data = self.related(member, "chart").get(_attribute(chart, "id", "relationships"), "")
            return _chart(parsed(self.members.get(data, b"")))
        picture = next(iter(below(frame, "pic")), None)  # how an embedded object looks
        return self._picture(picture, member) if picture is not None else ""

    def _picture(self, picture: Element, member: str) -> str:
        about = next(iter(below(picture, "cNvPr")), None)
        if about is not None and about.get("hidden") in ("1", "true"):
            return ""
        blip = next(iter(below(picture, "blip")), None)
        source = (
            self.related(member, "image").get(_attribute(blip, "embed", "relationships"), "")
            if blip is not None
            else ""
        )
        self.places.append(Place(source, (about.get("descr") or "") if about is not None else ""))
        return placing.mark(len(self.places))


def _table(table: Element) -> str:
    rows = [[_cell(cell) for cell in row if local(cell) == "tc"] for row in below(table, "tr")]
    rows = [row for row in rows if any(row)]
    columns = max((len(row) for row in rows), default=0)
    if columns < 2 or len(rows) < 2:
        return "\n\n".join(cell for row in rows for cell in row if cell)
    lines = [f"| {' | '.join([*row, *[''] * (columns - len(row))])} |" for row in rows]
    return "\n".join([lines[0], f"|{' --- |' * columns}", *lines[1:]])


def _cell(cell: Element) -> str:
    said = " ".join(text for p in below(cell, "p") if (text := _text(p)))
    return plainness.escaped(said).replace("|", "&#124;").replace("\\&#124;", "&#124;")


def _chart(root: Element | None) -> str:
    """A chart's words: its title, names of series and categories."""
    if root is None:
        return ""
    said = [_text(p) for p in below(root, "p")] + [v.text or "" for s in below(root, "strCache") for v in below(s, "v")]
    return "\n".join(f"- {plainness.escaped(text)}" for text in dict.fromkeys(t.strip() for t in said) if text)


def _text(paragraph: Element) -> str:
    parts: list[str] = []
    for element in paragraph.iter():
        match local(element):
            case "t":
                parts.append(element.text or "")
            case "br" | "tab":
                parts.append(" ")
    return " ".join("".join(parts).split())


def _nested(lines: list[str]) -> str:
    """Lines of a box without more than one blank line, lists not deeper than the item above them allows."""
    kept: list[str] = []
    depth = -1
    for line in lines:
        if line.startswith("\n"):
            depth = -1
            kept.append(line)
            continue
        item = line.lstrip(" ")
        depth = min((len(line) - len(item)) // 4, depth + 1)
        kept.append(f"{'    ' * depth}{item}")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")


def _unmarked(markdown: str) -> str:
    return plainness.words(markdown).strip()


def _attribute(element: Element, name: str, namespace: str) -> str:
    """An attribute of a namespace that ends so, whatever begins it."""
    return next((str(value) for key, value in element.attrib.items() if key.endswith(f"/{namespace}}}{name}")), "")
