"""DOCX before Pandoc: what Word hides goes, what Pandoc would lose (text boxes, fields' results, ruby) is put in its way."""

from __future__ import annotations

import posixpath
import re

from library.ingest.formats.xml import Element, attribute, below, local, parsed, removed, unwrapped, written

_PARTS = re.compile(r"^word/(?:document\d*|footnotes\d*|endnotes\d*)\.xml$")
# A part without any of these is left as it is: parsing it twice would be for nothing.
_MATTERS = re.compile(
    rb"[<:](?:vanish|txbxContent|fldSimple|customXml|ruby|cellDel|bdo|dir|altChunk|pStyle|rStyle)\b|[<:]trPr\b.{0,400}?[<:]del\b",
    re.DOTALL,
)
_WRAPPERS = ("fldSimple", "customXml", "bdo", "dir")
_FALSE = {"0", "false", "off"}


def ready(members: dict[str, bytes]) -> list[str]:
    """Change the members of a DOCX in place; warnings about what is in it and is not read."""
    hidden = _hidden_styles(members)
    warnings: list[str] = []
    for name in [*members]:
        if not (_PARTS.match(name) or name == _main(members)) or not _MATTERS.search(members[name]):
            continue
        root = parsed(members[name])
        if root is None:
            continue
        _without_hidden(root, hidden)
        for wrapper in below(root, *_WRAPPERS):
            unwrapped(wrapper)
        _read_aloud(root)
        _out_of_boxes(root)
        if below(root, "altChunk"):
            warnings.append(
                "A document that is embedded in the file as a whole was not read; save the file again in Word."
            )
        members[name] = written(root)
    return warnings


def _main(members: dict[str, bytes]) -> str:
    """The member that is the document, which some programs call otherwise."""
    relations = parsed(members.get("_rels/.rels", b""))
    for relation in relations if relations is not None else ():
        if attribute(relation, "Type").endswith("/officeDocument"):
            return posixpath.normpath(attribute(relation, "Target")).lstrip("/")
    return ""


def _on(properties: Element, name: str) -> bool | None:
    """Whether a switch is set in a run's or paragraph's properties; None where they do not say."""
    found = next((child for child in properties if local(child) == name), None)
    return None if found is None else attribute(found, "val").lower() not in _FALSE


def _hidden_styles(members: dict[str, bytes]) -> set[str]:
    """Ids of the styles whose text is hidden, by themselves or by what they are based on."""
    content = members.get("word/styles.xml", b"")
    root = parsed(content) if b"vanish" in content else None
    if root is None:
        return set()
    said: dict[str, bool | None] = {}
    based: dict[str, str] = {}
    for style in below(root, "style"):
        name = attribute(style, "styleId")
        said[name] = next((_on(child, "vanish") for child in style if local(child) == "rPr"), None)
        based[name] = next((attribute(child, "val") for child in style if local(child) == "basedOn"), "")
    return {name for name in said if _inherited(name, said, based)}


def _inherited(name: str, said: dict[str, bool | None], based: dict[str, str]) -> bool:
    seen: set[str] = set()
    while name in said and name not in seen:
        seen.add(name)
        if (own := said[name]) is not None:
            return own
        name = based[name]
    return False


def _without_hidden(root: Element, hidden: set[str]) -> None:
    for row in below(root, "tr"):
        if any(local(mark) == "del" for settings in row if local(settings) == "trPr" for mark in settings):
            removed(row)
    for cell in below(root, "cellDel"):
        deleted = next((e for e in cell.iterancestors() if local(e) == "tc"), None)
        if deleted is not None:
            for paragraph in below(deleted, "r"):
                removed(paragraph)
    for run in below(root, "r"):
        properties = next((child for child in run if local(child) == "rPr"), None)
        if _is_hidden(run, properties, hidden):
            removed(run)


def _is_hidden(run: Element, properties: Element | None, hidden: set[str]) -> bool:
    if properties is not None:
        own = _on(properties, "vanish")
        if own is not None:
            return own
        style = next((attribute(child, "val") for child in properties if local(child) == "rStyle"), "")
        if style in hidden:
            return True
    if not hidden:
        return False
    paragraph = next((e for e in run.iterancestors() if local(e) == "p"), None)
    settings = next((child for child in paragraph if local(child) == "pPr"), None) if paragraph is not None else None
    return settings is not None and any(
        local(child) == "pStyle" and attribute(child, "val") in hidden for child in settings
    )


def _read_aloud(root: Element) -> None:
    """Ruby: the words, then in brackets how they are read."""
    for ruby in below(root, "ruby"):
        run = ruby.getparent()
        if run is None or run.getparent() is None:
            continue
        words = [r for base in ruby if local(base) == "rubyBase" for r in base if local(r) == "r"]
        reading = "".join(t.text or "" for r in ruby if local(r) == "rt" for t in below(r, "t"))
        for texts in [below(r, "t") for r in reversed(words)]:
            if texts and reading:
                texts[-1].text = f"{texts[-1].text or ''}({reading})"
                break
        place = run.getparent().index(run)
        run.getparent()[place:place] = words
        removed(ruby)


def _out_of_boxes(root: Element) -> None:
    """The text of boxes after the paragraph that they are anchored in, once where it stands there in two ways."""
    for choice in below(root, "Choice"):
        if below(choice, "txbxContent"):
            for other in [e for e in choice.itersiblings() if local(e) in ("Choice", "Fallback")]:
                removed(other)
    for box in below(root, "txbxContent"):
        if any(local(e) == "txbxContent" for e in box.iterancestors()):
            continue  # comes out with the box around it, and then on its own below
        _lift(box)
    for box in below(root, "txbxContent"):
        if len(box):
            _lift(box)


def _lift(box: Element) -> None:
    anchor = next((e for e in box.iterancestors() if local(e) == "p"), None)
    if anchor is None or anchor.getparent() is None:
        return
    place = anchor.getparent().index(anchor) + 1
    anchor.getparent()[place:place] = list(box)
