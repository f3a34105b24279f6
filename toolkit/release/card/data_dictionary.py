"""The data dictionary: what every column of a release means."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from toolkit.release.tables.attribute_columns import AttributeColumn

CONFIG_ROWS: Final = {
    "default": "a decided sentence",
    "undecided": "a sentence that was answered and is not decided",
    "annotations": "an answer of one person",
    "spans": "a span of a decision",
    "relations": "a relation between two spans of a decision",
    "figures": "a span with numbers",
    "links": "a link between two sentences of a story that holds",
    "claims": "a statement of a story: who says what, copies once",
    "tolls": "a kind of people harmed in a story: their number by named rules, never added up",
    "articles": "an article",
}
"""Config → what one row is."""

_MEANINGS: Final = {
    "sentence_id": "id of the sentence: hash of article_id, start and end",
    "article_id": "id of the article: hash of its text",
    "annotation_id": "id of the answer",
    "span_id": "id of the span within its sentence",
    "story_id": "cluster of near-duplicate articles; no split divides one",
    "text": "the words, as they were published",
    "labels": "the labels, as ClassLabel numbers in `datasets` and as names elsewhere",
    "label_vector": "1.0 for each label that was decided, 0.0 for the others, in the order of the numbers",
    "soft_labels": "probability or share of votes of each label",
    "votes": "how many annotators gave each label",
    "spans": "the marked stretches: offsets in code points of the sentence, end exclusive; `attributes` by their names",
    "relations": "relations between spans, by span_id",
    "tokens": "the words and signs of the sentence, cut where spans begin and end",
    "token_starts": "where each token begins in `text`, in code points",
    "tags": "BIO tag of each token; of spans that overlap, the longer one's",
    "n_annotators": "how many annotators answered; skips and experts do not count",
    "method": "how the decision was reached",
    "context_before": "the sentence before it in the article",
    "context_after": "the sentence after it in the article",
    "kind": "part of the article: headline, byline, dateline, caption, list or body",
    "paragraph": "number of the paragraph in the article, from 0",
    "start": "first code point, of the article's text or, of a span, of the sentence",
    "end": "one past the last code point",
    "sentence_start": "first code point of the sentence in its article",
    "sentence_end": "one past the last code point of the sentence",
    "title": "headline of the article",
    "byline": "who wrote the article, as the page says",
    "publisher": "who published the article",
    "url": "where the article was published",
    "published_at": "when, ISO 8601, where the page says so",
    "language": "ISO 639 code; `und` where unknown",
    "licence": "licence of the article as its source states it",
    "page_sha256": "SHA-256 of the raw page",
    "page_source": "name of the raw page in the project that made the release",
    "page_start": "first byte of the page within its file",
    "page_end": "one past the last byte",
    "article_sha256": "SHA-256 of the article's text",
    "annotator": "pseudonym of the person, or name and version of the model",
    "role": "`annotator`, `expert` who settled what was disputed, or `model` that had a vote where people differed",
    "counted": "whether the decision rests on this answer",
    "skipped": "the person declined to answer",
    "schema": "label schema of the answer, name@version",
    "created_at": "when the answer was first given",
    "updated_at": "when it was last changed",
    "lead_time": "seconds that the person took",
    "ground_truth": "the server held it to be the answer",
    "origin": "`manual`, `prediction` (a suggestion taken as it was) or `prediction-changed`",
    "note": "what the person wrote beside the answer",
    "label": "label of the span, or of the link",
}


_END: Final = {
    "label": "label of the sentence, or of the span in it, that stands there",
    "start": "first code point in the sentence; 0 for the whole of it",
    "end": "one past the last code point",
    "text": "the words that stand there",
}

_OF_CONFIG: Final = {
    "relations": {
        "label": "what it says of them; see the codebook",
        "head": "span_id that the relation starts from",
        "tail": "span_id that it points to",
        **{f"{side}_{part}": words for side in ("head", "tail") for part, words in _END.items()},
        **{f"{side}_label": "label of the span that stands there" for side in ("head", "tail")},
    },
    "links": {
        "link_id": "id of the link: hash of its label and the two sentences",
        "label": "what it says of them; see the codebook",
        "head": "sentence_id that the link starts from",
        "tail": "sentence_id that it points to",
        **{f"{side}_{part}": words for side in ("head", "tail") for part, words in _END.items()},
        "votes": "how many annotators drew it",
        "offered": "how many were shown both sentences",
        "method": "`unanimous` or `majority` of these, or `expert`",
        "article_id": "article of the head",
        "tail_article_id": "article of the tail",
    },
    "claims": {
        "acts": "those of its labels that say who commits to what",
        "source_words": "who says it, as the words name them",
        "source_types": "kinds of these sources",
        "figure_words": "the figures in it, as the words give them",
        "contradicts": "sentence_ids of figures that no number fits together with one of its own",
        "denies": "sentence_ids of what it denies",
        "denied_by": "sentence_ids of what denies it",
        "confirms": "sentence_ids of what it confirms",
        "confirmed_by": "sentence_ids of what confirms it",
        "repeats": "sentence_ids of what it repeats",
        "copies": "sentence_ids with the same words in other articles, which count once",
    },
    "tolls": {
        "toll_id": "id of the count",
        "harm": "what happened to them",
        "status": "who they were",
        "scope": "over what time they are counted",
        "affected_party": "whose people they are",
        "acled": "ACLED's most conservative count of people killed",
        "low": "UCDP's lowest number: the least lower bound",
        "best": "UCDP's number: the lowest of sources without a stake, else of all",
        "high": "UCDP's highest number: the greatest upper bound",
        "latest_low": "the lower bound of the newest figures",
        "latest_high": "the upper bound of the newest figures",
        "open": "the highest number is only a lower bound",
        "source_words": "whose figures stand, as the words name them",
        "mentions": "how many figures count this, copies once",
        "corrections": "sentence_ids of figures that their source replaced, and of those that did",
        "contradiction": "sentence_ids of the two standing figures that are farthest apart and that no number fits",
    },
}


def meaning(config: str, column: str) -> str:
    """Return what a column of a config means.

    Examples:
        >>> meaning("default", "paragraph")
        'number of the paragraph in the article, from 0'
        >>> meaning("tolls", "acled_from")
        'sentence_ids of the figures that `acled` is'
        >>> meaning("default", "split_by_time")
        'split of a harder test, see below; empty where it is in none'
    """
    if column in _OF_CONFIG.get(config, {}):
        return _OF_CONFIG[config][column]
    if config == "tolls" and column.endswith("_from"):
        return f"sentence_ids of the figures that `{column.removesuffix('_from')}` is"
    if column.startswith("split_by_"):
        return "split of a harder test, see below; empty where it is in none"
    if column.startswith("tags_"):
        return f"BIO tag of each token for {column.removeprefix('tags_').upper()} alone"
    if column.startswith("context_"):
        return _MEANINGS.get(column, "offset of the neighbouring sentence in the article, in place of its words")
    return _MEANINGS.get(column, "see the codebook")


def attribute_meaning(column: AttributeColumn) -> str:
    """Return what the column of an attribute means: its title, and of a choice its values in the order of numbers.

    Examples:
        >>> kind = AttributeColumn("harm", "harm", pa.string(), ("killed", "wounded"), "What happened?")
        >>> attribute_meaning(kind)
        'What happened? killed, wounded'
    """
    head = column.title if column.title.endswith("?") or not column.choices else f"{column.title}:"
    return " ".join([head, ", ".join(column.choices)]).strip()


def type_name(kind: pa.DataType) -> str:
    """Return the type of a column in one word or two.

    Examples:
        >>> type_name(pa.list_(pa.string())), type_name(pa.struct([("claim", pa.float64())]))
        ('list of string', 'struct')
    """
    if pa.types.is_list(kind):
        return f"list of {type_name(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "struct"
    return {"double": "float64", "float": "float32"}.get(str(kind), str(kind))
