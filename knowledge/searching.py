"""Searching: from a query to ranked passages, in any lane, with a model beside it or without."""

from collections.abc import Callable

from knowledge.assist.consult import Consulted, consult, decoys, with_opening
from knowledge.assist.query_model import QueryModel
from knowledge.dense import DenseLane
from knowledge.errors import InvalidRequest
from knowledge.index.book import BookIndex
from knowledge.index.glossary import Glossary
from knowledge.index.lexicon import Lexicon
from knowledge.index.tokens import words_of
from knowledge.indexes import LexicalIndexes
from knowledge.model import TEXTBOOK
from knowledge.retrieve.fusion import Lane, fuse, one_of_each_section
from knowledge.retrieve.japanese_words import with_words
from knowledge.retrieve.question import Question, read_question
from knowledge.retrieve.search import Ranked, rank
from knowledge.store import Reader, Store, StoredPassage
from knowledge.text import Language

_LONGEST_QUERY = 2000


class Searcher:
    """Ranks the passages of a store.

    Args:
        store: Where they are.
        indexes: The lexical index of each book.
        dense: The lane by meaning.
        glossary: Names of concepts in both languages.
        lexicon: Translations of single words.
    """

    def __init__(
        self, store: Store, indexes: LexicalIndexes, dense: DenseLane, glossary: Glossary, lexicon: Lexicon
    ) -> None:
        self.glossary = glossary
        self._lexicon = lexicon
        self._store = store
        self._indexes = indexes
        self._dense = dense

    def read(self, query: str) -> Question:
        """Analyse a question.

        Raises:
            InvalidRequest: It is empty or overlong.
        """
        if not query.strip():
            raise InvalidRequest("the question is empty")
        if len(query) > _LONGEST_QUERY:
            raise InvalidRequest(f"the question has {len(query)} characters; at most {_LONGEST_QUERY} are read")
        return read_question(query, self.glossary, self._lexicon)

    def index(self, book: str, reader: Reader) -> BookIndex:
        """The lexical index of a book as the reader sees it.

        Raises:
            InvalidRequest: There is no such book.
        """
        return self._indexes.of(book, reader)

    def rank(
        self,
        question: Question,
        reader: Reader,
        k: int,
        book: str | None,
        language: Language | None,
        translations: bool = True,
        by_words: bool = False,
    ) -> list[Ranked]:
        """The ``k`` best passages of a book, or of all, by words and the glossary; Japanese ``by_words`` of Sudachi."""
        books = [book] if book is not None else list(reader.stamps())
        ranked = [
            item
            for name in books
            for item in rank(
                question,
                self._indexes.of(name, reader, by_words),
                reader,
                k,
                language,
                translations,
                across=name != TEXTBOOK or (not translations and language != question.language),
            )
        ]
        return sorted(ranked, key=lambda item: -item.score)[:k]

    def find(
        self,
        query: str,
        reader: Reader,
        k: int,
        book: str | None,
        language: Language | None,
        lane: Lane,
        translations: bool,
    ) -> list[Ranked]:
        """The ``k`` best passages in a lane; see ``Library.search``."""
        question = read_question(query, Glossary((), words_of)) if lane == "words" else self.read(query)
        if lane == "sudachi":
            question = with_words(question, self.glossary)
        if lane in ("words", "lexical", "sudachi") or book is None:
            return self.rank(question, reader, k, book, language, translations, lane == "sudachi")
        self.index(book, reader)  # an unknown book is told here
        near = self._dense.nearest(query, book, max(20 * k, 200), reader)
        passages = reader.passages([number for number, _ in near])
        dense = one_of_each_section(
            Ranked(passages[number], cosine) for number, cosine in near if language in (None, passages[number].language)
        )
        if lane == "both":
            dense = fuse(self.rank(question, reader, max(5 * k, 50), book, language, translations), dense)
        return dense[:k]

    def consult(
        self, query: str, find: Callable[[str], list[Ranked]], model: QueryModel, translate: bool = True
    ) -> Consulted:
        """Rank with a model; no transaction is open while it thinks."""
        controls = []
        if model.n_passages:
            with self._store.reading() as reader:
                controls = decoys(query, find(query), TEXTBOOK, reader, self.glossary)

        def readable(passage: StoredPassage) -> str:
            with self._store.reading() as reader:
                return with_opening(passage, reader)

        return consult(query, find, controls, readable, model, self.glossary, translate)
