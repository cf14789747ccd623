"""DOCX: what its paragraphs, runs, lists, tables and notes become."""

from __future__ import annotations

import pytest

from library.ingest import Status
from tests.ingest.office import WORD, docx, picture, relations, w_p


def run(text, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def styles(*said):
    return f"<w:styles {WORD}>{''.join(said)}</w:styles>".encode()


def style(name, called, settings="", based="", kind="paragraph"):
    based = f'<w:basedOn w:val="{based}"/>' if based else ""
    return f'<w:style w:type="{kind}" w:styleId="{name}"><w:name w:val="{called}"/>{based}{settings}</w:style>'


def numbering(*levels):
    """A list, number 1, whose levels are (format, text, start)."""
    said = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text, start) in enumerate(levels)
    )
    return (
        f'<w:numbering {WORD}><w:abstractNum w:abstractNumId="7">{said}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num></w:numbering>'
    ).encode()


def item(text, level=0, of=1):
    return w_p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{of}"/></w:numPr>')


@pytest.fixture
def read(extracted, zipped):
    """A DOCX of a body and parts, read; `links`: addresses that it refers to, by id."""

    def make(body, links=None, **parts):
        members = docx(body, **parts)
        if links:
            said = {name: f"hyperlink {address}" for name, address in links.items()}
            members["word/_rels/document.xml.rels"] = relations(**said)
        return extracted(zipped("a.docx", members), "plan.docx")

    return make


@pytest.mark.parametrize(
    ("properties", "marked"),
    [
        ("<w:b/>", "**word**"),
        ('<w:b w:val="0"/>', "word"),
        ("<w:i/><w:b/>", "***word***"),
        ("<w:strike/>", "<del>word</del>"),
        ('<w:vertAlign w:val="superscript"/>', "<sup>word</sup>"),
        ("<w:rtl/><w:b/>", "word"),
        ("<w:rtl/><w:bCs/>", "**word**"),
        ("<w:u/><w:smallCaps/><w:sz/>", "word"),
    ],
)
def test_marks_of_a_run(read, properties, marked):
    found = read(f"<w:p>{run('One ')}{run('word', properties)}{run(' of several here.')}</w:p>")
    assert f"One {marked} of several here." in found.markdown


def test_emphasis_goes_around_runs_that_have_it_in_common(read):
    runs = run("bold, ", "<w:b/>") + run("both", "<w:b/><w:i/>") + run(" bold", "<w:b/>")
    assert "**bold, *both* bold**" in read(f"<w:p>{run('See: ')}{runs}{run(' and plain.')}</w:p>").markdown


def test_blanks_at_the_ends_of_a_link_stand_outside_of_it(read):
    body = f'<w:p>{run("See")}<w:hyperlink r:id="rX">{run(" the guide ")}</w:hyperlink>{run("first of all.")}</w:p>'
    found = read(body, links={"rX": "https://example.org/g"})
    assert "See [the guide](https://example.org/g) first of all." in found.markdown


def test_emphasis_of_a_runs_style_counts_unless_it_is_unset(read):
    said = styles(style("Loud", "Loud", "<w:rPr><w:b/></w:rPr>", kind="character"))
    body = f"""<w:p>{run("loud", '<w:rStyle w:val="Loud"/>')}{run(" and ")}{run("calm", '<w:rStyle w:val="Loud"/><w:b w:val="0"/>')}.</w:p>"""
    assert "**loud** and calm" in read(body, styles=said).markdown


def test_headings_are_known_by_the_name_of_their_style_or_of_one_that_it_is_based_on(read):
    said = styles(style("H2", "heading 2"), style("Mine", "My own", based="H2"), style("Loop", "Loop", based="Loop"))
    body = w_p("First of all.") + "".join(
        w_p(text, f'<w:pStyle w:val="{name}"/>') for text, name in (("One", "H2"), ("Two", "Mine"), ("Three", "Loop"))
    )
    found = read(body, styles=said)
    assert "## One\n" in found.markdown and "## Two\n" in found.markdown and "# Three" not in found.markdown


def test_title_and_author_above_the_text_are_said_of_it(read):
    said = styles(style("T", "Title"), style("A", "Author"), style("S", "Subtitle"))
    body = "".join(
        w_p(text, f'<w:pStyle w:val="{name}"/>')
        for text, name in (("How to meet", "T"), ("For beginners", "S"), ("Ana Reyes", "A"))
    )
    found = read(body + w_p("A sentence."), styles=said)
    assert found.title == "How to meet" and found.metadata["authors"] == ["Ana Reyes"]
    assert "How to meet" not in found.text and "For beginners" in found.text


