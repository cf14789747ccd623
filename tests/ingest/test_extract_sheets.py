"""Spreadsheets and delimited texts become tables that a reader expects, with all that can be seen in them."""

from __future__ import annotations

import datetime
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.catalogue import rendering
from library.ingest import Status
from library.ingest.formats import delimited, tables
from tests.ingest import workbooks

PEOPLE = [["Region", "People", "Share"], ["North", 1200.0, 0.1 + 0.2], ["South", 13.0, 1e-05]]


def test_workbook_gives_a_heading_and_a_table_for_each_sheet(extracted):
    found = extracted(workbooks.xlsx({"Budget": PEOPLE, "Notes": [["Made by hand", "once"]]}), "regions.xlsx")
    assert (found.status, found.format, found.title) == (Status.ok, "xlsx", "Regions")
    assert found.media_type.endswith("spreadsheetml.sheet")
    assert "## Budget\n\n| Region | People | Share |\n| --- | --- | --- |\n| North | 1200 | 0.3 |\n" in found.markdown
    assert "| South | 13 | 0.00001 |" in found.markdown
    assert "## Notes" in found.markdown
    assert "North\t1200\t0.3" in found.text


def test_only_sheet_without_a_name_of_its_own_has_no_heading(extracted):
    found = extracted(workbooks.xlsx({"Sheet1": PEOPLE}), "regions.xlsx")
    assert found.markdown.startswith("| Region |")


def test_dates_are_shown_in_iso_form(extracted):
    sheet = '<sheetData><row><c s="1"><v>45443</v></c><c s="1"><v>45443.604166667</v></c></row></sheetData>'
    assert "| 2024-05-31 | 2024-05-31 14:30 |" in extracted(workbooks.xlsx({"Days": sheet}), "a.xlsx").markdown
    assert tables.shown(datetime.time(9, 5)) == "09:05"
    assert tables.shown(datetime.timedelta(hours=30, seconds=5)) == "30:00:05"
    assert [tables.shown(True), tables.shown(12), tables.shown(2.0**70), tables.shown(None)] == [
        "TRUE", "12", "1180591620717410000000", ""]  # fmt: skip


def test_per_cent_is_shown_as_its_author_sees_it(extracted):
    styles = (
        f'<styleSheet xmlns="{workbooks.MAIN}"><numFmts><numFmt numFmtId="170" formatCode="0.0%;[Red]-0.0%"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="170"/></cellXfs></styleSheet>'
    )
    rows = (
        '<sheetData><row><c/><c s="1"><v>0.07</v></c><c s="2"><v>0.1234</v></c><c s="0"><v>0.5</v></c>'
        '<c s="1" t="str"><v>none</v></c></row></sheetData>'
    )
    found = extracted(workbooks.xlsx({"Sheet1": rows}, **{"xl__styles.xml": styles.encode()}), "a.xlsx")
    assert "| 7% | 12.3% | 0.5 | none |" in found.markdown
    cell = (
        '<table:table-cell office:value-type="percentage" office:value="0.07"><text:p>7 %</text:p></table:table-cell>'
    )
    row = f"<table:table-row>{cell}{cells('x')}</table:table-row>"
    assert (
        "| 7 % | x |" in extracted(workbooks.ods(f'<table:table table:name="S">{row}</table:table>'), "a.ods").markdown
    )


def test_hidden_sheets_rows_and_columns_are_left_out_and_told(extracted):
    rows = (
        '<cols><col min="2" max="2" hidden="1"/></cols><sheetData>'
        '<row r="1"><c r="A1" t="str"><v>seen</v></c><c r="B1" t="str"><v>lost column</v></c>'
        '<c r="C1" t="str"><v>beside</v></c></row>'
        '<row r="2" hidden="1"><c r="A2" t="str"><v>lost row</v></c></row>'
        '<row r="3"><c r="A3"><v>7</v></c><c r="C3"><v>8</v></c></row></sheetData>'
    )
    found = extracted(workbooks.xlsx({"Open": rows, "Names": [["lost sheet"]]}, hidden=["Names"]), "a.xlsx")
    assert "lost" not in found.text + found.markdown
    assert "| seen | beside |" in found.markdown
    assert "| 7 | 8 |" in found.markdown
    assert list(found.warnings) == [
        "1 hidden sheet was left out.",
        "1 hidden row was left out.",
        "1 hidden column was left out.",
    ]


