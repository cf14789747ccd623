"""The accessibility tree of a page as Chromium makes it, walked as a screen reader walks it; and where things are seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

LANDMARKS = {"main", "navigation", "banner", "contentinfo", "search", "complementary", "region", "form"}
CONTROLS = {
    "link", "button", "textbox", "searchbox", "combobox", "checkbox", "radio", "switch", "slider", "spinbutton", "listbox",
    "option", "menuitem", "tab", "DisclosureTriangle", "progressbar",
}  # fmt: skip
NAMED = {"navigation", "complementary", "region", "form", "search"}  # landmarks that need a name where there are two


@dataclass(frozen=True)
class Node:
    """What a screen reader is told of one thing. `children`: in the order they are read."""

    role: str
    name: str
    level: int
    children: tuple[Node, ...]

    def walk(self) -> Iterator[Node]:
        """This and everything below, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


def tree(page: Page) -> Node:
    """The whole tree; what is ignored is left out, its children stay."""
    session = page.context.new_cdp_session(page)
    session.send("Accessibility.enable")
    nodes = {node["nodeId"]: node for node in session.send("Accessibility.getFullAXTree")["nodes"]}
    session.detach()
    root = next(node for node in nodes.values() if "parentId" not in node)

    def made(node: dict[str, Any]) -> list[Node]:
        below = [each for number in node.get("childIds", []) if number in nodes for each in made(nodes[number])]
        if node.get("ignored"):
            return below
        levels = [p["value"]["value"] for p in node.get("properties", []) if p["name"] == "level"]
        name = str(node.get("name", {}).get("value", "")).strip()
        return [Node(node["role"]["value"], name, int(levels[0]) if levels else 0, tuple(below))]

    return made(root)[0]


def faults(root: Node) -> list[str]:
    """What a screen reader would stumble over, each in words."""
    nodes = list(root.walk())
    return [*_landmarks(nodes), *_headings(nodes), *_names(nodes), *_lists(nodes), *_tables(nodes)]


def _landmarks(nodes: list[Node]) -> Iterator[str]:
    for role in ("main", "banner", "contentinfo"):
        count = sum(node.role == role for node in nodes)
        if count != 1:
            yield f"{count} landmarks {role}"
    for role in NAMED:
        names = [node.name for node in nodes if node.role == role and (node.name or role != "form")]
        if len(names) > 1 and len(set(names)) < len(names):
            yield f"several landmarks {role} with the names {names}"
    yield from (
        f"a navigation without a name at {node}" for node in nodes if node.role == "navigation" and not node.name
    )


def _headings(nodes: list[Node]) -> Iterator[str]:
    headings = [node for node in nodes if node.role == "heading"]
    if [node.level for node in headings].count(1) != 1:
        yield f"headings of the first level: {[node.name for node in headings if node.level == 1]}"
    before = 0
    for node in headings:
        if not node.name:
            yield "a heading without words"
        if node.level > before + 1:
            yield f"“{node.name}” is of level {node.level} after level {before}"
        before = node.level


def _names(nodes: list[Node]) -> Iterator[str]:
    for node in nodes:
        if node.role in CONTROLS and not node.name:
            yield f"{node.role} without a name, holding {[each.name for each in node.walk()][:4]}"
        if node.role in ("image", "img", "graphics-document") and not node.name:
            yield "a picture that is neither described nor hidden"


def _lists(nodes: list[Node]) -> Iterator[str]:
    for node in nodes:
        if node.role == "list" and not any(each.role == "listitem" for each in node.children):
            yield f"a list without items: {[each.role for each in node.children]}"


def _tables(nodes: list[Node]) -> Iterator[str]:
    for node in nodes:
        if node.role == "table" and not any(each.role in ("columnheader", "rowheader") for each in node.walk()):
            yield "a table without headers"


# Words of another language than what is around them: each has a `lang` of its own. By scripts, which can be told apart.
STRANGE = """() => {
  const scripts = {ar: /\\p{Script=Arabic}/u, ru: /\\p{Script=Cyrillic}/u, el: /\\p{Script=Greek}/u, en: /\\p{Script=Latin}/u};
  const of = {ar: 'ar', fa: 'ar', ur: 'ar'};
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const box = walker.currentNode.parentElement;
    if (text.length < 12 || box.closest('script, style, template, code, pre, [hidden]')) continue;
    const lang = (box.closest('[lang]')?.lang || '').split('-')[0];
    const letters = [...text].filter((c) => /\\p{L}/u.test(c));
    const arabic = letters.filter((c) => scripts.ar.test(c)).length / (letters.length || 1);
    if (arabic > 0.8 && !of[lang]) found.push(`Arabic in ${lang}: ${text.slice(0, 60)}`);
  }
  return found;
}"""

