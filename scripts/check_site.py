"""Check the built documentation: links inside lead somewhere, and nothing comes from elsewhere.

Run as ``python scripts/check_site.py docs/_build/html``; it prints what is wrong, and its exit
code is 1 then.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Tags and attributes by which a browser fetches something while it shows a page.
FETCHED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src")}
_NO_FETCH = {"canonical", "author", "license", "search", "next", "prev", "index"}


class _Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, bool]] = []  # address, whether it is fetched at once
        self.anchors: set[str] = {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name in ("id", "name"):
            self.anchors.add(given.get(name) or "")
        for name in ("href", "src"):
            if given.get(name):
                relation = set((given.get("rel") or "").split())
                fetched = (tag, name) in FETCHED and not relation & _NO_FETCH
                self.links.append((given[name] or "", fetched))


def problems(root: Path) -> Iterator[str]:
    """Yield a sentence for each link that leads nowhere, and for each thing from elsewhere.

    Parameters
    ----------
    root : Path
        The folder with the built pages.
    """
    read = cache(lambda path: _Page(path.read_text("utf-8")))
    pages = [path for path in sorted(root.rglob("*.html")) if "_static" not in path.parts]
    for path in pages:
        for link, fetched in dict.fromkeys(read(path).links):
            parts = urlsplit(link)
            where = path.relative_to(root)
            if parts.scheme or parts.netloc:
                if fetched and parts.scheme != "data":
                    yield f"{where}: {link} comes from elsewhere"
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                yield f"{where}: there is no {link}"
            elif target.suffix == ".html" and unquote(parts.fragment) not in read(target).anchors:
                yield f"{where}: {link} has no such anchor"
    for path in sorted(root.rglob("*.css")):
        for found in re.findall(
            r"(?:url\(|@import\s+)['\"]?(https?:[^'\")]+)", path.read_text("utf-8")
        ):
            yield f"{path.relative_to(root)}: {found} comes from elsewhere"


if __name__ == "__main__":
    wrong = list(problems(Path(sys.argv[1])))
    print("\n".join(wrong) or "All links inside lead somewhere, and nothing comes from elsewhere.")
    sys.exit(bool(wrong))
