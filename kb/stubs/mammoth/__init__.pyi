from collections.abc import Callable
from typing import IO, Any

from mammoth import images as images

class Message:
    type: str
    message: str

class Result:
    value: str
    messages: list[Message]

def convert_to_html(
    fileobj: IO[bytes], *, style_map: str = ..., convert_image: Callable[..., Any] = ...
) -> Result: ...
