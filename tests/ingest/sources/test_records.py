"""Bibliographic records: OAI-PMH, Zotero's RDF, CSL-JSON; the files beside them are the text."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from library.catalogue import topics
from library.catalogue.models import Document
from library.extensions import db
from library.ingest.sources import kind_of, values
from tests.ingest.sources.conftest import Taken, described, piece

TEXT = "The budget of the town is read aloud in the market hall before the council votes on it.\n"
OAI = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2023-01-01T00:00:00Z</responseDate>
<request verb="ListRecords">https://repo.example.org/oai</request><ListRecords>
<record><header><identifier>oai:repo.example.org:17</identifier><datestamp>2022-02-02</datestamp></header><metadata>
<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>Budgets   read aloud</dc:title><dc:creator>Mensah, Ama</dc:creator><dc:creator>Town Council of Tema</dc:creator>
<dc:subject>Budget</dc:subject><dc:description>How a town reads its budget.</dc:description><dc:publisher>Tema Press</dc:publisher>
<dc:date>Spring</dc:date><dc:date>2019-06-01</dc:date><dc:language>eng</dc:language>
<dc:rights>All may read</dc:rights><dc:rights>https://creativecommons.org/licenses/by-sa/4.0/</dc:rights>
<dc:identifier>https://repo.example.org/record/17</dc:identifier>
<dc:identifier>https://repo.example.org/files/budgets%20read.txt</dc:identifier></oai_dc:dc></metadata></record>
<record><header><identifier>oai:repo.example.org:18</identifier></header><metadata>
<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>Not here</dc:title><dc:description>An abstract about the votes of a council in the year of the flood.</dc:description>
<dc:relation>https://repo.example.org/files/18.pdf</dc:relation></oai_dc:dc></metadata></record>
<record><header status="deleted"><identifier>oai:repo.example.org:19</identifier></header></record>
<resumptionToken completeListSize="300">abc</resumptionToken></ListRecords></OAI-PMH>"""


@pytest.fixture
def harvest(tmp_path: Path) -> Path:
    (tmp_path / "records.xml").write_text(OAI)
    (tmp_path / "budgets read.txt").write_text(TEXT)
    return tmp_path / "records.xml"


def test_oai_records_describe_the_files_beside_them(harvest: Path, take: Callable[..., Taken]) -> None:
    topics.create("budget", {"en": "Budget"})
    receipts, tally, remarks = take(harvest)
    assert [r["status"] for r in receipts] == ["ok", "empty", "empty"] and tally.drafted == 1
    assert described("budgets-read-aloud") == {
        "title": "Budgets read aloud",
        "summary": "How a town reads its budget.",
        "authors": ["Ama Mensah", "Town Council of Tema"],
        "topics": ["budget"],
        "language": "en",
        "source_url": "https://repo.example.org/record/17",
        "licence": "CC-BY-SA-4.0",
        "publisher": "Tema Press",
        "countries": [],
        "published": "2019-06-01",
    }
    assert "no text here" in receipts[1]["reason"] and "18.pdf" in receipts[1]["reason"]
    assert "deleted at its source" in receipts[2]["reason"]
    assert len(remarks) == 1 and "more records" in remarks[0]


def test_a_stub_is_made_only_when_asked_for(harvest: Path, take: Callable[..., Taken]) -> None:
    receipts, _tally, _remarks = take(harvest, stubs=True)
    assert receipts[1]["status"] == "partial" and "Only the description" in receipts[1]["reason"]
    assert "year of the flood" in piece("not-here").latest.body


