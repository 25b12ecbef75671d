"""What every test shares: deterministic property tests, and where shared data stands."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("servicebook", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("servicebook")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `shared` beside the project; tests that need it skip where it is absent."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("shared/ is not beside the project")
    return folder
