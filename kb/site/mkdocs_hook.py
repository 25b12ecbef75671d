"""MkDocs' driver: the files of `docs_dir` (the raw library) give way to the pages of `kb.site.pages`.

MkDocs loads this file by its path in mkdocs.yml. Other builders skip hooks silently, so `kb.site.check`
verifies after every build that each page is there.
"""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from kb.site.pages import site_pages
from kb.site.reading import read_site_input


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Return the generated pages and the theme's own files."""
    for file in list(files):
        if file.src_dir == config.docs_dir:
            files.remove(file)
    manual_dir = Path(config.config_file_path).parent / "docs"
    for path, text in site_pages(read_site_input(Path(config.docs_dir), manual_dir)).items():
        files.append(File.generated(config, path, content=text))
    return files
