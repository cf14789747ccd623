"""Parts of pages that many pages have alike: written once for a generation, as whole pages are.

In a template: `{% kept "footer" %} … {% endkept %}`, with what else the part depends on behind its name:
`{% kept "contents", revision.id, chapter.slug %}`. The language of the interface and who asks are taken care of: nothing is
remembered for who may have an account (`SETTLED`). What depends on the address or on other headers does not belong into one.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

from library.interface import spoken
from library.serving.remembered import Remembered

_PARTS: Remembered[Markup] = Remembered(most=5_000)


def init_app(app: Flask) -> None:
    """Let templates say `kept`."""
    app.jinja_env.add_extension(Kept)


class Kept(Extension):
    """See the module."""

    tags = {"kept"}

    def parse(self, parser: Parser) -> nodes.Node:
        """From `kept` to `endkept`."""
        line = next(parser.stream).lineno
        key = [parser.parse_expression()]
        while parser.stream.skip_if("comma"):
            key.append(parser.parse_expression())
        body = parser.parse_statements(("name:endkept",), drop_needle=True)
        asked = self.call_method("part", [nodes.Tuple(key, "load")])
        return nodes.CallBlock(asked, [], [], body).set_lineno(line)

    def part(self, key: tuple[object, ...], caller: Callable[[], Markup]) -> Markup:
        """What stands between, written by `caller` where it is not remembered under `key`."""
        return _PARTS.get((spoken(), *key), caller)
