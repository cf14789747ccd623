"""The runs of DOCX: text under its marks, fields, links, notes, pictures and formulas, without what is hidden."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from library.ingest.formats import formulas, symbols, weaving
from library.ingest.formats.nodes import Node
from library.ingest.formats.weaving import LINK, Piece
from library.ingest.formats.word_styles import Styles, child, is_complex, marks_of, on, settings, value
from library.ingest.formats.xml import Element, attribute, below, local

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_OFFICE = "{urn:schemas-microsoft-com:office:office}"
_ADDRESS = re.compile(r"""\bHYPERLINK\s+(?:\\l\s+"([^"]*)"|"([^"]*)"(?:\s+\\l\s+"([^"]*)")?|(\S+))""")
_PAGE = re.compile(r"\bPAGEREF\s+(\S+)\s.*\\h\b")
_CODE = "verbatim char"


@dataclass(slots=True)
class _Field:
    """A field between its beginning and its end: what it asks for, then what it shows."""

    asked: str = ""
    shows: bool = False
    mark: str = ""


@dataclass
class Part:
    """A part of the file that has text, with what it refers to by ids."""

    links: Mapping[str, str]
    note: Callable[[str, str], list[Node] | None]


@dataclass
class Runs:
    """Reads paragraphs, one after another. `boxes`: text boxes met in the last one, which follow it.

    `drawings`: the members of charts and diagrams met in it; `formulas`: those met, each with the node that stands for it.
    """

    styles: Styles
    hidden: bool = False  # the paragraph's style hides its text
    ruled: bool = False  # a line was drawn across the page
    drawings: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    formulas: list[tuple[Element, Node]] = field(default_factory=list)
    _fields: list[_Field] = field(default_factory=list)
    _pieces: list[Piece] = field(default_factory=list)

    def of(self, paragraph: Element, part: Part) -> list[Piece]:
        """What a paragraph says."""
        before, self._pieces = self._pieces, []
        self._through(paragraph, part, weaving.NO_MARKS)
        pieces, self._pieces = self._pieces, before
        # One that is not ended in its paragraph shows more below; its question and its link end here.
        self._fields = [_Field(one.asked, shows=True) for one in self._fields if one.shows]
        return pieces

    def _through(self, parent: Element, part: Part, marks: frozenset[str]) -> None:
        for element in parent:
            match local(element):
                case "r":
                    self._run(element, part, marks)
                case "hyperlink":
                    self._through(element, part, marks | _marked(_target(element, part)))
                case "fldSimple":
                    self._through(element, part, marks | _marked(_asked_for(value(element, "instr"))))
                case "sdt":
                    for content in element:
                        if local(content) == "sdtContent":
                            self._through(content, part, marks)
                case "ins" | "moveTo" | "smartTag" | "customXml" | "bdo" | "dir" | "rt" | "rubyBase":
                    self._through(element, part, marks)
                case "AlternateContent":
                    self._way(element, part, marks, self._through)
                case "oMath":
                    self._formula(element)
                case "oMathPara":
                    self._through(element, part, marks)

    def _way(
        self,
        element: Element,
        part: Part,
        marks: frozenset[str],
        read: Callable[[Element, Part, frozenset[str]], None],
    ) -> None:
        """The same thing in several ways: the first that says something."""
        place, boxes = len(self._pieces), len(self.boxes)
        for way in element:
            read(way, part, marks)
            if len(self._pieces) > place or len(self.boxes) > boxes:
                return

    def _run(self, run: Element, part: Part, around: frozenset[str]) -> None:
        properties = next((one for one in run if local(one) == "rPr"), None)
        said = settings(properties) if properties is not None else {}
        if self._hidden(said):
            self._follow_fields(run)
            return
        marks = self._marks(said) if said else weaving.NO_MARKS
        font = ""
        if properties is not None and "rFonts" in said:
            fonts = child(properties, "rFonts")
            named = (value(fonts, "ascii") or value(fonts, "hAnsi")) if fonts is not None else ""
            font = named if symbols.is_of_signs(named) else ""
        self._within(run, part, around | marks, font)

    def _within(self, run: Element, part: Part, marks: frozenset[str], font: str = "") -> None:
        for element in run:
            name = local(element)
            if name in ("fldChar", "instrText"):
                self._follow(element)
                continue
            if self._fields and any(not one.shows for one in self._fields):
                continue
            match name:
                case "t":
                    text = element.text or ""
                    self._say(symbols.signs(text, font) if font else text, marks)
                case "tab" | "ptab":
                    self._say(" ", marks)
                case "br" | "cr":
                    self._pieces.append(weaving.broken())
                case "noBreakHyphen":
                    self._say("\u2011", marks)
                case "sym":
                    self._say(symbols.sign(value(element, "char"), value(element, "font")), marks)
                case "footnoteReference" | "endnoteReference":
                    blocks = part.note(name.removesuffix("Reference"), value(element, "id"))
                    if blocks:
                        self._pieces.append(weaving.note(blocks))
                    if value(element, "customMarkFollows") in ("1", "true", "on"):
                        return  # its own sign for the note, where ours is a number
                case "drawing" | "pict" | "object":
                    self._drawn(element, part)
                case "AlternateContent":
                    self._way(element, part, marks, self._within)
                case "ruby":
                    self._ruby(element, part, marks)

    def _say(self, text: str, marks: frozenset[str]) -> None:
        if not text:
            return
        linked = [one.mark for one in self._fields if one.mark]
        self._pieces.append(Piece(text, marks | {linked[-1]} if linked else marks))

    def _hidden(self, said: Mapping[str, str]) -> bool:
        own = on(said, "vanish") if said else None
        if own is not None:
            return own
        return self.hidden or ("rStyle" in said and self.styles.hides(said["rStyle"]))

    def _marks(self, said: Mapping[str, str]) -> frozenset[str]:
        complex = is_complex(said)
        states = marks_of(said, complex)
        style = said.get("rStyle", "")
        for name, state in (self.styles.marks(style, complex) if style else {}).items():
            states.setdefault(name, state)
        raised = states.pop("raised", "")
        found = {name for name, state in states.items() if state}
        if raised:
            found.add(str(raised))
        if style and _CODE in self.styles.names(style):
            found.add("Code")
        return frozenset(found)

    def _follow_fields(self, run: Element) -> None:
        for element in run:
            if local(element) in ("fldChar", "instrText"):
                self._follow(element)

    def _follow(self, element: Element) -> None:
        if local(element) == "instrText":
            if self._fields and not self._fields[-1].shows:
                self._fields[-1].asked += element.text or ""
            return
        match value(element, "fldCharType"):
            case "begin":
                self._fields.append(_Field())
                for box in below(element, "checkBox"):
                    state = child(box, "checked")
                    state = child(box, "default") if state is None else state
                    ticked = state is not None and on({"checked": value(state)}, "checked")
                    self._pieces.append(Piece("☒" if ticked else "☐"))
            case "separate" if self._fields:
                self._fields[-1].shows = True
                self._fields[-1].mark = "".join(_marked(_asked_for(self._fields[-1].asked)))
            case "end" if self._fields:
                self._fields.pop()

    def _drawn(self, element: Element, part: Part) -> None:
        """The pictures of a drawing; the text boxes in it are kept for later."""
        self.ruled = self.ruled or any(one.get(f"{_OFFICE}hr") in ("t", "true") for one in below(element, "rect"))
        boxes = below(element, "txbxContent")
        self.boxes += [box for box in boxes if not _is_in_box(box, element)]
        for drawn in below(element, "chart", "relIds"):
            if not _is_in_box(drawn, element):
                self.drawings.append(
                    part.links.get(drawn.get(f"{_RELATION}id") or drawn.get(f"{_RELATION}dm") or "", "")
                )
        about = next(iter(below(element, "docPr")), None)
        alt, title = (about.get("descr") or "", about.get("title") or "") if about is not None else ("", "")
        for shown in below(element, "blip", "imagedata"):
            if boxes and _is_in_box(shown, element):
                continue
            source = shown.get(f"{_RELATION}embed") or shown.get(f"{_RELATION}id") or shown.get(f"{_RELATION}link")
            if source is None or (local(shown) == "blip" and _is_filling(shown)):
                continue
            said = alt or (attribute(shown.getparent(), "alt") if local(shown) == "imagedata" else "")
            self._pieces.append(weaving.picture(part.links.get(source, source), said, title))

    def _ruby(self, ruby: Element, part: Part, marks: frozenset[str]) -> None:
        """The words, then in brackets how they are read."""
        base, reading = child(ruby, "rubyBase"), child(ruby, "rt")
        if base is not None:
            self._through(base, part, marks)
        if reading is not None and (said := "".join(t.text or "" for t in below(reading, "t"))):
            self._say(f"({said})", marks)

    def _formula(self, element: Element) -> None:
        letters = "".join(one.text or "" for one in below(element, "t"))
        node = formulas.node(letters)
        self.formulas.append((element, node))
        self._pieces.append(Piece(node, None))


def _is_filling(blip: Element) -> bool:
    """Whether a picture is the ground on which a shape's text stands, rather than one to look at."""
    return not any(local(e) in ("pic", "graphicFrame") for e in blip.iterancestors())


def _is_in_box(element: Element, drawing: Element) -> bool:
    """Whether an element of a drawing stands in a text box, with which it comes."""
    for around in element.iterancestors():
        if around is drawing:
            return False
        if local(around) == "txbxContent":
            return True
    return False


def _marked(target: str) -> frozenset[str]:
    return frozenset({LINK + target}) if target else weaving.NO_MARKS


def _target(element: Element, part: Part) -> str:
    anchor = value(element, "anchor")
    relation = element.get(f"{_RELATION}id")
    target = part.links.get(relation, "") if relation else ""
    return f"{target}#{anchor}" if anchor else target


def _asked_for(asked: str) -> str:
    """The target of a field that is a link, "" for any other."""
    if found := _ADDRESS.search(asked):
        if found[1] is not None:
            return f"#{found[1]}"
        address = found[2] or found[4] or ""
        return f"{address}#{found[3]}" if found[3] else address
    found = _PAGE.search(f"{asked} ")
    return f"#{found[1]}" if found else ""
