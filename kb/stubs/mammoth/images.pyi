from collections.abc import Callable
from typing import Any

def img_element(func: Callable[[Any], dict[str, str]]) -> Callable[..., Any]: ...
