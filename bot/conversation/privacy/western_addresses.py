"""Recognises addresses as they are written in English and its neighbours: street and number, flat, town, postcode."""

import re
from collections.abc import Iterator

_STREET = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Crescent|Cres|Place|Pl|Square|Sq|Terrace"
    r"|Gardens|Grove|Parkway|Pkwy|Highway|Hwy|Mews|Close|Way|Row|Walk|Rise|Hill)\b\.?"
)
_NUMBER = r"\d{1,5}[A-Za-z]?(?:[-/ ]\d{1,5}[A-Za-z]?)?"
_CAPITALISED = r"[A-ZÀ-ÞĀ-ŽΑ-Ω][\w.'’-]*"
_ANY = r"[^\W\d_][\w.'’-]*"
_FLAT = r"(?:Apt|Apartment|Suite|Ste|Flat|Unit|Room|Floor)\b\.? ?#?[A-Za-z]?\d{1,5}[A-Za-z]?\b"

# Royal Mail's postcode areas; without them half of all model names ("S9 8GB", "A4 2XL") would be postcodes.
_AREAS = (
    "A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?"
    "|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE"
)
_UK_POSTCODE = rf"(?:{_AREAS})\d[A-Z\d]? \d(?!GB|TB|MB|KG|ML|HZ|MM|CM)[ABD-HJLNP-UW-Z]{{2}}"
_STATES = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
_US_POSTCODE = rf"(?:{_STATES}),? \d{{5}}(?:-\d{{4}})?"
_POSTCODE = rf"(?:{_UK_POSTCODE}|{_US_POSTCODE}|\d{{4,6}}(?:-\d{{4}})?)"

# After the street: up to five pieces (flat, town, county, country), each short, parted by comma or line, then a
# postcode. The counts are bounds, so that a long text cannot be tried in ever more ways.
_TOWN = r"[A-ZÀ-ÞĀ-ŽΑ-Ω][^\W\d_]*(?:[.'’-][^\W\d_]+)*\b(?!\d)"
_PIECE = rf"(?:{_FLAT}|{_TOWN}(?: {_TOWN}){{0,3}})"
_TAIL = rf"(?:(?:\s{{0,8}}[,\n]\s{{0,8}}|[,]? ){_PIECE}){{0,5}}(?:(?:\s{{0,8}}[,\n]\s{{0,8}}| ){_POSTCODE}(?![\w-]))?"

# 1755 Nelson Mandela Drive; 221B Baker St, London NW1 6XE; 75 Auerstrasse 12 Apt. 974.
_STREET_LINE = re.compile(
    rf"(?<![\w£$€¥.-])(?P<address>{_NUMBER},? (?:{_CAPITALISED} ){{1,4}}(?:{_STREET}|\d{{1,5}},? {_FLAT}){_TAIL})"
)
# i live at 12 baker street; deliver it to 5 rue Descartes, Lyon: a word that says so allows any spelling.
_SAID = re.compile(
    r"(?i:\baddress(?:es)?(?: is| to| with)?|\bliv(?:e|es|ed|ing) (?:at|on|in)|\bmoved to|\blocated at|\bis (?:at|on)"
    r"|\b(?:deliver|ship|send|return|post)(?:ed|ing)?(?: it| them| this| my order| my parcel)? to)"
    r"[:,?]?\s{1,3}(?:(?i:it is|is|the corner of)\s)?"
    rf"(?P<address>(?:{_NUMBER},? (?:{_ANY} ){{1,4}}(?i:{_STREET})|{_NUMBER},? (?:{_ANY},? ){{1,4}}\d{{1,5}}\b\.?"
    rf"|{_NUMBER},? {_ANY}(?: {_ANY})?(?=,)|{_CAPITALISED}(?: {_CAPITALISED}){{0,3}} \d{{1,5}}\b){_TAIL})"
)
# Lines that start with a number and have a flat in them or end with a postcode:
# "11 Školní 939", "Apt. 827", "Kaplice", "Iceland 80392".
_LINE = r"[^\n]{1,60}\n"
_INDENT = r"(?:\?\?\? |[ \t]{0,8})"
_BLOCK = re.compile(
    rf"(?m:^){_INDENT}(?P<address>{_NUMBER} [^\n\d?!]{{2,50}}[^\n?!]{{0,10}}\n"
    rf"(?:{_INDENT}(?i:{_FLAT})\n\n?(?:{_LINE}\n?){{0,3}}[^\n]{{1,60}}|(?:{_LINE}){{0,3}}[^\n]{{0,40}}\b\d{{5}}(?![\d-])))"
)
# What needs no street beside it.
_ALONE = re.compile(
    rf"(?<![\w-])(?P<address>(?i:p\.? ?o\.? box) \d{{1,6}}|(?i:apt|suite)\b(?: |\. ?)#?\d{{1,5}}[A-Za-z]?"
    rf"|{_CAPITALISED},? {_US_POSTCODE}|{_UK_POSTCODE})(?![\w-])"
)
_POSTCODE_SAID = re.compile(
    r"\b(?:zip(?: ?code)?|post(?:al)? ?code)(?: is|:|：| ){1,3}(?P<address>\d{5}(?:-\d{4})?|"
    rf"(?:{_AREAS})\d[A-Z\d]? ?\d[A-Z]{{2}})(?![\w-])",
    re.IGNORECASE,
)


def find_western_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where addresses stand, with flat, town and postcode where they follow."""
    for pattern in (_STREET_LINE, _SAID, _BLOCK, _ALONE, _POSTCODE_SAID):
        yield from (match.span("address") for match in pattern.finditer(text))
