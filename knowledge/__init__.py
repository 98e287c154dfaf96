"""The textbook and the store that quotes it.

>>> from knowledge import Library
>>> library = Library.open(home)                            # doctest: +SKIP
>>> library.answer("What is a Boltzmann machine?")          # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.assist.query_model import Judgement, QueryModel
    from knowledge.cite.prose import CheckedProse, Dropped, check_prose
    from knowledge.documents import Added, AddProgress
    from knowledge.errors import (
        InvalidRequest,
        LibraryBusy,
        LibraryDamaged,
        LibraryError,
        LibraryUnavailable,
        QueryModelFailed,
        UnreadableDocument,
    )
    from knowledge.library import Library, Verification
    from knowledge.model import TEXTBOOK, Citation, Extract, Hit, NotFound, Span
    from knowledge.retrieve.refusal import Calibration, CurvePoint
    from knowledge.store import DocumentInfo
    from knowledge.text import Language

_PLACES = {
    "knowledge.assist.query_model": ("Judgement", "QueryModel"),
    "knowledge.cite.prose": ("CheckedProse", "Dropped", "check_prose"),
    "knowledge.documents": ("AddProgress", "Added"),
    "knowledge.errors": (
        "InvalidRequest",
        "LibraryBusy",
        "LibraryDamaged",
        "LibraryError",
        "LibraryUnavailable",
        "QueryModelFailed",
        "UnreadableDocument",
    ),
    "knowledge.library": ("Library", "Verification"),
    "knowledge.model": ("TEXTBOOK", "Citation", "Extract", "Hit", "NotFound", "Span"),
    "knowledge.retrieve.refusal": ("Calibration", "CurvePoint"),
    "knowledge.store": ("DocumentInfo",),
    "knowledge.text": ("Language",),
}
_MODULE_OF = {name: module for module, names in _PLACES.items() for name in names}

__all__ = [
    "TEXTBOOK",
    "AddProgress",
    "Added",
    "Calibration",
    "CheckedProse",
    "Citation",
    "CurvePoint",
    "DocumentInfo",
    "Dropped",
    "Extract",
    "Hit",
    "InvalidRequest",
    "Judgement",
    "Language",
    "Library",
    "LibraryBusy",
    "LibraryDamaged",
    "LibraryError",
    "LibraryUnavailable",
    "NotFound",
    "QueryModel",
    "QueryModelFailed",
    "Span",
    "UnreadableDocument",
    "Verification",
    "check_prose",
]


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'knowledge' has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name]), name)
