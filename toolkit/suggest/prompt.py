"""The question that a language model is asked: the codebook of the schema, solved examples, the sentence as data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from toolkit.records import Suggestion, content_id, digest
from toolkit.records.base import record
from toolkit.schema import Attribute, Schema

if TYPE_CHECKING:
    import jinja2

BYTES_PER_TOKEN = 3.5
"""Of UTF-8: so tokens are counted before they are sent. Byte-pair tokenizers make 3 to 5 of English prose and JSON."""

Message = dict[str, str]
"""{"role": "system", "user" or "assistant", "content": …}"""


@record
class Question:
    """A sentence to be judged.

    Attributes:
        sentence_id: The sentence.
        story_id: The story of its article: no solved example is of the same one.
        text: Its words.
        before: The sentences before it that are shown beside it, in their order.
        after: Those after it.
    """

    sentence_id: str
    story_id: str
    text: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@record
class Solved:
    """A sentence with the answer that the project holds to be true.

    Attributes:
        question: The sentence.
        answer: The answer.
    """

    question: Question
    answer: Suggestion


class Prompt:
    """What stays the same from sentence to sentence.

    Args:
        schema: The label schema.
        context: How many sentences before and after are shown.
        shown: How many solved examples are shown.
        solved: Where these are taken from, in this order, the first ones of other stories than the sentence's.

    Examples:
        >>> from toolkit.schema import load
        >>> prompt = Prompt(load("claims@1.0.1"))
        >>> system, user = prompt.messages(Question(sentence_id="s", story_id="a", text="Say nothing."))
        >>> print(user["content"])
        <<<SENTENCE 0cd122>>>
        Say nothing.
        <<<END 0cd122>>>
    """

    def __init__(self, schema: Schema, *, context: int = 0, shown: int = 0, solved: Sequence[Solved] = ()) -> None:
        self.schema = schema
        self._context = context
        self._shown = shown
        self._solved = solved if shown else ()

    @cached_property
    def system(self) -> str:
        """The codebook, and how to answer."""
        text = _environment().get_template("prompt.txt.j2").render(schema=self.schema, context=self._context)
        return "\n".join(line.rstrip() for line in text.splitlines()).strip() + "\n"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that stays the same: system message, number of examples and the examples."""
        fixed = [[each.question.text, answer_json(each.answer, self.schema)] for each in self._solved]
        return digest(json.dumps([self.system, self._context, self._shown, fixed], ensure_ascii=False).encode())

    def messages(self, question: Question) -> list[Message]:
        """Return what is sent for a sentence: the system message, solved examples of other stories, the sentence."""
        others = [each for each in self._solved if each.question.story_id != question.story_id][: self._shown]
        turns = [{"role": "system", "content": self.system}]
        for each in others:
            turns.append({"role": "user", "content": _framed(each.question)})
            turns.append({"role": "assistant", "content": answer_json(each.answer, self.schema)})
        return [*turns, {"role": "user", "content": _framed(question)}]


def answer_json(answer: Suggestion, schema: Schema) -> str:
    """Return an answer as a model is to write it."""
    said: dict[str, Any] = {"labels": list(answer.labels)}
    number = {span.span_id: at for at, span in enumerate(answer.spans)}
    fields = {label.id: [field.id for field in label.attributes] for label in schema.spans}
    if schema.spans:
        said["spans"] = [
            {"label": span.label, "quote": span.text}
            | (
                {"fields": {name: span.attributes.get(name) for name in fields[span.label]}}
                if fields.get(span.label)
                else {}
            )
            for span in answer.spans
        ]
        if schema.relations:
            said["relations"] = [
                {"label": link.label, "from": number[link.head], "to": number[link.tail]} for link in answer.relations
            ]
    if schema.fields:
        said["fields"] = {field.id: answer.fields.get(field.id) for field in schema.fields}
    return json.dumps(said, ensure_ascii=False)


def tokens(messages: Sequence[Message]) -> int:
    """Return about how many tokens messages are: one per 3.5 bytes of UTF-8, and four per message.

    Examples:
        >>> tokens([{"role": "user", "content": "The mayor said that the bridge is shut."}])
        16
    """
    return sum(4 + round(len(each["content"].encode()) / BYTES_PER_TOKEN) for each in messages) + 1


def _framed(question: Question) -> str:
    """Return a sentence between marks that it can't hold: they are made of a hash of it."""
    mark = content_id("frame", *question.before, question.text, *question.after)[:6]
    parts = [("BEFORE", " ".join(question.before)), ("SENTENCE", question.text), ("AFTER", " ".join(question.after))]
    return "\n".join(f"<<<{name} {mark}>>>\n{text}\n<<<END {mark}>>>" for name, text in parts if text)


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("toolkit.suggest", "."),
        autoescape=False,  # noqa: S701  # plain text for a model, no page
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["words"] = lambda text: " ".join(text.split())
    environment.filters["kind"] = _kind
    return environment


def _kind(attribute: Attribute) -> str:
    kind = " | ".join(attribute.choices) if attribute.choices else attribute.type
    kind = f"a list of {kind}" if attribute.several else kind
    return kind + ("" if attribute.required else ", or null")
