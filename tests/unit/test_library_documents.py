"""The user's own documents, in every format."""

import threading

import pytest
from filelock import FileLock

from knowledge import Extract, InvalidRequest, Library, LibraryBusy
from tests.pdf import make_pdf

MARKDOWN = "# Notes\n\n## Magnons\n\nA magnon is a quantum of a spin wave. Its energy is\n\n$$\\omega = D k^2 .$$\n"
LATEX = r"""
\documentclass{article} % a comment with 50\% of nothing
\title{On \emph{Skyrmions}}
\begin{document}
\maketitle
\begin{abstract} We study skyrmions. \end{abstract}
\section{Topology}\label{sec:top}
A skyrmion is a topologically protected whirl of magnetisation~\cite{nagaosa}. Its charge is
\begin{equation} Q = \frac{1}{4\pi}\int n\cdot(\partial_x n\times\partial_y n)\,dx\,dy \label{eq:q} \end{equation}
where $n$ is the unit vector. A rate of 5\% is typical.
\subsection{Stability}
\begin{itemize} \item Small ones collapse. \item Large ones merge. \end{itemize}
\end{document}
"""
HTML = """<html><head><title>x</title><style>p {color: red}</style></head><body><nav>menu</nav>
<h1>Polarons</h1><h2>Definition</h2><p>A polaron is an electron dressed by
a cloud of phonons &amp; more.</p><script>alert("no")</script>
<p>Coupling <math><mi>a</mi><annotation encoding="application/x-tex">\\alpha</annotation></math> matters.</p>
</body></html>"""
PLAIN = "The plasmon is a collective oscillation of the electron gas.\n\nIt was proposed by Bohm and Pines in 1952."
JAPANESE = "フォノン（phonon）とは、格子振動の量子である。\r\n\r\n音響フォノンは長波長で線形の分散をもつ。"


@pytest.fixture
def library(tmp_path):
    return Library.open(tmp_path / "home")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "notes.md").write_text(MARKDOWN)
    (folder / "sky.tex").write_text(LATEX)
    (folder / "polaron.html").write_text(HTML)
    (folder / "plasmon.txt").write_text(PLAIN)
    (folder / "phonon.txt").write_bytes(JAPANESE.encode("cp932"))
    (folder / "slides.pdf").write_bytes(make_pdf(["Exciton", "An exciton is a bound electron-hole pair."]))
    (folder / ".hidden.md").write_text("secret")
    (folder / "data.bin").write_bytes(b"\0\1")
    return folder


def files_of(home):
    return b"".join(path.read_bytes() for path in sorted((home / "library").rglob("*")) if path.is_file())


def test_every_format_is_added_found_and_quoted_verbatim(library, folder):
    seen = []
    report = library.add([folder], on_progress=seen.append)
    assert len(report.added) == 6 and not report.failed and not report.remarks
    assert (seen[-1].files_done, seen[-1].files, seen[-1].pages) == (6, 6, report.pages)
    for query, name, section, text in (
        ("magnon", "notes.md", "Magnons", "$$\\omega = D k^2 .$$"),
        ("skyrmion whirl of magnetisation", "sky.tex", "Topology", "\\partial_x n\\times\\partial_y n"),
        ("polaron", "polaron.html", "Definition", "phonons & more"),
        ("plasmon", "plasmon.txt", "plasmon", "collective oscillation"),
        ("exciton", "slides.pdf", "p. 1: Exciton", "bound electron-hole pair"),
        ("格子振動の量子", "phonon.txt", "phonon", "格子振動の量子である。\n\n音響"),
    ):
        hit = library.search(query, k=1, book="documents")[0]
        assert (hit.span.document, hit.section) == (f"documents/{name}", section)
        assert text in hit.text
        source = library.source_text(hit.span.document)
        assert source[hit.span.start : hit.span.end] == hit.text
    assert library.search("phonon", k=1, book="documents", language="ja")[0].language == "ja"
    assert library.search("exciton", k=1, book="documents")[0].page == 1
    assert library.verify().problems == ()


def test_latex_keeps_the_mathematics_and_loses_the_layout(library, folder):
    library.add([folder / "sky.tex"])
    text = library.source_text("documents/sky.tex")
    assert text.startswith("# On Skyrmions\n")
    assert "\\begin{equation} Q = \\frac{1}{4\\pi}" in text and "rate of 5% is typical" in text
    for gone in ("comment", "maketitle", "label{sec", "\\item", "documentclass"):
        assert gone not in text
    assert [section for section in ("Abstract", "Topology", "Stability") if f"# {section}" not in text] == []


def test_html_loses_scripts_and_menus(library, folder):
    library.add([folder / "polaron.html"])
    text = library.source_text("documents/polaron.html")
    assert "$\\alpha$" in text and "alert" not in text and "menu" not in text and "color" not in text


