"""Which pages answer this query? Tokens, codes, query understanding, ranking, and the index behind them.

May import: `kb.content` and below, Whoosh (in `whoosh_index` alone), tantivy (in `tantivy_index` alone), pypinyin, rapidfuzz,
opencc-purepy, numpy.
"""

from kb.search.engines import EngineChoice
from kb.search.index import FACETS, Filters, Hit, Piece, Reason, Result, SearchIndex
from kb.search.opening import index_state, open_index
from kb.search.query import Understood
from kb.search.scope import Fit, Scope

__all__ = [
    "FACETS",
    "EngineChoice",
    "Filters",
    "Fit",
    "Hit",
    "Piece",
    "Reason",
    "Result",
    "Scope",
    "SearchIndex",
    "Understood",
    "index_state",
    "open_index",
]
