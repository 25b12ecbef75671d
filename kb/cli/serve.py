"""`servicebook serve`: pages and API on one port, loopback only until a user exists."""

import contextlib
import gc
import ipaddress
import socket
from typing import Annotated

import typer
import uvicorn

from kb.api.app import create_app
from kb.errors import BadInput, Fault, KbError, NotAllowed
from kb.settings import Settings
from kb.usecases.accounts import any_user_exists
from kb.usecases.library_health import library_figures
from kb.wiring import House, open_house


def command(
    host: Annotated[str | None, typer.Option(help="监听地址 · address to listen on")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="端口 · TCP port")] = None,
) -> None:
    """启动服务 · serve pages and API."""
    settings = Settings()
    house = open_house(settings)
    house.store.migrate()
    run(house, host=host or settings.host, port=port or settings.port)


def run(house: House, *, host: str, port: int) -> None:
    """Serve `house` until interrupted.

    Raises:
        NotAllowed: `host` is reachable from elsewhere while no user exists.
        BadInput: The port is taken, or the address is not this machine's.
    """
    if not is_loopback(host) and not any_user_exists(house.store):
        raise NotAllowed(
            f"{host} can be reached from other machines; first add a user with a password: servicebook user add NAME --role admin"
        )
    _refuse_taken_port(host, port)
    make_ready(house)
    app = create_app(house)
    # What stands now stays for as long as the service: looking through it for garbage would stop a request for 0.4 s.
    gc.collect()
    gc.freeze()
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"http://{shown}:{port}  (Ctrl+C: 停止 · stop)")
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        limit_concurrency=200,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=5,
    )


def make_ready(house: House) -> None:
    """Read the library, and work out what follows from its files alone, before the first visitor waits for it.

    Where it cannot be read the service starts all the same, and its pages say why.
    """
    with contextlib.suppress(KbError):
        library_figures(house.library(), today=house.today())


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fault = Fault(
                where=f"{host}:{port}",
                what=error.strerror or str(error),
                repair="stop the other program, or choose another: servicebook serve --port 8001",
            )
            raise BadInput("the service cannot listen there", [fault]) from error