# Of neighbours in a row or column, none may be seen before the one that is read before it.
ORDER = """() => {
  const found = [];
  for (const box of document.querySelectorAll('body, body *')) {
    const style = getComputedStyle(box);
    const rtl = style.direction === 'rtl';
    if (style.columnCount !== 'auto' || style.columnWidth !== 'auto' || box.closest('svg')) continue;
    const parts = [...box.children].filter((part) => {
      const own = getComputedStyle(part);
      const r = part.getBoundingClientRect();
      return !['absolute', 'fixed', 'sticky'].includes(own.position) && own.float === 'none' && own.display !== 'contents'
        && r.width > 1 && r.height > 1 && part.checkVisibility() && /inline|none/.test(own.display) === false;
    });
    for (let i = 1; i < parts.length; i++) {
      const a = parts[i - 1].getBoundingClientRect(), b = parts[i].getBoundingClientRect();
      const beside = b.top < a.bottom - 1 && a.top < b.bottom - 1;
      const before = rtl ? b.left >= a.right - 1 : b.right <= a.left + 1;
      const after = rtl ? b.right <= a.left + 1 : b.left >= a.right - 1;
      if ((b.bottom <= a.top + 1 && !after) || (beside && before && a.width && b.width)) {
        const say = (e) => `<${e.localName} class="${e.className}"> ${e.textContent.trim().slice(0, 30)}`;
        found.push(`${say(parts[i])} is seen before ${say(parts[i - 1])}`);
      }
    }
  }
  return found;
}"""

SIDEWAYS = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return [];
  const beyond = [...document.querySelectorAll('body *')].filter((e) => {
    const r = e.getBoundingClientRect();
    return (r.right > innerWidth + 1 || r.left < -1) && e.checkVisibility() && !e.closest('.scroll, pre, svg');
  });
  return [`${wide} px too wide: ` + beyond.slice(0, 3).map((e) => `<${e.localName} class="${e.className}">`).join(', ')];
}"""

# Not every browser lets the keyboard scroll what has no focus.
UNREACHED = """() => [...document.querySelectorAll('body *')].filter((e) => {
  const s = getComputedStyle(e);
  const scrolls = (/auto|scroll/.test(s.overflowY) && e.scrollHeight > e.clientHeight + 1)
    || (/auto|scroll/.test(s.overflowX) && e.scrollWidth > e.clientWidth + 1);
  const reached = (n) => n.tabIndex >= 0 && !n.disabled && !n.closest('[inert]');
  return scrolls && e.checkVisibility() && !reached(e) && ![...e.querySelectorAll('*')].some(reached);
}).map((e) => `<${e.localName} class="${e.className}">`)"""

MOVING = """() => [...document.querySelectorAll('*')].filter((e) => {
  const s = getComputedStyle(e);
  return s.transitionDuration.split(',').some((d) => parseFloat(d) > 0) || parseFloat(s.animationDuration) > 0
    || s.scrollBehavior === 'smooth';
}).map((e) => `${e.localName}.${e.className}`)"""

# What has the focus: who it is, whether any of it can be seen, whether it is marked.
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const r = [...e.getClientRects()].find((r) => r.width > 0 && r.height > 0) || e.getBoundingClientRect();
  const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .2], [.5, .8]].map(([x, y]) => [r.left + r.width * x, r.top + r.height * y]);
  const seen = points.some(([x, y]) => {
    const on = document.elementFromPoint(x, y);
    return on && (on === e || e.contains(on) || on.contains(e));
  });
  const marks = [getComputedStyle(e), getComputedStyle(e, '::after')];  // a card's title is marked around the whole card
  const marked = marks.some((s) => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none');
  return {who: `<${e.localName} class="${e.className}"> ${(e.textContent || e.name || '').trim().slice(0, 40)}`, seen, marked,
    end: e.matches(':focus-visible')};
}"""
