"""A case of a file as the draft that is kept of it: its body, what makes it the same case, its pictures."""

import json
from dataclasses import asdict

from kb.errors import Fault
from kb.store import drafts as rows
from kb.usecases.draft_checking import FIELDS, clean
from kb.usecases.page_import_cases import Candidate, Picture
from kb.usecases.page_import_recognising import Recognised

IMPORTED = "page"
"""Key of a draft's body under which stands what came from a file."""


def draft_body(
    candidate: Candidate,
    known: Recognised,
    *,
    title: str,
    name: str,
    file_digest: str,
    notes: list[Fault],
) -> dict[str, object]:
    """Return the body of a draft: the fields of one from the field, for its list, and under `page` all that came."""
    sections = {section: clean(text) for section, text in candidate.sections.items()}
    alarm = "、".join(code for _, code in known.alarms) or candidate.alarm
    texts = {
        "machine": candidate.machine,
        "alarm": alarm,
        "symptom": sections.get("现象") or title,
        "ruled_out": sections.get("原因", ""),
        "cured_by": sections.get("处理", ""),
        "notes": f"{name} · {candidate.place}",
    }
    return {
        **{field: clean(texts[field]).strip()[:most] for field, most in FIELDS.items()},
        IMPORTED: {
            "file": name[:200],
            "file_digest": file_digest,
            "place": candidate.place[:200],
            "title": clean(title),
            "title_en": clean(candidate.title_en),
            "sections": sections,
            "text": candidate.text,
            "path": candidate.path[:300],
            "page_type": candidate.page_type,
            "body": clean(candidate.body),
            "pictures": [{"name": one.name, "called": one.called} for one in candidate.pictures],
            "alarms": [list(pair) for pair in known.alarms],
            "controllers": list(known.controllers),
            "machines": list(known.machines),
            "subsystem": known.subsystem,
            "similar": [list(entry) for entry in known.similar],
            "notes": [asdict(note) for note in notes],
        },
    }


def identity(candidate: Candidate) -> str:
    """Return what makes a case the same case: what it says, not the file or the row it stands in."""
    values = {
        "title": candidate.title,
        "sections": dict(candidate.sections),
        "text": candidate.text,
        "alarm": candidate.alarm,
        "machine": candidate.machine,
        "pictures": [picture.digest for picture in candidate.pictures],
    }
    return json.dumps(values, ensure_ascii=True, sort_keys=True)


def photo_rows(draft_id: str, pictures: tuple[Picture, ...]) -> list[rows.DraftPhotoRow]:
    """Return the rows of a draft's pictures, in the order of the text."""
    return [
        rows.DraftPhotoRow(
            draft_id=draft_id,
            position=position,
            media_type=picture.media_type,
            digest=picture.digest,
            size_bytes=len(picture.content),
            content=picture.content,
        )
        for position, picture in enumerate(pictures, 1)
    ]
