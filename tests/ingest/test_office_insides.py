"""What Pandoc alone would lose of office files: boxes, fields, groups, notes, diagrams, nested tables."""

from __future__ import annotations

import zipfile

import pytest

from library.ingest import Status
from tests.ingest.office import SLIDE, docx, odt, p_sp, pptx, w_p


def boxed(text: str) -> str:
    return f"<w:txbxContent>{w_p(text)}</w:txbxContent>"


def test_text_box_of_word_is_read_once(extracted, zipped):
    shape = (
        '<wp:inline><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        f"<wps:wsp><wps:txbx>{boxed('new box')}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline>"
    )
    old = f"<w:pict><v:shape><v:textbox>{boxed('new box')}</v:textbox></v:shape></w:pict>"
    body = (
        w_p("Before.")
        + '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        + f"{shape}</w:drawing></mc:Choice><mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        + f"<w:p><w:r><w:pict><v:shape><v:textbox>{boxed('old box')}</v:textbox></v:shape></w:pict></w:r></w:p>"
        + w_p("After.")
    )
    found = extracted(zipped("a.docx", docx(body)))
    assert found.text.split("\n") == ["Before.", "new box", "old box", "After."]


def test_fields_and_content_controls_of_word_are_read(extracted, zipped):
    body = (
        '<w:p><w:r><w:t xml:space="preserve">On </w:t></w:r>'
        '<w:fldSimple w:instr=" DATE "><w:r><w:t>3 May</w:t></w:r></w:fldSimple>'
        "<w:customXml><w:r><w:t>, in Accra</w:t></w:r></w:customXml>"
        "<w:smartTag><w:r><w:t>, at noon</w:t></w:r></w:smartTag>"
        "<w:sdt><w:sdtContent><w:r><w:t>, all of us</w:t></w:r></w:sdtContent></w:sdt></w:p>"
        "<w:p><w:r><w:ruby><w:rt><w:r><w:t>kan</w:t></w:r></w:rt>"
        "<w:rubyBase><w:r><w:t>漢</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"
    )
    found = extracted(zipped("a.docx", docx(body)))
    assert found.text.split("\n") == ["On 3 May, in Accra, at noon, all of us", "漢(kan)"]


def test_strict_word_file_is_read_alike(extracted, zipped):
    members = docx(w_p("A strict sentence.") + w_p("gone", run="<w:vanish/>"))
    strict = {
        name: content.replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        ).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        for name, content in members.items()
    }
    assert extracted(zipped("a.docx", strict)).text == "A strict sentence."


def test_document_embedded_as_a_whole_is_told(extracted, zipped):
    found = extracted(zipped("a.docx", docx(w_p("Text.") + '<w:altChunk r:id="r9"/>')))
    assert "embedded in the file as a whole" in found.warnings[0]


def test_boxes_shapes_and_nested_tables_of_open_documents_are_read(extracted, zipped):
    cell = "<table:table-cell>{}</table:table-cell>"
    inner = f"<table:table><table:table-row>{cell.format('<text:p>inner</text:p>')}</table:table-row></table:table>"
    body = (
        "<text:p>Before.</text:p><text:p><draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame></text:p>"
        "<draw:custom-shape><text:p>shaped</text:p></draw:custom-shape>"
        "<text:p><draw:g><draw:custom-shape><text:p>grouped</text:p></draw:custom-shape></draw:g></text:p>"
        "<text:numbered-paragraph><text:number>1</text:number><text:p>numbered</text:p></text:numbered-paragraph>"
        '<text:p>Figure <text:sequence text:name="F">7</text:sequence></text:p>'
        "<text:p><text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>kan</text:ruby-text></text:ruby></text:p>"
        f"<table:table><table:table-row>{cell.format('<text:p>outer</text:p>' + inner)}"
        f"{cell.format('<text:p>beside</text:p>')}</table:table-row></table:table>"
    )
    found = extracted(zipped("a.odt", odt(body)))
    words = ["Before.", "boxed", "shaped", "grouped", "numbered", "Figure 7", "漢(kan)", "outer", "inner", "beside"]
    assert found.text.split() == " ".join(words).split()


