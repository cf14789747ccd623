"""Every element of a page comes out as what a reader saw: HTML, and XHTML in books, read by ourselves."""

from __future__ import annotations

import pytest

from library.ingest import Status


@pytest.fixture
def page(extracted):
    """What a page with this in its body gives."""
    return lambda body: extracted(f"<!DOCTYPE html><html><body><main>{body}</main></body></html>", "a.html")


@pytest.mark.parametrize(
    ("body", "markdown"),
    [
        ("<p>One <em>two</em> <b>three</b></p>", "One *two* **three**"),
        ("<p>a<em> b </em>c</p>", "a *b* c"),
        ("<p>a <a href='https://x.org/'> b </a>c</p>", "a [b](https://x.org/) c"),
        (
            "<p>x<sup>2</sup> H<sub>2</sub>O <del>old</del> <ins>new</ins></p>",
            "x<sup>2</sup> H<sub>2</sub>O <del>old</del> new",
        ),
        ("<p>one<br>\n two</p>", "one  \ntwo"),
        ("<p>Run <code>make  run</code> now</p>", "Run `make run` now"),
        ("<p><code>see <a href='https://x.org/'>it</a></code></p>", "`see` [`it`](https://x.org/)"),
        ("<p>She said <q>no, <q>never</q></q>.</p>", "She said “no, ‘never’”."),
        ("<p>a\n   b\t c</p>", "a b c"),
        ("<p>民主\n  主義</p>", "民主主義"),
        ("<p>한국\n말</p>", "한국 말"),
        ("<p>a&nbsp;b &eacute;</p>", "a\u00a0b é"),
        ("<p>demo&shy;cracy, demo<wbr>cracy</p>", "democracy, democracy"),
        ("<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>を</p>", "漢字(かんじ)を"),
        ("<p><bdi>one</bdi> <bdo dir=rtl>two</bdo> <span dir=rtl>ثلاثة</span></p>", "one two ثلاثة"),
        ("<p>Share <math><mfrac><mi>a</mi><mn>2</mn></mfrac></math></p>", "Share `\\frac{a}{2}`"),
        (
            "<p><math><mn>2</mn><mo>&#x2062;</mo><msqrt><mi>x</mi></msqrt><mo>=</mo><msubsup><mi>y</mi><mi>i</mi><mn>2</mn>"
            "</msubsup></math></p>",
            "`2\\sqrt{x} = y_{i}^{2}`",
        ),
        ("<p><math alttext='a over b'><mi>a</mi></math></p>", "`a over b`"),
        (
            "<p><math><semantics><mi>x</mi><annotation encoding='application/x-tex'>\\hat x</annotation></semantics>"
            "</math></p>",
            "`\\hat x`",
        ),
        ("<blockquote><p>One</p><p>Two</p></blockquote>", "> One\n> \n> Two"),
        ("<pre>\nif x:\n    <b>y</b>()\n</pre>", "    if x:\n        y()"),
        ("<pre>a<span>b<i>c</i>d</span>e<br>f</pre>", "    abcde\n    f"),
        ("<ul><li>one<ul><li>deeper</li></ul></li><li>two</li></ul>", "-   one\n    -   deeper\n-   two"),
        ("<ul><li>one</li><ul><li>deeper</li></ul></ul>", "-   one\n    -   deeper"),
        ("<ol start=4><li>four</li><li>five</li></ol>", "4.  four\n5.  five"),
        ("<ol start=99999999999999999999><li>one</li></ol>", "1.  one"),
        ("<ul>loose <em>words</em> here<li>one</li></ul>", "-   loose *words* here\n-   one"),
        ("<dl><dt>Term</dt><dd>Meaning</dd><dd>Other</dd></dl>", "Term\n:   Meaning\n:   Other"),
        ("<dl><div><dt>A<dt>B<dd>Both</div></dl>", "A B\n:   Both"),
        ("<p>a</p><hr><p>b</p>", "a\n\n---\n\nb"),
        ("<a href='https://x.org/'><div>One</div><p>Two</p></a>", "[One](https://x.org/)\n\n[Two](https://x.org/)"),
        ("<div>in <b>bold<div>still</div></b> not</div>", "in **bold**\n\n**still**\n\nnot"),
        ("<details><summary>More</summary>Within</details>", "More\n\nWithin"),
        ("<address>Street 1<br>City</address><p>x y</p>", "Street 1  \nCity\n\nx y"),
        ("<figure><figcaption>Seen</figcaption><p>Shown</p></figure>", "Shown\n\nSeen"),
        ("<p><custom-thing>Known <unknown>words</unknown></custom-thing></p>", "Known words"),
        ("<p>[x](y) *z* 1 &lt; 2 &amp;amp;</p>", "\\[x\\](y) \\*z\\* 1 < 2 &amp;amp;"),
        ("<p>go <a href='http://x.org/a b|c'>there</a></p>", "go [there](http://x.org/a%20b%7Cc)"),
        ("<p><a href='#part'>part</a> <a href='other.html'>other</a></p>", "part other"),
    ],
)
def test_element_becomes_its_markdown(page, body, markdown):
    assert page(f"<p>Some words before.</p>{body}").markdown == f"Some words before.\n\n{markdown}\n"


