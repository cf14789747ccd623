"""A revision's Markdown as sections: rendered HTML, plain text by paragraph, anchors, chapters."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from lxml import html as lxml_html

from library.catalogue import anchors, markup, section_languages
from library.catalogue.anchors import Place
from library.catalogue.models import Kind
from library.catalogue.scripts import direction

Element = Any  # lxml's elements are typed by stubs that a checkout without dev tools does not have

LONG = 80_000  # characters from which a piece is read by chapter, whatever its kind
PAGES_IN_CHAPTER = 20  # of a long paged piece without headings
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LEAVES = {"p", "li", "dt", "dd", "tr", "pre", "caption", "figure", "figcaption", "summary"}
_PAGE = re.compile(f"^{markup.PAGE_OPEN}(\\d+){markup.PAGE_CLOSE}$")


@dataclass(slots=True)
class RenderedSection:
    """As the model `Section`, before it has a row."""

    level: int
    heading: str
    page: int | None
    anchor: str = ""
    chapter: str = ""
    chapter_title: str = ""
    html: str = ""
    blocks: list[list[str]] = field(default_factory=list)
    language: str = ""
    elements: list[Element] = field(default_factory=list)


def render(
    body: str,
    kind: str,
    previous: Sequence[Place] = (),
    language: str = "",
    pictures: Mapping[str, tuple[int, int]] | None = None,
) -> list[RenderedSection]:
    """Sections of a Markdown `body` in order; `previous` are the headings of the revision before, whose anchors stay.

    `language`: the piece's (BCP 47); sections plainly in another say so. Without it none does.
    `pictures`: width and height by name of the stored ones (`catalogue.pictures.sizes_in`); others are left out.
    """
    elements = list(_top_level(markup.to_html(body)))
    notes = _take_footnotes(elements)
    sections = _split(elements)
    taken: set[str] = set()
    _anchor(sections, previous, taken)
    _into_chapters(sections, kind)
    for section in sections:
        _prepare(section, taken, pictures or {})
    _place_footnotes(sections, notes, taken)
    _tell_languages(sections, language)
    _mend_links(sections)
    for section in sections:
        section.html = _serialised(section)
        section.elements = []
    return sections


def places(sections: Sequence[Any]) -> list[Place]:
    """The headings of saved or rendered sections, as `render` takes them for the next revision."""
    return [Place(s.heading, s.level, _opening(s.blocks), s.anchor) for s in sections if s.level]


def _opening(blocks: Sequence[Sequence[str]]) -> str:
    return "\n".join(text for _, text in blocks[:4])[: anchors.COMPARED]


def _top_level(html: str) -> Iterator[Element]:
    root = lxml_html.document_fromstring(
        f"<div>{html}</div>", parser=lxml_html.HTMLParser(huge_tree=True, encoding=None)
    )
    container = root.find(".//div")
    if container is None:
        return
    if container.text and container.text.strip():
        yield _paragraph(container.text)
    for element in list(container):
        tail, element.tail = element.tail, None
        if isinstance(element.tag, str):
            yield element
        if tail and tail.strip():
            yield _paragraph(tail)


def _paragraph(text: str) -> Element:
    element = lxml_html.Element("p")
    element.text = text.strip()
    return element


def _take_footnotes(elements: list[Element]) -> dict[str, Element]:
    """Footnotes by their id ("fn:1"), taken out of `elements`."""
    notes: dict[str, Element] = {}
    for element in [e for e in elements if e.tag == "div" and "footnote" in (e.get("class") or "").split()]:
        elements.remove(element)
        for number, item in enumerate(element.iter("li"), start=1):
            item.set("value", str(number))
            if item.get("id"):
                notes[item.get("id")] = item
    return notes


def _split(elements: list[Element]) -> list[RenderedSection]:
    """Sections at headings and at page markers, levels from 2 on and without gaps."""
    levels = [int(e.tag[1]) for e in elements if e.tag in _HEADINGS and _text(e)]
    shift = 2 - min(levels) if levels else 0
    current = RenderedSection(0, "", None)
    sections = [current]
    depth = 1
    for element in elements:
        page = _PAGE.match((element.text or "").strip()) if element.tag == "p" and not len(element) else None
        if page:
            current = RenderedSection(0, current.heading, int(page[1]))
            sections.append(current)
        elif element.tag in _HEADINGS and (heading := _text(element)):
            depth = min(int(element.tag[1]) + shift, depth + 1, 6)
            current = RenderedSection(depth, heading[:500], current.page, elements=[element])
            sections.append(current)
        elif element.tag not in _HEADINGS or element.find(".//img") is not None:
            element.tag = "p" if element.tag in _HEADINGS else element.tag  # a picture is no heading
            current.elements.append(element)
    return [s for s in sections if s.level or s.elements or s.page] or sections[:1]


def _anchor(sections: list[RenderedSection], previous: Sequence[Place], taken: set[str]) -> None:
    for section in sections:
        if not section.level:
            name = f"page-{section.page}" if section.page else "start"
            section.anchor = anchors.unique(name, taken)
    headed = [s for s in sections if s.level]
    found = [Place(s.heading, s.level, " ".join(_text(e) for e in s.elements[1:5])[: anchors.COMPARED]) for s in headed]
    for section, anchor in zip(headed, anchors.assign(found, previous, taken), strict=True):
        section.anchor = anchor


def _into_chapters(sections: list[RenderedSection], kind: str) -> None:
    length = sum(len(_text(e)) for s in sections for e in s.elements)
    tops = [s for s in sections if s.level == 2]
    if tops and (kind == Kind.GUIDEBOOK or (length > LONG and len(tops) > 1)):
        chapter = title = ""
        for section in sections:
            if section.level == 2:
                chapter, title = section.anchor, section.heading
            section.chapter, section.chapter_title = chapter, title
    elif length > LONG and sum(1 for s in sections if s.page and not s.level) > PAGES_IN_CHAPTER:
        for section in sections:
            first = ((section.page or 1) - 1) // PAGES_IN_CHAPTER * PAGES_IN_CHAPTER + 1
            last = first + PAGES_IN_CHAPTER - 1
            section.chapter, section.chapter_title = f"pages-{first}-{last}", f"{first}–{last}"


def _prepare(section: RenderedSection, taken: set[str], pictures: Mapping[str, tuple[int, int]]) -> None:
    """Give paragraphs their anchors, tables their frames; gather the text."""
    body = section.elements[1:] if section.level else section.elements
    for heading in section.elements[: len(section.elements) - len(body)]:
        _show_pictures(heading, pictures)
    for element in list(body):
        _tidy(element)
        _show_pictures(element, pictures)
        section.blocks.extend(_blocks(element, taken))
    framed: list[Element] = []
    for element in section.elements:
        if element.tag == "table":
            frame = lxml_html.Element("div", {"class": "scroll", "tabindex": "0", "role": "group"})
            frame.set("aria-label", section.heading or "…")
            frame.append(element)
            element = frame
        framed.append(element)
    section.elements = framed


def _tidy(element: Element) -> None:
    for nested in list(element.iter(*_HEADINGS)):
        nested.tag = "p"
        nested.set("class", "nested-heading")
    for cell in element.iter("th"):
        if not _text(cell):
            cell.tag = "td"  # an empty header says nothing to a screen reader
        elif cell.getparent().getparent() is not None and cell.getparent().getparent().tag == "thead":
            cell.set("scope", "col")
    for folded in element.iter("details"):
        if folded.find("summary") is None:
            folded.tag = "div"  # a browser would call it “Details”, in its own language
            folded.attrib.pop("open", None)
    for code in element.iter("pre"):
        code.set("tabindex", "0")  # scrolls sideways: reachable by keyboard


def _show_pictures(element: Element, pictures: Mapping[str, tuple[int, int]]) -> None:
    """Stored pictures by their own address, with their size; of any other, what is said to be on it."""
    for image in list(element.iter("img")):
        alt, title = (" ".join((image.get(name) or "").split()) for name in ("alt", "title"))
        found = markup.PICTURE.fullmatch(image.get("src") or "")
        image.attrib.clear()
        if found is None or found[1] not in pictures:
            image.tag, image.text = "span", alt
            image.set("class", "image-left-out")
            continue
        width, height = pictures[found[1]]
        for name, value in (("alt", alt), ("src", f"/pictures/{found[1]}"), ("width", width), ("height", height)):
            image.set(name, str(value))
        image.set("loading", "lazy")
        image.set("decoding", "async")
        _frame(image, title)


def _frame(image: Element, title: str) -> None:
    """A picture that is a paragraph by itself becomes a figure, its title the caption; one amid text keeps its title.

    What follows the last upright stroke of a title is the picture's credit: "The square at noon | Photo: A. Obi, CC BY".
    """
    paragraph = image.getparent()
    alone = paragraph is not None and paragraph.tag == "p" and len(paragraph) == 1
    if not alone or (paragraph.text or "").strip() or (image.tail or "").strip():
        if title:
            image.set("title", title)
        return
    paragraph.tag, paragraph.text, image.tail = "figure", None, None
    if title:
        said, _stroke, credit = (part.strip() for part in title.rpartition("|")) if "|" in title else (title, "", "")
        caption = lxml_html.Element("figcaption")
        caption.text = f"{said} " if said and credit else said
        if credit:
            small = lxml_html.Element("small")
            small.text = credit
            caption.append(small)
        paragraph.append(caption)


def _blocks(element: Element, taken: set[str]) -> Iterator[list[str]]:
    """[anchor, text] of each leaf block within `element`, which get these anchors as ids."""
    for leaf in element.iter():
        if not isinstance(leaf.tag, str) or not (leaf.tag in _LEAVES or (leaf is element and not _has_leaf(leaf))):
            continue
        text = " ".join("".join(_texts(leaf, blocks=False)).split())
        if not text.strip("· "):  # nothing, or the row of empty cells that a table without a header begins with
            continue
        anchor = leaf.get("id")
        if not anchor:
            digest = hashlib.sha256(text.encode()).hexdigest()[:8]
            anchor = anchors.unique(f"p-{digest}", taken)
            leaf.set("id", anchor)
        yield [anchor, text]


def _has_leaf(element: Element) -> bool:
    return any(isinstance(e.tag, str) and e.tag in _LEAVES for e in element.iterdescendants())


def _texts(element: Element, *, blocks: bool) -> Iterator[str]:
    """Text of an element without footnote marks, and without that of blocks inside it unless `blocks`."""
    # With a stack of its own: elements may lie in each other deeper than Python calls itself.
    left: list[Element | str] = [element]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one.tag, str) and not _is_footnote_mark(one):
            if one is not element and not blocks and one.tag in _LEAVES:
                continue
            yield one.text or ""
            if one.tag == "img":
                yield one.get("alt") or ""
            for number, child in reversed(list(enumerate(one))):
                ends = child.tag == "br" or (blocks and child.tag in _LEAVES)
                left += (child.tail or "", " " if ends else "", child)
                left.append(" · " if number and not blocks and child.tag in ("td", "th") else "")


def _is_footnote_mark(element: Element) -> bool:
    classes = (element.get("class") or "").split()
    return "footnote-backref" in classes or (element.tag == "sup" and (element.get("id") or "").startswith("fnref"))


def _text(element: Element) -> str:
    return " ".join("".join(_texts(element, blocks=True)).split())


def _place_footnotes(sections: list[RenderedSection], notes: dict[str, Element], taken: set[str]) -> None:
    """Put each footnote at the end of the chapter that mentions it first; unmentioned ones at the very end."""
    if not notes:
        return
    last_of: dict[str, RenderedSection] = {s.chapter: s for s in sections}
    wanted: dict[str, list[str]] = {chapter: [] for chapter in last_of}
    seen: set[str] = set()
    for section in sections:
        for link in (a for e in section.elements for a in e.iter("a")):
            name = (link.get("href") or "").removeprefix("#")
            if name in notes and name not in seen:
                seen.add(name)
                wanted[section.chapter].append(name)
    wanted[sections[-1].chapter].extend(name for name in notes if name not in seen)
    for chapter, names in wanted.items():
        if names:
            part = lxml_html.Element("div", {"class": "footnotes"})
            listing = lxml_html.Element("ol")
            part.append(listing)
            for name in names:
                listing.append(notes[name])
            last_of[chapter].elements.append(part)
            last_of[chapter].blocks.extend(_blocks(part, taken))


def _tell_languages(sections: list[RenderedSection], language: str) -> None:
    """Mark the elements of sections in another language, so that they are read aloud, hyphenated and set as such."""
    texts = [(section.heading if section.level else "", [text for _, text in section.blocks]) for section in sections]
    for section, found in zip(sections, section_languages.differing(texts, language), strict=True):
        section.language = found
        for element in section.elements if found else []:
            element.set("lang", found)
            element.set("dir", direction(found))


def _mend_links(sections: list[RenderedSection]) -> None:
    """Links to places in the piece lead to the page that has them; one that leads nowhere is text."""
    home: dict[str, str] = {}
    for section in sections:
        home[section.anchor] = section.chapter
        for element in section.elements:
            home.update((e.get("id"), section.chapter) for e in element.iter() if e.get("id"))
    for section in sections:
        for link in (a for e in section.elements for a in e.iter("a")):
            href = link.get("href") or ""
            if href.startswith("#") and (target := home.get(href[1:])) is None:
                del link.attrib["href"]
            elif href.startswith("#") and target != section.chapter:
                link.set("href", relative(section.chapter, cast(str, target)) + href)
            if "footnote-backref" in (link.get("class") or ""):
                link.text = "↩"
                link.attrib.pop("title", None)  # Python-Markdown's is English, whatever the piece's language


def relative(here: str, there: str) -> str:
    """Address of chapter `there` as seen from chapter `here` of the same piece ("" is its cover)."""
    up = "../" if here else ""
    return f"{up}{there}/" if there else up or "./"


def _serialised(section: RenderedSection) -> str:
    """HTML of a section. A chapter's own heading is the page's title, so it is left out and those below move up."""
    elements = section.elements
    if section.level:
        heading, elements = elements[0], elements[1:]
        level = section.level - 1 if section.chapter and not section.chapter.startswith("pages-") else section.level
        heading.tag = f"h{level}"
        heading.attrib.clear()
        heading.set("id", section.anchor)
        if section.language:
            heading.set("lang", section.language)
            heading.set("dir", direction(section.language))
        if not any(True for _ in heading.iter("a")):
            link = lxml_html.Element("a", {"class": "heading", "href": f"#{section.anchor}"})
            link.text, heading.text = heading.text, None
            link.extend(list(heading))
            heading.append(link)
        if level > 1:
            elements = [heading, *elements]
    elif section.page:
        mark = lxml_html.Element("div", {"class": "page-break", "id": section.anchor})
        mark.text = str(section.page)
        elements = [mark, *elements]
    whole = "\n".join(lxml_html.tostring(e, encoding="unicode", with_tail=False) for e in elements)
    return markup.clean(whole, ours=True)
