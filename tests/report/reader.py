"""A page as its tags and its text."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser


class Page(HTMLParser):
    """What stands in a page: `tags` with attributes in order, and all `text` as read."""

    def __init__(self, html: str) -> None:
        """Read a whole page."""
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.text += data

    def values(self, name: str) -> Iterator[str]:
        """Yield every value of an attribute."""
        return (attributes[name] or "" for _, attributes in self.tags if name in attributes)
