"""Many small values at once, without the collector of reference cycles looking through them again and again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_pausing = 0


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector while a block makes many frozen values, which hold no cycles.

    Measured with a plan of 9,000 visits: loading takes 0.5 s instead of 1.6 s. Blocks of several threads may
    overlap; the collector runs again when the last of them ends. A collector that was off before stays off.
    """
    global _pausing
    with _lock:
        # Off although nobody pauses it: somebody else's decision, left alone.
        ours = _pausing > 0 or gc.isenabled()
        if ours:
            _pausing += 1
            gc.disable()
    try:
        yield
    finally:
        if ours:
            with _lock:
                _pausing -= 1
                if _pausing == 0:
                    gc.enable()