def test_lists_nest_and_go_on_where_they_stopped(read):
    body = item("a") + item("b", 1) + item("c") + w_p("Between the items.") + item("d")
    found = read(body, numbering=numbering(("decimal", "%1.", 3), ("bullet", "·", 1)))
    lines = [line for line in found.markdown.splitlines() if line.strip()]
    assert lines == ["3.  a", "    -   b", "4.  c", "Between the items.", "5.  d"]


def test_list_of_a_paragraphs_style(read):
    said = styles(style("Dot", "Dots", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'))
    body = w_p("a", '<w:pStyle w:val="Dot"/>') + w_p("b", '<w:pStyle w:val="Dot"/>') + w_p("Some more words.")
    found = read(body, styles=said, numbering=numbering(("bullet", "·", 1)))
    assert [line for line in found.markdown.splitlines() if line.startswith("-")] == ["-   a", "-   b"]


def test_number_without_a_list_is_a_paragraph(read):
    assert read(item("Words without a list.", of=9)).markdown == "Words without a list.\n"


def cell(text, settings=""):
    return f"<w:tc><w:tcPr>{settings}</w:tcPr>{w_p(text)}</w:tc>"


def test_cells_span_columns_and_rows(read):
    rows = [
        cell("Wide", '<w:gridSpan w:val="2"/>') + cell("Last"),
        cell("Tall", '<w:vMerge w:val="restart"/>') + cell("x") + cell("y"),
        cell("hidden below", "<w:vMerge/>") + cell("z") + cell("w"),
    ]
    body = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    found = read(f'<w:tbl><w:tblPr><w:tblLook w:firstRow="1"/></w:tblPr>{body}</w:tbl>')
    assert found.markdown.splitlines() == [
        "| Wide |  | Last |", "|-----|-----|-----|", "| Tall | x | y |", "|  | z | w |",
    ]  # fmt: skip


def test_deleted_rows_and_cells_are_left_out(read):
    rows = f"<w:tr>{cell('a')}{cell('b')}</w:tr><w:tr>{cell('gone', '<w:cellDel/>')}{cell('c')}</w:tr>"
    rows += f"<w:tr><w:trPr><w:del/></w:trPr>{cell('gone too')}{cell('d')}</w:tr>"
    assert "gone" not in read(f"<w:tbl>{rows}</w:tbl>").text


def test_caption_above_a_table_is_its_caption(read):
    said = styles(style("C", "caption"))
    rows = f"<w:tr>{cell('a')}{cell('b')}</w:tr><w:tr>{cell('c')}{cell('d')}</w:tr>"
    found = read(w_p("Table 1: letters", '<w:pStyle w:val="C"/>') + f"<w:tbl>{rows}</w:tbl>", styles=said)
    assert found.markdown.startswith("*Table 1: letters*\n\n|")


def test_notes_stand_where_the_text_refers_to_them(read):
    notes = f'<w:footnotes {WORD}><w:footnote w:id="2">{w_p("Said elsewhere.")}</w:footnote></w:footnotes>'.encode()
    body = f'<w:p>{run("As is known")}<w:r><w:footnoteReference w:id="2"/></w:r>{run(", it works.")}</w:p>'
    found = read(body, footnotes=notes)
    assert found.markdown == "As is known[^1], it works.\n\n[^1]: Said elsewhere.\n"


def field(asked, shown):
    parts = ['<w:fldChar w:fldCharType="begin"/>', f"<w:instrText>{asked}</w:instrText>"]
    parts += ['<w:fldChar w:fldCharType="separate"/>', f"<w:t>{shown}</w:t>", '<w:fldChar w:fldCharType="end"/>']
    return "".join(f"<w:r>{part}</w:r>" for part in parts)


def test_fields_show_their_results_and_link_where_they_are_links(read):
    body = f"<w:p>{run('Written on ')}{field('DATE', '3 May')}{run(', see ')}{field(' HYPERLINK &quot;https://example.org&quot; ', 'here')}.</w:p>"
    assert "Written on 3 May, see [here](https://example.org)" in read(body).markdown


def test_field_that_is_never_ended_hides_nothing_below(read):
    begun = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>X</w:instrText></w:r>'
    assert "still there" in read(f"<w:p>{run('Before.')}{begun}</w:p>{w_p('Words that are still there.')}").text


def test_contents_by_fields_are_left_out(read):
    line = field("HYPERLINK \\l &quot;_Toc1&quot;", "Chapter one 3")
    assert "Chapter one 3" not in read(f"<w:p>{line}</w:p>{w_p('A sentence that stays.')}").text


def test_text_box_stands_once_after_its_paragraph(read):
    box = f"<w:txbxContent>{w_p('In the box.')}</w:txbxContent>"
    ways = f"<mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
    ways += f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
    body = f"<w:p>{run('Anchor.')}<w:r><mc:AlternateContent>{ways}</mc:AlternateContent></w:r></w:p>{w_p('After it.')}"
    assert read(body).text.split("\n") == ["Anchor.", "In the box.", "After it."]


def test_formula_becomes_tex(read):
    space = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    side = "<m:sSup><m:e><m:r><m:t>c</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"
    body = f"<w:p>{run('So ')}<m:oMath {space}><m:r><m:t>E=m</m:t></m:r>{side}</m:oMath>{run(' holds.')}</w:p>"
    assert "So `E = mc^{2}` holds." in read(body).markdown


@pytest.mark.parametrize(
    ("run_of_signs", "said"),
    [
        ('<w:sym w:font="Wingdings" w:char="F0FC"/>', "✓"),
        ('<w:sym w:font="Symbol" w:char="F061"/>', "α"),
        ('<w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>ab</w:t>', "αβ"),
        ("<w:noBreakHyphen/>", "\u2011"),
    ],
)
def test_signs_of_fonts_become_letters(read, run_of_signs, said):
    assert f"sign {said} here" in read(f"<w:p>{run('A sign ')}<w:r>{run_of_signs}</w:r>{run(' here')}</w:p>").text


def test_ticked_boxes_of_forms_are_told_from_empty_ones(read):
    box = '<w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:{0}/></w:checkBox></w:ffData></w:fldChar>'
    ends = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    ticked, empty = box.replace("{0}", "checked"), box.replace("{0}", 'default w:val="0"')
    body = f"<w:p><w:r>{ticked}</w:r>{ends}{run(' Yes ')}<w:r>{empty}</w:r>{ends}{run(' No')}</w:p>"
    assert read(body).text == "☒ Yes ☐ No"


def test_paragraph_whose_end_was_deleted_goes_on_in_the_next(read):
    body = f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('One sentence')}</w:p>{w_p('that goes on.')}"
    assert read(body).markdown == "One sentence that goes on.\n"


def test_pictures_of_a_group_are_all_kept(read):
    shown = '<pic:pic><pic:blipFill><a:blip r:embed="rPicture"/></pic:blipFill></pic:pic>'
    about = '<wp:docPr id="1" name="x" descr="A crowd"/>'
    body = f"<w:p>{run('Two: ')}<w:r><w:drawing><wp:anchor>{about}{shown}{shown}</wp:anchor></w:drawing></w:r></w:p>"
    assert read(body, picture=picture()).markdown.count("![A crowd](picture:") == 2


def test_words_of_charts_are_read(extracted, zipped):
    space = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    drawing = f'<w:drawing><wp:inline><c:chart {space} r:id="rC"/></wp:inline></w:drawing>'
    members = docx(f"<w:p>{run('See the chart.')}<w:r>{drawing}</w:r></w:p>")
    members["word/_rels/document.xml.rels"] = relations(rC="chart charts/chart1.xml")
    names = "".join(f"<c:pt><c:v>{name}</c:v></c:pt>" for name in ("Voters", "Absent", "Voters"))
    members["word/charts/chart1.xml"] = (
        f"<c:chartSpace {space}><c:strCache>{names}</c:strCache></c:chartSpace>".encode()
    )
    assert extracted(zipped("a.docx", members)).markdown == "See the chart.\n\n-   Voters\n-   Absent\n"


def test_strict_files_are_read_as_the_usual_ones(extracted, zipped):
    members = docx(w_p("bold words here", run="<w:b/>"))
    members["word/document.xml"] = members["word/document.xml"].replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert extracted(zipped("a.docx", members)).markdown == "**bold words here**\n"


def test_file_without_a_text_is_damaged(extracted, zipped):
    members = docx("") | {"word/document.xml": b"<w:wrong/>"}
    assert extracted(zipped("a.docx", members)).status is Status.corrupt
