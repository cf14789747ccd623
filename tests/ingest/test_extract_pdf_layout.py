"""PDF: what stands beside each other, runs the other way, is turned, raised, spread, hidden or typed."""

from __future__ import annotations

import io
import re

import pypdf
import pytest
from PIL import Image
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from library.ingest import Status

SENTENCES = (
    "Every citizen may ask a public body for records that it holds and that body must answer in thirty days unless a law"
    " says otherwise whereupon the refusal names the article on which it rests and how an appeal may be made to the"
    " commissioner whose word binds the ministry and every office below it"
).split()


def rows(*texts, x=72.0, start=700.0, step=14.0, size=10.0):
    return [(size, x, start - step * number, text) for number, text in enumerate(texts)]


def wrapped(words, wide):
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) > wide:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [*lines, line]


def drawn(glyphs, media=(0, 0, 595, 842), rotate=0):
    """A PDF whose page shows characters at their places: (character or characters of one glyph, x, y, width)."""
    texts = list(dict.fromkeys(text for text, *_ in glyphs))
    codes = {text: number + 65 for number, text in enumerate(texts)}
    lines = "".join(f"<{codes[text]:02X}> <{text.encode('utf-16-be').hex()}>\n" for text in texts)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        "1 begincodespacerange <00> <FF> endcodespacerange\n"
        f"{len(texts)} beginbfchar\n{lines}endbfchar endcmap end end"
    ).encode()
    content = "\n".join(
        f"BT /F1 12 Tf 1 0 0 1 {x} {y} Tm <{codes[text]:02X}> Tj ET" for text, x, y, _ in glyphs
    ).encode()
    widths = {codes[text]: width for text, _, _, width in glyphs}
    listed = " ".join(str(round(widths.get(code, 0) / 12 * 1000)) for code in range(65, len(texts) + 65))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /Rotate %d /MediaBox [%s] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
        % (rotate, " ".join(map(str, media)).encode()),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /TrueType /BaseFont /Made /FirstChar 65 /LastChar %d /Widths [%s] /ToUnicode 6 0 R"
        b" /FontDescriptor 7 0 R >>" % (len(texts) + 64, listed.encode()),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(cmap), cmap),
        b"<< /Type /FontDescriptor /FontName /Made /Flags 4 /Ascent 800 /Descent -200 /CapHeight 700 /ItalicAngle 0"
        b" /StemV 80 /FontBBox [0 -200 1000 800] >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def visual(logical_line, y=700.0, right=500.0):
    """Glyphs of a right-to-left line, first to last: letters leftwards from `right`, numbers rightwards within it."""
    glyphs, x = [], right
    for word in logical_line.split(" "):
        for character in re.sub(r"\d[\d/]*", lambda found: found[0][::-1], word):
            x -= 6
            glyphs.append((character, x, y, 6))
        x -= 7
    return glyphs


@pytest.mark.parametrize("order", ["logical", "visual"])
@pytest.mark.parametrize(
    "line",
    [
        "לכל אדם יש זכות לקבל מידע לפני 2024 בכתב",
        "يحق لكل شخص طلب المعلومات قبل 31/12/2024 مكتوبة",
        "هر شخصی ۱۲ گزارش بخواهد",
    ],
)
def test_right_to_left_lines_are_in_reading_order_whatever_order_they_are_drawn_in(extracted, order, line):
    glyphs = visual(line)
    if order == "visual":
        glyphs.sort(key=lambda glyph: glyph[1])
    assert extracted(drawn(glyphs), "a.pdf").text == line


def test_ligature_of_lam_and_alef_is_two_letters_in_order(extracted):
    glyphs = [("ا", 494, 700, 6), ("لإ", 484, 700, 9), ("ن", 478, 700, 6)]
    assert extracted(drawn(glyphs), "a.pdf").text == "الإن"


def test_presentation_forms_and_ligatures_become_letters(extracted):
    arabic = [
        ("\ufee3", 494, 700, 6),
        ("\ufeae", 488, 700, 6),
        ("\ufea3", 482, 700, 6),
        ("\ufe92", 476, 700, 6),
        ("\ufe8e", 470, 700, 6),
    ]
    assert extracted(drawn(arabic), "a.pdf").text == "مرحبا"
    latin = [(c, 100 + 6 * n, 700, 6) for n, c in enumerate(["o", "\ufb03", "c", "e"])]
    assert extracted(drawn(latin), "a.pdf").text == "office"


