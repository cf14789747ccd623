"""ODT before it is read: what the writer hid goes, what stands aside (boxes, shapes, fields) is put into the text."""

from __future__ import annotations

from collections.abc import Mapping

from library.ingest.extraction import Refusal, Status
from library.ingest.formats.xml import Element, attribute, below, check_depth, local, parsed, removed, unwrapped

# Fields that say who wrote on which machine: never read, whatever the text around them.
_PERSONAL = (
    "author-name", "author-initials", "initial-creator", "creator", "printed-by", "file-name", "template-name",
    "sender-firstname", "sender-lastname", "sender-initials", "sender-title", "sender-position", "sender-email",
    "sender-phone-private", "sender-fax", "sender-company", "sender-phone-work", "sender-street", "sender-city",
    "sender-postal-code", "sender-country", "sender-state-or-province", "editing-duration", "editing-cycles",
)  # fmt: skip
_UNREAD = (
    *_PERSONAL,
    "script",
    "hidden-text",
    "annotation",
    "annotation-end",
    "page-number",
    "page-count",
    "tracked-changes",
)
# Fields whose result is part of the sentence.
_SAID = (
    "date", "time", "conditional-text", "placeholder", "meta", "meta-field", "variable-set", "variable-get",
    "variable-input", "user-field-get", "user-field-input", "expression", "text-input", "sequence", "title", "subject",
    "keywords", "description", "chapter", "database-display", "database-name", "user-defined", "drop-down",
    "creation-date", "creation-time", "modification-date", "modification-time", "print-date", "reference-ref",
    "sequence-ref", "note-ref", "bookmark-ref", "measure", "character-count", "word-count",
)  # fmt: skip
_BOXES = ("text-box", "custom-shape", "rect", "ellipse", "circle", "line", "polyline", "polygon", "path", "connector")
_BLOCKS = {"p", "h", "list", "table", "section", "numbered-paragraph"}


def ready(members: Mapping[str, bytes], name: str) -> tuple[Element, Element, Element | None]:
    """(The content of an ODT, what of it is the text, its common styles), without what is hidden. Raises Refusal for one that is nested beyond reason, or without text."""
    root, styles = parsed(members.get("content.xml", b"")), parsed(members.get("styles.xml", b""))
    body = _body_of(root) if root is not None else None
    if body is None:
        raise Refusal(
            Status.corrupt,
            f"“{name}” is damaged: it holds no text. Open it in the program that made it, save it again and upload that.",
        )
    check_depth(root, name)
    hidden = _hidden_styles(styles, root)
    _without_hidden(root, hidden)
    for element in below(root, *_UNREAD):
        if local(element) not in ("title", "creator") or _is_text(element):
            removed(element)
    for field in below(root, *_SAID):
        if _is_text(field):
            unwrapped(field)
    _read_aloud(root)
    for paragraph in below(root, "numbered-paragraph"):
        for number in [child for child in paragraph if local(child) == "number"]:
            removed(number)
        unwrapped(paragraph)
    _out_of_boxes(root)
    _out_of_tables(root)
    return root, body, styles


def _body_of(root: Element) -> Element | None:
    """What holds the text of a text; None for a spreadsheet, say."""
    return next((text for body in root if local(body) == "body" for text in body if local(text) == "text"), None)


def _is_text(element: Element) -> bool:
    """Whether it is of the text, not of a drawing or of what the file says about itself."""
    return ":text:" in element.tag or ":office:" in element.tag


def _hidden_styles(*roots: Element | None) -> set[str]:
    """Names of the styles whose text is not shown, by themselves or by their parents."""
    said: dict[str, bool] = {}
    parents: dict[str, str] = {}
    for style in (s for root in roots if root is not None for s in below(root, "style")):
        name = attribute(style, "name")
        parents[name] = attribute(style, "parent-style-name")
        for properties in below(style, "text-properties"):
            if shown := attribute(properties, "display"):
                said[name] = shown == "none"
    return {name for name in parents if _inherited(name, said, parents)}


def _inherited(name: str, said: dict[str, bool], parents: dict[str, str]) -> bool:
    seen: set[str] = set()
    while name and name not in seen:
        seen.add(name)
        if name in said:
            return said[name]
        name = parents.get(name, "")
    return False


def _without_hidden(root: Element, hidden: set[str]) -> None:
    for mark in below(root, "hidden-paragraph"):
        paragraph = next((e for e in mark.iterancestors() if local(e) in ("p", "h")), None)
        if paragraph is not None and attribute(mark, "is-hidden") == "true":
            removed(paragraph)
    for section in below(root, "section"):
        if attribute(section, "display") == "none" or attribute(section, "is-hidden") == "true":
            removed(section)
    for row in below(root, "table-row"):
        if attribute(row, "visibility") in ("collapse", "filter"):
            removed(row)
    if hidden:
        for element in below(root, "p", "h", "span"):
            if attribute(element, "style-name") in hidden:
                removed(element)


def _read_aloud(root: Element) -> None:
    """Ruby: the words, then in brackets how they are read."""
    for ruby in below(root, "ruby"):
        for part in list(ruby):
            if local(part) == "ruby-text" and "".join(part.itertext()).strip():
                part.text, part.tail = f"({part.text or ''}", f"){part.tail or ''}"
            unwrapped(part)
        unwrapped(ruby)


def _out_of_boxes(root: Element) -> None:
    """The text of boxes and shapes after the paragraph that they are anchored in."""
    for box in below(root, *_BOXES):
        if ":drawing:" not in box.tag:
            continue
        blocks = [child for child in box if local(child) in _BLOCKS]
        if not blocks:
            continue
        frame = box
        anchor = None
        for around in box.iterancestors():
            if local(around) in ("p", "h"):
                anchor = around
                break
            if ":drawing:" in around.tag:
                frame = around
        anchor = frame if anchor is None else anchor
        if anchor.getparent() is None:
            continue
        place = anchor.getparent().index(anchor) + 1
        anchor.getparent()[place:place] = blocks


def _out_of_tables(root: Element) -> None:
    """A table within a cell becomes its paragraphs, cell by cell: a cell of Markdown holds no table."""
    for table in below(root, "table"):
        if table.getparent() is None or local(table.getparent()) not in ("table-cell", "covered-table-cell"):
            continue
        for cell in below(table, "table-cell"):
            for block in [child for child in cell if local(child) in _BLOCKS and local(child) != "table"]:
                table.addprevious(block)
        removed(table)
