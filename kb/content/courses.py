"""When is a course stale? One rule for the check of the library and for who builds courses."""

from collections.abc import Iterator, Mapping

from kb.content.pages import BuiltFrom, CoursePage, Page


def moved_sources(course: CoursePage, pages: Mapping[str, Page]) -> Iterator[tuple[BuiltFrom, int | None]]:
    """Yield each source that has another revision than the course was built from, with the one it has now.

    None stands for a page that is gone or withdrawn, whatever its revision: nobody teaches from it any more. An
    earlier revision counts as well: then the course names one that never was.
    """
    for source in course.built_from:
        there = pages.get(source.id)
        now = there.revision if there is not None and there.status != "withdrawn" else None
        if now != source.revision:
            yield source, now
