"""ZIP packages (DOCX, XLSX, PPTX, ODT, ODS, EPUB) written anew, member by member, by what a format's cleaner says."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from library.ingest.containers import MOST_MEMBERS, MOST_RATIO, SUSPICIOUS
from library.ingest.extraction import Refusal, Status

Members = dict[str, bytes]
Cleaner = Callable[[Members, str], Members]
"""From a package's members to those of its copy; the second is the file's name, for messages."""

MOST_BYTES = 400 * 2**20  # of all members, unpacked
_TIME = (1980, 1, 1, 0, 0, 0)  # members say nothing of when or where they were written
_STORED = frozenset({"mimetype"})
_LOCAL = re.compile(r"(?i)\bfile:|\b[a-z]:\\|\\\\[\w.-]+\\|(?:^|[\s\"'=])/(?:home|users|var|mnt|media|private|tmp)/")


def rewrite(path: Path, target: Path, name: str, cleaner: Cleaner) -> None:
    """Write the package at `path` to `target` as `cleaner` leaves it. Raises Refusal."""
    target.write_bytes(rewritten(path.read_bytes(), name, cleaner))


def rewritten(content: bytes, name: str, cleaner: Cleaner) -> bytes:
    """The same for a package in memory, such as one embedded in another."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = _members(archive, name)
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
        raise damaged(name) from error
    except RuntimeError as error:  # a member that asks for a password
        raise Refusal(Status.encrypted, f"“{name}” is protected by a password, so it cannot be cleaned.") from error
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as copy:
        for member, cleaned in cleaner(members, name).items():
            info = zipfile.ZipInfo(member, _TIME)
            info.compress_type = zipfile.ZIP_STORED if member in _STORED else zipfile.ZIP_DEFLATED
            copy.writestr(info, cleaned)
    return out.getvalue()


def _members(archive: zipfile.ZipFile, name: str) -> Members:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    declared = sum(info.file_size for info in infos)
    swelling = any(i.file_size > SUSPICIOUS and i.file_size > MOST_RATIO * max(1, i.compress_size) for i in infos)
    if len(infos) > MOST_MEMBERS or declared > MOST_BYTES or swelling:
        raise Refusal(Status.unsafe, f"“{name}” swells too much when it is unpacked, so it is not cleaned.")
    # zipfile stops at the declared size and then compares the checksum.
    return {info.filename: archive.read(info) for info in infos}


def damaged(name: str) -> Refusal:
    """Why a broken package is not cleaned."""
    return Refusal(Status.corrupt, f"“{name}” is damaged, so it cannot be cleaned. Save it again and upload that.")


def xml(content: bytes) -> etree._Element:
    """A part's root, without comments, entities and network. Raises XMLSyntaxError."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(content, parser)


def written(root: etree._Element) -> bytes:
    """A part as it stands in a package."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def without_places(root: etree._Element) -> None:
    """Blank attributes that name a place on somebody's machine: a path, a share."""
    for element in root.iter(etree.Element):
        for key, value in element.attrib.items():
            if is_local(str(value)):
                element.set(key, "")


def is_local(value: str) -> bool:
    """Whether a value holds a path on a machine or in its network."""
    return bool(_LOCAL.search(value))


def local_name(element: etree._Element) -> str:
    """The tag without its namespace."""
    return etree.QName(element).localname


def within(base: str, target: str) -> str:
    """The member that a relative address in the member `base` leads to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), target)).lstrip("/")
