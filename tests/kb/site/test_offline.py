"""The site with its own search: what the check finds, and one script from many modules."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from kb.content import load_library
from kb.site.build import build_with_mkdocs
from kb.site.offline import LIST, OfflineSearch, add_offline
from kb.site.offline_check import offline_faults
from kb.site.offline_icons import BRAND, GLASS, PAPER, SIZES, icon_png
from kb.site.offline_scripts import plain_script
from kb.usecases.offline import offline_search
from tests.kb.site.samples import ROOT, a_library

MOMENT = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> OfflineSearch:
    return offline_search(load_library(a_library(tmp_path_factory.mktemp("content"))), built=MOMENT)


@pytest.fixture
def site(tmp_path: Path, search: OfflineSearch) -> Path:
    (tmp_path / "index.html").write_text("<p>front</p>", encoding="utf-8")
    add_offline(tmp_path, search)
    return tmp_path


def listed(site: Path) -> dict[str, list[object]]:
    return dict(json.loads((site / LIST).read_text(encoding="utf-8"))["files"])


def test_a_sound_site_has_no_faults_and_lists_every_file(site: Path) -> None:
    assert offline_faults(site) == ()
    assert {"index.html", "search.html", "manifest.webmanifest", "offline/pack.js"} <= set(listed(site))
    assert "sw.js" not in listed(site)


def test_the_same_site_has_the_same_bytes_but_for_the_day_it_was_built(
    site: Path, search: OfflineSearch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "index.html").write_text("<p>front</p>", encoding="utf-8")
    later = MOMENT.replace(year=2027)
    add_offline(
        other,
        OfflineSearch(
            version=search.version,
            parts=search.parts,
            files=search.files,
            pages=search.pages,
            texts=search.texts,
            built=later,
        ),
    )
    different = {
        name
        for name in (path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
        if (site / name).read_bytes() != (other / name).read_bytes()
    }
    assert different == {"offline/pack.js", LIST}
    versions = [json.loads((folder / LIST).read_text("utf-8"))["version"] for folder in (site, other)]
    assert versions[0] == versions[1]
    assert '"built":"2026-03-04T05:06:00+00:00"' in (site / "offline/pack.js").read_text("utf-8")


def test_a_changed_page_makes_another_version(site: Path, search: OfflineSearch) -> None:
    before = json.loads((site / LIST).read_text("utf-8"))["version"]
    (site / "index.html").write_text("<p>other</p>", encoding="utf-8")
    add_offline(site, search)
    assert json.loads((site / LIST).read_text("utf-8"))["version"] != before


@pytest.mark.parametrize(
    "name", ["index.html", "assets/offline/search.js", "offline/pack.js", "manifest.webmanifest"]
)
def test_a_file_with_other_bytes_is_found(site: Path, name: str) -> None:
    (site / name).write_bytes((site / name).read_bytes() + b" ")
    assert (name, "is not what the list of files says") in [
        (fault.where, fault.what) for fault in offline_faults(site)
    ]


def test_missing_and_foreign_files_are_found(site: Path) -> None:
    core = next((site / "offline").glob("core.*.js"))
    core.unlink()
    (site / "sw.js").unlink()
    (site / "more.html").write_text("x", encoding="utf-8")
    found = {(fault.where, fault.what) for fault in offline_faults(site)}
    assert found == {
        (f"offline/{core.name}", "is listed, but missing from the built site"),
        ("sw.js", "is missing from the built site"),
        ("more.html", "is not in the list of files"),
    }


def test_a_pack_whose_list_names_other_files_is_found(site: Path) -> None:
    about = site / "offline/pack.js"
    text = about.read_text("utf-8")
    core = next((site / "offline").glob("core.*.js")).name
    about.write_text(text.replace(core, "core.000000000000.js").replace('"sounds":', '"noises":'), "utf-8")
    what = [fault.what for fault in offline_faults(site)]
    assert "is a part of the pack, but not listed" in what
    assert "names no part sounds" in what
    assert any(one == "is no name for the part noises" for one in what)
    about.write_text("nothing", "utf-8")
    assert "hands over no list of the pack" in [fault.what for fault in offline_faults(site)]


def test_a_site_without_a_list_has_that_fault_alone(tmp_path: Path) -> None:
    (fault,) = offline_faults(tmp_path)
    assert fault.where == LIST
    assert "is no list of files" in fault.what


def test_the_builder_gives_the_site_its_search(tmp_path: Path, search: OfflineSearch) -> None:
    report = build_with_mkdocs(
        ROOT / "mkdocs.yml", a_library(tmp_path / "content"), tmp_path / "site", strict=True, offline=search
    )
    assert offline_faults(report.site_dir) == ()
    page = (report.site_dir / "search.html").read_text("utf-8")
    assert "检索" in page
    assert "<script>" not in page
    assert "style=" not in page


def modules(folder: Path, **texts: str) -> list[Path]:
    for name, text in texts.items():
        (folder / f"{name}.mjs").write_text(text, encoding="utf-8")
    return sorted(folder.glob("*.mjs"))


def test_modules_become_one_script_in_the_order_of_their_imports(tmp_path: Path) -> None:
    script = plain_script(
        modules(
            tmp_path,
            page='import { two } from "./b.mjs";\ntwo();\n',
            b='import {\n  one,\n} from "./c.mjs";\nexport const two = () => one();\n',
            c="export async function one() {}\nexport class Three {}\n",
        ),
        main="page",
    )
    assert script.index("m_c =") < script.index("m_b =") < script.index("m_page =")
    assert "return { one, Three };" in script
    assert "import" not in script
    assert "export" not in script


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ('import x from "./b.mjs";\n', "the plain script does not know"),
        ("export default 1;\n", "the plain script does not know"),
        ('const x = import("./b.mjs");\n', "the plain script does not know"),
        ("const x = import.meta.url;\n", "the plain script does not know"),
        ('import { x } from "./gone.mjs";\n', "imports gone.mjs, which is not there"),
        ('import { x } from "./page.mjs";\n', "page → page: modules import each other in a circle"),
    ],
)
def test_a_module_that_the_script_cannot_hold_is_refused(tmp_path: Path, text: str, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        plain_script(modules(tmp_path, page=text, b="export const x = 1;\n"), main="page")


def test_the_icon_is_a_picture_of_the_size_it_says_with_its_drawing_in_the_middle() -> None:
    for size in SIZES:
        picture = Image.open(io.BytesIO(icon_png(size)))
        assert (picture.format, picture.size) == ("PNG", (size, size))
        assert picture.getpixel((0, 0)) == picture.getpixel((size - 1, size // 2)) == BRAND
        assert {PAPER, GLASS} <= {colour for _, colour in picture.getcolors(size * size) or ()}
