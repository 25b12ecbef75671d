"""Asks a road service (OSRM's table service) for the ways between many places, a block at a time.

The address is a setting of the house, never a user's input; redirects are not followed, answers are bounded.

Source:
    OSRM HTTP API v1, service `table`: `/table/v1/driving/{east},{north};…?sources=…&destinations=…&annotations=…`;
    the answer's `code` is `Ok`, `durations` are seconds and `distances` metres, null where there is no way.
"""

import json
from collections.abc import Sequence
from math import ceil

import httpx

from kb.errors import BadImport, Fault

BLOCK = 50
"""Places on each side of one request: together 100, what a service takes unless told otherwise."""
ANSWER_BYTES = 5_000_000
CONNECT_SECONDS = 5.0
LONGEST_MINUTES = 7 * 24 * 60

Way = tuple[int, int] | None
"""Minutes, rounded up, and metres; None where there is no way."""


class RoadService:
    """A road service at one address.

    Args:
        address: Such as `http://roads:5000`; http or https.
        seconds: Time for each answer.
    """

    def __init__(self, address: str, *, seconds: float = 20.0) -> None:
        self._address = address.rstrip("/")
        timeout = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ways(self, origins: Sequence[str], targets: Sequence[str]) -> list[list[Way]]:
        """Return the ways from each origin to each target.

        Args:
            origins, targets: Places as `121.47370,31.23040` in WGS-84; at most `BLOCK` each.

        Raises:
            BadImport: The service cannot be reached, refuses, or answers with something else.
        """
        places = [*origins, *targets]
        numbers = range(len(places))
        query = {
            "sources": ";".join(str(one) for one in numbers[: len(origins)]),
            "destinations": ";".join(str(one) for one in numbers[len(origins) :]),
            "annotations": "duration,distance",
        }
        address = f"{self._address}/table/v1/driving/{';'.join(places)}"
        try:
            with self._client.stream("GET", address, params=query) as answer:
                content = bytearray()
                for part in answer.iter_bytes(65_536):
                    content += part
                    if len(content) > ANSWER_BYTES:
                        raise _refused(f"sends more than {ANSWER_BYTES:,} bytes")
                status = answer.status_code
        except httpx.TimeoutException as error:
            raise _refused("did not answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _refused(f"cannot be reached: {error}") from error
        return _read(bytes(content), status, len(origins), len(targets))


def _read(content: bytes, status: int, rows: int, columns: int) -> list[list[Way]]:
    try:
        value = json.loads(content)
        code = value["code"]
        durations, distances = value.get("durations"), value.get("distances")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _refused(f"answers with status {status} and no table") from error
    if status != httpx.codes.OK or code != "Ok":
        raise _refused(f"answers with status {status}, code {str(code)[:40]}")
    ways: list[list[Way]] = []
    try:
        for row in range(rows):
            ways.append(
                [_way(durations[row][n], distances[row][n] if distances else None) for n in range(columns)]
            )
    except (TypeError, IndexError, ValueError, OverflowError, KeyError) as error:
        raise _refused("answers with a table of another shape") from error
    return ways


def _way(seconds: object, metres: object) -> Way:
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ValueError(seconds)
    minutes = ceil(round(seconds / 60, 3))
    if not 0 <= minutes <= LONGEST_MINUTES:
        raise ValueError(seconds)
    return minutes, round(metres) if isinstance(metres, int | float) and metres >= 0 else 0


def _refused(what: str) -> BadImport:
    return BadImport("the road service gave no ways", [Fault(where="road service", what=what)])
