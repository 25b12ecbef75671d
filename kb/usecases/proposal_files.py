"""A proposal as files: Word on the department's letterhead or plain, and PDF."""

from pathlib import Path

from kb.content.vocabulary import Vocabularies
from kb.errors import BadInput, Fault
from kb.export.document import Document
from kb.export.docx import docx_bytes
from kb.export.letterhead import example_letterhead, on_letterhead
from kb.export.pdf import pdf_bytes
from kb.i18n import Language
from kb.usecases.plan_documents import AUTHOR
from kb.usecases.proposal_document import proposal_document
from kb.usecases.proposal_reading import Proposal
from kb.usecases.proposal_words import ProposalWords, words_of

NAMES = {
    "number": "Number",
    "customer": "Customer",
    "site": "Site",
    "contact": "Contact",
    "day": "Day",
    "valid_until": "Valid until",
}
"""What a letterhead can say, beside `department` and `body`, and what stands before it."""


def proposal_docx(
    proposal: Proposal, vocabularies: Vocabularies, language: Language, *, template: Path | None = None
) -> bytes:
    """Return a proposal as a Word file.

    Args:
        template: The department's letterhead; plain without one.

    Raises:
        BadInput: The letterhead cannot be read or filled.
    """
    words = words_of(proposal, vocabularies, language)
    document = _document(proposal, words)
    if template is None:
        return docx_bytes(document)
    try:
        content = template.read_bytes()
    except OSError as error:
        what = f"{template} cannot be read: {error.strerror}"
        raise BadInput("the letterhead cannot be used", [Fault(where="letterhead", what=what)]) from error
    site = proposal.facts["site"]
    values = {
        "department": document.author,
        "number": proposal.number,
        "customer": proposal.facts["customer"],
        "site": f"{site['name']} {site['city']} {site['address']}".strip(),
        "contact": proposal.wishes.contact or f"{site['contact']} {site['phone']}".strip(),
        "day": proposal.created_at.date().isoformat(),
        "valid_until": proposal.valid_until.isoformat(),
    }
    return on_letterhead(document, content, values)


def proposal_pdf(proposal: Proposal, vocabularies: Vocabularies, language: Language) -> bytes:
    """Return a proposal as a PDF."""
    return pdf_bytes(_document(proposal, words_of(proposal, vocabularies, language)))


def letterhead_to_begin_with(language: Language) -> bytes:
    """Return a letterhead as a Word file, to be given the department's own head."""
    words = ProposalWords(language, Vocabularies(lists={}, digest=""), "")
    names = {name: words.say(label) for name, label in NAMES.items()}
    return example_letterhead("zh-CN" if language == "zh_CN" else "en-US", names)


def _document(proposal: Proposal, words: ProposalWords) -> Document:
    return proposal_document(proposal, words, author=words.say(AUTHOR))
