"""Makes a built site carry its own search, be installable, and work without a network or from a folder.

What the search is over, its postings and words, is handed in as files; the page, the scripts, the worker, the
manifest and the list of all files with their digests are made here. The same site and search give the same bytes,
but for the one small file that says when it was built.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kb.site.draft_page import draft_page
from kb.site.offline_icons import SIZES, icon_name, icon_png
from kb.site.offline_page import search_page
from kb.site.offline_scripts import plain_script

ASSETS = "assets/offline"
THEME = Path(__file__).parent / "theme"
PACK = "offline"
PAGE, WORKER, MANIFEST, LIST = "search.html", "sw.js", "manifest.webmanifest", f"{PACK}/files.json"
DRAFT_PAGE = "draft.html"
SCRIPTS = {"search.js": "page", "draft.js": "draft"}
"""Scripts of the two pages, each written from the module that it starts and all that this one imports: one file comes
sooner than twenty that each ask for the next, and a page opened from a folder may load no module."""
NOT_LISTED = frozenset({WORKER, LIST, "sitemap.xml", "sitemap.xml.gz"})
"""Files that no reader needs without a network: the worker comes from the browser itself, and a site map is for
machines and names the day of the build."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineSearch:
    """A search over the site's pages, as files.

    Args:
        version: Digest of it all.
        parts: Name of the file of each part.
        files: Content by file name.
        pages: How many pages it finds.
        texts: What the page says, in Chinese, by message id.
        built: When the site was built; None leaves the age of the pack open.
    """

    version: str
    parts: Mapping[str, str]
    files: Mapping[str, bytes]
    pages: int
    texts: Mapping[str, str]
    built: datetime | None = None


def add_offline(site_dir: Path, search: OfflineSearch) -> None:
    """Put the search, its page, the worker and the list of all files into the built site `site_dir`.

    Call it last: the list names every file that is there, with its digest.
    """
    assets = site_dir / ASSETS
    shutil.copytree(THEME / ASSETS, assets, dirs_exist_ok=True)
    for source in (*assets.glob("*.mjs"), assets / "worker.js"):
        source.unlink()  # what is written from them stands in their place
    modules = sorted((THEME / ASSETS).glob("*.mjs"))
    for name, main in SCRIPTS.items():
        _write(assets / name, plain_script(modules, main=main))
    for size in SIZES:
        (assets / icon_name(size)).write_bytes(icon_png(size))
    folder = site_dir / PACK
    folder.mkdir(exist_ok=True)
    for name, raw in search.files.items():
        (folder / name).write_bytes(raw)
    _write(
        site_dir / DRAFT_PAGE,
        draft_page(search.texts, [f"{PACK}/pack.js", f"{PACK}/{search.parts['texts']}"]),
    )
    first = ("pack.js", search.parts["core"], search.parts["texts"])
    _write(site_dir / PAGE, search_page(search.texts, [f"{PACK}/{name}" for name in first]))
    _write(site_dir / WORKER, (THEME / ASSETS / "worker.js").read_text(encoding="utf-8"))
    _write(site_dir / MANIFEST, _json(_manifest(search.texts)))
    listed = {
        path: [digest, size, int(is_search(path))]
        for path, digest, size in _digests(site_dir, but={f"{PACK}/pack.js"})
    }
    # The digest of the whole leaves out this one file, so that the day of the build makes no new version.
    whole = hashlib.sha256(_json(listed).encode()).hexdigest()[:16]
    about = {
        "version": search.version,
        "whole": whole,
        "pages": search.pages,
        "built": search.built.isoformat(timespec="seconds") if search.built else "",
        "files": dict(search.parts),
    }
    _write(folder / "pack.js", f'servicebookPack("list",{_json(about)});\n')
    raw = (folder / "pack.js").read_bytes()
    listed[f"{PACK}/pack.js"] = [hashlib.sha256(raw).hexdigest(), len(raw), 1]
    _write(site_dir / LIST, _json({"version": whole, "files": dict(sorted(listed.items()))}) + "\n")


def is_search(path: str) -> bool:
    """Whether a file of the site is needed to search or to write a draft, not only to read."""
    return path in {PAGE, DRAFT_PAGE, MANIFEST} or path.startswith((f"{PACK}/", f"{ASSETS}/"))


def _digests(site_dir: Path, but: set[str]) -> Iterator[tuple[str, str, int]]:
    """Yield path, SHA-256 and size of every file that the list names."""
    for path in sorted(site_dir.rglob("*")):
        name = path.relative_to(site_dir).as_posix()
        if path.is_file() and name not in NOT_LISTED and name not in but:
            raw = path.read_bytes()
            yield name, hashlib.sha256(raw).hexdigest(), len(raw)


def _manifest(texts: Mapping[str, str]) -> dict[str, object]:
    return {
        "name": texts.get("Servicebook", "Servicebook"),
        "short_name": texts.get("Servicebook", "Servicebook"),
        "lang": "zh-CN",
        "start_url": PAGE,
        "scope": "./",
        "display": "standalone",
        "background_color": "#f5f7f6",
        "theme_color": "#0b5c6b",
        "icons": [
            {
                "src": f"{ASSETS}/{icon_name(size)}",
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))
        ],
    }


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
