"""ODT: what its paragraphs, spans, lists, tables, notes and formulas become."""

from __future__ import annotations

import pytest

from library.ingest import Status
from tests.ingest.office import OPEN, odt

FO = 'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'


def style(name, properties, family="text", parent=""):
    return (
        f'<style:style style:name="{name}" style:family="{family}" style:parent-style-name="{parent}">'
        f"{properties}</style:style>"
    )


def letters(said):
    return f"<style:text-properties {FO} {said}/>"


@pytest.fixture
def read(extracted, zipped):
    """An ODT of a body and automatic styles, read; `members` besides."""

    def make(body, styles="", members=None):
        return extracted(zipped("a.odt", odt(body, styles) | (members or {})), "plan.odt")

    return make


@pytest.mark.parametrize(
    ("said", "marked"),
    [
        ('fo:font-weight="bold"', "**word**"),
        ('fo:font-style="italic"', "*word*"),
        ('style:text-line-through-style="solid"', "<del>word</del>"),
        ('style:text-position="super 58%"', "<sup>word</sup>"),
        ('style:text-position="-33% 58%"', "<sub>word</sub>"),
        ('style:text-position="0% 100%"', "word"),
        ('fo:font-weight="normal"', "word"),
    ],
)
def test_marks_of_a_span(read, said, marked):
    body = '<text:p>One <text:span text:style-name="T1">word</text:span> of several.</text:p>'
    assert f"One {marked} of several." in read(body, style("T1", letters(said))).markdown


def test_paragraph_that_somebody_made_bold_is_bold_and_one_of_a_bold_style_is_not(read):
    made = style("P1", letters('fo:font-weight="bold"'), "paragraph", "Text")
    common = f"<office:document-styles {OPEN}><office:styles>{style('Strong', letters('fo:font-weight=' + chr(34) + 'bold' + chr(34)), 'paragraph')}</office:styles></office:document-styles>"
    body = '<text:p text:style-name="P1">Made bold.</text:p><text:p text:style-name="Strong">Of a style.</text:p>'
    assert read(body, made, {"styles.xml": common.encode()}).markdown == "**Made bold.**\n\nOf a style.\n"


def test_link_of_several_spans_is_one_link(read):
    spans = '<text:span text:style-name="T1">the</text:span><text:s/><text:span>guide</text:span>'
    body = f'<text:p>See <text:a xlink:href="https://example.org/">{spans}</text:a> now.</text:p>'
    assert "See [the guide](https://example.org/) now." in read(body).markdown


def list_style(name, *levels):
    said = "".join(
        f'<text:list-level-style-{kind} text:level="{n}" style:num-format="1" text:start-value="{start}"/>'
        for n, (kind, start) in enumerate(levels, start=1)
    )
    return f'<text:list-style style:name="{name}">{said}</text:list-style>'


def test_lists_nest_number_and_go_on(read):
    inner = "<text:list><text:list-item><text:p>b</text:p></text:list-item></text:list>"
    body = (
        f'<text:list text:style-name="L"><text:list-item><text:p>a</text:p>{inner}</text:list-item></text:list>'
        "<text:p>Between the items.</text:p>"
        '<text:list text:style-name="L" text:continue-numbering="true"><text:list-item><text:p>c</text:p>'
        "</text:list-item></text:list>"
    )
    found = read(body, list_style("L", ("number", 4), ("bullet", 1)))
    assert found.markdown == "4.  a\n    -   b\n\nBetween the items.\n\n5.  c\n"


def test_headings_in_lists_are_headings(read):
    head = '<text:h text:outline-level="1">First</text:h><text:h text:outline-level="1">Numbered</text:h>'
    body = f"<text:p>First words.</text:p><text:list><text:list-item>{head}</text:list-item></text:list><text:p>End.</text:p>"
    assert "\n## Numbered\n" in read(body).markdown


def test_cells_that_are_covered_keep_their_columns(read):
    def cell(text, spans=""):
        return f"<table:table-cell {spans}><text:p>{text}</text:p></table:table-cell>"

    first = cell("Wide", 'table:number-columns-spanned="2"') + "<table:covered-table-cell/>" + cell("Last")
    rows = f"<table:table-row>{first}</table:table-row><table:table-row>{cell('a')}{cell('b')}{cell('c')}</table:table-row>"
    table = f"<table:table><table:table-header-rows>{rows}</table:table-header-rows></table:table>"
    assert read(table).markdown.splitlines()[::2] == ["| Wide |  | Last |", "| a | b | c |"]


def test_note_stands_where_the_text_refers_to_it(read):
    note = "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Elsewhere.</text:p></text:note-body></text:note>"
    assert read(f"<text:p>As is known{note}, it works.</text:p>").markdown == (
        "As is known[^1], it works.\n\n[^1]: Elsewhere.\n"
    )


@pytest.mark.parametrize("index", ["table-of-content", "illustration-index", "alphabetical-index"])
def test_indexes_are_left_out(read, index):
    body = f"<text:{index}><text:index-body><text:p>Chapter one 3</text:p></text:index-body></text:{index}>"
    assert read(f"{body}<text:p>A sentence.</text:p>").text == "A sentence."


def formula(mathml):
    frame = '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
    return f"<text:p>So {frame} holds.</text:p>", {"Object 1/content.xml": mathml.encode()}


def test_formula_becomes_tex(read):
    mathml = '<math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>c</mi><mn>2</mn></msup></math>'
    body, members = formula(mathml)
    assert "So `c^{2}` holds." in read(body, members=members).markdown


def test_formula_that_is_damaged_leaves_the_text_around_it(read):
    body, members = formula('<math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>c')
    found = read(body, members=members)
    assert found.status is Status.ok and "So" in found.text and "holds." in found.text


def test_words_in_elements_of_other_programs_are_read(read):
    body = '<text:p xmlns:x="urn:example:x">Before <x:mark>between</x:mark> after.</text:p>'
    assert read(body).text == "Before between after."


def test_quotation_by_its_margin(read):
    far = style("P1", f'<style:paragraph-properties {FO} fo:margin-left="1.5cm"/>', "paragraph")
    first_line = style("P2", f'<style:paragraph-properties {FO} fo:text-indent="1.5cm"/>', "paragraph")
    body = '<text:p text:style-name="P1">Quoted words.</text:p><text:p text:style-name="P2">Plain words.</text:p>'
    assert read(body, far + first_line).markdown == "> Quoted words.\n\nPlain words.\n"


def test_spreadsheet_that_calls_itself_a_text_is_damaged(extracted, zipped):
    members = odt("") | {
        "content.xml": f"<office:document-content {OPEN}><office:body/></office:document-content>".encode()
    }
    assert extracted(zipped("a.odt", members)).status is Status.corrupt
