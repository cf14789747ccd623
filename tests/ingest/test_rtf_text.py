"""RTF: what its paragraphs, groups, lists, tables and notes become."""

from __future__ import annotations

import pytest

from library.ingest import Status


@pytest.fixture
def read(extracted, tmp_path):
    """RTF of a body, with what stands before it, read."""

    def make(body, before="", end="}"):
        path = tmp_path / "plan.rtf"
        path.write_text(f"{{\\rtf1\\ansi\\ansicpg1252 {before}{body}{end}", encoding="ascii")
        return extracted(path)

    return make


@pytest.mark.parametrize(
    ("said", "marked"),
    [
        (r"{\b word}", "**word**"),
        (r"\b word\b0 ", "**word**"),
        (r"{\i\b word}", "***word***"),
        (r"{\strike word}", "<del>word</del>"),
        (r"{\super word}", "<sup>word</sup>"),
        (r"{\sub word}", "<sub>word</sub>"),
        (r"\b\plain word", "word"),
        (r"{\rtlch\ab\ltrch word}", "word"),
    ],
)
def test_marks_of_a_group(read, said, marked):
    assert f"One {marked} of several." in read(rf"One {said} of several.\par").markdown


def test_headings_by_their_style_or_level(read):
    before = r"{\stylesheet{\s0 Normal;}{\s3\b heading 2;}}"
    body = r"\pard First words.\par\pard\outlinelevel0 Of a guide\par\pard Words.\par\pard\s3 Of a style\par\pard Text.\par\pard\outlinelevel2 Of a level\par\pard End.\par"
    found = read(body, before)
    assert "\n## Of a style\n" in found.markdown and "\n### Of a level\n" in found.markdown


def test_lists_nest_and_number(read):
    levels = r"{\listlevel\levelnfc0\levelstartat3{\leveltext\'02\'00.;}}{\listlevel\levelnfc23{\leveltext\'01-;}}"
    before = rf"{{\*\listtable{{\list{levels}\listid9}}}}{{\*\listoverridetable{{\listoverride\listid9\ls1}}}}"
    body = r"\pard\ls1 {\listtext 3.}a\par\pard\ls1\ilvl1 {\listtext -}b\par\pard\ls1 c\par\pard Words after it.\par"
    lines = [line for line in read(body, before).markdown.splitlines() if line.strip()]
    assert lines == ["3.  a", "    -   b", "4.  c", "Words after it."]


def test_lists_of_old_files(read):
    body = r"{\pntext 1.\tab}{\*\pn\pnlvlbody\pndec}a\par{\pntext 2.\tab}b\par\pard{\*\pn\pnlvlblt}c\par\pard Words after.\par"
    lines = [line for line in read(r"\pard" + body).markdown.splitlines() if line.strip()]
    assert lines == ["1.  a", "2.  b", "-   c", "Words after."]


def test_tables_have_rows_and_cells(read):
    def row(*cells):
        return r"\trowd\cellx100\cellx200\pard\intbl " + "".join(rf"{cell}\cell " for cell in cells) + r"\row"

    body = rf"Before it.\par {row('Kind', 'Number')}{row('a', '1')}{row('b', '2')}\pard After it.\par"
    assert read(body).markdown.splitlines()[2:6] == ["| Kind | Number |", "|-----|-----|", "| a | 1 |", "| b | 2 |"]


def test_text_of_a_row_that_is_never_ended_is_read(read):
    assert "lost words" in read(r"Before.\par\trowd\pard\intbl These are not lost words.\par\pard After.\par").text


def test_notes_stand_where_the_text_refers_to_them(read):
    found = read(r"As is known{\super\chftn}{\footnote {\super\chftn} Said elsewhere.}, it works.\par")
    assert found.markdown == "As is known[^1], it works.\n\n[^1]: Said elsewhere.\n"


def test_field_that_is_a_link_is_one_though_it_carries_data(read):
    asked = r'{\*\fldinst{ HYPERLINK "https://example.org/" }{{\*\datafield 00d0}}}'
    body = rf"See {{\field{asked}{{\fldrslt{{\ul the guide}}}}}} now.\par"
    assert "See [the guide](https://example.org/) now." in read(body).markdown


def test_text_box_stands_once_after_its_paragraph(read):
    shape = r"{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt In the box.\par}}{\shprslt In the box.\par}}"
    assert read(rf"Anchor.{shape}\par After it.\par").text.split("\n") == ["Anchor.", "In the box.", "After it."]


@pytest.mark.parametrize(
    "gone",
    [r"{\header Running head}", r"{\footer Running head}", r"{\*\unknown Running head}", r"{\annotation Running head}",
     r"{\info{\company Running head}}", r"{\*\generator Running head;}"],
)  # fmt: skip
def test_what_is_no_text_is_left_out(read, gone):
    assert read(rf"{gone}A sentence that stays.\par").text == "A sentence that stays."


def test_letter_of_two_halves_in_two_groups_is_one(read):
    assert "letter 𐌲 here" in read(r"A letter {\u-10240 ?}{\u-8398 ?} here.\par").text


def test_title_is_what_the_file_says(read):
    assert read(r"Words of the text.\par", r"{\info{\title How to meet}{\author machine-user}}").title == "How to meet"


@pytest.mark.parametrize("body", ["A line\\\nand another.", "A line\\par and another."])
def test_end_of_a_line_after_a_backslash_is_that_of_a_paragraph(read, body):
    assert read(body).text.split("\n") == ["A line", "and another."]


def test_file_that_is_cut_off_is_damaged(read):
    found = read(r"Half of the words {\b and", end="")
    assert found.status is Status.corrupt and "ends in the middle" in found.reason
