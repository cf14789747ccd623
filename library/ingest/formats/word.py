"""DOCX: its paragraphs, lists, tables and notes as a tree of Pandoc's nodes, without what Word hides.

Read by ourselves, since Pandoc takes several times as long, and would lose text boxes, fields' results and ruby.
Office Open XML (ECMA-376 part 1), 17.3 paragraphs, 17.4 tables, 17.9 numbering, 17.11 notes.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

from library.ingest.extraction import Limits, Refusal, Status
from library.ingest.formats import formulas, listing, weaving, word_tables
from library.ingest.formats.converting import Tree
from library.ingest.formats.listing import Entry, Item
from library.ingest.formats.nodes import Node
from library.ingest.formats.weaving import Piece
from library.ingest.formats.word_runs import Part, Runs
from library.ingest.formats.word_styles import Lists, Styles, child, indentation, numbering, parts, value
from library.ingest.formats.xml import Element, attribute, below, check_depth, local, parsed

_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_OPENING = {"title": "title", "author": "author"}  # styles of what stands before a text: said of it, not in it
_BEFORE_TEXT = frozenset({*_OPENING, "subtitle", "date", "abstract"})
_QUOTED = frozenset({"quote", "block text", "block quote", "block quotation"})
_FOLLOWING = frozenset({"list paragraph", "list-paragraph"})
_CAPTIONS = frozenset({"caption", "table caption"})
_THROUGH = frozenset({"sdtContent", "customXml", "smartTag", "ins", "moveTo", "Choice", "Fallback"})
_NOTES = {"footnote": "word/footnotes.xml", "endnote": "word/endnotes.xml"}


class Document:
    """A DOCX with these members. `warnings`, once its tree is read: what is in it and is not read."""

    def __init__(self, members: dict[str, bytes], name: str) -> None:
        self.members, self.name = members, name
        self.main = next((m for kind, m in self._related("") if kind == "officeDocument"), "word/document.xml")
        self.parts = {
            kind: member for kind, member in self._related(self.main) if kind in (*_NOTES, "styles", "numbering")
        }
        self.styles = Styles(self._root("styles", "word/styles.xml"))
        self.lists = Lists(self._root("numbering", "word/numbering.xml"))
        self.meta: dict[str, Node] = {}
        self.warnings: list[str] = []
        self.formulas: list[tuple[Element, Node]] = []
        self._notes: dict[str, tuple[dict[str, Element], Part]] = {}

    def tree(self, limits: Limits) -> Tree:
        """What it says, as Pandoc would tell it. Raises Refusal for nesting beyond reason, and for one without a text."""
        blocks = self._body()
        formulas.of_word(self.formulas, self.name, limits)
        return {"meta": self.meta, "blocks": blocks}

    def _body(self) -> list[Node]:
        root = self._parsed(self.main)
        body = child(root, "body")
        if body is None:
            raise Refusal(
                Status.corrupt,
                f"“{self.name}” is damaged: it holds no text of Word's. Open it in the program that made it, save it"
                " again and upload that.",
            )
        part = Part(self._links(self.main), self._note)
        return _Blocks(self, part).of(self._without_opening(body, part))

    def words_drawn(self, member: str) -> list[str]:
        """The words of a chart or a diagram, each once: titles, names of series and of categories."""
        root = self._parsed(member)
        if root is None:
            return []
        said = ["".join(one.text or "" for one in below(line, "t")) for line in below(root, "p")]
        said += [one.text or "" for names in below(root, "strCache") for one in below(names, "v")]
        return list(dict.fromkeys(" ".join(text.split()) for text in said if text.strip()))

    def _parsed(self, member: str) -> Element | None:
        content = self.members.get(member, b"")
        if b"purl.oclc.org" in content:
            for strict, usual in _STRICT:
                content = content.replace(strict, usual)
        root = parsed(content)
        if root is not None:
            check_depth(root, self.name)
        return root

    def _root(self, kind: str, usual: str) -> Element | None:
        return self._parsed(self.parts.get(kind, usual))

    def _related(self, member: str) -> Iterator[tuple[str, str]]:
        """(kind, member) of what a member refers to."""
        for relation in self._relations(member):
            kind = attribute(relation, "Type").rpartition("/")[2].removesuffix("s")
            yield {"style": "styles"}.get(kind, kind), _joined(member, attribute(relation, "Target"))

    def _relations(self, member: str) -> Iterable[Element]:
        folder, last = posixpath.split(member)
        root = parsed(self.members.get(posixpath.join(folder, "_rels", f"{last}.rels"), b""))
        return [one for one in root if local(one) == "Relationship"] if root is not None else []

    def _links(self, member: str) -> dict[str, str]:
        """Addresses and members that a part refers to, by id."""
        found = {}
        for relation in self._relations(member):
            target = attribute(relation, "Target")
            outside = attribute(relation, "TargetMode").lower() == "external" or _ADDRESS.match(target)
            found[attribute(relation, "Id")] = target if outside else _joined(member, target)
        return found

    def _without_opening(self, body: Element, part: Part) -> Iterator[Element]:
        """The body without the lines before its text that say title and author, which go to `meta`."""
        opening = True
        for element in body:
            if opening and local(element) == "p":
                style = child(child(element, "pPr"), "pStyle")
                name = self.styles.name(value(style)) if style is not None else ""
                said = _OPENING.get(name)
                inlines = weaving.woven(Runs(self.styles).of(element, part)) if said else []
                if said and inlines and not (said == "title" and said in self.meta):
                    self._state(said, inlines)
                    continue
                opening = name in _BEFORE_TEXT or not any(one.text and one.text.strip() for one in element.iter("{*}t"))
            elif local(element) in ("p", "tbl", "sdt"):
                opening = False
            yield element

    def _state(self, said: str, inlines: list[Node]) -> None:
        values = self.meta.setdefault(said, {"t": "MetaList", "c": []})["c"]
        values.append({"t": "MetaInlines", "c": inlines})

    def _note(self, kind: str, number: str) -> list[Node] | None:
        """A note's blocks; None for one that is not there."""
        if kind not in self._notes:
            member = self.parts.get(kind, _NOTES[kind])
            root = self._parsed(member)
            found = {value(one, "id"): one for one in root if local(one) == kind} if root is not None else {}
            self._notes[kind] = found, Part(self._links(member), lambda *_: None)
        notes, part = self._notes[kind]
        return _Blocks(self, part).of(notes[number]) if number in notes else None


