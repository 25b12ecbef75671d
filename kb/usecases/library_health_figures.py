"""The figures of the library's health in numbers: as JSON, as counts of what is to be done, and the map's words."""

from kb.i18n import Language, translator
from kb.usecases.library_health import ANY_CONTROL, COVERED, Health, Rows


def health_row(health: Health) -> dict[str, object]:
    """Return the figures of the library's health as an object of JSON; each list says more."""
    figures = health.figures
    return {
        "today": health.today.isoformat(),
        "pages": dict(figures.pages),
        "confidence": {kind: dict(counts) for kind, counts in figures.confidence.items()},
        "ages_months": dict(figures.ages),
        "coverage": {
            by: [
                {"row": row, "subsystem": subsystem, **{kind: kinds.get(kind, 0) for kind in COVERED}}
                for (row, subsystem), kinds in sorted(counts.items())
            ]
            for by, counts in figures.coverage.items()
        },
        "counts": health_counts(health),
        "work": dict(health.work),
        "unanswered": dict(health.asked),
    }


def health_counts(health: Health) -> dict[str, int]:
    """Return how long each list is that stands for something to be done."""
    figures = health.figures
    return {
        "reviews": len(health.reviews),
        "overdue": sum(one.days < 0 for one in health.reviews),
        "work": health.work["open"],
        "doubted": len(health.doubted),
        "links": len(figures.stale),
        "not_validated": len(health.not_validated),
        "no_source": len(figures.no_source),
        "unused": len(health.unused),
        "missing": len(health.missing),
        "demand": health.asked["open"],
        "outside": len(figures.outside),
    }


def row_label(health: Health, by: Rows, row: str, language: Language) -> str:
    """Return what a row of the map is called."""
    if row == ANY_CONTROL:
        return translator(language)("any control")
    return row if by == "brand" else health.library.vocabularies.label("controllers", row, language)
