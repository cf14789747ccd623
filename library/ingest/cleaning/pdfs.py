"""PDF without information dictionary, XMP, scripts, embedded files, comments and traces of programs. Its text stays.

ISO 32000-2; the file is written anew, so that what earlier savings left in it is gone as well.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pikepdf

from library.ingest.cleaning import pictures
from library.ingest.cleaning.packages import is_local
from library.ingest.extraction import Refusal, Status

_ROOT = ("/Metadata", "/PieceInfo", "/OpenAction", "/AA", "/Collection", "/AF", "/SpiderInfo", "/Perms", "/Legal",
         "/Threads", "/Requirements", "/DSS", "/URI", "/Extensions")  # fmt: skip
_NAMES = ("/JavaScript", "/EmbeddedFiles", "/Renditions", "/AlternatePresentations", "/IDS", "/URLS", "/Templates")
_ANYWHERE = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/Thumb", "/AF", "/JS", "/CreatorInfo")
_COMMENTS = frozenset({"/Text", "/Popup", "/FileAttachment", "/Sound", "/Movie", "/Screen", "/RichMedia", "/3D", "/Caret",
                       "/Highlight", "/Underline", "/Squiggly", "/StrikeOut", "/Redact", "/TrapNet"})  # fmt: skip
_WORDED = frozenset({"/Link", "/FreeText"})  # what they hold is seen, or said aloud for those who do not see
_OF_PEOPLE = ("/T", "/M", "/CreationDate", "/NM", "/Subj", "/RC", "/IRT", "/Popup", "/AAPL:AKExtras")
_GOES_SOMEWHERE = frozenset({"/GoTo", "/URI", "/Named"})


def clean(path: Path, target: Path, name: str) -> None:
    """Write a copy of the PDF at `path` to `target`. Raises Refusal for one that is damaged or protected."""
    try:
        with pikepdf.open(path) as pdf:
            _strip(pdf)
            pdf.save(
                target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, encryption=False
            )
    except pikepdf.PasswordError as error:
        raise Refusal(Status.encrypted, f"“{name}” is protected by a password, so it cannot be cleaned.") from error
    except (pikepdf.PdfError, ValueError, KeyError, TypeError) as error:
        raise Refusal(
            Status.corrupt, f"“{name}” is damaged, so it cannot be cleaned. Print it to a new PDF and upload that."
        ) from error


def _strip(pdf: pikepdf.Pdf) -> None:
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    _drop(pdf.Root, _ROOT)
    if "/Names" in pdf.Root:
        _drop(pdf.Root["/Names"], _NAMES)
    if "/AcroForm" in pdf.Root:
        _drop(pdf.Root["/AcroForm"], ("/XFA", "/SigFlags"))
    for page in pdf.pages:
        if "/Annots" in page:
            page["/Annots"] = pikepdf.Array([kept for kept in map(_annotation, page["/Annots"]) if kept is not None])
    for thing in pdf.objects:
        _walk(thing)


def _annotation(annotation: Any) -> Any:
    """An annotation that belongs to the page (a link, a form's field, a drawing), without who made it; None for others."""
    if not isinstance(annotation, pikepdf.Dictionary) or str(annotation.get("/Subtype", "")) in _COMMENTS:
        return None
    if annotation.get("/Subtype") != pikepdf.Name.Widget:  # a field's /T is its name
        _drop(annotation, _OF_PEOPLE)
        if str(annotation.get("/Subtype", "")) not in _WORDED:
            _drop(annotation, ("/Contents",))
    return annotation


def _walk(thing: Any, deep: int = 0) -> None:
    """Strip a dictionary and the direct ones within it; indirect ones are met by themselves."""
    if deep > 100:
        return
    if isinstance(thing, pikepdf.Stream):
        _stream(thing)
        _dictionary(thing.stream_dict, deep)
    elif isinstance(thing, pikepdf.Dictionary):
        _dictionary(thing, deep)
    elif isinstance(thing, pikepdf.Array):
        for part in thing:
            if isinstance(part, pikepdf.Object) and not part.is_indirect:
                _walk(part, deep + 1)


def _dictionary(found: pikepdf.Dictionary, deep: int) -> None:
    _drop(found, _ANYWHERE)
    if found.get("/Type") == pikepdf.Name.Sig or "/ByteRange" in found:
        _drop(found, ("/Name", "/Location", "/Reason", "/ContactInfo", "/M", "/Contents", "/Cert", "/Prop_Build"))
    if found.get("/FT") == pikepdf.Name.Sig:
        _drop(found, ("/V",))
    for key in ("/A", "/Next"):
        if key in found and _acts(found[key]):
            del found[key]
    if found.get("/Type") in (pikepdf.Name.Filespec, pikepdf.Name.F):
        _drop(found, ("/EF", "/RF", "/F", "/UF", "/DOS", "/Mac", "/Unix", "/Desc"))
    for _key, part in found.items():
        if isinstance(part, pikepdf.Dictionary | pikepdf.Array) and not part.is_indirect:
            _walk(part, deep + 1)


def _acts(action: Any) -> bool:
    """Whether an action does more than lead to a place in the document or in the web."""
    if not isinstance(action, pikepdf.Dictionary) or "/S" not in action:
        return False
    kind = str(action["/S"])
    return kind not in _GOES_SOMEWHERE or (kind == "/URI" and is_local(str(action.get("/URI", ""))))


def _stream(stream: pikepdf.Stream) -> None:
    """A photograph within a page has notes of its camera, too."""
    filters = stream.stream_dict.get("/Filter")
    names = [filters] if isinstance(filters, pikepdf.Name) else list(filters or [])
    if names == [pikepdf.Name.DCTDecode]:
        parameters: Any = stream.stream_dict.get("/DecodeParms")
        bare = pictures.without_notes(stream.read_raw_bytes())
        stream.write(bare, filter=pikepdf.Name.DCTDecode, decode_parms=parameters)


def _drop(found: Any, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in found:
            del found[key]
