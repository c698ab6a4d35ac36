"""What the name of a column suggests. English first; camelCase and snake_case alike.

Names only ever tip the scales: the cells decide whether a hint is possible at all.
"""

from __future__ import annotations

import re


def _vocabulary(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[#%]")

IDENTIFIER = _vocabulary("""
    id ids idx key pk uid uuid guid pid rowid userid customerid recordid hash
    md5 sha1 sha256 serial sku isbn ean upc asin barcode accession rownum identifier
    reference ref ssn token #
    """)
CODE = _vocabulary("""
    code codes cd zip zipcode zipcodes postcode postal plz fips insee naics sic icd
    cpt phone tel extension
    """)
GROUP = _vocabulary("""
    type kind class category cat group grp segment cluster label status state city
    county country region district ward precinct borough sector zone territory breed
    color colour brand make model manufacturer vendor supplier store shop branch dept
    department division gender sex race ethnicity religion language occupation
    profession job role team club player driver channel platform device browser method
    mode source season quarter weekday dow dayofweek flag indicator option choice
    version program plan policy tier section family genre currency nationality block
    council tract species theme style series
    """)
COUNT = _vocabulary("""
    count counts cnt num number numbers nb qty quantity amt amount total sum freq
    frequency times visits clicks views likes votes shares comments followers friends
    children kids siblings people persons members rooms bedrooms bathrooms beds baths
    floors stories doors cylinders seats goals points games wins losses runs items
    units orders purchases sales days hours minutes seconds weeks months years age n
    no
    """)
MEASURE = _vocabulary("""
    price cost fee fare rent salary wage income revenue profit tax balance value worth
    budget weight height width length depth size area volume distance speed velocity
    temperature temp pressure humidity rate ratio percent percentage pct % score
    rating duration latitude longitude lat lon lng mean avg average std min max median
    density power energy voltage current sqft mileage population age change rank level
    grade
    """)
DATE = _vocabulary("""
    date time datetime timestamp ts epoch day dt created updated modified at on dob
    birthday birthdate start end expires expiry deadline published posted released
    when utc unix
    """)
COLLECTED = _vocabulary("""
    crawl crawled scrape scraped fetched ingest ingested ingestion etl downloaded
    imported exported inserted retrieved
    """)
ORDERED = _vocabulary("""
    rating ratings stars grade level levels lvl rank score scale severity priority
    stage tier satisfaction quality qual cond condition month mnth mon hour hr quarter
    """)
YEARS = frozenset({"year", "years", "yr", "fy", "yrs"})
MONTHS = frozenset({"month", "mnth", "mon", "months", "mo"})
HOURS = frozenset({"hour", "hr"})
PROSE = _vocabulary("""
    title headline subject description desc summary text comment comments review
    notes note message body content caption question answer abstract about bio
    remarks story plot
    """)


SPEAKING = frozenset().union(
    IDENTIFIER, CODE, GROUP, COUNT, MEASURE, DATE, ORDERED, YEARS, MONTHS, HOURS, PROSE
)


def name_words(name: str) -> tuple[str, ...]:
    """The lower-case words of a column name: `ClothingID` → clothing, id."""
    return tuple(word.lower() for word in _WORD.findall(name))
