"""What a writer hid, deleted or only noted stays out of the text; what programs noted about people stays out of all."""

from __future__ import annotations

import json

import pytest

from library.ingest import Extraction
from tests.ingest.office import SLIDE, WORD, docx, odt, p_sp, picture, pptx, w_p


def everything(found: Extraction) -> str:
    """All that a reading of a file tells."""
    return (
        json.dumps(found.receipt(), ensure_ascii=False) + found.markdown + found.text + json.dumps(dict(found.metadata))
    )


def test_word_comments_deletions_and_hidden_text_stay_out(extracted, zipped):
    body = (
        w_p("An open sentence.")
        + '<w:p><w:ins w:author="machine-user" w:id="1"><w:r><w:t>inserted words</w:t></w:r></w:ins>'
        '<w:del w:author="machine-user" w:id="2"><w:r><w:delText>deleted words</w:delText></w:r></w:del>'
        '<w:moveFrom w:author="machine-user" w:id="3"><w:r><w:t>moved away</w:t></w:r></w:moveFrom></w:p>'
        '<w:p><w:commentRangeStart w:id="0"/><w:r><w:t>discussed</w:t></w:r><w:commentRangeEnd w:id="0"/>'
        '<w:r><w:commentReference w:id="0"/></w:r></w:p>'
        + w_p("vanished words", run="<w:vanish/>")
        + w_p("shown words", run='<w:vanish w:val="0"/>')
        + w_p("hidden by style", '<w:pStyle w:val="Child"/>')
        + w_p("hidden by letters", run='<w:rStyle w:val="Letters"/>')
        + "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>kept row</w:t></w:r></w:p></w:tc></w:tr>"
        '<w:tr><w:trPr><w:del w:author="machine-user" w:id="4"/></w:trPr>'
        "<w:tc><w:p><w:r><w:t>deleted row</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        '<w:sectPr><w:headerReference r:id="header"/></w:sectPr>'
    )
    style = '<w:style w:type="{}" w:styleId="{}"><w:name w:val="{}"/>{}</w:style>'
    styles = (
        style.format("paragraph", "Parent", "p", "<w:rPr><w:vanish/></w:rPr>")
        + style.format("paragraph", "Child", "c", '<w:basedOn w:val="Parent"/>')
        + style.format("character", "Letters", "l", "<w:rPr><w:vanish/></w:rPr>")
    )
    comments = f'<w:comments {WORD}><w:comment w:id="0" w:author="machine-user">{w_p("comment words")}</w:comment></w:comments>'
    header = f"<w:hdr {WORD}>{w_p('header words')}</w:hdr>"
    members = docx(
        body,
        styles=f"<w:styles {WORD}>{styles}</w:styles>".encode(),
        comments=comments.encode(),
        header=header.encode(),
    )
    found = extracted(zipped("a.docx", members), "plan.docx")
    said = everything(found)
    for kept in ("An open sentence.", "inserted words", "discussed", "shown words", "kept row"):
        assert kept in found.text
    for gone in ("deleted", "moved away", "comment words", "vanished", "hidden by", "header words", "machine-user"):
        assert gone not in said


