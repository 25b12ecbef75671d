"""MkDocs' driver: the raw library in `docs_dir` gives way to the pages of `kb.site.pages`; pictures stay.

MkDocs loads this file by its path in mkdocs.yml. Other builders skip hooks silently, so `kb.site.check`
verifies after every build that each page is there.
"""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from kb.site.pages import site_pages
from kb.site.reading import files_beside, read_site_input


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Return the generated pages, the files beside the library's pages, and the theme's own files."""
    beside = set(files_beside(Path(config.docs_dir)))
    for file in list(files):
        if file.src_dir == config.docs_dir and file.src_uri not in beside:
            files.remove(file)
    manual_dir = Path(config.config_file_path).parent / "docs"
    for path, text in site_pages(read_site_input(Path(config.docs_dir), manual_dir)).items():
        files.append(File.generated(config, path, content=text))
    return files
