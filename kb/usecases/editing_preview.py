"""A page as its readers would see it, before it is saved or before the site is built again."""

import json
import re
from pathlib import Path

from kb.content import Library, Page
from kb.content.files import content_of
from kb.site.preview import page_html
from kb.site.reading import site_input

SITE = "/library/"
PICTURES = "/pages/pictures/"
"""Where the service shows pictures that the built site may not have yet."""
_FIGURE = re.compile(rf'src="{SITE}(?:[^"]*/)?figures/([0-9a-f]{{16}}\.(?:jpg|png))"')


def rendered(library: Library, page: Page, body: str) -> str:
    """Return a page as sanitised HTML, with links to the built site.

    Args:
        library: All other pages, for the links.
        page: The page as it shall be.
        body: The Markdown of it.
    """
    html = page_html(page, body, site_input(library, {}), base=SITE)
    return _FIGURE.sub(rf'src="{PICTURES}\1"', html)


def digests_file(site_dir: Path) -> Path:
    """Return the file beside the built site that tells which state of each page it shows."""
    return site_dir.with_name(f"{site_dir.name}.pages.json")


def is_newer_than_site(library: Library, page_id: str, site_dir: Path) -> bool:
    """Whether the built site shows another state of a page than its file has; True where there is no site.

    A site that was built before states were noted is held against the time of the file.
    """
    path = library.paths[page_id]
    front = site_dir / "index.html"
    if not front.is_file():
        return True
    noted = content_of(digests_file(site_dir))
    if noted is None:
        stamp = library.stamps.get(path)
        return stamp is not None and stamp[0] > front.stat().st_mtime_ns
    try:
        known = json.loads(noted)
    except ValueError:
        return True
    return not isinstance(known, dict) or known.get(page_id) != library.files[path].digest


def digests(library: Library) -> bytes:
    """Return what `digests_file` holds for a site that is built from a library."""
    states = {id_: library.files[path].digest for id_, path in sorted(library.paths.items())}
    return json.dumps(states).encode()
