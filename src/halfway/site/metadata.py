"""A case as others cite and index it: BibTeX, CFF, JSON-LD, Zenodo, Atom, sitemap."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import yaml

from halfway._version import __version__
from halfway.case.case import Case

NOBODY = "The Halfway developers"
"""Whom a case of the catalogue is by that names nobody."""


@dataclass(frozen=True)
class Entry:
    """One case of the archive.

    Attributes
    ----------
    case : Case
    path : str
        Of its page, from the top of the archive.
    licence : str or None
        Under which it may be used; None where nothing says so.
    """

    case: Case
    path: str
    licence: str | None

    @property
    def title(self) -> str:
        """What it is called."""
        return self.case.title or self.case.name

    @property
    def about(self) -> str:
        """The abstract in one line."""
        return " ".join((self.case.abstract or "").split())

    @property
    def authors(self) -> list[str]:
        """Who wrote it."""
        return [a.name for a in self.case.authors] or [NOBODY]

    @property
    def short(self) -> str:
        """The beginning of its hash, which is its version."""
        return self.case.content_hash[:12]

    @property
    def day(self) -> str:
        """The day from which it is seen, as a full date; the epoch where there is none."""
        parts = (self.case.date or "1970").split("-")
        year, month, day = (*parts, "01", "01")[:3]
        return f"{year}-{month}-{day}" if re.fullmatch(r"\d{4}-\d\d-\d\d", f"{year}-{month}-{day}") else "1970-01-01"

    def address(self, base: str) -> str:
        """Return where its page is."""
        return f"{base}{self.path}index.html"

    def permalink(self, base: str) -> str:
        """Return where this state of it stays."""
        return f"{base}{self.path}{self.short}.html"


def citation(entry: Entry, base: str) -> str:
    """Say in a line how to cite a case."""
    where = entry.permalink(base) if base else f"case hash {entry.short}"
    file = f"{entry.title}. Case file, version {entry.short}"
    return f"{', '.join(entry.authors)}. {file}. Tested with Halfway {__version__}. {where}."


def bibtex(entry: Entry, base: str) -> str:
    """Write a BibTeX entry."""
    fields = {
        "title": "{" + _tex(entry.title) + "}",
        "author": " and ".join("{" + _tex(a) + "}" for a in entry.authors),
        "note": f"Case file, version {entry.short}; tested with Halfway {__version__}",
        **({"url": entry.permalink(base)} if base else {}),
    }
    lines = ",\n".join(f"  {key} = {{{value}}}" for key, value in fields.items())
    return f"@misc{{halfway-{entry.case.name}-{entry.short},\n{lines}\n}}\n"


def _tex(text: str) -> str:
    return re.sub(r"([&%$#_{}])", r"\\\1", text).replace("~", r"\textasciitilde{}").replace("^", r"\textasciicircum{}")


def cff(entry: Entry, base: str) -> str:
    """Write a CITATION.cff of a data set."""
    data: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this case, cite it with its version, which is the beginning of its hash.",
        "type": "dataset",
        "title": entry.title,
        "authors": [{"name": name} for name in entry.authors],
        "version": entry.short,
        "keywords": list(entry.case.tags),
        "abstract": entry.about,
    }
    if entry.licence:
        data["license"] = entry.licence
    if base:
        data["url"] = entry.permalink(base)
    kept = {key: value for key, value in data.items() if value}
    return str(yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=110))


def linked_data(entry: Entry, base: str, front_title: str) -> list[str]:
    """Return JSON-LD of the case as a data set and of its front page as a report, safe inside a script element."""
    creators = [{"@type": "Person" if a != NOBODY else "Organization", "name": a} for a in entry.authors]
    data_set = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": entry.title,
        "description": entry.about or entry.title,
        "identifier": f"sha256:{entry.case.content_hash}",
        "version": entry.short,
        "keywords": list(entry.case.tags),
        "creator": creators,
        "isAccessibleForFree": True,
        "distribution": {
            "@type": "DataDownload",
            "encodingFormat": "application/yaml",
            "contentUrl": f"{base}{entry.path}case.yaml",
        },
        "citation": [source.title for source in entry.case.sources.values()],
        **({"license": f"https://spdx.org/licenses/{entry.licence}"} if entry.licence else {}),
        **({"url": entry.address(base)} if base else {}),
    }
    report = {
        "@context": "https://schema.org",
        "@type": "Report",
        "name": front_title,
        "isBasedOn": f"sha256:{entry.case.content_hash}",
        "creator": {"@type": "SoftwareApplication", "name": "Halfway", "softwareVersion": __version__},
        **({"url": entry.permalink(base)} if base else {}),
    }
    return [json.dumps(block, ensure_ascii=False).replace("<", "\\u003c") for block in (data_set, report)]


def feed(title: str, entries: Sequence[Entry], base: str, own: str) -> str:
    """Write an Atom feed; an entry is dated by the day from which its case is seen, since nothing here reads a clock.

    Parameters
    ----------
    title : str
    entries : sequence of Entry
    base : str
        Where the archive is to be.
    own : str
        The feed's path in it.
    """
    ordered = sorted(entries, key=lambda e: (e.day, e.case.name), reverse=True)
    updated = ordered[0].day if ordered else "1970-01-01"
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{escape(title)}</title>",
        f"<id>{escape(base + own)}</id>",
        f"<updated>{updated}T00:00:00Z</updated>",
        f'<link rel="self" href={quoteattr(base + own)}/>',
        f"<generator version={quoteattr(__version__)}>Halfway</generator>",
    ]
    for entry in ordered:
        lines += [
            "<entry>",
            f"<title>{escape(entry.title)}</title>",
            f"<id>{escape(entry.permalink(base))}</id>",
            f"<link href={quoteattr(entry.permalink(base))}/>",
            f"<updated>{entry.day}T00:00:00Z</updated>",
            *(f"<author><name>{escape(name)}</name></author>" for name in entry.authors),
            *(f"<category term={quoteattr(tag)}/>" for tag in entry.case.tags),
            f"<summary>{escape(entry.about or entry.title)}</summary>",
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])


def sitemap(addresses: Sequence[str]) -> str:
    """Write a sitemap."""
    rows = "\n".join(f"<url><loc>{escape(address)}</loc></url>" for address in addresses)
    head = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return f"{head}\n{rows}\n</urlset>\n"


def zenodo(title: str, entries: Sequence[Entry], base: str) -> str:
    """Write the metadata with which Zenodo takes the archive."""
    names = dict.fromkeys(name for entry in entries for name in entry.authors)
    licences = {entry.licence for entry in entries}
    data: dict[str, Any] = {
        "title": title,
        "upload_type": "dataset",
        "description": f"<p>{len(entries)} cases and the front pages of their briefs, written with Halfway {__version__}: "
        + "; ".join(escape(f"{entry.title} ({entry.short})") for entry in entries) + ".</p>",
        "creators": [{"name": name} for name in names],
        "keywords": sorted({tag for entry in entries for tag in entry.case.tags}),
        "version": __version__,
    }  # fmt: skip
    if len(licences) == 1 and None not in licences:
        data["license"] = licences.pop()
    if base:
        data["related_identifiers"] = [{"identifier": base, "relation": "isIdenticalTo", "scheme": "url"}]
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
