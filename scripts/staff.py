"""`shopclerk staff`: who may sign in at `/staff`."""

from typing import Annotated

import typer

from bot.conversation.database import migrate
from bot.errors import NotFound
from bot.settings import Settings
from bot.staff import passwords
from bot.staff.accounts import Accounts, StaffAccount
from knowledge.database import create_database_engine
from scripts.console import JsonFlag, note, print_json, print_table

BY = "shopclerk"
"""Who did it, in the audit log, when a command did."""

Email = Annotated[str, typer.Argument(help="E-mail address that they sign in with.")]
Role = Annotated[str, typer.Option(help="viewer (reads), agent (also answers and teaches) or admin (all).")]

app = typer.Typer(
    no_args_is_help=True, add_completion=False, epilog="Example: shopclerk staff add ann@shop.example --role admin"
)


@app.callback()
def staff() -> None:
    """Add, change and remove the accounts of people who work in the shop."""


@app.command(epilog="Example: shopclerk staff add ann@shop.example --role admin")
def add(
    email: Email,
    role: Role = "viewer",
    name: Annotated[str, typer.Option(help="How colleagues see them.", show_default="the part before the @")] = "",
    ask: Annotated[bool, typer.Option("--ask", help="Ask for a password instead of making one.")] = False,
    json: JsonFlag = False,
) -> None:
    """Make an account; its password is made and shown once, to be changed at the first sign-in."""
    password = (
        typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        if ask
        else passwords.new_password()
    )
    account = _accounts().add(email, by=BY, role=role, name=name, password=password, must_change=not ask)
    _tell(account, "" if ask else password, json=json)


@app.command("list", epilog="Example: shopclerk staff list --json")
def list_accounts(json: JsonFlag = False) -> None:
    """Everybody who may sign in."""
    accounts = _accounts().all()
    if json:
        print_json([_account_json(account) for account in accounts])
    elif accounts:
        rows = [(one.email, one.name, one.role, "yes" if one.second_factor else "no") for one in accounts]
        print_table(("e-mail address", "name", "role", "second factor"), rows)
    else:
        print("Nobody may sign in yet; make an account with: shopclerk staff add EMAIL --role admin")


@app.command(epilog="Example: shopclerk staff role ben@shop.example agent")
def role(
    email: Email, role: Annotated[str, typer.Argument(help="viewer, agent or admin.")], json: JsonFlag = False
) -> None:
    """Make somebody something else."""
    accounts = _accounts()
    _tell(accounts.change_role(_known(accounts, email).id, role, by=BY), "", json=json)


@app.command(epilog="Example: shopclerk staff reset ben@shop.example")
def reset(email: Email, json: JsonFlag = False) -> None:
    """A new password, shown once; the second factor is off, and they are signed out everywhere."""
    accounts = _accounts()
    account = _known(accounts, email)
    _tell(account, accounts.reset(account.id, by=BY), json=json)


@app.command(epilog="Example: shopclerk staff remove ben@shop.example")
def remove(email: Email, json: JsonFlag = False) -> None:
    """They may sign in no more; what they did stays."""
    accounts = _accounts()
    account = _known(accounts, email)
    accounts.remove(account.id, by=BY)
    if json:
        print_json({"removed": account.email})
    else:
        print(f"{account.email} may sign in no more.")


def _accounts() -> Accounts:
    """The accounts; managing them needs no model and no running server."""
    engine = create_database_engine(Settings().sqlalchemy_url)
    migrate(engine)
    return Accounts(engine)


def _known(accounts: Accounts, email: str) -> StaffAccount:
    account = accounts.by_email(email)
    if account is None:
        raise NotFound(f"Nobody signs in as {email!r}; see: shopclerk staff list")
    return account


def _tell(account: StaffAccount, password: str, *, json: bool) -> None:
    if json:
        print_json(_account_json(account) | ({"password": password} if password else {}))
        return
    print(f"{account.email} may sign in at /staff as {account.role}.")
    if password:
        note("This password is shown once, to be changed at the first sign-in:")
        print(password)


def _account_json(account: StaffAccount) -> dict[str, object]:
    return {
        "email": account.email,
        "name": account.name,
        "role": account.role,
        "second_factor": account.second_factor,
    }
