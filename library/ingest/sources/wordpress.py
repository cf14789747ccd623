"""WordPress exports (WXR): published posts and pages, with the documents of the uploads folder beside them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from library.ingest.extraction import Status
from library.ingest.sources import mirrors, pages, values, xmlfile
from library.ingest.sources.items import Item, Remarks
from library.ingest.sources.xmlfile import Element

KIND = "wordpress"
NAMESPACE = "http://wordpress.org/export/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
TAKEN = ("post", "page")
_INNER = frozenset(
    "attachment revision nav_menu_item custom_css customize_changeset oembed_cache user_request wp_block wp_template"
    " wp_template_part wp_global_styles wp_navigation wp_font_family wp_font_face acf-field acf-field-group".split()
)  # what WordPress keeps for itself
_UPLOAD = re.compile(r"""["'(]((?:https?:)?/[^"'()<>\s]*?/uploads/[^"'()<>\s]+)""", re.IGNORECASE)
_CAPTION = re.compile(r"\[(?:wp_)?caption\b[^\]]*\](.*?)\[/(?:wp_)?caption\]", re.DOTALL)
_SHORTCODE = re.compile(
    r"\[/?(?:gallery|playlist|audio|video|embed|caption|wp_caption|contact-form-7|contact-form|contact-field|toc|"
    r"(?:vc|et_pb|fusion|su|av)_\w+|[a-z][\w-]{2,30}(?:\s+[\w-]+=(?:\"[^\"]*\"|'[^']*'|&quot;.*?&quot;|[^\s\]]+))+)"
    r"(?:\s[^\]]*)?/?\]"
)
_BLOCK = re.compile(
    r"(?i)</?(?:h[1-6]|p|div|ul|ol|li|dl|dt|dd|table|thead|tbody|tr|td|th|blockquote|pre|figure|figcaption|section|"
    r"article|aside|header|footer|hr|form|address|details|summary|script|style|!--)\b|<!--"
)


@dataclass(slots=True)
class _Blog:
    """What the head of an export says, as far as it has been read."""

    link: str = ""
    language: str = ""
    people: dict[str, str] = field(default_factory=dict)  # display names by login
    left_out: Counter[str] = field(default_factory=Counter)


def recognises(root: str, namespaces: frozenset[str]) -> bool:
    return root == "rss" and any(name.startswith(NAMESPACE) for name in namespaces)


def read(path: Path, remarks: Remarks) -> Iterator[Item]:
    """The published posts and pages, and the attached documents. Raises BadSource where the export breaks off."""
    blog = _Blog()
    names = frozenset(("link", "base_blog_url", "language", "author", "item"))
    try:
        for element in xmlfile.at_depth(path, 2, names):
            if xmlfile.name(element) == "item":
                yield from _item(path, element, blog)
            else:
                _note(blog, element)
    finally:
        _tell(path, blog, remarks)


def _note(blog: _Blog, element: Element) -> None:
    words = (element.text or "").strip()
    match xmlfile.name(element):
        case "author":
            login, shown = xmlfile.text(element, "author_login"), xmlfile.text(element, "author_display_name")
            full = values.person(xmlfile.text(element, "author_first_name"), xmlfile.text(element, "author_last_name"))
            blog.people[login] = shown or full
        case "base_blog_url":
            blog.link = words
        case "link" if not xmlfile.namespace(element):
            blog.link = blog.link or words
        case "language":
            blog.language = values.language(words)


def _item(path: Path, element: Element, blog: _Blog) -> Iterator[Item]:
    kind = xmlfile.text(element, "post_type") or "post"
    state = xmlfile.text(element, "status") or "publish"
    if kind == "attachment":
        yield from _attachment(path, element, blog)
    elif kind not in TAKEN:
        if kind not in _INNER:
            blog.left_out[kind] += 1
    elif state != "publish" or xmlfile.text(element, "post_password"):
        blog.left_out["private" if state == "private" or state == "publish" else "draft"] += 1
    else:
        yield _post(path, element, blog)


def _post(path: Path, element: Element, blog: _Blog) -> Item:
    content = _encoded(element, CONTENT)
    fields = _fields(element, blog)
    excerpt = values.summary(_encoded(element, "/excerpt/"))
    if excerpt:
        fields["summary"] = excerpt
    title = str(fields.get("title", ""))
    warnings = _absent(path, content)
    item = _base(path, element, blog, pages.file_name(title or "post"))
    if not values.plain(content).strip():
        return Item(
            **item, fields=fields, status=Status.empty, reason=_("“%(title)s” has no text in the export.", title=title)
        )
    body = pages.page(title, _shown(content), blog.language)
    return Item(**item, content=body, fields=fields, warnings=tuple(warnings))


def _attachment(path: Path, element: Element, blog: _Blog) -> Iterator[Item]:
    address = xmlfile.text(element, "attachment_url") or xmlfile.text(element, "guid")
    name = mirrors.last_part(address)
    if not mirrors.readable(name):
        return
    fields = _fields(element, blog) | {"source": values.web(address)}
    fields.pop("topics", None)
    if re.fullmatch(r"[\w.-]+", str(fields.get("title", ""))):
        fields.pop("title")  # WordPress takes the file's name where nobody gave one; the file itself may say more
    said = _encoded(element, CONTENT) or _encoded(element, "/excerpt/")
    if summary := values.summary(said):
        fields["summary"] = summary
    local = _upload(path, address)
    item = _base(path, element, blog, name)
    if local is None:
        reason = _(
            "“%(name)s” is attached in the export, but its file is not beside it; put the uploads folder next to the"
            " export and import it again.",
            name=name,
        )
        yield Item(**item, fields=fields, status=Status.empty, reason=reason)
        return
    yield Item(**item, path=local, fields=fields)


def _base(path: Path, element: Element, blog: _Blog, name: str) -> dict[str, Any]:
    number = xmlfile.text(element, "post_id") or xmlfile.text(element, "guid") or xmlfile.text(element, "link")
    return {"kind": KIND, "identity": blog.link or str(path.resolve()), "id": number, "origin": path, "name": name}


def _fields(element: Element, blog: _Blog) -> dict[str, Any]:
    login = xmlfile.text(element, "creator")
    author = blog.people.get(login, login)
    date = xmlfile.text(element, "post_date")
    marks = {
        values.decoded(category.text or "")
        for category in xmlfile.children(element, "category")
        if category.get("domain") in ("category", "post_tag") and category.get("nicename") != "uncategorized"
    }
    fields = {
        "title": values.line(xmlfile.text(element, "title")),
        "published": values.day("" if date.startswith("0000") else date)
        or values.day(xmlfile.text(element, "pubDate")),
        "authors": [author] if author and "@" not in author else [],
        "topics": sorted(mark for mark in marks if mark),
        "source": values.web(xmlfile.text(element, "link")),
        "language": blog.language,
    }
    return {key: value for key, value in fields.items() if value}


def _encoded(element: Element, space: str) -> str:
    return next(
        (
            "".join(child.itertext())
            for child in xmlfile.children(element, "encoded")
            if space in xmlfile.namespace(child)
        ),
        "",
    )


def _shown(content: str) -> str:
    """The post's HTML as WordPress shows it: blank lines part paragraphs, shortcodes are gone, their words stay."""
    content = _CAPTION.sub(lambda found: f"<figure>{_captioned(found[1])}</figure>", content.replace("\r\n", "\n"))
    content = _SHORTCODE.sub("", content)
    if "<!-- wp:" in content:  # the block editor writes whole HTML
        return content
    kept: list[str] = []
    for part in re.split(r"(<pre\b.*?</pre>)", content, flags=re.DOTALL | re.IGNORECASE):
        chunks = [part] if part[:4].lower() == "<pre" else re.split(r"\n[ \t]*\n+", part)
        kept += [_paragraph(chunk) for chunk in chunks if chunk.strip()]
    return "\n".join(kept)