def test_adding_twice_changes_nothing_and_a_changed_file_replaces(library, folder, tmp_path):
    library.add([folder])
    before = library.documents("documents")
    again = library.add([folder])
    assert len(again.unchanged) == 6 and not again.added and not again.replaced
    assert library.documents("documents") == before
    (folder / "plasmon.txt").write_text("The magnetoplasmon lives in a magnetic field.")
    assert library.add([folder]).replaced == ("documents/plasmon.txt",)
    assert len(library.documents("documents")) == 6
    assert b"Bohm and Pines" not in files_of(tmp_path / "home")
    assert "magnetoplasmon" in library.search("magnetoplasmon", k=1, book="documents")[0].text
    copy = tmp_path / "copy.md"
    copy.write_text(MARKDOWN)
    assert library.add([copy]).unchanged == ("documents/notes.md",)


def test_two_files_of_one_name_are_two_documents(library, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "text.txt").write_text(f"A document about {name * 8}.")
        library.add([tmp_path / name / "text.txt"])
    assert [item.id for item in library.documents("documents")] == ["documents/text.txt", "documents/text.txt~2"]


def test_removing_leaves_no_byte(library, folder, tmp_path):
    library.add([folder])
    assert b"plasmon is a collective" in files_of(tmp_path / "home")
    removed = library.remove(["documents/plasmon.txt"])
    assert [item.id for item in removed] == ["documents/plasmon.txt"]
    assert b"plasmon is a collective" not in files_of(tmp_path / "home")
    assert all(hit.span.document != "documents/plasmon.txt" for hit in library.search("plasmon", book="documents"))
    assert library.verify().problems == ()
    for wrong in ("documents/plasmon.txt", "textbook/en/overview"):
        with pytest.raises(InvalidRequest):
            library.remove([wrong])
    library.remove([item.id for item in library.documents("documents")])
    with pytest.raises(InvalidRequest, match="no book"):
        library.search("plasmon", book="documents")


def test_books_are_kept_apart_and_searched_together(library, folder):
    library.add([folder / "notes.md"], book="spin waves")
    library.add([folder / "plasmon.txt"], book="electrons")
    assert {hit.book for hit in library.search("plasmon magnon", book="electrons")} == {"electrons"}
    assert {hit.book for hit in library.search("plasmon magnon")} >= {"electrons", "spin waves"}
    for name in ("textbook", "", "a/b", "a:b"):
        with pytest.raises(InvalidRequest):
            library.add([folder / "notes.md"], book=name)


def test_a_question_is_answered_from_the_users_documents(library, folder):
    library.add([folder])
    answer = library.answer("What is a plasmon?", book="documents")
    assert isinstance(answer, Extract)
    assert answer.citations[0].text == "The plasmon is a collective oscillation of the electron gas."


def test_what_cannot_be_read_is_named(library, tmp_path):
    files = {
        "garbled.pdf": make_pdf(["(cid:12)(cid:7)(cid:99)(cid:4)"]),
        "empty.pdf": make_pdf([]),
        "broken.pdf": b"%PDF-1.4 nothing",
        "binary.txt": bytes(range(256)) * 4,
        "empty.txt": b"  \n",
        "code.py": b"print()",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    report = library.add([tmp_path / name for name in files])
    assert report.added == () and len(report.failed) == len(files)
    assert all(any(line.startswith(name) for line in report.failed) for name in files)
    assert any("page 1 of 1" in line for line in report.failed)
    mixed = tmp_path / "mixed.pdf"
    mixed.write_bytes(make_pdf(["A roton is a minimum of the dispersion."], ["(cid:1)(cid:2)(cid:3)"]))
    report = library.add([mixed])
    assert report.added == ("documents/mixed.pdf",)
    assert report.remarks == ("mixed.pdf: no readable text on page 2 of 2 (scanned, or garbled)",)
    with pytest.raises(InvalidRequest, match="no file or folder"):
        library.add([tmp_path / "missing.md"])


def test_japanese_slides(library, tmp_path):
    path = tmp_path / "slides.pdf"
    path.write_bytes(make_pdf(["量子スピン液体", "磁気秩序が絶対零度でも", "現れない状態である。"], japanese=True))
    library.add([path])
    hit = library.search("絶対零度でも現れない", k=1, book="documents")[0]
    assert hit.language == "ja" and "絶対零度でも現れない状態である。" in hit.text


def test_a_second_writer_is_refused_at_once(library, folder, tmp_path):
    with FileLock(tmp_path / "home" / "library" / "writer.lock"), pytest.raises(LibraryBusy, match="another process"):
        library.add([folder])
    assert library.documents("documents") == []


def test_an_interrupt_keeps_whole_documents(library, folder):
    def interrupt(progress):
        if progress.files_done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.add([folder], on_progress=interrupt)
    assert len(library.documents("documents")) == 3
    assert library.verify().problems == ()
    assert len(library.add([folder]).added) == 3


def test_a_reader_in_another_thread_sees_whole_states(library, folder):
    failures = []
    stop = threading.Event()

    def read():
        while not stop.is_set():
            try:
                for hit in library.search("magnon plasmon exciton"):
                    source = library.source_text(hit.span.document)
                    assert source[hit.span.start : hit.span.end] == hit.text
            except InvalidRequest:  # the document went away between the two calls
                pass
            except Exception as error:
                failures.append(error)
                return

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(4):
        library.add([folder])
        library.remove([item.id for item in library.documents("documents")])
    stop.set()
    reader.join()
    assert failures == []