def test_what_lies_beside_the_cells_is_told(extracted):
    beside = {
        "xl__drawings__drawing1.xml": b"<d xmlns:a='a'><a:t>lost words</a:t></d>",
        "xl__charts__chart1.xml": b"<c/>",
        "xl__comments1.xml": b"<comments>lost words</comments>",
        "xl__media__image1.png": b"x",
    }
    found = extracted(workbooks.xlsx({"S": PEOPLE}, **beside), "a.xlsx")
    assert "lost" not in found.text
    assert list(found.warnings) == [
        "1 picture was left out.",
        "1 chart was left out.",
        "There is text in drawings on its sheets, which was not read.",
        "Comments on its cells were left out.",
    ]
    noted = (
        '<table:table table:name="S"><table:table-row><table:table-cell office:value-type="string"><office:annotation>'
        "<text:p>lost words</text:p></office:annotation><text:p>kept words</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )
    found = extracted(workbooks.ods(noted), "a.ods")
    assert "kept words" in found.text and "lost" not in found.text
    assert found.warnings == ("Comments on its cells were left out.",)
    assert "cannot be told" in extracted(workbooks.xls(PEOPLE), "a.xls").warnings[0]


def test_two_cells_in_opposite_corners_cost_nothing(sandboxed):
    rows = (
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="str"><v>first</v></c></row>'
        '<row r="1048576"><c r="C1048576" t="str"><v>middle</v></c><c r="XFD1048576" t="str"><v>last</v></c></row>'
        "</sheetData>"
    )
    found = sandboxed(workbooks.xlsx({"Far": rows}), "a.xlsx")
    assert found.status is Status.ok
    assert found.text.split() == ["Far", "first", "middle", "last"]


def test_macros_are_told_and_an_entity_is_refused(extracted):
    found = extracted(workbooks.xlsx({"S": PEOPLE}, xl__vbaProject="x"), "a.xlsm")
    assert found.status is Status.ok
    macro = workbooks.xlsx({"S": PEOPLE}, **{"xl__vbaProject.bin": b"x"})
    assert "macros" in extracted(macro, "a.xlsm").warnings[0]
    bomb = workbooks.xlsx({"S": PEOPLE}, **{"xl__sharedStrings.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><sst/>'})
    assert extracted(bomb, "a.xlsx").status is Status.unsafe


def test_long_tables_come_in_parts_that_name_their_rows(extracted):
    rows = [["Number", "Name"], *([float(n), f"name{n}"] for n in range(1, 451))]
    found = extracted(workbooks.xlsx({"Long": rows}), "a.xlsx")
    headings = re.findall(r"(?m)^#+ (.*)$", found.markdown)
    assert headings == ["Long", "Rows 2–201", "Rows 202–401", "Rows 402–451"]
    assert found.markdown.count("| Number | Name |") == 3
    assert all(f"name{n}" in found.text for n in range(1, 451))


def test_wide_tables_are_written_row_by_row_with_the_columns_names(extracted):
    rows = [[f"h{n}" for n in range(40)], [f"v{n}" if n % 2 else None for n in range(40)], ["x", *[None] * 39]]
    found = extracted(workbooks.xlsx({"Wide": rows}), "a.xlsx")
    assert "- h1: v1; h3: v3; " in found.markdown
    assert "- h0: x\n" in found.markdown + "\n"


def test_tables_beyond_what_a_page_can_show_are_refused_whole(extracted, monkeypatch):
    monkeypatch.setattr(tables, "MOST_TEXT", 1_000)
    found = extracted("a,b,c\n" + "one,two,three\n" * 200, "a.csv")
    assert found.status is Status.too_large
    assert "Split" in found.reason
    assert not found.text
    monkeypatch.setattr(tables, "MOST_TEXT", 100_000)
    monkeypatch.setattr(tables, "MOST_CELLS", 500)
    assert extracted("a,b,c\n" + "one,two,three\n" * 200, "a.csv").status is Status.too_large


def test_lines_above_a_table_stand_above_it(extracted):
    found = extracted(workbooks.xlsx({"Sheet1": [["Water budget"], [], *PEOPLE]}), "x.xlsx")
    assert found.title == "Water budget"
    assert found.markdown.startswith("| Region |")


def test_old_spreadsheets_are_read(extracted):
    found = extracted(workbooks.xls([["Land", "Jahr"], ["Österreich", 1999.0]]), "alt.xls")
    assert (found.status, found.format, found.title) == (Status.ok, "xls", "Alt")
    assert found.markdown == "| Land | Jahr |\n| --- | --- |\n| Österreich | 1999 |\n"


def test_protected_and_broken_spreadsheets_say_so(extracted):
    assert extracted(workbooks.xls(PEOPLE, protected=True), "a.xls").status is Status.encrypted
    assert extracted(workbooks.compound("EncryptedPackage", b"x"), "a.xlsx").status is Status.encrypted
    broken = extracted(workbooks.compound("Workbook", b"\x09\x08\xff\xff broken"), "a.xls")
    assert broken.status is Status.corrupt
    assert "a.xls" in broken.reason


def cells(*values: str) -> str:
    return "".join(
        f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>' for value in values
    )


def test_opendocument_sheets_are_read_without_what_is_hidden_in_them(extracted):
    table = (
        '<table:table table:name="Seen"><table:table-column/><table:table-column table:visibility="collapse"/>'
        '<table:table-column table:number-columns-repeated="16382"/>'
        f"<table:table-row>{cells('Region', 'lost', 'Note')}</table:table-row>"
        f'<table:table-row table:visibility="filter">{cells("lost row")}</table:table-row>'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
        f"<table:table-row>{cells('South', 'lost', 'dry')}</table:table-row></table:table>"
        '<table:table table:name="Hid" table:style-name="h">'
        f"<table:table-row>{cells('lost sheet')}</table:table-row></table:table>"
    )
    style = (
        '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>'
    )
    found = extracted(workbooks.ods(table, style), "a.ods")
    assert (found.status, found.format) == (Status.ok, "ods")
    assert "| Region | Note |\n| --- | --- |\n| South | dry |" in found.markdown
    assert "lost" not in found.text + found.markdown
    assert len(found.warnings) == 3


def test_opendocument_cells_repeated_to_swell_are_unsafe(extracted):
    row = (
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string" '
        'table:number-columns-repeated="16000"><text:p>x</text:p></table:table-cell></table:table-row>'
    )
    found = extracted(workbooks.ods(f'<table:table table:name="S">{row}</table:table>'), "a.ods")
    assert found.status is Status.unsafe


@pytest.mark.parametrize(
    ("content", "name", "format"),
    [
        ("Land;Jahr;Preis\nÖsterreich;1999;1,50\nSchweiz;2000;2,75\n".encode("cp1252"), "a.csv", "csv"),
        ("sep=|\nLand|Jahr\nGhana|1999\n", "a.csv", "csv"),
        ("Land\tJahr\nGhana\t1999\n", "a.tsv", "tsv"),
        ('name,said\nAma,"one, two\nthree"\nKofi,"a ""word"""\n', "a.csv", "csv"),
        ("a,b,c\n" + "1,2,3\n" * 9, "data", "csv"),
        ("size\tname\n" + '5"\tnail\n' * 9, "data.txt", "tsv"),
        ("one\ntwo\nthree\n", "list.csv", "csv"),
        ("\ufeffLand,Jahr\nGhana,1999\n".encode("utf-16"), "a.csv", "csv"),
    ],
)
def test_delimited_texts_are_tables_whatever_their_sign(extracted, content, name, format):
    found = extracted(content, name)
    assert (found.status, found.format) == (Status.ok, format)
    assert re.search(r"(?m)^\| --- \|", found.markdown)


def test_quoted_cells_keep_their_lines_and_signs(extracted):
    found = extracted('name,said\nAma,"one, two\nthree"\nKofi,"a ""word"""\n', "a.csv")
    assert '| Ama | one, two <br> three |\n| Kofi | a "word" |' in found.markdown


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("Water, land, and air belong to all.\nPeople, towns, and rivers need them.\n" * 9, "prose.txt"),
        (
            "Dear all, I write to you at last.\n" + "It rains and the water rises by the hour. " * 4 + "\nYours\n",
            "a.csv",
        ),
        ("# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n| 5 | 6 |\n| 7 | 8 |\n", "table.md"),
        ("Smith, John, 1999\nDoe, Jane, 2000\nRoe, Jim, 2001\nPoe, Al, 2002\nLow, Bo, 2003\n", "names.txt"),
    ],
)
def test_prose_with_commas_stays_prose(extracted, content, name):
    assert extracted(content, name).format in ("text", "markdown")


def test_no_line_above_is_mistaken_for_a_header():
    assert delimited.sniff("a,b\n1,2\n", "x.csv") is not None
    assert tables.is_header(["Country", "2019", "2020"], [])
    assert not tables.is_header(["Ghana", "1200", "33.5"], [])
    assert not tables.is_header(["Country", "", "", ""], [])


@given(st.lists(st.text(st.characters(exclude_categories=("C", "Z")) | st.sampled_from(" |\\`*_[]{}<>&#:!-+.~^\"'"), max_size=40), min_size=1, max_size=4))  # fmt: skip  # noqa: E501
def test_cells_are_shown_as_they_are_written(values: list[str]) -> None:
    said = [" ".join(value.split()) for value in values]
    row = "| " + " | ".join(map(tables.cell, said)) + " | end |\n"
    sections = rendering.render(f"|{' |' * (len(said) + 1)}\n|{' --- |' * (len(said) + 1)}\n{row}", "article")
    texts = [text for section in sections for _anchor, text in section.blocks]
    assert " ".join(texts[-1].split()) == " ".join(" · ".join([*said, "end"]).split())


def test_damaged_old_spreadsheets_end_with_a_status_that_is_told(sandboxed):
    whole = workbooks.xls(PEOPLE)
    chance = random.Random(4)
    for _ in range(6):
        flipped = bytearray(whole)
        for _ in range(20):
            flipped[chance.randrange(1536, 2200)] = chance.randrange(256)
        for content in (bytes(flipped), whole[: chance.randrange(600, len(whole))]):
            found = sandboxed(content, "a.xls")
            assert found.status in (Status.ok, Status.partial, Status.empty, Status.corrupt, Status.unsupported)
            assert found.status is Status.ok or found.reason