def test_open_document_changes_notes_and_hidden_text_stay_out(extracted, zipped):
    styles = (
        '<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>'
        '<style:style style:name="P1" style:family="paragraph"><style:text-properties text:display="none"/></style:style>'
        '<style:style style:name="P2" style:family="paragraph" style:parent-style-name="P1"/>'
    )
    body = (
        '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info>'
        "<dc:creator>machine-user</dc:creator></office:change-info><text:p>deleted words</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        '<text:p>An open sentence.<text:change text:change-id="c1"/></text:p>'
        "<text:p>discussed<office:annotation><dc:creator>machine-user</dc:creator><text:p>comment words</text:p>"
        "</office:annotation> by <text:author-name>machine-user</text:author-name></text:p>"
        '<text:p>seen <text:span text:style-name="T1">vanished words</text:span> on</text:p>'
        '<text:p text:style-name="P2">hidden by style</text:p>'
        '<text:p><text:hidden-paragraph text:is-hidden="true"/>hidden paragraph</text:p>'
        '<text:section text:display="none"><text:p>hidden section</text:p></text:section>'
        "<text:p>On <text:date>3 May</text:date>, <text:conditional-text>as it stands</text:conditional-text>.</text:p>"
    )
    found = extracted(zipped("a.odt", odt(body, styles)), "plan.odt")
    said = everything(found)
    for kept in ("An open sentence.", "discussed", "seen", "On 3 May, as it stands."):
        assert kept in found.text
    for gone in ("deleted", "comment words", "vanished", "hidden", "machine-user"):
        assert gone not in said


def test_rtf_deletions_hidden_text_and_properties_stay_out(extracted):
    content = (
        rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\revtbl{Unknown;}{machine-user;}}"
        rb"{\info{\author machine-user}{\operator machine-user}{\company machine-user}}"
        rb"{\header header words\par}An open sentence.\par seen {\v vanished words}on {\v0 shown}\par "
        rb"{\deleted deleted words}inserted\par \v hidden \plain plain again\par "
        rb"discussed{\*\annotation{\*\atnid x}comment words\par}{\*\atnauthor machine-user}\par}"
    )
    found = extracted(content, "plan.rtf")
    said = everything(found)
    for kept in ("An open sentence.", "seen", "shown", "inserted", "plain again", "discussed"):
        assert kept in found.text
    for gone in ("vanished", "deleted", "hidden", "comment words", "header words", "machine-user", "Arial"):
        assert gone not in said


def test_hidden_slides_are_left_out_and_counted(extracted, zipped):
    comment = f"<p:cmLst {SLIDE}><p:cm><p:text>comment words</p:text></p:cm></p:cmLst>".encode()
    slides = pptx(p_sp("Open", "title") + p_sp("open words"), p_sp("hidden words"), hidden=(2,), comment=comment)
    found = extracted(zipped("a.pptx", slides), "talk.pptx")
    said = everything(found)
    assert "open words" in found.text and found.pages == 1
    assert found.warnings == ("1 slide is hidden in the presentation and was left out.",)
    for gone in ("hidden words", "comment words", "machine-user"):
        assert gone not in said


def test_hidden_parts_and_comments_of_a_page_stay_out(extracted):
    page = (
        '<html><head><meta name="author" content="machine-user"></head><body><main><h1>Plan</h1>'
        + "<p>A sentence that everyone may read here.</p>" * 5
        + '<!-- comment words --><p hidden>hidden words</p><p style="display: none">vanished words</p></main></body></html>'
    )
    said = everything(extracted(page, "plan.html"))
    assert not any(gone in said for gone in ("comment words", "hidden words", "vanished", "machine-user"))


@pytest.mark.parametrize("name", ["author-name", "file-name", "sender-firstname", "initial-creator"])
def test_fields_that_name_people_or_machines_are_not_read(extracted, zipped, name):
    body = f"<text:p>A sentence <text:{name}>machine-user</text:{name}> goes on.</text:p>"
    found = extracted(zipped("a.odt", odt(body)), "plan.odt")
    assert "machine-user" not in everything(found) and "goes on." in found.text


def test_description_that_names_a_folder_of_a_machine_is_none(extracted, zipped):
    drawing = (
        '<w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="C:\\Users\\machine-user\\crowd.png"/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:blipFill>'
        '<a:blip r:embed="rPicture"/></pic:blipFill><pic:spPr/></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
    found = extracted(zipped("a.docx", docx(f"{w_p('Text.')}<w:p><w:r>{drawing}</w:r></w:p>", picture=picture())))
    assert "machine-user" not in everything(found)
    assert f"![](picture:{found.pictures[0].kept})" in found.markdown
