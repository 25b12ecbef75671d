"""Pages that changed since an index was built: searched at once, by the same ranking, without building it anew.

A built index is never touched. Pages that are no longer as it holds them are masked; pages it does not hold are
read into memory as further documents behind its own, with its own mean lengths. So a change costs in
proportion to what changed. What only a new build can bring (a new name in pages that did not change) is left to the
successor that `kb.search.opening` builds meanwhile.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kb.content import Library, Page
from kb.content.pages import CasePage, TermPage
from kb.search.catalogue import Catalogue, build_catalogue, extended_catalogue, tie_order
from kb.search.code_table import CodeTable, code_table
from kb.search.dictionary import Dictionary, build_dictionary
from kb.search.documents import fields_of, weights_of
from kb.search.posting_index import PostingIndex
from kb.search.postings import PostingList, Postings, impacts_of, level_of
from kb.search.tolerance import Tolerance, latin_words, lettered_phrases

Weights = Mapping[str, float]
Lettered = Callable[[], Sequence[tuple[str, str]]]
Changed = tuple[list[int], list[str]]
"""Documents that are gone, and pages that are no documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """An index on disk, open.

    Args:
        name: Name of its folder.
        ids: Page of each document, in the order of their numbers.
        pages: Pages that are known to be as the index holds them, by id; those that have changed since are left out.
        bodies: Bodies of these pages.
        catalogue: What is known of its documents; of one that is not in `pages`, of some other page.
        postings: Its postings.
        means: Mean length of each field when it was built.
        names: Digest of the dictionary whose concepts its documents carry.
        lettered: Returns its phrases with their initials.
        order: What ties of its documents are ordered by, ascending.
    """

    name: str
    ids: tuple[str, ...]
    pages: Mapping[str, Page]
    bodies: Mapping[str, str]
    catalogue: Catalogue
    postings: Postings
    means: Mapping[str, float]
    names: str
    lettered: Lettered
    order: tuple[tuple[int, str], ...]


class LiveIndex(PostingIndex):
    """A built index with the pages that have changed since.

    Args:
        built: The index on disk.
        library: What is found.
        dictionary: Its words.
        codes: Its codes.
        catalogue: Its documents.
        postings: Those of the built index, and of what changed.
        documents: Weights of the pages that are searched from memory, by id.
        lost: Weights of the pages that the built index has and the library no longer, by id.
    """

    def __init__(
        self,
        *,
        built: Built,
        library: Library,
        dictionary: Dictionary,
        codes: CodeTable,
        catalogue: Catalogue,
        postings: Postings,
        documents: Mapping[str, Weights],
        lost: Mapping[str, Weights],
    ) -> None:
        more = [library.pages[id_] for id_ in documents]

        def lettered() -> list[tuple[str, str]]:
            return [*built.lettered(), *lettered_phrases(spoken_texts(more))]

        def latin() -> list[str]:
            return latin_words([page.title_en for page in library.pages.values()])

        super().__init__(
            library=library,
            dictionary=dictionary,
            codes=codes,
            tolerance=Tolerance(dictionary=dictionary, lettered=lettered, latin=latin),
            catalogue=catalogue,
            postings=postings,
            name=built.name,
        )
        self.built = built
        self.dictionary = dictionary
        self.codes = codes
        self.documents = documents
        self.lost = lost


class OverlaidPostings:
    """Postings of a built index with further documents behind its own; safe to use from several threads.

    Lists are put together when a query first asks for them: a change must not pay for words that nobody looks up.

    Args:
        base: Of the built index; documents that are gone stay in its lists, and the catalogue masks them.
        gone: How many of the documents that are gone had each token.
        more: Weights of the further documents, in the order of their numbers.
    """

    def __init__(self, base: Postings, gone: Mapping[str, int], more: Sequence[Weights]) -> None:
        self._base = base
        self._gone = gone
        self._more = more
        self._total = base.total + len(more)
        self._lists: dict[str, PostingList] = {}

    @property
    def total(self) -> int:
        """Number of documents, those that are gone included."""
        return self._total

    def count(self, token: str) -> int:
        """Return how many documents have a token."""
        count = self._base.count(token) - self._gone.get(token, 0)
        return max(count, 0) + sum(token in weights for weights in self._more)

    def impacts(self, token: str) -> PostingList:
        """Return the documents of a token in ascending order and how strongly each has it, 0 to 1."""
        found = self._lists.get(token)
        if found is None:
            found = self._base.impacts(token)
            first = self._base.total
            have = [number for number, weights in enumerate(self._more) if token in weights]
            if have:
                levels = np.array([level_of(self._more[number][token]) for number in have], dtype=np.int32)
                further = np.array([first + number for number in have], dtype=np.int32)
                found = np.concatenate((found[0], further)), np.concatenate((found[1], impacts_of(levels)))
            self._lists[token] = found
        return found


