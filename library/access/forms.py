"""The forms of signing in and of one's own account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from library.access.accounts import LONGEST_PASSWORD, SHORTEST_PASSWORD
from library.forms import Form

_LENGTH = Length(
    min=SHORTEST_PASSWORD,
    max=LONGEST_PASSWORD,
    message=_("A password has at least %(min)d characters; a few words are good.", min=SHORTEST_PASSWORD),
)


class LoginForm(Form):
    """Address and password."""

    email = EmailField(
        _("E-mail address"),
        [DataRequired(_("Write your e-mail address."))],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        _("Password"), [DataRequired(_("Write your password."))], render_kw={"autocomplete": "current-password"}
    )


class NewPasswordForm(Form):
    """A password, twice."""

    password = PasswordField(
        _("New password"),
        [DataRequired(_("Choose a password.")), _LENGTH],
        description=_("At least %(min)d characters; a few words are good.", min=SHORTEST_PASSWORD),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _("The same password again"),
        [EqualTo("password", _("The two passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )


class SetupForm(NewPasswordForm):
    """What a new account needs."""

    name = StringField(_("Name"), [Length(max=200)], render_kw={"autocomplete": "name"})
    email = EmailField(
        _("E-mail address"),
        [DataRequired(_("Write your e-mail address.")), Length(max=254)],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )


class PasswordForm(NewPasswordForm):
    """Changing one's own password."""

    current = PasswordField(
        _("Present password"),
        [DataRequired(_("Write your present password."))],
        render_kw={"autocomplete": "current-password"},
    )


class NameForm(Form):
    """Changing one's own name."""

    name = StringField(_("Name"), [Length(max=200)], render_kw={"autocomplete": "name"})
