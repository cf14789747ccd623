"""Pictures of a message or a saved web page: shown where its HTML has them, else after its text."""

from __future__ import annotations

import html
import re
from email.message import EmailMessage
from urllib.parse import unquote, urljoin

from library.ingest import keeping
from library.ingest.extraction import Found, Picture

_OPEN, _CLOSE = "\ue0f4", "\ue0f5"  # private-use characters around a picture's number
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_FILE_NAME = re.compile(r"(?i)[^\s]*\.(?:png|jpe?g|gif|bmp|webp|tiff?)|image\d*|inline image.*")


class Pictures:
    """The pictures that came with `message`, by what its HTML calls them."""

    def __init__(self, message: EmailMessage, base: str = "") -> None:
        self._album = keeping.Album()
        self._base = base
        self._by_name: dict[str, bytes] = {}
        self._kept: list[Picture] = []
        self._shown: list[tuple[Picture | None, str]] = []
        for part in message.walk():
            if part.get_content_maintype() == "image" and isinstance(content := part.get_payload(decode=True), bytes):
                if name := str(part.get("Content-ID", "")).strip(" <>"):
                    self._by_name[f"cid:{name}"] = content
                if location := str(part.get("Content-Location", "")).strip():
                    self._by_name[location] = self._by_name[urljoin(base, location)] = content

    def keep(self, part: EmailMessage, content: bytes) -> bool:
        """Keep a picture to be shown after the text; False when it has to be an attachment that is read by itself."""
        picture = self._album.add(content)
        if picture is not None:
            self._kept.append(picture)
            return True
        # A spacer within the HTML is nothing to be read.
        return bool(part.get("Content-ID")) and part.get_content_disposition() != "attachment"

    def marked(self, page: str) -> str:
        """The HTML `page` with a mark for each picture that came along."""
        page = page.replace(_OPEN, "").replace(_CLOSE, "")
        return _IMAGE.sub(self._mark, page)

    def _mark(self, tag: re.Match[str]) -> str:
        source = html.unescape(_attribute(tag[0], "src"))
        content = next(
            (
                self._by_name[one]
                for one in (source, unquote(source), urljoin(self._base, source))
                if one in self._by_name
            ),
            None,
        )
        if content is None:
            return tag[0]
        said = " ".join(html.unescape(_attribute(tag[0], "alt")).split())
        self._shown.append((self._album.add(content), "" if _FILE_NAME.fullmatch(said) else said))
        return f" {_OPEN}{len(self._shown) - 1}{_CLOSE} "

    def settle(self, found: Found) -> None:
        """Put the pictures in the places of their marks in `found`, and those without one after its text."""
        found.markdown = _MARK.sub(lambda one: self._place(one)[0], found.markdown)
        found.text = _MARK.sub(lambda one: self._place(one)[1], found.text)
        rest = [one for one in dict.fromkeys(self._kept) if one.kept not in found.markdown]
        if found.text.strip():
            found.markdown += "".join(f"\n\n{keeping.markdown_of(one, '')}" for one in rest)
            found.pictures += [one for one in self._album.pictures if one.kept in found.markdown]
        elif rest:
            found.markdown = "\n\n".join(keeping.markdown_of(one, "") for one in rest)
            found.pictures += rest
        if self._album.left_out:
            found.warnings.append("Pictures that are broken, or too many, were left out.")

    def _place(self, mark: re.Match[str]) -> tuple[str, str]:
        number = int(mark[1])
        picture, alt = self._shown[number] if number < len(self._shown) else (None, "")
        return (keeping.markdown_of(picture, alt), alt) if picture else (alt, alt)


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"(?is)\s{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", tag)
    return (found[1] or found[2] or found[3] or "") if found else ""
