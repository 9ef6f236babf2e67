"""Markdown as HTML, as GitHub shows it: tables, HTML, and an anchor on each heading."""

import re
from collections import Counter
from itertools import pairwise

from markdown_it import MarkdownIt

PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
LINKS = {"a": "href", "img": "src"}
NOT_IN_SLUG = re.compile(r"[^\w\- ]")


def rendered(text, link=lambda target: target):
    """Markdown as HTML.

    Parameters
    ----------
    text : str, of our own: HTML in it is kept
    link : function from the target of a link or picture, as it is written, to the target on the page

    Returns
    -------
    html, title : str, the title is the text of the first heading, or empty
    """
    tokens = PARSER.parse(text)
    headings = [
        (token, _plain_text(content))
        for token, content in pairwise(tokens)
        if token.type == "heading_open"
    ]
    for (token, _), anchor in zip(headings, slugs(words for _, words in headings), strict=True):
        token.attrSet("id", anchor)
    for token in tokens:
        for child in token.children or ():
            attribute = LINKS.get(child.tag)
            if attribute in child.attrs:
                child.attrSet(attribute, link(child.attrs[attribute]))
    title = headings[0][1] if headings else ""
    return PARSER.renderer.render(tokens, PARSER.options, {}), title


def slugs(headings):
    """The anchors that GitHub gives to headings: an anchor that is taken gets a number.

    Parameters
    ----------
    headings : iterable of str, in the order of the page
    """
    taken = Counter()
    for heading in headings:
        slug = NOT_IN_SLUG.sub("", heading.strip().lower()).replace(" ", "-")
        yield f"{slug}-{taken[slug]}" if taken[slug] else slug
        taken[slug] += 1


def _plain_text(token):
    return "".join(
        child.content for child in token.children if child.type in ("text", "code_inline")
    )
