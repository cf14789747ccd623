"""What exists is described, and what is described exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from flask import Flask

from library.settings import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "instance").glob("*.md")])


def described(page: str) -> set[str]:
    """The first cells of a page's tables that are code."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))


def test_every_setting_is_described_and_every_described_one_exists() -> None:
    names = {setting.name for setting in SETTINGS}
    assert described("settings.md") == names
    example = (ROOT / "instance" / "config.example.py").read_text(encoding="utf-8")
    assert set(re.findall(r"^# ([A-Z_]+) = ", example, re.MULTILINE)) == names


def test_every_address_is_described_and_every_described_one_exists(app: Flask) -> None:
    rules = {re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"<\1>", rule.rule) for rule in app.url_map.iter_rules()}
    assert described("addresses.md") == rules


def test_every_dependency_is_described_and_every_described_one_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [project["project"]["dependencies"], *project["project"]["optional-dependencies"].values()]
    groups += project["dependency-groups"].values()
    names = {re.split(r"[\[<>=~; ]", line)[0] for group in groups for line in group}
    assert described("dependencies.md") == names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if not re.match(r"[a-z]+:|/", link)]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_lock_files_name_no_registry() -> None:
    for lock in ROOT.glob("*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert "find-links" not in text and "--hash=sha256:" in text
