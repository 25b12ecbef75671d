"""Measure the search with judged queries: how good it is for each kind of query, and where it fails.

A file of judged queries is UTF-8 text, one query a line, three to five columns with tabs between them:

- the query as a person types it;
- what answers it: page ids or facts, separated by `|`, each optionally with `=grade` (a whole number, 1 where none
  is given); `-` alone says that the library has no answer and the search must say so;
- its stratum, one of `STRATA`;
- the control of the machine in hand, a code of vocabularies/controllers.yaml; may be left out or empty;
- the class of that machine, a code of vocabularies/equipment_classes.yaml; may be left out or empty.

A query with a machine in hand is asked with it as its scope, so that the same words can be judged for two machines.
Lines that begin with `# ` and blank lines are left out, so is a line with the names of the columns.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.content import Library
from kb.content.pages import Page
from kb.errors import BadImport, Fault, NotFound
from kb.search import Scope, SearchIndex
from kb.usecases.search_metrics import DEPTH, first_rank, mean, ndcg, recall, reciprocal_rank

STRATA = ("code", "symptom", "how-to", "pinyin-typo-slang", "english", "mixed")
COLUMNS = ("query", "judged", "stratum", "controller", "model")
LEAST_COLUMNS = 3
SCOPE_LISTS = {"controller": "controllers", "model": "equipment_classes"}
"""Which vocabulary the codes of a column are of."""
NOTHING = "-"
HIGHEST_GRADE = 9
MOST_BYTES = 20_000_000
"""A file of judged queries is written by people; a larger one is something else."""
_GRADE = re.compile(r"=([^=|]*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedQuery:
    """A query and what answers it.

    Args:
        line: Where it stands in its file, from 1.
        query: As typed.
        grades: Grade, at least 1, by page id or fact; empty where the library has no answer.
        stratum: What kind of query it is.
        scope: The machine in hand; None where none was.
    """

    line: int
    query: str
    grades: Mapping[str, int]
    stratum: str
    scope: Scope | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One query with an answer in the library, measured.

    Args:
        judged: The query.
        rank: Of the first right hit among the first ten; 0 where none is.
        ndcg: At ten.
        recall: At ten.
        reciprocal_rank: At ten.
        found: How many pages were found at all.
        shown: Ids of the first hits.
    """

    judged: JudgedQuery
    rank: int
    ndcg: float
    recall: float
    reciprocal_rank: float
    found: int
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of a group of queries, each a mean or a share from 0 to 1."""

    queries: int
    ndcg_10: float
    mrr_10: float
    recall_10: float
    hit_1: float
    hit_3: float
    zero: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """A query that the library has no answer to, and whether the search said so."""

    judged: JudgedQuery
    said_so: bool
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a file of judged queries measured.

    Args:
        measured: Every query with an answer, in the order of the file.
        declined: Every query without one.
    """

    measured: tuple[Measured, ...]
    declined: tuple[Declined, ...]

    @property
    def all(self) -> Figures:
        """The figures over all queries with an answer."""
        return figures_of(self.measured)

    @property
    def strata(self) -> dict[str, Figures]:
        """The figures by stratum, in the order of `STRATA`; a stratum without queries is left out."""
        groups: defaultdict[str, list[Measured]] = defaultdict(list)
        for one in self.measured:
            groups[one.judged.stratum].append(one)
        return {name: figures_of(groups[name]) for name in STRATA if name in groups}

    @property
    def failures(self) -> tuple[Measured, ...]:
        """The queries with no right page among the first three hits, the worst first."""
        missed = [one for one in self.measured if not 0 < one.rank <= 3]
        return tuple(sorted(missed, key=lambda one: (-(one.rank or DEPTH + 1), one.judged.line)))

    @property
    def noise(self) -> tuple[Declined, ...]:
        """The queries without an answer that got hits as if they had one."""
        return tuple(one for one in self.declined if not one.said_so)


