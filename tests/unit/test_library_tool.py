"""The tool on the built-in textbook."""

import pytest

from knowledge import Library
from physics_engines.progress import Monitor
from tools.base import ToolContext
from tools.errors import BadInput, Missing
from tools.library import search


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


def ask(home, **arguments):
    return search.run(search.parse(arguments), ToolContext(out=home, home=home, monitor=Monitor()))


def test_overview_of_the_built_in_book_is_quoted_verbatim(home):
    for query, language in (("この本の概要を教えてください", "ja"), ("Give me an overview of the book", "en")):
        result = ask(home, query=query)
        assert 1 <= len(result.quotes) <= 4 and result.nearest == ()
        library = Library.open(home)
        for quote in result.quotes:
            assert quote.language == language and quote.book == "textbook"
            assert library.source_text(quote.document)[quote.start : quote.end] == quote.text
        assert "B2" in result.notes[0].en


def test_nothing_found_gives_headings_and_no_quotes(home):
    result = ask(home, query="Who won the 1998 World Cup?")
    assert result.quotes == ()


def test_what_is_wrong_is_said(home, tmp_path):
    with pytest.raises(BadInput, match="no book"):
        ask(home, query="energy", book="nowhere")
    with pytest.raises(BadInput, match="max_quotes"):
        search.parse({"query": "energy", "max_quotes": 9})
    (tmp_path / "library").write_text("a file where a folder should be")
    with pytest.raises(Missing):
        ask(tmp_path, query="energy")