@pytest.mark.parametrize("whole", [True, False])
def test_single_records_are_read_too(folder: Path, take: Callable[..., Taken], whole: bool) -> None:
    start = OAI.index("<record>") if whole else OAI.index("<oai_dc:dc")
    end = OAI.index("</record>") + 9 if whole else OAI.index("</oai_dc:dc>") + 12
    text = OAI[start:end].replace("<record>", '<record xmlns="http://www.openarchives.org/OAI/2.0/">', 1)
    (folder / "17.xml").write_text(text)
    (folder / "17.txt").write_text(TEXT)
    assert kind_of(folder / "17.xml") == "oai"
    receipts, _tally, _remarks = take(folder)
    assert [r["status"] for r in receipts] == ["ok"] and described("budgets-read-aloud")["language"] == "en"


def test_a_deleted_record_withdraws_nothing(harvest: Path, take: Callable[..., Taken]) -> None:
    take(harvest, publish=True)
    deleted = OAI.replace(
        "<header><identifier>oai:repo.example.org:17", '<header status="deleted"><identifier>oai:repo.example.org:17'
    )
    harvest.write_text(deleted)
    receipts, _tally, _remarks = take(harvest)
    assert "deleted at its source" in receipts[0]["reason"] and piece("budgets-read-aloud").status == "published"


ZOTERO = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#"
 xmlns:dcterms="http://purl.org/dc/terms/" xmlns:bib="http://purl.org/net/biblio#" xmlns:foaf="http://xmlns.com/foaf/0.1/"
 xmlns:link="http://purl.org/rss/1.0/modules/link/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/">
