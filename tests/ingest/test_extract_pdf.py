"""PDF: paragraphs, headings, page markers, and what is no text."""

from __future__ import annotations

from library.ingest import Status

BODY = "Citizens may attend every sitting of a committee unless it votes to close its doors"


def page(*lines, start=740.0, size=11.0, x=72.0, step=14.0):
    return [(size, x, start - number * step, text) for number, text in enumerate(lines)]


def test_lines_join_to_paragraphs_and_words_parted_at_line_ends_are_mended(extracted, made_pdf):
    lines = page(
        "Citizens may attend every sitting of a committee unless the commit-",
        "tee votes to close its doors, which the rules allow it to do seldom.",
        "",
        "A second paragraph begins after a gap and ends here as well, plainly.",
    )
    found = extracted(made_pdf([lines]), "a.pdf")
    assert "unless the committee votes to close its doors" in found.text
    assert found.markdown.startswith("<!-- page 1 -->")
    assert "\n\nA second paragraph" in found.markdown


def test_larger_lines_are_headings_and_the_largest_on_the_first_page_is_the_title(extracted, made_pdf):
    first = [(26, 72, 770, "Watching the budget"), *page(*[BODY] * 12, start=700)]
    second = [(16, 72, 690, "Where the figures are"), *page(*[BODY] * 12, start=660)]
    third = [(16, 72, 690, "Whom to ask"), *page(*[BODY] * 12, start=660)]
    found = extracted(made_pdf([first, second, third]), "a.pdf")
    assert found.title == "Watching the budget"
    assert "Watching the budget" not in found.markdown
    assert "## Where the figures are" in found.markdown
    assert "## Whom to ask" in found.markdown
    assert (found.pages, found.pages_with_text) == (3, 3)


def test_outline_names_the_headings(extracted, made_pdf):
    names = ["Asking", "Waiting", "Appealing"]
    pages = [page(name, "", *[BODY] * 6) for name in names]
    found = extracted(
        made_pdf(pages, outline=[(name, number) for number, name in enumerate(names)]), "asking for records.pdf"
    )
    assert [line for line in found.markdown.split("\n") if line.startswith("#")] == [f"## {name}" for name in names]


def test_running_heads_and_page_numbers_are_left_out(extracted, made_pdf):
    pages = [
        [(9, 72, 810, "Handbook of requests"), *page(f"Part {n} of the text", BODY, BODY), (9, 290, 30, str(n))]
        for n in range(1, 9)
    ]
    found = extracted(made_pdf(pages), "a.pdf")
    assert "Handbook of requests" not in found.text
    assert "\n7\n" not in found.text
    assert found.text.count("Citizens may attend") == 16


def test_page_with_nothing_but_a_recurring_line_keeps_it(extracted, made_pdf):
    found = extracted(made_pdf([[(12, 72, 800, f"Potato {n}")] for n in range(9)]), "a.pdf")
    assert "Potato 8" in found.text


def test_letters_set_one_by_one_are_one_word(extracted, made_pdf):
    letters = [(12, 72 + 30 * n, 700, word) for n, word in enumerate(["one", "two"])]
    found = extracted(made_pdf([letters]), "a.pdf")
    assert found.text == "one two"


def test_pdf_without_text_is_empty_and_advises_text_recognition(extracted, made_pdf):
    found = extracted(made_pdf([[], []]), "scan.pdf")
    assert (found.status, found.pages, found.pages_with_text, found.characters) == (Status.empty, 2, 0, 0)
    assert "OCR" in found.reason
    assert "scan.pdf" in found.reason


def test_page_without_text_makes_the_receipt_partial_and_is_named(extracted, made_pdf):
    found = extracted(made_pdf([page(BODY), [], page(BODY)]), "a.pdf")
    assert (found.status, found.pages_with_text) == (Status.partial, 2)
    assert found.warnings == ("Page 2 gave no text: pictures, scans or blank.",)
    assert "<!-- page 3 -->" in found.markdown


def test_broken_pdf_is_corrupt(extracted):
    found = extracted(b"%PDF-1.7\nnothing of it holds", "a.pdf")
    assert found.status is Status.corrupt
    assert "damaged" in found.reason


def test_marks_in_a_pdf_stay_text(extracted, made_pdf):
    found = extracted(made_pdf([page("# not a heading *nor* emphasis <b>nor</b> markup [x](y)", BODY)]), "a.pdf")
    assert "\\# not a heading \\*nor\\* emphasis &lt;b>" in found.markdown
    assert "# not a heading *nor* emphasis <b>nor</b> markup" in found.text


def test_stated_title_counts_when_the_first_pages_show_it(extracted, made_pdf):
    lines = page("A guide to", "petitions", "", BODY, BODY)
    assert extracted(made_pdf([lines], title="A guide to petitions"), "x.pdf").title == "A guide to petitions"
    assert (
        extracted(made_pdf([lines], title="Microsoft Word - draft3.doc"), "our_petition guide.pdf").title
        == "Our petition guide"
    )