class _Blocks:
    """Reads what stands one below another: a body, a cell, a note, a box."""

    def __init__(self, document: Document, part: Part) -> None:
        self.document, self.part = document, part
        self.runs = Runs(document.styles, formulas=document.formulas)
        self._initial: list[Piece] = []  # a drop cap, to go before the next paragraph
        self._unended: list[Piece] = []  # a paragraph whose end was deleted

    def of(self, elements: Iterable[Element]) -> list[Node]:
        return listing.nested(list(self._entries(elements)))

    def _entries(self, elements: Iterable[Element]) -> Iterator[Entry]:
        for element in elements:
            match local(element):
                case "p":
                    yield from self._paragraph(element)
                case "tbl":
                    yield Entry(word_tables.table(element, self.of))
                case "sdt":
                    yield from self._entries(one for one in element if local(one) == "sdtContent")
                case "AlternateContent":
                    ways = (list(self._entries([way])) for way in element)
                    yield from next((way for way in ways if way), [])
                case "oMath" | "oMathPara":
                    holder = element.makeelement("p")
                    holder.append(element)
                    if inlines := weaving.woven(self.runs.of(holder, self.part)):
                        yield Entry(weaving.paragraph(inlines))
                case "altChunk":
                    self.document.warnings.append(
                        "A document that is embedded in the file as a whole was not read; save the file again in Word."
                    )
                case name if name in _THROUGH:
                    yield from self._entries(element)

    def _paragraph(self, paragraph: Element) -> Iterator[Entry]:
        properties = parts(child(paragraph, "pPr"))
        named = properties.get("pStyle")
        style = value(named) if named is not None else ""
        self.runs.ruled = False
        self.runs.hidden = self.document.styles.hides(style)
        pieces = [*self._initial, *self.runs.of(paragraph, self.part)]
        self._initial = []
        boxes, self.runs.boxes = self.runs.boxes, []
        drawings, self.runs.drawings = self.runs.drawings, []
        frame = properties.get("framePr")
        if frame is not None and value(frame, "dropCap") not in ("", "none"):
            self._initial = pieces
        elif _end_is_deleted(properties):
            self._unended += [*pieces, Piece(" ")]
        else:
            pieces, self._unended = [*self._unended, *pieces], []
            yield from self._said(pieces, properties, style)
        for box in boxes:
            yield from self._entries(box)
        for member in drawings:
            if words := self.document.words_drawn(member):
                yield Entry(listing.bulleted([[{"t": "Plain", "c": [{"t": "Str", "c": text}]}] for text in words]))

    def _said(self, pieces: list[Piece], properties: Mapping[str, Element], style: str) -> Iterator[Entry]:
        styles = self.document.styles
        level = styles.heading(style) if style else None
        item = self._item(properties, style) if level is None else None
        if style and "source code" in styles.names(style):
            yield Entry({"t": "CodeBlock", "c": [["", [], []], _verbatim(pieces)]})
            return
        inlines = weaving.woven(pieces)
        if not inlines:
            if self.runs.ruled:
                yield Entry({"t": "HorizontalRule"})
            return
        if level is not None:
            yield Entry({"t": "Header", "c": [level, ["", [], []], inlines]})
            return
        names = styles.names(style) if style else ()
        block: Node = {"t": "Plain" if "compact" in names else "Para", "c": inlines}
        follows = item is None and bool(names) and names[0] in _FOLLOWING and self._stands_in(properties, style)
        if not follows and (not _QUOTED.isdisjoint(names) or (item is None and self._indented(properties, style))):
            block = {"t": "BlockQuote", "c": [block]}
        yield Entry(block, item, follows, names=bool(names) and names[0] in _CAPTIONS)

    def _item(self, properties: Mapping[str, Element], style: str) -> Item | None:
        """The place in a list that a paragraph has by itself, or by its style."""
        found = numbering(properties) or (self.document.styles.list_of(style) if style else None)
        if found is None:
            return None
        of, depth = found
        level = self.document.lists.level(of, depth)
        if level is None:
            return None
        first = 1 if level.start is None else level.start
        number = self.document.lists.next(of, depth, first)
        return Item(depth, of, None if level.format == "bullet" else number, not level.text.strip())

    def _stands_in(self, properties: Mapping[str, Element], style: str) -> bool:
        """Whether a paragraph stands further in than the margin."""
        left = indentation(properties)[0]
        return (self.document.styles.indentation(style)[0] if left is None else left) > 0

    def _indented(self, properties: Mapping[str, Element], style: str) -> bool:
        """Whether a paragraph stands further in than its style puts it."""
        left, hanging = indentation(properties)
        if left is None and hanging is None:
            return False
        usual, usually_hanging = self.document.styles.indentation(style)
        own = (usual if left is None else left) - (usually_hanging if hanging is None else hanging)
        return own > usual - usually_hanging


def _verbatim(pieces: Iterable[Piece]) -> str:
    return "".join(one.content if isinstance(one.content, str) else "\n" for one in pieces)


def _end_is_deleted(properties: Mapping[str, Element]) -> bool:
    marks = properties.get("rPr")
    return marks is not None and any(local(one) in ("del", "moveFrom") for one in marks)


def _joined(member: str, target: str) -> str:
    folder = "" if target.startswith("/") else posixpath.dirname(member)
    return posixpath.normpath(posixpath.join(folder, target.lstrip("/")))
