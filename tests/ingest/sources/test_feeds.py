"""Feeds and sitemaps saved to disk, with the pages saved beside them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from library.ingest.sources import kind_of
from tests.ingest.sources.conftest import Taken, described, piece

WORDS = "Rivers rise in spring and the bridge of the village is closed for as long as the water stands. "
ATOM = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>River news</title><id>urn:uuid:60a76c80-d399-11d9-b93C-0003939e0af6</id>
<link rel="self" href="https://river.example.org/feed.atom"/><updated>2020-03-01T00:00:00Z</updated>
<author><name>River Watch</name></author>
<entry><title type="html">Floods &amp;amp; bridges</title><id>urn:uuid:1</id>
<link rel="edit" href="https://river.example.org/edit/1"/><link href="https://river.example.org/floods/"/>
<published>2020-02-28T08:00:00+01:00</published><updated>2020-03-01T00:00:00Z</updated>
<category term="water" label="Water"/><summary>On floods.</summary>
<content type="html">&lt;p&gt;{WORDS}&lt;/p&gt;&lt;h2&gt;Closed&lt;/h2&gt;&lt;p&gt;For a week.&lt;/p&gt;</content></entry>
<entry xml:lang="fr"><title>Les crues</title><id>urn:uuid:2</id><link href="https://river.example.org/crues"/>
<author><name>Zoé Diallo</name></author><updated>2020-03-02T00:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Les rivières montent au printemps et le pont ferme.</p>
</div></content></entry>
<entry><title>Only told of</title><id>urn:uuid:3</id><link href="https://river.example.org/told"/>
<updated>2020-03-03T00:00:00Z</updated><summary>A short word on boats.</summary></entry>
<entry><title>Saved beside</title><id>urn:uuid:4</id><link href="https://river.example.org/saved/"/>
<updated>2020-03-04T00:00:00Z</updated><summary>A short word on nets.</summary></entry>
</feed>"""
RSS = f"""<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>R</title><link>https://r.example.org/</link>
<atom:link href="https://r.example.org/feed" rel="self"/><language>en-us</language><description>D</description>
<item><title>Whole</title><link>https://r.example.org/whole</link><guid isPermaLink="false">w1</guid>
<pubDate>Fri, 28 Feb 2020 08:00:00 GMT</pubDate><dc:creator>Kofi Osei</dc:creator><category>Water</category>
<description>In short.</description><content:encoded><![CDATA[<p>{WORDS}</p><script>alert(1)</script>]]></content:encoded></item>
<item><title>Long description</title><guid>https://r.example.org/long</guid><author>k@example.org (Kofi)</author>
<description><![CDATA[<p>{WORDS * 20}</p>]]></description></item>
<item><title>Teaser</title><link>https://r.example.org/teaser</link><description>The bridge is […]</description></item>
<item><title>Nothing</title><link>https://r.example.org/nothing</link></item></channel></rss>"""


def test_atom_entries_become_pieces(tmp_path: Path, take: Callable[..., Taken]) -> None:
    (tmp_path / "river.example.org" / "saved").mkdir(parents=True)
    page = f"<html><head><title>S</title></head><body><main><h1>Saved</h1><p>{WORDS}</p><p>Nets are dear.</p></main></body></html>"
    (tmp_path / "river.example.org" / "saved" / "index.html").write_text(page)
    (tmp_path / "feed.atom").write_text(ATOM)
    receipts, _tally, _remarks = take(tmp_path / "feed.atom")
    assert [(r["title"], r["status"]) for r in receipts] == [
        ("Floods & bridges", "ok"), ("Les crues", "ok"), ("Only told of", "partial"), ("Saved beside", "ok"),
    ]  # fmt: skip
    floods = described("floods-bridges")
    assert (floods["authors"], floods["published"], floods["summary"]) == (["River Watch"], "2020-02-28", "On floods.")
    assert floods["source_url"] == "https://river.example.org/floods/" and floods["language"] == "en"
    assert "Closed" in piece("floods-bridges").latest.body
    assert described("les-crues")["language"] == "fr" and described("les-crues")["authors"] == ["Zoé Diallo"]
    assert "only a summary" in receipts[2]["reason"] and "https://river.example.org/told" in receipts[2]["reason"]
    assert "Nets are dear" in piece("saved-beside").latest.body


def test_rss_items_become_pieces_whole_or_in_part(tmp_path: Path, take: Callable[..., Taken]) -> None:
    (tmp_path / "saved").write_text(RSS)
    receipts, _tally, _remarks = take(tmp_path / "saved")
    assert [(r["title"], r["status"]) for r in receipts] == [
        ("Whole", "ok"), ("Long description", "ok"), ("Teaser", "partial"), ("", "empty"),
    ]  # fmt: skip
    whole = described("whole")
    assert (whole["authors"], whole["language"], whole["published"]) == (["Kofi Osei"], "en-US", "2020-02-28")
    assert whole["summary"] == "In short." and "alert" not in piece("whole").latest.body
    assert described("long-description")["source_url"] == "https://r.example.org/long"
    assert described("long-description")["authors"] == ["Kofi"]


