"""Hooks of the documentation site: the order of its sections, and a check that it asks no other host for anything."""

import re

from mkdocs.exceptions import PluginError

ORDER = ("Tutorial", "How to", "Explanation", "Reference")
# What a browser would fetch by itself; an ordinary link is followed only by a person.
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=["']?(?:https?:)?//[^"'\s>]+"""
    r"""|<link\b(?=[^>]*\brel=["']?(?:stylesheet|preconnect|preload|icon))[^>]*\bhref=["']?(?:https?:)?//[^"'\s>]+"""
)


def on_nav(nav, **_):
    """Put the sections in the order in which a person meets them; the pages inside stay in the order of their names."""
    nav.items.sort(key=lambda item: ORDER.index(item.title) if item.title in ORDER else -1)
    return nav


def on_post_page(output, page, **_):
    """Refuse a page that would fetch something from another host."""
    if found := FETCHED.search(output):
        raise PluginError(f"{page.file.src_path} fetches from another host: {found[0]}")
    return output