def changed_ids(built: Built, library: Library) -> Changed:
    """Return which documents of `built` are no longer so in `library`, and which of its pages are no documents."""
    gone: list[int] = []
    kept: set[str] = set()
    for number, id_ in enumerate(built.ids):
        then, now = built.pages.get(id_), library.pages.get(id_)
        # Mostly the very same objects, as files that did not change are not read again.
        same = then is now or then == now
        if then is None or now is None or not same or built.bodies[id_] != library.bodies[id_]:
            gone.append(number)
        else:
            kept.add(id_)
    return gone, sorted(id_ for id_ in library.pages if id_ not in kept)


def live_index(
    built: Built, library: Library, before: LiveIndex | None = None, changed: Changed | None = None
) -> LiveIndex:
    """Return `built` as an index of `library`.

    Args:
        built: The index on disk.
        library: What must be found.
        before: The index used until now, whose parts serve again where they have not changed.
        changed: As `changed_ids` returns it, where it is known already.
    """
    gone, added = changed or changed_ids(built, library)
    dictionary = _dictionary(library, before)
    codes = _codes(library, before)
    known: Mapping[str, Weights] = {}
    lost: dict[str, Weights] = {}
    if before is not None and before.dictionary is dictionary:
        known = before.documents
        lost = dict(before.lost) if before.built is built else {}
    then = before.library if before is not None else library

    def weighed(page: Page, body: str) -> Weights:
        fields = fields_of(page, body, library)
        return weights_of(fields, _means(built, fields), dictionary, codes)

    documents: dict[str, Weights] = {}
    for id_ in added:
        page, body = library.pages[id_], library.bodies[id_]
        same = id_ in known and then.pages.get(id_) is page and then.bodies.get(id_) == body
        documents[id_] = known[id_] if same else weighed(page, body)
    for id_ in (built.ids[number] for number in gone):
        if id_ in built.pages and id_ not in lost:
            lost[id_] = weighed(built.pages[id_], built.bodies[id_])
    postings: Postings = built.postings
    catalogue = built.catalogue
    if gone or added:
        gone_ids = {built.ids[number] for number in gone}
        tokens = Counter(token for id_, weights in lost.items() if id_ in gone_ids for token in weights)
        postings = OverlaidPostings(postings, tokens, list(documents.values()))
        catalogue = extended_catalogue(catalogue, library, gone, added, built.order)
    return LiveIndex(
        built=built,
        library=library,
        dictionary=dictionary,
        codes=codes,
        catalogue=catalogue,
        postings=postings,
        documents=documents,
        lost=lost,
    )


def _means(built: Built, fields: Mapping[str, str]) -> dict[str, float]:
    """Return the mean lengths; a field that no page had until now is as long as it is here."""
    return {name: built.means.get(name, float(len(text) or 1)) for name, text in fields.items()}


def _dictionary(library: Library, before: LiveIndex | None) -> Dictionary:
    if before is not None:
        then = before.library
        if then.vocabularies.digest == library.vocabularies.digest and _terms(then) == _terms(library):
            return before.dictionary
    return build_dictionary(library)


def _terms(library: Library) -> dict[str, TermPage]:
    return {id_: page for id_, page in library.pages.items() if type(page) is TermPage}


def _codes(library: Library, before: LiveIndex | None) -> CodeTable:
    """Return the codes of `library`; those of pages that did not change are taken over."""
    if before is None or before.library.vocabularies.digest != library.vocabularies.digest:
        return code_table(library)
    then, now = before.library.pages, library.pages
    gone = {id_ for id_, page in then.items() if now.get(id_) is not page}
    fresh = {id_: page for id_, page in now.items() if then.get(id_) is not page}
    if len(gone) + len(fresh) > len(now) // 4:
        return code_table(library)
    return before.codes.changed(gone, code_table(replace(library, pages=fresh)))


def spoken_texts(pages: Sequence[Page]) -> list[str]:
    """Return the texts of pages in which initials are looked for."""
    texts: list[str] = []
    for page in pages:
        if not isinstance(page, TermPage):
            texts += [page.title, *page.keywords]
        if isinstance(page, CasePage):
            texts.append(page.symptom)
    return texts


def order_of(ids: Sequence[str], pages: Mapping[str, Page]) -> tuple[tuple[int, str], ...]:
    """Return what ties of documents are ordered by; a page that is no longer known goes with the one before it."""
    order: list[tuple[int, str]] = []
    for id_ in ids:
        page = pages.get(id_)
        order.append(tie_order(page) if page is not None else order[-1] if order else (-(10**7), ""))
    return tuple(order)


def catalogue_of(ids: Sequence[str], pages: Mapping[str, Page], library: Library) -> Catalogue:
    """Return the catalogue of documents, of which some pages are no longer known: any other page stands for those."""
    known = dict(pages)
    if any(id_ not in known for id_ in ids):
        stand_in = next(iter(library.pages.values()))
        known |= {id_: stand_in for id_ in ids if id_ not in known}
    return build_catalogue(replace(library, pages=known), ids)