def test_brackets_of_a_right_to_left_line_open_where_they_should(extracted):
    glyphs = visual("חוק (סעיף 5) בתוקף")
    # The glyph that opens a bracket in such a line looks like one that closes it, and often says so.
    mirrored = [({"(": ")", ")": "("}.get(text, text), *place) for text, *place in glyphs]
    for drawing in (glyphs, mirrored):
        assert extracted(drawn(drawing), "a.pdf").text == "חוק (סעיף 5) בתוקף"


@pytest.mark.parametrize("columns", [2, 3])
def test_columns_written_across_the_page_are_read_one_after_another(extracted, made_pdf, columns):
    wide = {2: 44, 3: 28}[columns]
    texts = [wrapped(SENTENCES[number:] + SENTENCES[:number], wide) for number in range(columns)]
    step = {2: 250, 3: 170}[columns]
    across = [
        (10, 50 + step * column, 700 - 13 * line, texts[column][line])
        for line in range(min(map(len, texts)))
        for column in range(columns)
    ]
    found = extracted(made_pdf([across]), "a.pdf")
    for column in texts:
        assert " ".join(column[:5]) in found.text.replace("\n", " ")
    assert "|" not in found.markdown


def test_aligned_cells_become_a_table(extracted, made_pdf):
    cells = [
        ["Office", "Answers", "Refusals"],
        ["Health", "412", "18"],
        ["Interior", "97", "203"],
        ["Culture", "55", "2"],
    ]
    lines = [
        (10, 72 + 140 * n, 600 - 16 * row, text) for row, texts in enumerate(cells) for n, text in enumerate(texts)
    ]
    found = extracted(made_pdf([[*rows("What the offices did last year, by their own reports:"), *lines]]), "a.pdf")
    assert "| Office | Answers | Refusals |\n| --- | --- | --- |\n| Health | 412 | 18 |" in found.markdown
    assert "Interior\t97\t203" in found.text


def test_cells_of_several_lines_stay_cells(extracted, made_pdf):
    lines = []
    for row, (term, meaning) in enumerate(
        [
            ("Catalogue", ["A list of records that", "anybody may search"]),
            ("Record", ["A file that an office", "keeps"]),
        ]
        * 2
    ):
        lines += rows(term, x=72, start=700 - 50 * row)
        lines += rows(*meaning, x=200, start=700 - 50 * row, step=12)
    found = extracted(made_pdf([lines]), "a.pdf")
    assert "| Catalogue | A list of records that anybody may search |" in found.markdown


def test_bar_in_a_cell_does_not_part_it(extracted, made_pdf):
    lines = [(10, 72 + 140 * n, 600 - 16 * row, f"a|{row}{n}") for row in range(4) for n in range(3)]
    assert "| a&#124;00 | a&#124;01 | a&#124;02 |" in extracted(made_pdf([lines]), "a.pdf").markdown


def test_printed_contents_are_a_list(extracted, made_pdf):
    found = extracted(
        made_pdf([rows("Asking ............ 3", "Waiting ........... 12", "Appealing ......... 40")]), "a.pdf"
    )
    assert "- Asking … 3\n- Waiting … 12\n- Appealing … 40" in found.markdown


def test_number_of_a_heading_stands_before_it(extracted, made_pdf):
    body = rows(*[" ".join(SENTENCES[:14])] * 8, start=600)
    found = extracted(made_pdf([[(18, 72, 700, "2"), (18, 110, 700, "Appeals"), *body]] * 2), "a.pdf")
    assert "# 2 Appeals" in found.markdown


def test_number_of_a_note_is_no_part_of_the_word_before_it(extracted, made_pdf):
    line = [(11, 72, 700, "The statute"), (6, 128, 704, "12"), (11, 140, 700, "binds every office of the state.")]
    assert "statute ¹² binds" in extracted(made_pdf([line]), "a.pdf").text


def test_heading_in_spread_letters_is_words(extracted, made_pdf):
    letters = [(12, 72 + 13 * n, 700, c) for n, c in enumerate("FREEDOM OF SPEECH") if c != " "]
    assert (
        "FREEDOM OF SPEECH"
        in extracted(made_pdf([[*letters, *rows(" ".join(SENTENCES[:9]), start=600)]]), "a.pdf").text
    )


def test_words_outside_of_the_page_are_left_out(extracted, made_pdf):
    found = extracted(made_pdf([[*rows("Honest words."), (10, 900, 500, "quokka"), (10, 72, -200, "wombat")]]), "a.pdf")
    assert found.text == "Honest words."


