"""`library users …`: accounts without a browser."""

from __future__ import annotations

import sys

import click

from library.commands.opening import opened
from library.failures import Refused

ROLES = ("member", "contributor", "curator", "admin")


@click.group()
def users() -> None:
    """Accounts: add, list, disable."""


@users.command()
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What the person may do.")
@click.option("--name", default="", help="The person's name.")
@click.option(
    "--password-stdin",
    is_flag=True,
    required=True,
    help="Read the password from standard input, a line.",
)
def add(email: str, role: str, name: str, password_stdin: bool) -> None:
    """Add an account for EMAIL."""
    password = sys.stdin.readline().rstrip("\r\n")
    with opened():
        from library.access import accounts
        from library.access.models import Role

        user = accounts.create(email, Role(role), name, password)
        click.echo(f"{user.email} is {user.role} now.")


@users.command("list")
def list_() -> None:
    """List the accounts: address, role, name, and whether they are disabled."""
    with opened():
        from sqlalchemy import select

        from library.access.models import User
        from library.extensions import db

        for user in db.session.scalars(select(User).order_by(User.email)):
            click.echo(
                "\t".join(
                    (
                        user.email,
                        str(user.role),
                        user.name,
                        "disabled" if user.disabled else "",
                    )
                ).rstrip()
            )


@users.command()
@click.argument("email")
def disable(email: str) -> None:
    """Disable the account of EMAIL and sign it out everywhere."""
    with opened():
        from library.access import accounts

        user = accounts.by_email(email)
        if user is None:
            raise Refused(f"There is no account for {email}.")
        accounts.change(user, disabled=True)
        click.echo(f"{user.email} is disabled and signed out.")
