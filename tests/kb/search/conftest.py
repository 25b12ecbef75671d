"""The small library and its index, built once for the tests that only read."""

import pytest

from kb.search import SearchIndex
from tests.kb.search.pages import an_index


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    return an_index(tmp_path_factory.mktemp("small"))
