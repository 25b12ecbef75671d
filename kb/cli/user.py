"""`servicebook user`: who may log in, as what."""

import json
from typing import Annotated

import typer

from kb.settings import Settings
from kb.usecases.accounts import Role, add_user, remove_user, set_password, set_role, users
from kb.wiring import House, open_house

command = typer.Typer(rich_markup_mode=None)


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


PasswordOption = Annotated[
    str,
    typer.Option(
        prompt="密码 · password",
        confirmation_prompt=True,
        hide_input=True,
        envvar="SERVICEBOOK_NEW_PASSWORD",
        help="不写则询问 · asked for when left out",
    ),
]


@command.command("add")
def add(
    name: str,
    password: PasswordOption,
    role: Annotated[Role, typer.Option(help="角色 · role")] = Role.ENGINEER,
) -> None:
    """新增用户 · add a user; from then on everybody must log in."""
    house = _house()
    user = add_user(house.store, name=name, password=password, role=role, id=house.new_id(), now=house.now())
    typer.echo(f"已新增 · added {user.name} ({user.role.value})")


@command.command("list")
def list_users(as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False) -> None:
    """列出用户 · list the users."""
    found = users(_house().store)
    if as_json:
        typer.echo(json.dumps([{"name": u.name, "role": u.role.value} for u in found], ensure_ascii=False))
        return
    for user in found:
        typer.echo(f"{user.name}\t{user.role.value}")
    if not found:
        typer.echo("还没有用户，服务只在本机可用 · no user yet; the service answers this machine only")


@command.command("password")
def password(name: str, password: PasswordOption) -> None:
    """修改密码 · change a password and end the user's logins."""
    house = _house()
    set_password(house.store, name=name, password=password, now=house.now())
    typer.echo(f"已修改 · changed {name}")


@command.command("role")
def role(name: str, role: Role) -> None:
    """修改角色 · change a role; it holds from the user's next request on."""
    house = _house()
    user = set_role(house.store, name=name, role=role, now=house.now())
    typer.echo(f"已修改 · changed {user.name} ({user.role.value})")


@command.command("remove")
def remove(
    name: str,
    last: Annotated[
        bool, typer.Option("--last", help="允许删除唯一的用户 · even the only user (stop the service first)")
    ] = False,
) -> None:
    """删除用户 · remove a user."""
    house = _house()
    remove_user(house.store, name=name, now=house.now(), even_the_last=last)
    typer.echo(f"已删除 · removed {name}")