def read_judged_queries(path: Path, library: Library) -> tuple[JudgedQuery, ...]:
    """Return the queries of a file, checked against the library.

    Raises:
        NotFound: There is no such file.
        BadImport: The file breaks rules; every fault of every line is listed.
    """
    if not path.is_file():
        raise NotFound("file of judged queries", str(path))
    if path.stat().st_size > MOST_BYTES:
        what = f"it has {path.stat().st_size:,} bytes; at most {MOST_BYTES:,} are read"
        raise BadImport("the file of judged queries is too large", [Fault(where=path.name, what=what)])
    known = {name for page in library.pages.values() for name in names_of(page)}
    faults: list[Fault] = []
    queries: list[JudgedQuery] = []
    lines_of: dict[tuple[str, Scope | None], int] = {}
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        where = f"{path.name}:{number}"
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r")
        except UnicodeDecodeError as error:
            faults.append(Fault(where=where, what=f"is not UTF-8: {error.reason}", repair="save it as UTF-8"))
            continue
        if not text.strip() or text.startswith("# ") or _names_columns(text):
            continue
        query = _query_of(text, number, where, known, library, faults)
        if query is None:
            continue
        asked = (query.query, query.scope)
        if asked in lines_of:
            what = f"asks {query.query!r} again, as line {lines_of[asked]} does"
            faults.append(Fault(where=where, what=what, repair="judge a query once for one machine"))
        lines_of.setdefault(asked, number)
        queries.append(query)
    if not faults and not queries:
        faults.append(Fault(where=path.name, what="has no query", repair="write one a line"))
    if faults:
        raise BadImport(f"the file of judged queries has {len(faults)} fault(s)", faults)
    return tuple(queries)


def _names_columns(text: str) -> bool:
    cells = tuple(text.split("\t"))
    return len(cells) >= LEAST_COLUMNS and cells == COLUMNS[: len(cells)]


def _query_of(
    text: str, number: int, where: str, known: Collection[str], library: Library, faults: list[Fault]
) -> JudgedQuery | None:
    """Return the query of a line, or None and the line's faults in `faults`."""
    cells = [cell.strip() for cell in text.split("\t")]
    if not LEAST_COLUMNS <= len(cells) <= len(COLUMNS):
        what = f"has {len(cells)} column(s)"
        repair = f"write {', '.join(COLUMNS)} with a tab between them; the last two may be left out"
        faults.append(Fault(where=where, what=what, repair=repair))
        return None
    query, judged, stratum, *in_hand = cells
    before = len(faults)
    scope = _scope_of(in_hand, where, library, faults)
    if not query:
        faults.append(Fault(where=where, what="has no query", repair="write it in the first column"))
    if stratum not in STRATA:
        what = f"{stratum!r} is no stratum"
        faults.append(Fault(where=where, what=what, repair=f"use one of {', '.join(STRATA)}"))
    grades: dict[str, int] = {}
    if judged != NOTHING:
        for part in judged.split("|"):
            name, grade = _graded(part.strip(), where, faults)
            if not name:
                what, repair = (
                    "names nothing where an id or fact must stand",
                    f"write {NOTHING} for no answer",
                )
                faults.append(Fault(where=where, what=what, repair=repair))
            elif name not in known:
                what = f"{name!r} is neither a page id nor a fact of this library"
                faults.append(Fault(where=where, what=what, repair="correct it or write the page"))
            elif name in grades:
                faults.append(Fault(where=where, what=f"judges {name!r} twice", repair="name it once"))
            grades[name] = grade
    if len(faults) > before:
        return None
    return JudgedQuery(line=number, query=query, grades=grades, stratum=stratum, scope=scope)


def _scope_of(cells: Sequence[str], where: str, library: Library, faults: list[Fault]) -> Scope | None:
    """Return the machine in hand that the last columns of a line name, or None where they name none."""
    for (name, list_), code in zip(SCOPE_LISTS.items(), cells, strict=False):
        if code and code not in library.vocabularies.codes(list_):
            what = f"{code!r} is no {name}"
            faults.append(Fault(where=where, what=what, repair=f"use a code of vocabularies/{list_}.yaml"))
    controller, machine = (*cells, "", "")[:2]
    return Scope(controller=controller, machine=machine) if controller or machine else None


