"""One plain script from modules: it comes in one request, and a page opened from a folder, where browsers load no
module, may run it.

The modules keep to a few forms of import and export; anything else is refused, so that a script that half works
is never written.
"""

import re
from collections.abc import Sequence
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([a-z_]+)\.mjs";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*|\bimport\(.*|\bimport\.meta.*", re.MULTILINE)


def plain_script(modules: Sequence[Path], *, main: str) -> str:
    """Return modules as one script that runs in the order of their imports and ends with `main`.

    Args:
        modules: The files; each imports only from others of them.
        main: Name of the module to start, without its ending.

    Raises:
        ValueError: A module imports or exports in a way that is not known, imports what is not there, or in a circle.
    """
    texts = {path.stem: path.read_text(encoding="utf-8") for path in modules}
    written: list[str] = []
    done: set[str] = set()

    def add(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ValueError(f"{' → '.join((*above, name))}: modules import each other in a circle")
        if name in done:
            return
        if name not in texts:
            raise ValueError(f"{above[-1] if above else 'the page'} imports {name}.mjs, which is not there")
        for match in _IMPORT.finditer(texts[name]):
            add(match[2], (*above, name))
        done.add(name)
        written.append(_module(name, texts[name]))

    add(main, ())
    return '"use strict";\n(() => {\n' + "".join(written) + "})();\n"


def _module(name: str, text: str) -> str:
    exported = [match[1] for match in _EXPORT.finditer(text)]
    body = _IMPORT.sub(lambda match: f"const {{{match[1]}}} = m_{match[2]};\n", text)
    body = _EXPORT.sub("", body)
    if left := _LEFT.search(body):
        raise ValueError(f"{name}.mjs has {left[0]!r}, which the plain script does not know")
    return f"const m_{name} = (() => {{\n{body}return {{ {', '.join(exported)} }};\n}})();\n"