def test_slides_come_in_the_order_of_the_show_with_all_their_text(extracted, zipped):
    table = (
        "<p:graphicFrame><a:graphic><a:graphicData><a:tbl>"
        + "".join(
            f"<a:tr>{''.join(f'<a:tc><a:txBody><a:p><a:r><a:t>{c}</a:t></a:r></a:p></a:txBody></a:tc>' for c in row)}</a:tr>"
            for row in (("Who", "When"), ("All", "Now | then"))
        )
        + "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )
    diagram = (
        '<p:graphicFrame><a:graphic><a:graphicData><dgm:relIds r:dm="r2"/></a:graphicData></a:graphic></p:graphicFrame>'
    )
    either = f"<mc:AlternateContent><mc:Choice>{p_sp('either')}</mc:Choice><mc:Fallback>{p_sp('or')}</mc:Fallback></mc:AlternateContent>"
    group = f"<p:grpSp><p:grpSp>{p_sp('grouped')}</p:grpSp></p:grpSp>"
    footers = p_sp("Network 2024", "ftr") + p_sp("7", "sldNum")
    slides = pptx(
        p_sp("Second", "title") + p_sp("one|two", "body") + table + diagram + either + group + footers,
        p_sp("First", "ctrTitle") + p_sp("below", "subTitle") + footers,
        notes1=f"<p:notes {SLIDE}>{p_sp('said aloud', 'body')}{p_sp('7', 'sldNum')}</p:notes>".encode(),
        diagram1=f"<dgm:dataModel {SLIDE}><dgm:pt><dgm:t><a:p><a:r><a:t>cycle</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>".encode(),
    )
    found = extracted(zipped("a.pptx", slides), "talk.pptx")
    assert (found.pages, found.pages_with_text, found.title) == (2, 2, "First")
    assert found.markdown.index("below") < found.markdown.index("## Second")
    assert "- one\n- two" in found.markdown
    assert "| All | Now &#124; then |" in found.markdown
    assert "> said aloud" in found.markdown
    for word in ("cycle", "either", "grouped", "said aloud"):
        assert found.text.count(word) == 1
    assert found.text.count("Network 2024") == 1
    assert "or" not in found.text.split()


def test_presentation_that_names_no_slides_is_damaged(extracted, zipped):
    members = {"[Content_Types].xml": b"<Types/>", "ppt/other.xml": b"<x/>"}
    assert extracted(zipped("a.pptx", members), "talk.pptx").status is Status.corrupt


def test_nested_table_of_rtf_is_read_row_by_row(extracted):
    nested = (
        rb"\pard\intbl\itap2 {who}\nestcell {when}\nestcell{\*\nesttableprops\trowd\cellx1\cellx2\nestrow}"
        rb"{\nonesttables\par}\pard\intbl\itap2 us\nestcell now\nestcell{\*\nesttableprops\trowd\cellx1\nestrow}"
    )
    content = (
        rb"{\rtf1\ansi\trowd\cellx1000\cellx2000\pard\intbl outer\cell\pard "
        + nested
        + rb"\pard\intbl\itap1 beside\cell\row\pard after\par}"
    )
    text = extracted(content, "a.rtf").text
    assert [line for line in text.split("\n") if line.strip()] == ["outer", "who when", "us now", "beside", "after"]


def test_unicode_twin_of_rtf_text_is_the_one_that_is_read(extracted):
    assert extracted(rb"{\rtf1\ansi {\upr{a?b}{\*\ud{a\u268?b}}} end\par}", "a.rtf").text == "aČb end"


def test_indented_rtf_shows_no_names_of_fonts(extracted):
    assert extracted(b"{\\rtf1\\ansi\n  { \\fonttbl\n {\\f0 Arial;}\n }\n{\\fs28 text}\\par}", "a.rtf").text == "text"


def test_bytes_within_rtf_are_no_text(extracted):
    content = rb"{\rtf1\ansi before {\*\blob\bin6 }}{\'x} after\par}"
    assert extracted(content, "a.rtf").text.split() == ["before", "after"]


@pytest.mark.parametrize("ending", ["docm", "dotx"])
def test_templates_and_files_with_macros_are_read(extracted, zipped, ending):
    members = docx(w_p("A sentence.")) | {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}
    found = extracted(zipped(f"a.{ending}", members), f"a.{ending}")
    assert found.text == "A sentence."
    assert "macros" in found.warnings[0]


def test_page_with_entities_in_its_head_shows_none_of_them(extracted):
    page = '<?xml version="1.0"?>\n<!DOCTYPE html [ <!ENTITY a "b"> ]>\n<html><body><p>A sentence.</p></body></html>'
    assert extracted(page, "a.xhtml").text == "A sentence."


def test_formula_of_a_page_is_read(extracted):
    page = "<html><body><p>Share <math><mi>seats</mi><mo>=</mo><mn>5</mn></math> of all.</p></body></html>"
    assert "seats" in extracted(page, "a.html").text


def test_archive_that_only_looks_like_slides_stays_closed(extracted, tmp_path):
    target = tmp_path / "a.pptx"
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("ppt/presentation.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")
    assert extracted(target).status is Status.unsafe
