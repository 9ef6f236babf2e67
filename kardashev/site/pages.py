"""Every page of the site, and the links between them.

A page stands where its file stands in the project: `docs/scores.md` is `docs/scores.html`. A file that is no
Markdown and is linked, `macros/arithmetic.sql` say, is shown as text on a page of its own.
"""

import html
import posixpath
import shutil
from collections import defaultdict
from dataclasses import dataclass
from importlib import resources
from urllib.parse import urlsplit

from kardashev.errors import DocumentationError
from kardashev.site.contracts import contract_documents
from kardashev.site.markdown import rendered, slugs

HERE = resources.files(__package__)
FRAME, STYLE = (HERE.joinpath(name).read_text("utf-8") for name in ("page.html", "style.css"))
FIRST, MAP, LAST = "README.md", "docs/README.md", ("CONTRIBUTING.md", "CHANGELOG.md")
MAP_OF_PAGES = "## The pages\n"  # the part of the map that lists the pages: the start page shows it
START, TABLES, CONTRACTS = "index.html", "tables.html", "contracts/index.html"
PICTURES = (".png", ".svg", ".jpg", ".gif")


@dataclass(frozen=True)
class Page:
    """A page: where it stands in the site, its title, and its HTML without what is around it."""

    path: str
    title: str
    body: str


def write_site(project, tables, published, folder):
    """Writes the site, in place of the one that was there.

    Parameters
    ----------
    project : Path of the dbt project
    tables : Path of the page that ``dbt docs generate --static`` writes
    published : Path of the published copy, or None
    folder : Path of the site: what is in it is removed

    Returns
    -------
    Path of the start page

    Raises
    ------
    DocumentationError
        When a page links to a file that is not there, or dbt's page is missing.
    WarehouseError
        When the published copy cannot be read.
    """
    if not tables.is_file():
        raise DocumentationError(f"no page of tables at {tables}: run `make docs`")
    linked = set()
    pages = [_start_page(project, linked), *_markdown_pages(project, linked)]
    contracts = _contract_pages(project, published)
    pages.append(_contract_list(contracts))
    navigation = [*((page.path, page.title) for page in pages), (TABLES, "Tables and columns")]
    pages += contracts.values()
    pictures = {path for path in linked if path.endswith(PICTURES)}
    pages += [_source_page(project, path) for path in linked - pictures - _paths(project)]
    copies = {path: _file(project, path) for path in pictures} | {TABLES: tables}

    shutil.rmtree(folder, ignore_errors=True)
    for page in pages:
        _write(folder / page.path, _framed(page, navigation))
    for path, file in copies.items():
        _copy(file, folder / path)
    return folder / START


def _paths(project):
    """The Markdown files that are pages."""
    found = {f"docs/{file.name}" for file in (project / "docs").glob("*.md")}
    return {FIRST, *found, *LAST}


def _markdown_pages(project, linked):
    """The pages of Markdown, the first ones first, others by title."""
    pages = {path: _markdown_page(project, path, linked) for path in _paths(project)}
    ends = [pages.pop(path) for path in (FIRST, MAP, *LAST)]
    return [*ends[:2], *sorted(pages.values(), key=lambda page: page.title.lower()), *ends[2:]]


def _markdown_page(project, path, linked):
    text = _file(project, path).read_text("utf-8")
    body, title = rendered(text, lambda target: _target(target, path, _place(path), linked))
    return Page(_place(path), title.partition(":")[0], body)


def _start_page(project, linked):
    """What the site holds: our own words, and the map's list of pages."""
    head, title = rendered(HERE.joinpath("start.md").read_text("utf-8"))
    pages = _file(project, MAP).read_text("utf-8").partition(MAP_OF_PAGES)[2]
    body, _ = rendered(MAP_OF_PAGES + pages, lambda target: _target(target, MAP, START, linked))
    return Page(START, title, head + body)


def _contract_pages(project, published):
    """The page of each suite, and of each verdict."""
    documents = contract_documents(project, published)
    folder = posixpath.dirname(CONTRACTS)
    anchors = slugs(document.title for document in documents)
    return {
        document: Page(f"{folder}/{anchor}.html", document.title, _contract_body(document))
        for document, anchor in zip(documents, anchors, strict=True)
    }


def _contract_body(document):
    return f'<h1>{html.escape(document.title)}</h1>\n<div class="gx">{document.sections}</div>'


def _contract_list(pages):
    """The page that lists suites by rule set, then verdicts by round."""
    links = defaultdict(list)
    for document, page in pages.items():
        link = f'<a href="{_from(CONTRACTS, page.path)}">{html.escape(document.contract)}</a>'
        links[document.of].append(link + " (fails)" * (document.success is False))
    rows = "\n".join(
        f"<tr><td>{html.escape(of)}</td><td>{', '.join(found)}</td></tr>"
        for of, found in links.items()
    )
    head, title = rendered(HERE.joinpath("contracts.md").read_text("utf-8"))
    return Page(CONTRACTS, title, f"{head}<table>\n{rows}\n</table>")


def _source_page(project, path):
    text = html.escape(_file(project, path).read_text("utf-8"))
    return Page(_place(path), path, f"<h1>{html.escape(path)}</h1>\n<pre>{text}</pre>")


def _place(path):
    """Where a file of the project stands in the site."""
    if path.endswith(PICTURES):
        return path
    return f"{path.removesuffix('.md')}.html"


def _target(target, written_in, page, linked):
    """The target of a link on a page, from its target in a file of Markdown; notes what is linked."""
    url = urlsplit(target)
    if url.scheme or not url.path:
        return target
    path = posixpath.normpath(posixpath.join(posixpath.dirname(written_in), url.path))
    linked.add(path)
    return url._replace(path=_from(page, _place(path))).geturl()


def _from(page, path):
    """A path of the site as a page links to it."""
    return posixpath.relpath(path, posixpath.dirname(page) or ".")


def _framed(page, navigation):
    links = "\n".join(
        f'<a href="{_from(page.path, path)}"{" aria-current=page" * (path == page.path)}>'
        f"{html.escape(title)}</a>"
        for path, title in navigation
    )
    return FRAME.format(
        title=html.escape(page.title), style=STYLE, navigation=links, body=page.body
    )


def _file(project, path):
    file = project / path
    if not file.is_file():
        raise DocumentationError(f"{path} is linked or listed, and there is no such file")
    return file


def _write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _copy(source, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, file)