@pytest.mark.parametrize("turn", [(0, 1, -1, 0, 100, 72), (-1, 0, 0, -1, 500, 700), (0, -1, 1, 0, 400, 700)])
def test_turned_page_is_read_along_its_lines(extracted, made_pdf, turn):
    a, b, c, d, e, f = turn
    content = made_pdf([rows("First of them.", "Second of them.", "Third of them.")])
    for number, word in enumerate((b"First", b"Second", b"Third")):
        plain = b"1 0 0 1 72 %g Tm (%s" % (700 - 14 * number, word)
        x, y = e - 14 * number * c, f - 14 * number * d
        turned = b"%d %d %d %d %g %g Tm (%s" % (a, b, c, d, x, y, word)
        assert plain in content
        content = content.replace(plain, turned)
    assert extracted(content, "a.pdf").text == "First of them. Second of them. Third of them."


def test_fonts_that_hide_their_letters_are_named(extracted):
    hidden = [(chr(0xE000 + n % 40), 50 + 7 * (n % 60), 700 - 14 * (n // 60), 6) for n in range(240)]
    found = extracted(drawn(hidden), "a.pdf")
    assert found.status in (Status.partial, Status.empty)
    assert any("hide their letters on page 1" in warning for warning in found.warnings)


def test_text_of_every_kind_of_alphabet_is_no_garble():
    from library.ingest.formats.pdf_garble import is_garbled

    for text in (
        "Každý občan má právo na informace a úřad mu odpoví do třiceti dnů, jinak zaplatí pokutu podle zákona.",
        "Mỗi công dân đều có quyền yêu cầu thông tin và cơ quan phải trả lời trong vòng ba mươi ngày theo luật định.",
        "सूचना का अधिकार हर नागरिक को है और कार्यालय को तीस दिनों में उत्तर देना होता है, अन्यथा दंड लगता है।",
        "每个公民都有权要求公共机构提供其持有的记录，该机构必须在三十天内答复，否则须说明理由和法律依据。",
        "Introduction ............................................................ 3 Waiting ................. 12",
        "12.5 33.1 48.0 2019 2020 2021 100 200 300 12.5 33.1 48.0 2019 2020 2021 100 200 300",
    ):
        assert not is_garbled([text])
    assert is_garbled(["7KH TXLFN EURZQ IR[ MXPSV RYHU WKH OD]\\ GRJ DQG WKHQ VRPH PRUH ZRUGV FRPH DIWHU LW KHUH"] * 3)


def form(value, flags=4):
    """A PDF with one text field that holds `value`, which no appearance shows, and a comment."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(595, 842)

    def box(*sides):
        return ArrayObject(FloatObject(side) for side in sides)

    field = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/FT"): NameObject("/Tx"), NameObject("/T"): TextStringObject("f1"),
            NameObject("/TU"): TextStringObject("Name of the office"), NameObject("/V"): TextStringObject(value),
            NameObject("/F"): NumberObject(flags), NameObject("/Rect"): box(72, 700, 300, 720),
            NameObject("/DA"): TextStringObject("/Helv 11 Tf 0 g"),
        }
    )  # fmt: skip
    comment = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Text"),
            NameObject("/Contents"): TextStringObject("wombat"), NameObject("/Rect"): box(400, 700, 420, 720),
        }
    )  # fmt: skip
    held = writer._add_object(field)
    page[NameObject("/Annots")] = ArrayObject([held, writer._add_object(comment)])
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    resources = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/Helv"): writer._add_object(font)})}
    )
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject(
        {
            NameObject("/Fields"): ArrayObject([held]),
            NameObject("/DR"): resources,
            NameObject("/DA"): TextStringObject("/Helv 0 Tf 0 g"),
        }
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_values_typed_into_a_form_are_read_and_comments_are_not(extracted):
    found = extracted(form("Ministry of Health"), "a.pdf")
    assert "Ministry of Health" in found.text
    assert "wombat" not in found.text


def test_hidden_field_is_not_read(extracted):
    assert "quokka" not in extracted(form("quokka", flags=2), "a.pdf").text


def shown(made_pdf, pages, alt=""):
    """A PDF with a picture on each of `pages` of two lines of text; `alt` in its structure tree."""
    content = made_pdf([rows("Above the picture.", start=720) + rows("Below the picture.", start=300)] * 4)
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    noise = Image.effect_noise((160, 120), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG")
    image = StreamObject()
    image._data = out.getvalue()
    image.update(
        {
            NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(160), NameObject("/Height"): NumberObject(120),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB"), NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): NameObject("/DCTDecode"),
        }
    )  # fmt: skip
    held = writer._add_object(image)
    for number in pages:
        page = writer.pages[number]
        page["/Resources"][NameObject("/XObject")] = DictionaryObject({NameObject("/I1"): held})
        more = StreamObject()
        more._data = b"/Figure << /MCID 0 >> BDC q 240 0 0 180 72 500 cm /I1 Do Q EMC"
        page[NameObject("/Contents")] = ArrayObject([page.raw_get("/Contents"), writer._add_object(more)])
        page[NameObject("/StructParents")] = NumberObject(number)
    if alt:
        page = writer.pages[pages[0]]
        figure = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/StructElem"), NameObject("/S"): NameObject("/Figure"),
                NameObject("/Alt"): TextStringObject(alt), NameObject("/K"): NumberObject(0),
                NameObject("/Pg"): page.indirect_reference,
            }
        )  # fmt: skip
        placed = writer._add_object(figure)
        root = DictionaryObject(
            {NameObject("/Type"): NameObject("/StructTreeRoot"), NameObject("/K"): ArrayObject([placed])}
        )
        numbers = ArrayObject([NumberObject(pages[0]), ArrayObject([placed])])
        root[NameObject("/ParentTree")] = writer._add_object(DictionaryObject({NameObject("/Nums"): numbers}))
        rooted = writer._add_object(root)
        figure[NameObject("/P")] = rooted
        writer._root_object[NameObject("/StructTreeRoot")] = rooted
        writer._root_object[NameObject("/MarkInfo")] = DictionaryObject({NameObject("/Marked"): BooleanObject(True)})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_figure_stands_after_the_paragraph_above_it_with_its_alt_text(extracted, made_pdf):
    found = extracted(shown(made_pdf, [1], alt="A council at work"), "a.pdf")
    (kept,) = found.pictures
    assert (kept.media_type, kept.width, kept.height) == ("image/jpeg", 160, 120)
    assert f"Above the picture.\n\n![A council at work](picture:{kept.kept})\n\nBelow the picture." in found.markdown


def test_picture_on_many_pages_is_a_logo_and_left_out(extracted, made_pdf):
    found = extracted(shown(made_pdf, [0, 1, 2]), "a.pdf")
    assert found.pictures == () and "picture:" not in found.markdown


def test_progress_and_the_first_pages_are_told_while_the_rest_is_read(made_pdf, tmp_path, monkeypatch):
    from library.ingest import progress
    from library.ingest.formats import pdf

    told = []
    monkeypatch.setattr(progress, "report", lambda *said: told.append(said))
    path = tmp_path / "a.pdf"
    path.write_bytes(made_pdf([rows(f"Words of page {number}.") for number in range(1, 9)]))
    monkeypatch.chdir(tmp_path)
    pdf.read(path, "a.pdf")
    assert [(done, total) for done, total, _ in told] == [(number, 8) for number in range(1, 9)]
    assert "Words of page 1." in told[0][2]
    assert "Words of page 5." in told[-1][2] and "Words of page 6." not in told[-1][2]


@pytest.mark.slow
def test_last_page_of_two_thousand_is_read(sandboxed, made_pdf):
    pages = [rows(*[" ".join(SENTENCES[:12])] * 10) for _ in range(1_999)] + [rows("quokka")]
    found = sandboxed(made_pdf(pages), "long.pdf")
    assert (found.status, found.pages, found.pages_with_text) == (Status.ok, 2_000, 2_000)
    assert found.text.endswith("quokka")


def test_two_processes_read_what_one_reads(made_pdf, tmp_path, monkeypatch):
    from library.ingest.formats import pdf, pdf_sheets

    path = tmp_path / "a.pdf"
    path.write_bytes(shown(made_pdf, [1, 3]))
    monkeypatch.chdir(tmp_path)
    alone = pdf.read(path, "a.pdf")
    monkeypatch.setattr(pdf_sheets, "LONG", 2)
    monkeypatch.setattr(pdf_sheets.os, "cpu_count", lambda: 2)
    together = pdf.read(path, "a.pdf")
    assert (together.markdown, together.text, together.pictures) == (alone.markdown, alone.text, alone.pictures)
    assert len(together.pictures) == 1


def test_pages_of_a_process_that_breaks_off_are_read_by_the_other(made_pdf, tmp_path, monkeypatch):
    from library.ingest.formats import pdf, pdf_sheets

    path = tmp_path / "a.pdf"
    path.write_bytes(made_pdf([rows(f"Words of page {number}.") for number in range(1, 7)]))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pdf_sheets, "LONG", 2)
    monkeypatch.setattr(pdf_sheets.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(pdf_sheets.pickle, "dump", lambda *_: pdf_sheets.os._exit(9))
    assert pdf.read(path, "a.pdf").text.endswith("Words of page 6.")
