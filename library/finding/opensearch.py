"""The OpenSearch 1.1 description document: lets a browser offer this library beside other search engines."""

from __future__ import annotations

from flask import current_app, url_for
from lxml import etree

from library.finding.asking import clean
from library.serving.urls import absolute

NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"
SHORT_NAME = 16  # characters that the specification allows
LONG_NAME = 48
DESCRIPTION = 1024


def description() -> bytes:
    """The document as XML."""
    name = clean(current_app.config["SITE_NAME"])
    root = etree.Element(f"{{{NAMESPACE}}}OpenSearchDescription", nsmap={None: NAMESPACE})

    def add(tag: str, text: str = "", **attributes: str) -> None:
        element = etree.SubElement(root, f"{{{NAMESPACE}}}{tag}", attributes)
        element.text = text or None

    add("ShortName", _shortened(name, SHORT_NAME))
    add("LongName", _shortened(name, LONG_NAME))
    add("Description", _shortened(clean(current_app.config["SITE_TAGLINE"]) or name, DESCRIPTION))
    add("InputEncoding", "UTF-8")
    add("OutputEncoding", "UTF-8")
    page = absolute(url_for("finding.search"))
    add("Url", type="text/html", template=f"{page}?q={{searchTerms}}&page={{startPage?}}", rel="results")
    add(
        "Url",
        type="application/x-suggestions+json",
        template=absolute(url_for("finding.suggest")) + "?q={searchTerms}",
        rel="suggestions",
    )
    for form, media_type in (("atom", "application/atom+xml"), ("rss", "application/rss+xml")):
        feed = absolute(url_for("feeds.search", fmt=form))
        add("Url", type=media_type, template=f"{feed}?q={{searchTerms}}", rel="results")
    add(
        "Url",
        type="application/opensearchdescription+xml",
        template=absolute(url_for("finding.opensearch")),
        rel="self",
    )
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _shortened(text: str, most: int) -> str:
    """`text` in `most` characters, cut between words where there are several."""
    if len(text) <= most:
        return text
    whole = text[: most + 1].rsplit(" ", 1)[0]
    return whole if len(whole) <= most else text[:most]
