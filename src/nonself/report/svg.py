"""A drawn figure made fit to stand inside a page: small, scalable, labeled, its ids its own."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_LONG = re.compile(r"-?\d+\.\d{3,}")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_GEOMETRY = ("d", "x", "y", "width", "height", "transform", "points")
_DROPPED = ("metadata", "style")
CLASS = "class."


def tidy(drawn: str, prefix: str, label: str) -> str:
    """Return an SVG for use inside HTML.

    Namespaces, metadata, style sheets and ids nobody refers to are gone; the ids that stay start with
    `prefix`; width and height give way to the view box; an id that starts with `class.` becomes a class.

    **Arguments:** `drawn` a complete SVG document; `prefix` unique in the page; `label` what it shows.
    """
    root = ElementTree.fromstring(drawn)
    for element in root.iter():
        _strip(element)
    used = {name for element in root.iter() for name in _references(element)}
    for element in root.iter():
        _rename(element, used, prefix)
    for size in ("width", "height", "version"):
        root.attrib.pop(size, None)
    root.set("role", "img")
    root.set("aria-label", plain(label))
    title = ElementTree.Element("title")
    title.text = plain(label)
    root.insert(0, title)
    return ElementTree.tostring(root, encoding="unicode")


def plain(text: str) -> str:
    """Return `text` in one line and without characters that XML forbids."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _strip(element: ElementTree.Element) -> None:
    element.tag = _local(element.tag)
    for child in list(element):
        if _local(child.tag) in _DROPPED:
            element.remove(child)
    if element.tag not in ("text", "tspan"):
        element.text = None
    element.tail = None
    for name in list(element.attrib):
        value = element.attrib.pop(name)
        local = _local(name)
        shown = " ".join(_LONG.sub(_shorter, value).split()) if local in _GEOMETRY else value
        if not shown.startswith("rotate(-0 "):
            element.set(local, shown)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _shorter(match: re.Match[str]) -> str:
    return f"{round(float(match[0]), 2) + 0.0:g}" if abs(float(match[0])) < 1e4 else match[0]


def _references(element: ElementTree.Element) -> list[str]:
    found = [name for value in element.attrib.values() for name in _REFERENCE.findall(value)]
    href = element.get("href", "")
    return [*found, href[1:]] if href.startswith("#") else found


def _rename(element: ElementTree.Element, used: set[str], prefix: str) -> None:
    own = element.attrib.pop("id", "")
    if own.startswith(CLASS):
        element.set("class", own.removeprefix(CLASS))
    elif own in used:
        element.set("id", f"{prefix}-{own}")
    for name, value in list(element.attrib.items()):
        if name == "href" and value.startswith("#"):
            element.set(name, f"#{prefix}-{value[1:]}")
        elif name not in ("class", "id"):
            element.set(name, _REFERENCE.sub(rf"url(#{prefix}-\1)", value))
