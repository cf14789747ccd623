"""MathML as a line of text: its author's TeX, else what it says in words, else its signs in TeX's way of writing."""

from __future__ import annotations

from collections.abc import Sequence

from library.ingest.formats.documents import Element

DEEPEST = 60  # elements within elements; what is nested deeper is its signs in their order
_UNSEEN = dict.fromkeys(range(0x2061, 0x2065))  # signs that are only meant: times, function of
_TEX = ("application/x-tex", "text/x-tex", "latex", "tex")
_BETWEEN = {"mfrac": r"\frac{%s}{%s}", "msup": "%s^{%s}", "msub": "%s_{%s}", "mroot": r"\sqrt[%s]{%s}"} | {
    "msubsup": "%s_{%s}^{%s}", "mover": "%s^{%s}", "munder": "%s_{%s}", "munderover": "%s_{%s}^{%s}",
}  # fmt: skip


def said(formula: Element) -> str:
    """What a `math` element says."""
    for note in formula.iter("annotation"):
        if (note.get("encoding") or "").lower() in _TEX and (note.text or "").strip():
            return " ".join(note.text.split())
    stated = " ".join((formula.get("alttext") or "").split())
    return stated or " ".join(_written(formula).translate(_UNSEEN).split())


def _written(element: Element, depth: int = 0) -> str:
    tag = element.tag
    if not isinstance(tag, str) or tag in ("annotation", "annotation-xml"):
        return ""
    children = [child for child in element if isinstance(child.tag, str)]
    if not children:
        return _sign(tag, element.text or "")
    if depth > DEEPEST:
        return "".join(element.itertext())
    parts = [_written(child, depth + 1) for child in children]
    form = _BETWEEN.get(tag, "")
    if form and len(parts) == form.count("%s"):
        stripped = [part.strip() for part in parts]
        return form % tuple(reversed(stripped) if tag == "mroot" else stripped)
    match tag:
        case "msqrt":
            return rf"\sqrt{{{_joined(parts)}}}"
        case "mtable":
            return "; ".join(parts)
        case "mtr" | "mlabeledtr":
            return ", ".join(parts)
        case "mstack" | "mlongdiv" | "msrow" | "mscarries":  # sums as they are written under each other
            return " ".join(parts)
        case "mfenced":
            return f"{element.get('open') or '('}{', '.join(parts)}{element.get('close') or ')'}"
    return _joined([element.text or "", *(said for pair in zip(parts, _tails(children), strict=True) for said in pair)])


def _sign(tag: str, text: str) -> str:
    text = " ".join(text.split())
    if tag == "mo" and text and not text.isalnum() and len(text) == 1 and text in "=<>≤≥≠≈±→+−×÷∈":
        return f" {text} "
    return f" {text} " if tag in ("mtext", "ms") and text else text


def _tails(children: Sequence[Element]) -> list[str]:
    return [child.tail or "" for child in children]


def _joined(parts: Sequence[str]) -> str:
    return "".join(part if part.strip() else "" for part in parts)
