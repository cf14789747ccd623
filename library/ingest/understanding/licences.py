"""Under which licence a piece says that it stands, and where it says that it was published first."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from library.ingest.understanding.proposals import Piece, Proposal

_LINK = re.compile(
    r"creativecommons\.org/(?:licenses/(by(?:-nc)?(?:-sa|-nd)?)/(\d\.\d)(/igo)?|(publicdomain/zero)/1\.0)",
    re.IGNORECASE,
)
_SHORT = re.compile(r"\bCC[ -](BY(?:[ -]NC)?(?:[ -](?:SA|ND))?)[ -]?v?(\d\.\d)(?!\d|\.\d)(\s+IGO\b)?", re.IGNORECASE)
_ZERO = re.compile(r"\bCC0(?:[ -]1\.0)?\b|Creative Commons Zero")
_LONG = re.compile(
    r"(?:Creative Commons|Attribution|Atribución|Atribuição|Namensnennung)[\s,–-]+[^.\n]{0,120}?(\d\.\d)(?!\d|\.\d)([^.\n]{0,40})",
    re.IGNORECASE,
)
_PARTS = (
    ("NC", re.compile(r"non[- ]?commercial|pas d[’']utilisation commerciale|no ?comercial|não ?comercial|nicht[- ]kommerziell"
                      r"|некоммерческ|غير التجاري|غير تجاري", re.IGNORECASE)),
    ("SA", re.compile(r"share[- ]?alike|partage (?:dans les mêmes conditions|à l[’']identique)|compartir ?igual|compartilha ?igual"
                      r"|weitergabe unter gleichen|на тех же условиях|بالمثل|المشاركة بالمثل", re.IGNORECASE)),
    ("ND", re.compile(r"no[- ]?deriv|pas de modification|sin ?(?:obra ?)?deriv|sem ?deriva|keine bearbeitung|без производных"
                      r"|بدون اشتقاق", re.IGNORECASE)),
)  # fmt: skip
_OTHERS = (
    ("OGL-UK-3.0", re.compile(r"Open Government Licen[cs]e[ ,]*(?:v(?:ersion)? ?)?3\.0", re.IGNORECASE)),
    ("OGL-UK-2.0", re.compile(r"Open Government Licen[cs]e[ ,]*(?:v(?:ersion)? ?)?2\.0", re.IGNORECASE)),
    ("etalab-2.0", re.compile(r"Licence Ouverte(?:[ /]Open Licen[cs]e)?[ ,]*(?:v(?:ersion)? ?)?2\.0", re.IGNORECASE)),
    (
        "GFDL-1.3-or-later",
        re.compile(r"GNU Free Documentation Licen[cs]e[^.]{0,20}1\.3 or (?:any )?later", re.IGNORECASE),
    ),
    ("GFDL-1.3-only", re.compile(r"GNU Free Documentation Licen[cs]e[^.]{0,20}1\.3", re.IGNORECASE)),
)
# “This report is licensed under …”: of a piece about licences only such a line tells its own.
_OWN = re.compile(
    r"(?:this|the) (?:work|document|publication|guide|handbook|toolkit|report|material|site|content|book|manual|module)[^.]{0,80}"
    r"(?:licen[cs]ed|available|released|published|shared|distributed)|except where otherwise|unless otherwise (?:noted|stated)"
    r"|licen[cs]e ?:|licen[cs]ed under|cette? (?:œuvre|oeuvre|ouvrage|document|publication|guide|rapport)[^.]{0,80}(?:licence|disposition)"
    r"|sous licence|est[ea] (?:obra|documento|publicación|guía|trabalho|publicação)[^.]{0,80}licen|bajo (?:una )?licencia"
    r"|sob (?:a |uma )?licença|dieses? werk|lizenziert|steht unter|лицензи(?:ей|и|ю)|مرخص|بموجب رخصة",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"(?:(?:originally |first )?(?:published|posted|appeared) (?:at|on)|original(?:ly)?(?: article| version)?(?: at)?|source|available (?:online )?(?:at|from)"
    r"|publié (?:initialement )?(?:sur|à)|disponible (?:sur|en)|fuente|fonte|quelle|verfügbar unter|источник|المصدر)\s*:?\s*<?(https?://[^\s<>()\]]+)",
    re.IGNORECASE,
)


def propose(piece: Piece) -> Proposal | None:
    """The SPDX identifier of the licence that the opening or the imprint names; none where several are."""
    places = [*piece.opening, *piece.closing]
    own = [(found, block) for block in places if _OWN.search(block) for found in spdx(block)]
    named = own or [(found, block) for block in places for found in spdx(block)]
    if not named:
        links = list(dict.fromkeys(spdx(" ".join(re.findall(r"\]\((https?://[^)\s]+)\)", piece.markdown[-4000:])))))
        if len(links) != 1:
            return None
        return Proposal(links[0], _("the text ends with a link to this licence"), 0.6)
    if len({found for found, _block in named}) > 1:
        return None
    found, block = named[0]
    words = _("“%(words)s” stands in the text", words=_quoted(block))
    return Proposal(found, words, 0.9 if own else 0.6)


def source(piece: Piece) -> Proposal | None:
    """Where the piece says that it was published first."""
    for block in [*piece.opening, *piece.closing]:
        found = _SOURCE.search(block)
        if found and len(block) < 400:
            return Proposal(found[1].rstrip(".,;"), _("“%(words)s” stands in the text", words=_quoted(found[0])), 0.7)
    return None


def spdx(text: str) -> list[str]:
    """SPDX identifiers of the licences that a text names with their version, each once."""
    found: list[str] = []
    for match in _LINK.finditer(text):
        found.append("CC0-1.0" if match[4] else _creative_commons(match[1], match[2], bool(match[3])))
    for match in _SHORT.finditer(text):
        found.append(_creative_commons(match[1], match[2], bool(match[3])))
    if _ZERO.search(text):
        found.append("CC0-1.0")
    if not found:
        for match in _LONG.finditer(text):
            parts = "".join(f"-{name}" for name, pattern in _PARTS if pattern.search(match[0]))
            igo = "IGO" in match[2] or "intergovernmental" in match[2].lower()
            found.append(_creative_commons(f"by{parts}", match[1], igo))
    found += [name for name, pattern in _OTHERS if pattern.search(text)]
    if "GFDL-1.3-or-later" in found:
        found = [name for name in found if name != "GFDL-1.3-only"]
    return list(dict.fromkeys(name for name in found if name))


def _creative_commons(parts: str, version: str, igo: bool) -> str:
    if version not in ("1.0", "2.0", "2.5", "3.0", "4.0"):
        return ""
    name = "CC-" + re.sub(r"[ -]+", "-", parts.upper()) + f"-{version}"
    return f"{name}-IGO" if igo and version == "3.0" else name


def _quoted(block: str) -> str:
    return block if len(block) <= 120 else block[:117].rsplit(" ", 1)[0] + "…"