<bib:Article rdf:about="https://journal.example.org/budgets"><z:itemType>journalArticle</z:itemType>
<dcterms:isPartOf rdf:resource="urn:issn:1234-5678"/>
<bib:authors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Mensah</foaf:surname><foaf:givenName>Ama</foaf:givenName></foaf:Person></rdf:li>
<rdf:li><foaf:Person><foaf:surname>Osei</foaf:surname><foaf:givenname>Kofi</foaf:givenname></foaf:Person></rdf:li></rdf:Seq></bib:authors>
<dcterms:isReferencedBy rdf:resource="#item_30"/><link:link rdf:resource="#item_12"/><link:link rdf:resource="#item_13"/>
<dc:subject>Budget</dc:subject><dc:subject><z:AutomaticTag><rdf:value>Towns</rdf:value></z:AutomaticTag></dc:subject>
<dc:title>Budgets in the open</dc:title><dcterms:abstract>On reading budgets.</dcterms:abstract><dc:date>2019-05</dc:date>
<z:language>en-GB</z:language><dc:rights>CC BY 4.0</dc:rights>
<dc:identifier><dcterms:URI><rdf:value>https://journal.example.org/budgets</rdf:value></dcterms:URI></dc:identifier>
<dc:publisher><foaf:Organization><foaf:name>Open Press</foaf:name></foaf:Organization></dc:publisher></bib:Article>
<bib:Journal rdf:about="urn:issn:1234-5678"><dc:title>Journal</dc:title></bib:Journal>
<z:Attachment rdf:about="#item_12"><z:itemType>attachment</z:itemType><rdf:resource rdf:resource="files/12/Mensah - Budgets.txt"/>
<dc:title>Full Text</dc:title><link:type>text/plain</link:type></z:Attachment>
<z:Attachment rdf:about="#item_13"><z:itemType>attachment</z:itemType><rdf:resource rdf:resource="files/13/snapshot.html"/>
<dc:title>Snapshot</dc:title></z:Attachment>
<z:Attachment rdf:about="#item_14"><z:itemType>attachment</z:itemType><rdf:resource rdf:resource="files/14/alone.txt"/>
<dc:title>alone.txt</dc:title></z:Attachment>
<bib:Memo rdf:about="#item_30"><rdf:value>Private remark</rdf:value></bib:Memo>
<bib:Book rdf:about="#item_40"><z:itemType>book</z:itemType><dc:title>No file</dc:title></bib:Book>
<z:Collection rdf:about="#collection_1"><dc:title>Mine</dc:title></z:Collection></rdf:RDF>"""


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "My Library"
    for place, text in (
        ("files/12/Mensah - Budgets.txt", TEXT),
        ("files/13/snapshot.html", f"<html><body><p>{TEXT}</p></body></html>"),
        ("files/14/alone.txt", "A file that stands alone and tells of nothing but itself, the harbour and the sea.\n"),
    ):
        (folder / place).parent.mkdir(parents=True)
        (folder / place).write_text(text)
    (folder / "My Library.rdf").write_text(ZOTERO)
    return folder


def test_zotero_s_attachments_are_the_text(shelf: Path, take: Callable[..., Taken], instance: Path) -> None:
    topics.create("budget", {"en": "Budget"})
    receipts, tally, remarks = take(shelf)
    made = [r["document"]["slug"] if r["document"] else r["status"] for r in receipts]
    assert made[:2] == ["budgets-in-the-open", "empty"] and tally.drafted == 3
    found = described("budgets-in-the-open")
    assert found["authors"] == ["Ama Mensah", "Kofi Osei"] and found["published"] == "2019"
    assert (found["summary"], found["language"], found["publisher"]) == ("On reading budgets.", "en-GB", "Open Press")
    assert found["source_url"] == "https://journal.example.org/budgets" and found["topics"] == ["budget"]
    assert any("1 note" in remark for remark in remarks)
    assert db.session.query(Document).count() == 3
    assert not any(b"Private remark" in path.read_bytes() for path in (instance / "files").rglob("*") if path.is_file())


def test_csl_entries_find_their_files(folder: Path, take: Callable[..., Taken]) -> None:
    (folder / "files" / "7").mkdir(parents=True)
    (folder / "files" / "7" / "x.txt").write_text(TEXT)
    (folder / "other.txt").write_text("Another text, about a school that opens its doors to all the town.\n")
    entries = [
        {"id": "7", "type": "report", "title": "Budgets", "author": [{"family": "Mensah", "given": "Ama"}, {"literal": "Tema"}],
         "issued": {"date-parts": [[2019, 5, 3]]}, "abstract": "On budgets.", "language": "en", "URL": "https://e.org/7"},
        {"id": "8", "type": "book", "title": "Schools", "attachments": [{"path": "other.txt"}], "issued": {"date-parts": [["2001"]]},
         "DOI": "10.1/x"},
        {"id": "9", "type": "book", "title": "No file", "file": "../../etc/passwd"},
    ]  # fmt: skip
    (folder / "library.json").write_text(json.dumps(entries))
    assert kind_of(folder / "library.json") == "csl"
    receipts, tally, _remarks = take(folder)
    assert [r["status"] for r in receipts] == ["ok", "ok", "empty"] and tally.drafted == 2
    assert (
        described("budgets")["authors"] == ["Ama Mensah", "Tema"] and described("budgets")["published"] == "2019-05-03"
    )
    assert (
        described("schools")["source_url"] == "https://doi.org/10.1/x" and described("schools")["published"] == "2001"
    )


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2024-5-3", "2024-05-03"),
        ("2019-05-00", "2019"),
        ("Tue, 04 May 2021 09:00:00 +0000", "2021-05-04"),
        ("May 2019", "2019"),
        ("2020-02-28T08:00:00+01:00", "2020-02-28"),
        ("c. 1890", "1890"),
        ("no date", ""),
        ("12345", ""),
    ],
)
def test_dates_of_every_spelling_are_understood(said: str, day: str) -> None:
    assert values.day(said) == day


def test_other_spellings_of_languages_and_licences_are_understood() -> None:
    assert [values.language(tag) for tag in ("eng", "fre", "en_GB", "pt-br", "none at all")] == [
        "en",
        "fr",
        "en-GB",
        "pt-BR",
        "",
    ]
    assert values.licence("http://creativecommons.org/publicdomain/zero/1.0/") == "CC0-1.0"
    assert values.summary("<p>One &amp; two.</p> <p>Three</p>") == "One & two. Three"
    assert len(values.summary("Word. " * 400)) <= values.SUMMARY
