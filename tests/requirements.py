"""Parts of the machine that some tests need: skip where one is missing, or fail where it is required."""

import os

import pytest


def missing(part: str, why: str) -> None:
    """Skip the test for want of `part`, or fail it where SERVICEBOOK_TEST_REQUIRE names the part (as CI does).

    Args:
        part: `postgresql`, `browser` or `office`.
        why: What was looked for and not found.
    """
    required = os.environ.get("SERVICEBOOK_TEST_REQUIRE", "").split(",")
    if part in required:
        pytest.fail(f"{part} is required here: {why}")
    pytest.skip(f"{part}: {why}")
