"""HTML of strangers made harmless: no scripts, forms, styles that cover the page, or pictures that report back."""

from __future__ import annotations

import html as entities
import re
from typing import Final

import nh3

from channels.email.limits import MAX_HTML, MAX_HTML_DEPTH

_REMOVED_WITH_CONTENT: Final = {"script", "style", "title", "noscript", "iframe", "object", "embed", "template", "svg"}
_TAGS: Final = (nh3.ALLOWED_TAGS | {"font"}) - _REMOVED_WITH_CONTENT
_ATTRIBUTES: Final = {
    "*": {"style", "title", "lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "align", "valign", "width"},
    "th": {"colspan", "rowspan", "align", "valign", "width"},
    "table": {"width", "cellpadding", "cellspacing", "border", "align"},
    "font": {"color", "size"},
    "ol": {"start"},
    "blockquote": {"cite"},
}
#: None of these can fetch anything or take a place on the page that is not theirs.
_STYLES: Final = {
    "color",
    "background-color",
    "font-weight",
    "font-style",
    "font-size",
    "text-align",
    "text-decoration",
    "vertical-align",
    "border-left",
    "padding-left",
    "margin-left",
    "white-space",
}
_LINK: Final = re.compile(r"(https?|mailto|tel):", re.IGNORECASE)
_REMOTE: Final = re.compile(r"https?://", re.IGNORECASE)
#: Marks a picture's address until the attribute has been renamed; no such scheme exists.
_BLOCKED: Final = "trunkline-blocked:"
_IMAGE: Final = re.compile(r'(<img\b(?: [a-z-]+="[^"]*")*?) src="' + _BLOCKED)
_BLOCK_TAGS: Final = {
    "p", "div", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "tr", "table", "blockquote", "pre",
}  # fmt: skip
_VOID_OR_IMPLIED: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
    | {"p", "li", "dt", "dd", "td", "th", "tr", "option", "thead", "tbody"}
)
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
#: From a tag's beginning to the next `>`, wherever that stands.
_STRETCH: Final = re.compile(r"<[a-zA-Z][^<>]*")
_BETWEEN_ATTRIBUTES: Final = re.compile(r"[\s/]+")
_BRACKET_IN_QUOTES: Final = re.compile(r"=\s{0,9}(\"[^\"<>]*>|'[^'<>]*>)")
_MAX_ATTRIBUTES: Final = 400
_MAX_BRACKETS_IN_QUOTES: Final = 50
_MAX_ENTITIES: Final = 40_000
_CLEAN_TAG: Final = re.compile(r"<(/?)([a-z0-9]+)>")
_SPACES: Final = re.compile(r"[ \t\n\u00a0]+")


def sanitise(html: str) -> tuple[str, str]:
    """Harmless HTML and what had to be cut ("" if nothing).

    Remote pictures keep their address in `data-remote-src`, so that a reader may ask for them; pictures of
    the mail itself (`cid:`) stay. Links keep http, https, mailto and tel only.
    """
    prepared, fault = _prepared(html)
    if prepared is None:
        return "", fault
    cleaned = nh3.clean(
        prepared,
        tags=_TAGS,
        clean_content_tags=_REMOVED_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto", "tel", "cid", _BLOCKED[:-1]},
        link_rel="noopener noreferrer nofollow",
    )
    return _IMAGE.sub(r'\1 data-remote-src="', cleaned), fault


def html_to_text(html: str) -> str:
    """The words of an HTML mail with line breaks where the blocks end, quotations marked with `>`."""
    prepared, _ = _prepared(html)
    if prepared is None:
        return _words(re.sub(r"<[^<>]{0,2000}>", " ", html[:MAX_HTML]))
    cleaned = nh3.clean(
        prepared, tags=_BLOCK_TAGS, clean_content_tags=_REMOVED_WITH_CONTENT, attributes={}, link_rel=None
    )
    lines: list[str] = [""]
    depth = position = 0
    for match in _CLEAN_TAG.finditer(cleaned):
        lines[-1] += _SPACES.sub(" ", cleaned[position : match.start()])
        position = match.end()
        if match[2] == "blockquote":
            depth = max(0, depth + (-1 if match[1] else 1))
        if not (match[2] == "br" and match[1]):
            lines.append("> " * depth)
    lines[-1] += _SPACES.sub(" ", cleaned[position:])
    return _words(_joined(lines))


def _joined(lines: list[str]) -> str:
    """Lines with runs of blank ones folded into one."""
    kept: list[str] = []
    for line in (line.strip() for line in lines):
        bare = line.strip("> ")
        if bare or (kept and kept[-1].strip("> ")):
            kept.append(line if bare else "")
    return "\n".join(kept)


def _words(text: str) -> str:
    return entities.unescape(text).replace("\u00a0", " ").strip()


def _prepared(html: str) -> tuple[str | None, str]:
    """HTML cut to what the parser can chew in reasonable time, or None where it cannot."""
    cut, fault = html, ""
    if len(html) > MAX_HTML:
        cut, fault = html[:MAX_HTML], f"HTML cut from {len(html)} to {MAX_HTML} characters"
    if _depth(cut) > MAX_HTML_DEPTH:
        return None, f"HTML nested deeper than {MAX_HTML_DEPTH} elements, shown as text only"
    if cut.count("&") > _MAX_ENTITIES:
        return None, f"HTML with more than {_MAX_ENTITIES} character references, shown as text only"
    if _crowded(cut):
        return None, f"HTML element with more than {_MAX_ATTRIBUTES} attributes, shown as text only"
    return cut, fault


def _crowded(html: str) -> bool:
    """Whether an element may bear so many attributes that the parser, quadratic in them, would take seconds."""
    if sum(1 for _ in _BRACKET_IN_QUOTES.finditer(html)) > _MAX_BRACKETS_IN_QUOTES:
        return True
    return any(len(_BETWEEN_ATTRIBUTES.split(match[0])) > _MAX_ATTRIBUTES for match in _STRETCH.finditer(html))


def _depth(html: str) -> int:
    """The most elements open at once, elements that close themselves not counted."""
    depth = deepest = 0
    for match in _TAG.finditer(html):
        if match[2].lower() not in _VOID_OR_IMPLIED:
            depth = max(0, depth - 1) if match[1] else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _attribute(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src":
        if value.lower().startswith("cid:"):
            return value
        return _BLOCKED + value if _REMOTE.match(value) else None
    if attribute in ("href", "cite"):
        return value if _LINK.match(value.strip()) else None
    return value
