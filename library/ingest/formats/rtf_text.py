"""RTF as a tree of Pandoc's nodes, from what `rtf.ready` leaves of a file.

Read by ourselves, since Pandoc takes longer to start than this to end. Rich Text Format specification 1.9.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from library.ingest.extraction import Refusal, Status
from library.ingest.formats import weaving
from library.ingest.formats.converting import Tree
from library.ingest.formats.listing import Item
from library.ingest.formats.nodes import Node
from library.ingest.formats.rtf_flow import Flow, Form
from library.ingest.formats.rtf_lists import Lists, heading_of
from library.ingest.formats.weaving import LINK, Piece

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'[0-9a-fA-F]{2}|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\"
)
_SIGNS = {
    "tab": " ", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "bullet": "•", "emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005", "zwj": "\u200d", "zwnj": "\u200c",
    "zwbo": "", "ltrmark": "\u200e", "rtlmark": "\u200f",
}  # fmt: skip
_CHARACTERS = {"~": "\u00a0", "_": "\u2011", "-": "\u00ad", "\\": "\\", "{": "{", "}": "}", "\t": " "}
_SWITCHES = {"b": "Strong", "i": "Emph", "strike": "Strikeout", "striked": "Strikeout"}
_RAISED = {"super": "Superscript", "sub": "Subscript", "nosupersub": ""}
_SKIPPED = frozenset(
    {"colortbl", "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "annotation",
     "atnid", "atnauthor", "ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "xe", "tc", "tcn", "object",
     "listtext", "pntext", "pntxta", "pntxtb", "private", "template", "sp", "shprslt", "nonshppict", "fonttbl",
     "leveltext", "levelnumbers", "listname", "falt", "panose", "keywords", "comment", "doccomm", "operator", "company",
     "manager", "category", "hlinkbase", "subject", "creatim", "revtim", "printim", "buptim"}
)  # fmt: skip
_STARRED = frozenset(
    {
        "fldinst",
        "listtable",
        "listoverridetable",
        "shpinst",
        "shptxt",
        "pn",
        "footnote",
        "cs",
        "ts",
        "ds",
        "fldrslt",
        "shp",
    }
)
_WORDS = frozenset({"style", "title", "author", "address"})  # places whose text is of use, though it is not shown
_PLAIN = Form()
_ADDRESS = re.compile(r'\bHYPERLINK\s+(?:\\l\s+)?(?:"([^"]*)"|(\S+))')


@dataclass(frozen=True, slots=True)
class _State:
    """What a group knows, and gives to the groups in it."""

    place: str = "text"  # or what is read otherwise than as text: a table of lists, a title, an address
    marks: frozenset[str] = weaving.NO_MARKS
    raised: str = ""
    link: str = ""
    form: Form = _PLAIN
    list: int = 0
    level: int = 0
    plain_item: str = ""  # of a list as it was written before 1997: "bullet" or "number"
    style: int = 0


def tree(content: bytes, name: str) -> Tree:
    """What RTF says that holds ASCII alone, as Pandoc would tell it. Raises Refusal for one that is cut off."""
    reader = _Reader()
    reader.read(content.decode("latin-1"))
    if reader.stack:
        raise Refusal(
            Status.corrupt,
            f"“{name}” is damaged: it ends in the middle. Open it in the program that made it, save it again and upload"
            " that.",
        )
    return {"meta": reader.meta, "blocks": reader.flow.blocks(reader.form())}


class _Reader:
    """One pass over the tokens, with a stack of groups' states and one of the flows that text goes into."""

    def __init__(self) -> None:
        self.flow = Flow()
        self.meta: dict[str, Node] = {}
        self.lists = Lists()
        self.headings: dict[int, int] = {}  # levels by the number of their style
        self.state = _State()
        self.stack: list[tuple[_State, Flow]] = []
        self.units: list[int] = []  # UTF-16 units, not yet said
        self.words = ""  # of what is read otherwise than as text
        self.address = ""
        self.opened = self.starred = False  # a group has just begun; with the sign that it may be skipped
        self.count = 0  # the number of an item of an old list

    def read(self, content: str) -> None:
        for token in _TOKEN.finditer(content):
            word, argument, sign, brace, text = token.groups()
            if word == "u" and argument:
                self.units.append(int(argument) & 0xFFFF)
                self.opened = self.starred = False
                continue
            if self.units:
                self._say_units(at_end=bool(text or sign))
            if text is not None:
                self._say(text)
            elif word is not None:
                self._word(word, None if argument is None else int(argument))
                self.opened = self.starred = False
                continue
            elif brace is not None:
                self._group(brace)
                continue
            elif sign is not None:
                if sign == "*":
                    self.starred = self.opened
                    continue
                self._sign(sign)
            self.opened = self.starred = False
        self._say_units(at_end=True)

    def _say_units(self, at_end: bool = False) -> None:
        """The letters that have been read, but for half a letter whose other half may stand in the next group."""
        half = [self.units.pop()] if self.units and 0xD800 <= self.units[-1] < 0xDC00 and not at_end else []
        if self.units:
            said = b"".join(unit.to_bytes(2, "little") for unit in self.units)
            self._say(said.decode("utf-16-le", "replace"))
        self.units = half

    def _say(self, text: str) -> None:
        match self.state.place:
            case "text":
                marks = self.state.marks
                if self.state.raised:
                    marks |= {self.state.raised}
                if self.state.link:
                    marks |= {self.state.link}
                self.flow.pieces.append(Piece(text.replace("\0", ""), marks))
            case place if place in _WORDS:
                self.words += text

    def _sign(self, sign: str) -> None:
        if sign in "\r\n":
            self._end_paragraph()
        elif said := _CHARACTERS.get(sign):
            self._say(said)

    def _group(self, brace: str) -> None:
        if brace == "{":
            self.stack.append((self.state, self.flow))
            self.opened, self.starred = True, False
            return
        self.opened = self.starred = False
        if not self.stack:
            return
        ended, flow = self.state, self.flow
        self.state, self.flow = self.stack.pop()
        if flow is not self.flow:
            self._end_flow(ended, flow)
        if ended.place != self.state.place:
            self._end_words(ended)

    def _end_flow(self, ended: _State, flow: Flow) -> None:
        outer, self.state = self.state, ended
        blocks = flow.blocks(self.form())
        self.state = outer
        if outer.place == "box":
            self.flow.after += blocks
        elif blocks:
            self.flow.pieces.append(weaving.note(blocks))

    def _end_words(self, ended: _State) -> None:
        if ended.place not in _WORDS:
            return
        words, self.words = self.words, ""
        match ended.place:
            case "style":
                if level := heading_of(words):
                    self.headings[ended.style] = level
            case "title" | "author" if words.strip():
                self.meta[ended.place] = {"t": "MetaInlines", "c": [{"t": "Str", "c": words.strip()}]}
            case "address":
                self.address += words

    def _word(self, word: str, argument: int | None) -> None:
        if self.opened and self._destination(word):
            return
        match self.state.place:
            case "lists" | "overrides":
                self.lists.told(word, argument or 0, self.state.place == "overrides")
            case "styles" | "style":
                if word in ("s", "cs", "ts", "ds"):
                    self.state = replace(self.state, place="style", style=(argument or 0) if word == "s" else -1)
            case "pn":
                self._old_list(word, argument)
            case "text":
                self._in_text(word, argument)

    def _destination(self, word: str) -> bool:
        """Whether a group that has just begun is of another kind than that around it."""
        place = self.state.place
        if word in _SKIPPED or (self.starred and word not in _STARRED) or place == "skipped":
            self.state = replace(self.state, place="skipped")
            return True
        match word:
            case "listtable":
                self.state = replace(self.state, place="lists")
            case "listoverridetable":
                self.state = replace(self.state, place="overrides")
            case "stylesheet":
                self.state = replace(self.state, place="styles")
            case "info":
                self.state = replace(self.state, place="info")
            case "title" | "author" if place == "info":
                self.state = replace(self.state, place=word)
            case "field" if place == "text":
                self.address = ""
            case "fldinst":
                self.state = replace(self.state, place="address")
            case "fldrslt" if place == "text":
                found = _ADDRESS.search(self.address)
                target = (found[1] or found[2] or "") if found else ""
                self.address = ""
                self.state = replace(self.state, link=LINK + target if target else self.state.link)
            case "footnote":
                self.flow = Flow()
                self.state = _State()
            case "shptxt":
                self.flow = Flow()
                self.state = _State()
            case "pn":
                self.state = replace(self.state, place="pn")
            case "shpinst":
                self.state = replace(self.state, place="box")
            case _:
                if place == "styles":
                    self.state = replace(self.state, place="style", style=0)
                return False
        return True

    def _old_list(self, word: str, argument: int | None) -> None:
        kind = {"pnlvlblt": "bullet", "pnlvlbody": "number", "pndec": "number"}.get(word)
        if kind:
            around, flow = self.stack[-1]
            self.stack[-1] = replace(around, plain_item=kind), flow

    def _in_text(self, word: str, argument: int | None) -> None:
        state = self.state
        if word in _SWITCHES:
            mark = frozenset({_SWITCHES[word]})
            self.state = replace(state, marks=state.marks - mark if argument == 0 else state.marks | mark)
        elif word in _SIGNS:
            self._say(_SIGNS[word])
        elif word in _RAISED:
            self.state = replace(state, raised="" if argument == 0 else _RAISED[word])
        else:
            match word:
                case "par" | "sect":
                    self._end_paragraph()
                case "line" | "lbr":
                    self.flow.pieces.append(weaving.broken())
                case "plain":
                    self.state = replace(state, marks=weaving.NO_MARKS, raised="")
                case "pard":
                    self.state = replace(state, form=_PLAIN, list=0, level=0, plain_item="", style=0)
                case "s":
                    self.state = replace(state, style=argument or 0)
                case "ls":
                    self.state = replace(state, list=argument or 0)
                case "ilvl":
                    self.state = replace(state, level=argument or 0)
                case "outlinelevel" if argument is not None and 0 <= argument < 9:
                    self.state = replace(state, form=replace(state.form, heading=argument + 1))
                case "intbl":
                    self.state = replace(state, form=replace(state.form, in_table=argument != 0))
                case "cell":
                    self.flow.end_cell(self.form())
                case "row":
                    self.flow.end_row()

    def _end_paragraph(self) -> None:
        if self.state.place == "text":
            self.flow.end_paragraph(self.form())

    def form(self) -> Form:
        """What the paragraph that ends here is."""
        form = self.state.form
        heading = form.heading or self.headings.get(self.state.style, 0)
        if heading:
            return replace(form, heading=heading)
        if not any(not isinstance(one.content, str) or one.content.strip() for one in self.flow.pieces):
            return form
        item = self.lists.item(self.state.list, self.state.level) if self.state.list else None
        if item is None and self.state.plain_item:
            self.count += 1
            item = Item(0, self.state.plain_item, None if self.state.plain_item == "bullet" else self.count)
        elif item is None:
            self.count = 0
        return replace(form, item=item)
