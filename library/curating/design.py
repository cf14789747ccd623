"""The living page of the design: every token and every part in every state, left to right and right to left."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import current_app, render_template
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField

from library.access.policy import Action, requires
from library.catalogue.models import Kind
from library.curating import colours
from library.curating.blueprint import bp
from library.forms import Form
from library.reading.assets import LAYERS

SIZES = ("s", "m", "read", "l", "xl", "2xl", "3xl")
SPACES = ("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8")
# The same words in scripts that readers use; each shows how its letters stand at every size.
SCRIPTS = {
    "en": "Freedom of assembly", "ar": "حرية التجمع", "fr": "Liberté de réunion", "ru": "Свобода собраний",
    "hi": "सभा की स्वतंत्रता", "zh": "集会自由", "th": "เสรีภาพในการชุมนุม", "am": "የመሰብሰብ ነፃነት",
}  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One of the two columns: its language, its words, and the form whose fields it shows (`wrong`: refused)."""

    lang: str
    dir: str
    title: str
    text: str
    word: str
    form: Form
    wrong: Form
    pieces: list[Any] = field(default_factory=list)


class Fields(Form):
    """A field of each kind."""

    line = StringField()
    lines = TextAreaField(render_kw={"rows": 2})
    choice = SelectField()
    one = RadioField()
    tick = BooleanField()


@bp.get("/design")
@requires(Action.EDIT)
def design() -> str:
    """Every token and part in every state: what the look of the library is made of."""
    styles = Path(str(current_app.static_folder)) / "css"
    found = colours.tokens(styles)
    return render_template(
        "curate/design.html",
        light=colours.colours(found[colours.LIGHT]),
        dark=colours.colours(found[colours.DARK]),
        pairs=colours.pairs(styles),
        sheets=sorted(sheet.name for sheet in styles.glob("*.css") if sheet.stem not in LAYERS),
        sizes=SIZES,
        spaces=SPACES,
        scripts=SCRIPTS,
        sides=(
            _side("en", "ltr", "Asking for records", "Who holds a record must say so, and give it.", "Record"),
            _side("ar", "rtl", "طلب السجلات", "على من يحفظ سجلا أن يقول ذلك وأن يقدمه.", "سجل"),
        ),
    )


def _side(lang: str, direction: str, title: str, text: str, word: str) -> Side:
    form, wrong = _form(f"{lang}-", title, word), _form(f"{lang}-wrong-", title, word)
    for each in (wrong.line, wrong.lines, wrong.choice, wrong.one, wrong.tick):
        each.errors = [text]
    return Side(lang, direction, title, text, word, form, wrong, [_piece(lang, title, text, kind) for kind in Kind])


def _form(prefix: str, title: str, word: str) -> Fields:
    form = Fields(formdata=None, prefix=prefix)
    for each in form:
        each.label.text = title
    form.choice.choices = form.one.choices = [("1", word), ("2", title)]
    form.line.description = form.lines.description = word
    return form


def _piece(lang: str, title: str, text: str, kind: Kind) -> Any:
    """What a card shows of a piece; it is in no catalogue."""
    revision = SimpleNamespace(
        title=title, summary=text, kind=kind, language=lang, topics=[], characters=9_000, published_on=None, year=2026
    )
    return SimpleNamespace(
        id=0, slug="design", topics=[], shown=revision, access="members" if kind == Kind.REPORT else "public"
    )
