"""A real Chromium before a really served library."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.running import Server, run, serving

QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new window without cookies; a script's error in it fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    window = context.new_page()
    errors: list[str] = []
    window.on("pageerror", lambda error: errors.append(str(error)))
    window.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield window
    context.close()
    assert [error for error in errors if "404" not in error and "410" not in error] == []


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A library with its starter pieces, and an administrator."""
    folder = tmp_path_factory.mktemp("browser")
    instance = folder / "instance"
    run(instance, "library", "init")
    run(
        instance, "library", "users", "add", "curator@example.org", "--role", "curator", "--name", "Cora",
        "--password-stdin", input="lamps and lanterns\n",
    )  # fmt: skip
    with serving(instance, folder) as server:
        yield server


@pytest.fixture
def material(browser: Browser, tmp_path: Path) -> dict[str, Path]:
    """A PDF that Chromium printed and a DOCX that Pandoc wrote, several pages each."""
    import pypandoc

    filler = "<p>" + "Assemblies are announced, not asked for. " * 60 + "</p>"
    pages = "".join(f"<h2 style='break-before:page'>Part {n}</h2>{filler}" for n in range(1, 7))
    html = (
        "<html lang='en'><head><title>Marches after dark</title></head><body><h1>Marches after dark</h1>"
        f"{pages}<h2 style='break-before:page'>Carrying light</h2>{filler}"
        "<p>The zanzibar lantern rule says that stewards carry two lamps each.</p></body></html>"
    )
    printed = tmp_path / "marches.pdf"
    context = browser.new_context()
    window = context.new_page()
    window.set_content(html)
    window.pdf(path=str(printed), format="A4", outline=True, tagged=True)
    context.close()
    sections = "\n\n".join(f"## Step {n}\n\n" + "Ask who holds the record. " * 80 for n in range(1, 9))
    text = f"---\ntitle: Asking for records\nlang: en\n---\n\n{sections}\n\n## Waiting\n\nThe quillfeather deadline is fourteen days.\n"
    written = tmp_path / "records.docx"
    pypandoc.convert_text(text, "docx", format="markdown", outputfile=str(written), extra_args=["--standalone"])
    return {"pdf": printed, "docx": written}
