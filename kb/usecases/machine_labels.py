"""Labels for machines: tag, model and serial number beside a QR code that leads to reporting a fault, or to the machine's file."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

import segno

from kb.errors import BadQuery, NotFound
from kb.store import Store
from kb.store import fault_reports as reports
from kb.store.register import Selection, columns_by_id, first_with, page

MOST_LABELS = 500
"""So many labels are made at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A label; `svg` is its QR code as an SVG that scales.

    Args:
        href: Where the code leads.
        reports: Whether that is the form of a customer; otherwise the machine's file, which needs a login.
    """

    tag: str
    what: str
    serial: str
    site: str
    href: str
    reports: bool
    svg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Labels, and the sites that have machines: code and name."""

    labels: tuple[Label, ...]
    sites: tuple[tuple[str, str], ...]


def machine_labels(store: Store, *, site: str, tags: Sequence[str], base: str) -> Labels:
    """Return the labels of a site's machines, or of those that are named; none where neither is given.

    Args:
        site: Code of a site.
        base: Address of the service as customers reach it, without a slash at its end.

    Raises:
        NotFound: There is no such site or machine.
        BadQuery: They are too many.
    """
    if len(tags) > MOST_LABELS:
        raise BadQuery(f"{len(tags)} labels are asked for; at most {MOST_LABELS} at once")
    with store.reading() as session:
        sites = page(
            session, "sites", Selection(equal={"retired": False}, order="code"), offset=0, limit=None
        )
        rows = []
        for tag in tags:
            row = first_with(session, "equipment", "tag", tag)
            if row is None:
                raise NotFound("equipment", tag[:64])
            rows.append(row)
        if site:
            place = first_with(session, "sites", "code", site)
            if place is None:
                raise NotFound("site", site[:64])
            wanted = Selection(equal={"site_id": place["id"], "retired": False}, order="tag")
            rows += page(session, "equipment", wanted, offset=0, limit=MOST_LABELS)
        names = columns_by_id(session, "sites", ("name",), sorted({row["site_id"] for row in rows}))
        made = []
        for row in rows:
            token = reports.token_of_machine(session, row["id"])
            path = f"/report/{token.token}" if token else f"/machine-files/{quote(row['tag'], safe='')}"
            code = segno.make(f"{base}{path}", error="m")
            made.append(
                Label(
                    tag=row["tag"],
                    what=f"{row['brand']} {row['model']}".strip(),
                    serial=row["serial"],
                    site=str(names[row["site_id"]][0]),
                    href=path,
                    reports=token is not None,
                    svg=code.svg_inline(scale=1, omitsize=True, border=2),
                )
            )
    return Labels(labels=tuple(made), sites=tuple((one["code"], one["name"]) for one in sites))