def test_rss_of_the_first_kind_is_read(tmp_path: Path, take: Callable[..., Taken]) -> None:
    (tmp_path / "a.rdf").write_text(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>R</title></channel>'
        '<item rdf:about="https://e.org/1"><title>One</title><link>https://e.org/1</link><dc:date>2001-02-03</dc:date>'
        f"<description>{WORDS * 20}</description></item></rdf:RDF>"
    )
    receipts, _tally, _remarks = take(tmp_path / "a.rdf")
    assert [r["status"] for r in receipts] == ["ok"] and described("one")["published"] == "2001-02-03"


def test_json_feed_entries_become_pieces(folder: Path, take: Callable[..., Taken]) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "feed_url": "https://j.example.org/feed.json",
        "authors": [{"name": "J. Doe"}],
        "language": "en",
        "items": [
            {"id": "1", "title": "Hypertext", "content_html": f"<p>{WORDS}</p>", "url": "https://j.example.org/1",
             "date_published": "2021-01-02T03:04:05Z", "tags": ["Water"], "summary": "A & B"},
            {"id": "2", "title": "Plain", "content_text": f"{WORDS}\n\nA < B.", "authors": [{"name": "K"}]},
            {"id": "3", "title": "Short", "summary": "A short word."},
            "nonsense",
        ],
    }  # fmt: skip
    (folder / "feed.json").write_text(json.dumps(feed))
    receipts, _tally, _remarks = take(folder)
    assert [(r["title"], r["status"]) for r in receipts] == [("Hypertext", "ok"), ("Plain", "ok"), ("Short", "partial")]
    assert described("hypertext")["summary"] == "A & B" and described("hypertext")["authors"] == ["J. Doe"]
    assert described("plain")["authors"] == ["K"] and "A < B" in piece("plain").latest.sections[0].blocks[1][1]


def test_a_feed_that_grew_adds_what_is_new(tmp_path: Path, take: Callable[..., Taken]) -> None:
    feed = tmp_path / "feed.atom"
    start, end = ATOM.index('<entry xml:lang="fr">'), ATOM.index("</feed>")
    feed.write_text(ATOM[:start] + ATOM[end:])
    assert take(feed)[1].drafted == 1
    feed.write_text(ATOM)
    tally = take(feed)[1]
    assert (tally.drafted, tally.duplicates) == (3, 1)


def test_a_sitemap_leads_to_the_pages_saved_beside_it(tmp_path: Path, take: Callable[..., Taken]) -> None:
    site = tmp_path / "town.example.org"
    (site / "about").mkdir(parents=True)

    def page(title: str) -> str:
        return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{title}. {WORDS}</p></article></body></html>"

    (site / "index.html").write_text(page("Home of the town"))
    (site / "about" / "index.html").write_text(page("About the town"))
    (site / "news.html").write_text(page("News of the town"))
    (site / "list?page=2.html").write_text(page("Second list"))
    (site / "plan à jour.txt").write_text("A plan for the town that is up to date and public.\n")
    places = ["", "about/", "news", "list?page=2", "plan%20%C3%A0%20jour.txt", "gone", "../../outside"]
    listed = "".join(f"<url><loc>https://town.example.org/{place}</loc></url>" for place in places)
    inner = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'
    (site / "pages.xml").write_text(inner)
    index = tmp_path / "sitemap.xml"
    index.write_text(
        '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<sitemap><loc>https://town.example.org/pages.xml</loc></sitemap>"
        "<sitemap><loc>https://town.example.org/gone.xml</loc></sitemap></sitemapindex>"
    )
    (tmp_path.parent / "outside").write_text("Outside.")
    receipts, tally, remarks = take(index)
    assert [r["status"] for r in receipts] == ["ok"] * 5 + ["empty"] * 2 and tally.drafted == 5
    assert "https://town.example.org/gone" in receipts[5]["reason"]
    assert described("about-the-town")["source_url"] == "https://town.example.org/about/"
    assert len(remarks) == 1 and "gone.xml" in remarks[0]
    assert take(site / "pages.xml")[1].drafted == 0


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (ATOM, "feed"),
        (RSS, "feed"),
        ("<urlset><url><loc>https://e.org/</loc></url></urlset>", "sitemap"),
        ("<html><body>Hello</body></html>", "files"),
        ("<rss", "files"),
        ("Just text.", "files"),
    ],
)
def test_the_kind_is_known_by_content_not_by_name(tmp_path: Path, text: str, kind: str) -> None:
    (tmp_path / "x.bin").write_text(text)
    assert kind_of(tmp_path / "x.bin") == kind