def test_table_keeps_caption_header_and_spans(page):
    found = page(
        "<table><caption>Seats</caption><thead><tr><th>Party<th>2019<th>2023</thead><tbody>"
        "<tr><th rowspan=2>Left<td colspan=2>ten</tr><tr><td>3<td>4</tr></tbody><tfoot><tr><td>All<td>5<td>6</tfoot></table>"
    )
    assert found.markdown.split("\n")[:8] == [
        "*Seats*",
        "",
        "| Party | 2019 | 2023 |",
        "|-----|-----|-----|",
        "| Left | ten |  |",
        "|  | 3 | 4 |",
        "| All | 5 | 6 |",
        "",
    ]


def test_first_row_of_header_cells_is_a_header(page):
    found = page("<table><tr><th>Place<th>Hour<tr><td>Hall<td>nine</table>")
    assert "| Place | Hour |\n|-----|-----|\n| Hall | nine |" in found.markdown


def test_what_stands_in_a_table_outside_of_its_cells_is_kept(page):
    found = page("<table>stray <tr>words <td>a<td>b<tr><td>c<td>d</table>")
    assert found.text.split() == ["stray", "words", "a", "b", "c", "d"]


def test_footnote_of_a_page_stands_where_it_is_called(page):
    found = page(
        "<p>Open<sup><a href='#n1' id='r1' role='doc-noteref'>1</a></sup> doors.</p><section role='doc-endnotes'>"
        "<h2>Notes</h2><ol><li id='n1'><p>Some are shut. <a href='#r1' role='doc-backlink'>↩</a></p></li></ol></section>"
    )
    assert found.markdown == "Open[^1] doors.\n\n[^1]: Some are shut.\n"
    assert found.text == "Open doors.\nSome are shut."


def test_note_that_calls_itself_ends(page):
    found = page(
        "<p>Open<a href='#n' role='doc-noteref'>1</a>.</p><aside role='doc-footnote' id='n'>Self<a href='#n'"
        " role='doc-noteref'>1</a></aside>"
    )
    assert "[^1]: Self1" in found.markdown


def test_note_called_hundreds_of_times_is_told_a_few_times_and_its_calls_stay(page):
    call = "<p>Word <a href='#n' role='doc-noteref'>one</a>.</p>"
    found = page(f"{call * 300}<aside role='doc-footnote' id='n'>Note</aside>")
    assert 1 <= found.text.count("Note") <= 30
    assert found.text.count("Word") == 300


def test_link_back_to_a_paragraph_from_elsewhere_is_kept(page):
    found = page(
        "<p id='p'>Open<a href='#n' id='r' role='doc-noteref'>1</a>.</p><p><a href='#p'>Above</a> and"
        " <a href='#r'>it</a></p><aside role='doc-footnote' id='n'>Note</aside>"
    )
    assert "Above and it" in found.text


@pytest.mark.parametrize(
    "opening", ["<ul><li>", "<blockquote>", "<table><tr><td>x<td>", "<b>", "<dl><dd>", "<ruby>", "<q>", "<math><msqrt>"]
)
@pytest.mark.parametrize("levels", [80, 1_500])
def test_nesting_beyond_reason_ends_with_its_words(page, opening, levels):
    found = page(f"<p>Honest words.</p>{opening * levels}bottom")
    assert found.status is Status.ok
    assert "Honest words." in found.text
    assert "bottom" in found.text


def test_boxes_in_boxes_do_not_count_as_depth(page):
    found = page(f"{'<div>' * 600}<h2>Deep</h2><ul><li>bottom</li></ul>{'</div>' * 600}<p>end</p>")
    assert "-   bottom" in found.markdown
    assert not found.warnings


def test_declared_entities_are_not_expanded(extracted):
    bomb = "<!DOCTYPE html [<!ENTITY a 'boom'><!ENTITY b '&a;&a;'>]><html><body><p>Honest words. &b;</p></body></html>"
    found = extracted(bomb, "a.xhtml")
    assert "Honest words." in found.text
    assert "boom" not in found.text


def test_picture_of_which_nothing_is_said_leaves_no_empty_link(page):
    found = page("<p>Words here.</p><p><a href='https://x.org/'><img src='https://x.org/a.png'></a></p>")
    assert "[](" not in found.markdown