def _graded(part: str, where: str, faults: list[Fault]) -> tuple[str, int]:
    found = _GRADE.search(part)
    if found is None:
        return part, 1
    grade = found[1].strip()
    if not (grade.isascii() and grade.isdigit() and 1 <= int(grade) <= HIGHEST_GRADE):
        what = f"{grade!r} is no grade"
        faults.append(Fault(where=where, what=what, repair=f"use a whole number, 1 to {HIGHEST_GRADE}"))
        return part[: found.start()].strip(), 1
    return part[: found.start()].strip(), int(grade)


def evaluate(index: SearchIndex, queries: Iterable[JudgedQuery]) -> Evaluation:
    """Ask the index every query and return the figures."""
    pages = [frozenset(names_of(page)) for page in index.library.pages.values()]
    by_name: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    for names in pages:
        for name in names:
            by_name[name].append(names)
    measured: list[Measured] = []
    declined: list[Declined] = []
    for judged in queries:
        result = index.search(judged.query, size=DEPTH, facets=False, scope=judged.scope)
        shown = tuple(hit.page.id for hit in result.hits)
        if not judged.grades:
            said_so = result.total == 0 or result.nearest or bool(result.unknown_codes)
            declined.append(Declined(judged=judged, said_so=said_so, shown=shown[:3]))
            continue
        hits = [names_of(hit.page) for hit in result.hits]
        wanted = {names for name in judged.grades for names in by_name.get(name, ())}
        measured.append(
            Measured(
                judged=judged,
                rank=first_rank(hits, judged.grades),
                ndcg=ndcg(hits, judged.grades, sorted(wanted, key=sorted)),
                recall=recall(hits, judged.grades),
                reciprocal_rank=reciprocal_rank(hits, judged.grades),
                found=result.total,
                shown=shown[:3],
            )
        )
    return Evaluation(measured=tuple(measured), declined=tuple(declined))


def names_of(page: Page) -> frozenset[str]:
    """Return the names by which a page can be judged: its id and the facts that it tells."""
    return frozenset((page.id, *page.facts))


def figures_of(measured: Sequence[Measured]) -> Figures:
    """Return the figures of a group of queries."""
    return Figures(
        queries=len(measured),
        ndcg_10=mean([one.ndcg for one in measured]),
        mrr_10=mean([one.reciprocal_rank for one in measured]),
        recall_10=mean([one.recall for one in measured]),
        hit_1=mean([float(one.rank == 1) for one in measured]),
        hit_3=mean([float(0 < one.rank <= 3) for one in measured]),
        zero=mean([float(one.found == 0) for one in measured]),
    )


def figures_row(figures: Figures) -> dict[str, float]:
    """Return figures as an object of JSON, shares to four places."""
    return {
        "queries": figures.queries,
        "ndcg@10": round(figures.ndcg_10, 4),
        "mrr@10": round(figures.mrr_10, 4),
        "recall@10": round(figures.recall_10, 4),
        "hit@1": round(figures.hit_1, 4),
        "hit@3": round(figures.hit_3, 4),
        "zero_results": round(figures.zero, 4),
    }


def evaluation_row(evaluation: Evaluation, *, failures: int) -> dict[str, object]:
    """Return an evaluation as an object of JSON.

    Args:
        evaluation: What was measured.
        failures: How many failures are listed at most.
    """
    return {
        "all": figures_row(evaluation.all),
        "strata": {name: figures_row(figures) for name, figures in evaluation.strata.items()},
        "no_answer": {
            "queries": len(evaluation.declined),
            "said_so": sum(one.said_so for one in evaluation.declined),
            "noise": [
                {"line": one.judged.line, "query": one.judged.query, "shown": list(one.shown)}
                for one in evaluation.noise[:failures]
            ],
        },
        "failures_total": len(evaluation.failures),
        "failures_by_stratum": dict(
            sorted(Counter(one.judged.stratum for one in evaluation.failures).items())
        ),
        "failures": [
            {
                "line": one.judged.line,
                "query": one.judged.query,
                "stratum": one.judged.stratum,
                "controller": one.judged.scope.controller if one.judged.scope else "",
                "model": one.judged.scope.machine if one.judged.scope else "",
                "wanted": dict(one.judged.grades),
                "rank": one.rank or None,
                "found": one.found,
                "shown": list(one.shown),
            }
            for one in evaluation.failures[:failures]
        ],
    }
