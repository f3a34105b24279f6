"""Exports of press archives: a document is an article, field by field, its wrapped lines whole."""

from __future__ import annotations

from toolkit.ingest import extract

BODY = "The quay opened on Monday, the council said, a year\nafter the storm that had shut it.\n\nNobody was hurt.\n"
ARTICLE = "The quay opened on Monday, the council said, a year after the storm that had shut it.\nNobody was hurt."

NEXIS = f"""
                               1 of 2 DOCUMENTS


                               The Daily Tern

                         March 12, 2024 Tuesday
                             Final Edition

Quay opens again after a
year

BYLINE: Ada Holm

SECTION: NEWS; Pg. 3

LENGTH: 18 words

DATELINE: PORT ELLERY

{BODY}
LOAD-DATE: March 12, 2024

LANGUAGE: ENGLISH

                     Copyright 2024 Tern Media
                        All Rights Reserved

                               2 of 2 DOCUMENTS

                     Copyright 2024 Tern Media

                               The Weekly Tern

                              March 13, 2024, Wednesday

SECTION: NEWS; Pg. 1

LENGTH: 18 words

HEADLINE: Ferry sails

BODY:

{BODY}
SUBJECT: PORTS (90%)
"""

FACTIVA = f"""HD
Quay opens again
BY
Ada Holm
WC
18 words
PD
12 March 2024
SN
The Daily Tern
SC
DTERN
LA
English
CY
Copyright 2024 Tern Media

LP
The quay opened on Monday, the council said, a year
after the storm that had shut it.

TD
Nobody was hurt.

CO
port : Port Ellery
AN
Document DTERN00020240312ek3c0000b

HD
Ferry sails
PD
13 March 2024
SN
The Daily Tern
LP
{BODY}
AN
Document DTERN00020240313ek3c0000c
"""

FACTIVA_PAGE = f"""Quay opens again
By Ada Holm
118 words
12 March 2024
09:30
The Daily Tern
DTERN
English
Copyright 2024. Tern Media.

{BODY}
Document DTERN00020240312ek3c0000b
"""

PROQUEST = f"""____________________________________________________________

Document 1 of 2

Quay opens again

Author: Holm, Ada

Publication info: The Daily Tern ; Port Ellery [Port Ellery]. 12 Mar 2024: A.1.

ProQuest document link

Abstract: A quay.

Full text: {BODY}
Subject: Ports;

Title: Quay opens again

Publication title: The Daily Tern; Port Ellery

Publication date: Mar 12, 2024

Language of document: English

Document URL: https://search.proquest.example/1

Database: News

____________________________________________________________

Document 2 of 2

Ferry sails

Full text: {BODY}
Title: Ferry sails

Publication title: The Daily Tern

Publication date: Mar 13, 2024
"""


def test_nexis_in_both_of_its_forms() -> None:
    first, second = extract(NEXIS.encode(), source="export.txt")
    assert (first.title, first.publisher, first.published_at) == (
        "Quay opens again after a year",
        "The Daily Tern",
        "2024-03-12",
    )
    assert (first.byline, first.body, second.body) == ("Ada Holm", ARTICLE, ARTICLE)
    assert (second.title, second.publisher, second.published_at) == ("Ferry sails", "The Weekly Tern", "2024-03-13")


def test_factiva_by_fields_and_as_it_prints() -> None:
    first, second = extract(FACTIVA.encode(), source="export.txt")
    (printed,) = extract(FACTIVA_PAGE.encode(), source="export.txt")
    for article in (first, printed):
        assert (article.title, article.publisher, article.byline) == (
            "Quay opens again",
            "The Daily Tern",
            "Ada Holm" if article is first else "By Ada Holm",
        )
        at = "2024-03-12" if article is first else "2024-03-12T09:30:00"
        assert (article.published_at, article.body) == (at, ARTICLE)
    assert (second.title, second.body) == ("Ferry sails", ARTICLE)


def test_proquest() -> None:
    first, second = extract(PROQUEST.encode(), source="export.txt")
    assert (first.title, first.byline, first.body) == ("Quay opens again", "Holm, Ada", ARTICLE)
    assert (first.published_at, first.url) == ("2024-03-12", "https://search.proquest.example/1")
    assert (second.title, second.publisher, second.published_at) == ("Ferry sails", "The Daily Tern", "2024-03-13")