def _captioned(inner: str) -> str:
    end = inner.rfind(">", 0, inner.rfind("<img") + 2000) if "<img" in inner else -1
    link = inner.find("</a>", end)
    end = link + 3 if 0 <= link <= end + 3 else end
    words = inner[end + 1 :].strip()
    return inner[: end + 1] + (f"<figcaption>{words}</figcaption>" if words else "")


def _paragraph(chunk: str) -> str:
    chunk = chunk.strip()
    return chunk if _BLOCK.search(chunk) else "<p>" + chunk.replace("\n", "<br>\n") + "</p>"


def _absent(path: Path, content: str) -> list[str]:
    """A warning that names the attached documents that a post links to and that are not beside the export."""
    linked = dict.fromkeys(
        mirrors.last_part(address) for address in _UPLOAD.findall(content) if not _upload(path, address)
    )
    names = [name for name in linked if mirrors.readable(name)]
    if not names:
        return []
    return [_("Files that it links to are not beside the export: %(names)s.", names=", ".join(names))]


def _upload(path: Path, address: str) -> Path | None:
    """The local file of an uploaded one."""
    base = path.parent
    _before, mark, below = address.partition("/uploads/")
    candidates = [f"{folder}{below}" for folder in ("uploads/", "wp-content/uploads/", "")] if mark else []
    for relative in candidates:
        found = mirrors.within(base, relative.partition("?")[0])
        if found is not None:
            return found
    return mirrors.of_address(base, address)


def _tell(path: Path, blog: _Blog, remarks: Remarks) -> None:
    left = dict(blog.left_out)
    drafts, private = left.pop("draft", 0), left.pop("private", 0)
    if drafts:
        remarks.add(
            ngettext(
                "%(file)s: %(num)d draft was left out.",
                "%(file)s: %(num)d drafts were left out.",
                drafts,
                file=path.name,
            )
        )
    if private:
        remarks.add(
            ngettext(
                "%(file)s: %(num)d private or protected post was left out.",
                "%(file)s: %(num)d private or protected posts were left out.",
                private,
                file=path.name,
            )
        )
    for kind, count in sorted(left.items()):
        remarks.add(
            _("%(file)s: %(count)d of the kind “%(kind)s” were left out.", file=path.name, count=count, kind=kind)
        )
