"""Rows that are filled: what is put where, and that nothing gets into a page unescaped."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, render_template_string

ROWS = (
    "{% macro row(state, end) %}<li{% if state %} class='on'{% endif %} title='{{ field.label }}'>"
    "100% {{ field.number }}{{ end }}</li>{% endmacro %}"
    "{% macro bare(state, end) %}<i>{{ field.label }}</i>{% endmacro %}"
    "{% macro empty(state, end) %}<hr>{% endmacro %}"
)


@dataclass
class Item:
    """What a row is filled with."""

    label: str
    number: int
    state: bool = False


def filled(app: Flask, *items: Item, macro: str = "row", end: str = ".") -> str:
    with app.test_request_context():
        return render_template_string(ROWS + "{{ poured(items, " + macro + ", end) }}", items=items, end=end)


def test_each_item_has_the_row_of_its_state(app: Flask) -> None:
    assert filled(app, Item("a", 1), Item("b", 2, True)) == (
        "<li title='a'>100% 1.</li><li class='on' title='b'>100% 2.</li>"
    )
    assert filled(app) == ""


def test_values_are_escaped_and_per_cents_stay(app: Flask) -> None:
    page = filled(app, Item("<b>&'%s\"", 3), Item("%(label)s", 4))
    assert page == "<li title='&lt;b&gt;&amp;&#39;%s&#34;'>100% 3.</li><li title='%(label)s'>100% 4.</li>"


def test_no_text_is_taken_for_the_sign_between_values(app: Flask) -> None:
    assert filled(app, Item("a\ufdd2<", 1), Item("b", 2)) == (
        "<li title='a\ufdd2&lt;'>100% 1.</li><li title='b'>100% 2.</li>"
    )


def test_a_row_may_have_one_value_or_none(app: Flask) -> None:
    assert filled(app, Item("<", 1), Item("b", 2), macro="bare") == "<i>&lt;</i><i>b</i>"
    assert filled(app, Item("a", 1), Item("b", 2), macro="empty") == "<hr><hr>"


def test_what_a_row_is_given_makes_it_another(app: Flask) -> None:
    assert filled(app, Item("a", 1), end="!") != filled(app, Item("a", 1), end="?")
