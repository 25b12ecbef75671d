"""Every setting of the product: name, type, default, description.

Read from the environment (`SERVICEBOOK_…`) and from a file `.env` in the working folder.
docs/reference/settings.md is generated from here and compared by a test.

May import: `kb.i18n`, pydantic-settings.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from kb.i18n import DEFAULT_LANGUAGE, Language


class Settings(BaseSettings):
    """The settings of one house; unknown `SERVICEBOOK_` variables are ignored, wrong values refused."""

    model_config = SettingsConfigDict(env_prefix="SERVICEBOOK_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(
        default=Path("var"),
        description="Folder for everything the service writes: database, index, site, backups.",
    )
    content_dir: Path = Field(default=Path("content"), description="Folder of the Markdown library.")
    database_url: str = Field(
        default="",
        description="SQLAlchemy address of the database; empty means SQLite in `home`. "
        "PostgreSQL: postgresql+psycopg://user@host/name",
        repr=False,
    )
    host: str = Field(
        default="127.0.0.1",
        description="Address to listen on. Anything but loopback is refused until a user with a password exists.",
    )
    port: int = Field(default=8000, ge=1, le=65535, description="TCP port to listen on.")
    language: Language = Field(
        default=DEFAULT_LANGUAGE,
        description="Interface language where neither cookie nor browser asks for one.",
    )
    time_zone: str = Field(default="Asia/Shanghai", description="IANA time zone of dates and deadlines.")
    overdue: Literal["merge", "stack", "skip"] = Field(
        default="merge",
        description="What planning does with inspections whose window has passed: `merge` makes good for those of one "
        "maintenance plan with one visit, `stack` plans every one, `skip` waits for the next date.",
    )
    upload_limit_bytes: int = Field(
        default=20_000_000, ge=1, description="Largest upload or fetched document, in bytes."
    )
    draft_photo_limit_bytes: int = Field(
        default=3_000_000,
        ge=1,
        description="Largest photo of a draft case, in bytes; four of them and a third more must fit into one upload.",
    )
    warranty_months: int = Field(
        default=12,
        ge=0,
        le=120,
        description="How long a machine is in warranty from the day it was taken over, in months; 0 reckons no warranty.",
    )
    report_limit_per_machine: int = Field(
        default=6,
        ge=0,
        description="Fault reports that one machine's QR label takes in an hour; 0 sets no limit.",
    )
    report_limit_per_address: int = Field(
        default=20,
        ge=0,
        description="Fault reports by QR label that one network address sends in an hour; 0 sets no limit, which is right "
        "behind a proxy that hides addresses.",
    )
    report_photo_limit_bytes: int = Field(
        default=6_000_000,
        ge=1,
        description="Largest photo of a fault report, in bytes; three of them must fit into one upload.",
    )
    session_hours: int = Field(default=12, ge=1, le=24 * 31, description="How long a login lasts, in hours.")
    secure_cookies: bool = Field(
        default=False, description="Send cookies over TLS only; set it when a TLS proxy stands in front."
    )

    search_engine: Literal["auto", "whoosh", "tantivy"] = Field(
        default="auto",
        description="What keeps the search index: whoosh, tantivy, or auto, which takes tantivy from "
        "5,000 pages on. The answers are the same.",
    )

    letterhead: Path | None = Field(
        default=None,
        description="Word file with the department's head for proposals; names in double braces are filled in. Empty: none.",
    )

    cluster: str = Field(
        default="",
        description="Address of a Dask cluster that improves large plans, such as tcp://10.0.0.5:8786; empty means "
        "processes of this machine. Needs the extra `cluster`.",
    )

    osrm_url: str = Field(
        default="",
        description="Address of an OSRM road service for travel times, such as http://roads:5000; empty asks nobody. "
        "It is asked only when a planner asks for it.",
    )
    tile_url: str = Field(
        default="",
        pattern=r"^$|^https?://[^/\s;,'\"]+/\S*\{z\}\S*$",
        description="Address of map tiles with {z}, {x} and {y}; empty draws maps without tiles. Browsers then fetch "
        "pictures from there on the map's page.",
    )
    tile_credit: str = Field(default="", description="Whom the map's page names as the maker of the tiles.")

    @property
    def database(self) -> str:
        """The database address in force."""
        return self.database_url or f"sqlite:///{self.home / 'servicebook.db'}"

    @property
    def index_dir(self) -> Path:
        """Folder of the search index; derived, may be thrown away."""
        return self.home / "index"

    @property
    def site_dir(self) -> Path:
        """Folder of the built site; derived, may be thrown away."""
        return self.home / "site"
