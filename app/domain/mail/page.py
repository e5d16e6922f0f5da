"""What a person would read of an HTML mail: its text with its line breaks, and nothing that runs or loads."""

import html
import re

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>|<[!?/][^<>]*>")
_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "math"})
_LINES = frozenset({"br", "hr"})
_BLOCKS = frozenset(
    {"p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "ul", "ol", "section"}
)


def text_of(source: str) -> str:
    """The text of a page; one pass, so that no page takes long whatever is nested in it."""
    found: list[str] = []
    unseen = ""
    at = 0
    source = re.sub(r"\s+", " ", _without_comments(source))
    for tag in _TAG.finditer(source):
        if not unseen:
            found.append(source[at : tag.start()])
        at = tag.end()
        name = (tag[2] or "").lower()
        if unseen:
            unseen = "" if name == unseen and tag[1] else unseen
        elif name in _UNSEEN and not tag[1] and not tag[0].endswith("/>"):
            unseen = name
        elif name in _LINES or (name in _BLOCKS and _is_within_line(found)):
            found.append("\n")
    if not unseen:
        found.append(source[at:])
    text = html.unescape("".join(found)).replace("\xa0", " ")
    return "\n".join(" ".join(line.split()) for line in text.split("\n"))


def _is_within_line(found: list[str]) -> bool:
    """Whether text stands on the last line; pieces of nothing but space are dropped."""
    while found and found[-1] != "\n" and not found[-1].strip():
        found.pop()
    return bool(found) and found[-1] != "\n"


def _without_comments(source: str) -> str:
    first, *others = source.split("<!--")
    return first + "".join(other.partition("-->")[2] for other in others)
