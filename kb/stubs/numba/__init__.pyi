from collections.abc import Callable
from typing import Literal, TypeVar

_F = TypeVar("_F", bound=Callable[..., object])

def njit(
    *,
    cache: bool = ...,
    nogil: bool = ...,
    error_model: Literal["python", "numpy"] = ...,
    forceinline: bool = ...,
    _nrt: bool = ...,
) -> Callable[[_F], _F]: ...
