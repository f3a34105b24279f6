"""A look at a whole project before its answers are read: its page, its text and its people, each decided once."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from toolkit.errors import InvalidInput, border
from toolkit.labelstudio.codec.dialogue import SPEAKER, WORDS, Dialogue, dialogues_of
from toolkit.labelstudio.codec.foreign_page import ForeignPage, ShownText, UsedControls
from toolkit.labelstudio.codec.offsets import locate
from toolkit.labelstudio.codec.page_map import PageMap, fitted_page, own_page, plain_page
from toolkit.labelstudio.codec.visible_text import PARTING, TaskText, VisibleText
from toolkit.schema import Schema

_CLEARLY = 1.5  # times longer than every other text of the task: then it is the text
_MOST = 0.9  # share of the tasks that must have it
_ADDRESS = re.compile(r"(?:https?|s3|gs|azure-blob)://\S+|/data/(?:upload|local-files)/\S+")


class Survey:
    """Gathers what the tasks of one project show of it; `add` each task, then ask.

    Args:
        page: What the project's XML says, where there is one.
    """

    def __init__(self, page: ForeignPage | None = None) -> None:
        self._given = page
        self._used = UsedControls()
        self._tasks = 0
        self._lengths: dict[str, int] = defaultdict(int)
        self._filled: Counter[str] = Counter()
        self._texts: Counter[str] = Counter()
        self._regions: Counter[str] = Counter()
        self._held: Counter[tuple[str, str]] = Counter()  # (object, key): regions whose words stand there
        self._markup: set[str] = set()
        self._dialogues: set[str] = set()  # keys of the data that hold turns
        self._addresses: Counter[str] = Counter()
        self.pushed = False

    def add(self, task: Mapping[str, Any]) -> None:
        """Take in one task with its annotations; one that can't be read shows nothing, and its answers are rejects."""
        with suppress(InvalidInput), border("can't be read"):
            self._add(task)

    def _add(self, task: Mapping[str, Any]) -> None:
        data = task["data"]
        self._tasks += 1
        self.pushed = self.pushed or ("text_sha256" in data and "sentence_id" in data)
        for key, value in _texts_of(data):
            self._filled[key] += 1
            self._addresses[key] += bool(_ADDRESS.fullmatch(value.strip()))
            self._texts[key] += bool(re.search(r"\s", value.strip()))
            self._lengths[key] += len(value)
        for key, value in dialogues_of(data):
            self._dialogues.add(key)
            self._filled[key] += 1
            self._texts[key] += 1
            self._lengths[key] += len(value)
        for raw in task.get("annotations") or []:
            result = [item for item in raw.get("result") or [] if isinstance(item, Mapping)]
            self._used.add(result)
            for item in result:
                self._add_region(item, data)

    def _add_region(self, item: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        value, name = item.get("value"), item.get("to_name")
        if not isinstance(value, Mapping) or not isinstance(name, str):
            return
        if item.get("type") == "paragraphlabels":
            self._regions[name] += 1
        elif "globalOffsets" in value or isinstance(value.get("start"), str) or item.get("type") == "hypertextlabels":
            self._markup.add(name)
            self._regions[name] += 1
        elif "start" in value:
            self._regions[name] += 1
            if isinstance(value.get("text"), str) and value["text"]:
                for key, text in _texts_of(data):
                    found = locate(text, value.get("start"), value.get("end"), value["text"])
                    self._held[name, key] += not isinstance(found, str)

    def page(self) -> ForeignPage:
        """Return the page: what the XML offers, and what answers use beyond it."""
        used = self._used.page()
        return used if self._given is None else self._given.with_used(used)

    def meaning(self, schema: Schema | None, wanted: Sequence[str] = ()) -> PageMap:
        """Return what the page means under a schema; None: its names stand for themselves.

        Raises:
            InvalidInput: As `texts`.
        """
        if schema is None:
            return plain_page(self.page(), self.texts(wanted))
        return own_page(schema) if self.pushed else fitted_page(self.page(), schema, self.texts(wanted))

    def texts(self, wanted: Sequence[str] = ()) -> tuple[ShownText, ...]:
        """Return the texts that make the sentence.

        Args:
            wanted: Keys of the data that a person has named.

        Raises:
            InvalidInput: A key that was named is in no task, nothing decides between several texts, the page shows
                none, or the tasks hold addresses in their place.
        """
        shown = {} if self._given is None else {text.key: text for text in self._given.texts}
        if wanted:
            return tuple(shown.get(key) or self._named(key) for key in map(self._known, wanted))
        if not shown and self._given is not None and self._given.unread:
            raise InvalidInput(
                f"the project's page shows no text but {' and '.join(self._given.unread)}; Text, HyperText and "
                "Paragraphs are read",
                remedy="if its tasks hold a text too, name it with `--text-field KEY`; answers about it are then read",
            )
        return self._worded(self._offered() if shown else self._guessed())

    def _worded(self, texts: tuple[ShownText, ...]) -> tuple[ShownText, ...]:
        """Return the texts, unless one of them is an address in every task: its words are elsewhere."""
        for shown in texts:
            if self._filled[shown.key] and self._addresses[shown.key] == self._filled[shown.key]:
                raise InvalidInput(
                    f"the tasks hold an address under {shown.key!r} and not a text: what people saw is elsewhere",
                    remedy=f"put the words themselves under a key of each task and name it with `--text-field`, or "
                    f"`--text-field {shown.key}` where the addresses are what was labelled",
                )
        return texts

    def _known(self, key: str) -> str:
        if self._tasks and not self._filled[key]:
            raise InvalidInput(
                f"no task has a text under {key!r}", remedy=f"name one of {', '.join(sorted(self._filled))}"
            )
        return key

    def _named(self, key: str) -> ShownText:
        """Return a text by its key, where no XML says which object of the page shows it."""
        objects = self._objects()
        mine = [name for name in objects if name == key or self._key_of(name) == key]
        name = mine[0] if mine else objects[0] if len(objects) == 1 else key
        return self._shown(name, key)

    def _shown(self, name: str, key: str) -> ShownText:
        if key in self._dialogues:
            return ShownText(name=name, key=key, speaker=SPEAKER, words=WORDS)
        return ShownText(name=name, key=key, markup=name in self._markup)

    def _objects(self) -> list[str]:
        return list(dict.fromkeys(name for control in self._used.page().controls for name in control.objects))

    def _offered(self) -> tuple[ShownText, ...]:
        """Return the text that the controls of the XML are about: the one that is marked, where there are several."""
        page = self.page()
        shown = {text.name: text for text in page.texts}
        pair = [control for control in page.controls if control.type == "pairwise" and len(control.objects) > 1]
        if pair and all(control in pair for control in page.controls):
            return tuple(shown[name] for name in pair[0].objects if name in shown)
        for marked in (True, False):
            about = dict.fromkeys(
                name
                for control in page.controls
                for name in control.objects
                if name in shown and (control.kind == "span" or not marked)
            )
            if len(about) == 1:
                return (shown[next(iter(about))],)
            if about:
                raise _open([shown[name].key for name in about])
        if len({text.key for text in page.texts}) > 1:
            raise _open([text.key for text in page.texts])
        return page.texts[:1]

    def _guessed(self) -> tuple[ShownText, ...]:
        """Return the text where there is no XML: what the answers are on, else the one long text of the tasks."""
        objects = self._objects()
        marked = [name for name in objects if self._regions[name]]
        found = {key: name for name in reversed(marked or objects) if (key := self._key_of(name))}
        if len(found) > 1:
            raise _open(sorted(found))
        if not found:
            key = self._longest()
            if key is None:
                return ()
            found = {key: (marked or objects or [key])[0]}
        key, name = next(iter(found.items()))
        return (self._shown(name, key),)

    def _key_of(self, name: str) -> str | None:
        """Return the key of the data that an object of the page shows: its own name, or where its regions stand."""
        if self._filled[name]:
            return name
        hits = {key: number for (object_, key), number in self._held.items() if object_ == name and number}
        best = max(hits.values(), default=0)
        keys = [key for key, number in hits.items() if number == best]
        return keys[0] if len(keys) == 1 else None

    def _longest(self) -> str | None:
        if self._filled["text"]:
            return "text"
        often = [key for key in self._filled if self._filled[key] >= _MOST * self._tasks]
        worded = (
            [key for key in often if self._texts[key]] or [key for key in self._filled if self._texts[key]] or often
        )
        ranked = sorted(worded, key=lambda key: (-self._lengths[key], key))
        if len(ranked) > 1 and self._lengths[ranked[0]] < _CLEARLY * self._lengths[ranked[1]]:
            raise _open(ranked)
        return ranked[0] if ranked else None


def _open(keys: Iterable[str]) -> InvalidInput:
    names = list(dict.fromkeys(keys))
    return InvalidInput(
        f"the project shows several texts ({', '.join(names)}), and nothing says which one is the sentence",
        remedy=f"name it with `--text-field {names[0]}`; given several times, the texts are joined",
    )


def _texts_of(data: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    """Yield each text of a task's data with its key; of an object within the data with the keys joined by dots."""
    for key, value in data.items():
        if isinstance(value, str) and value.strip():
            yield f"{prefix}{key}", value
        elif isinstance(value, Mapping) and not prefix:
            yield from _texts_of(value, f"{key}.")


def value_under(data: Mapping[str, Any], key: str) -> Any:
    """Return the value under a key such as "content" or "meta.body"; None where there is none."""
    if key in data:
        return data[key]
    value: Any = data
    for step in re.findall(r"[^.\[\]]+", key):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def task_text(data: Mapping[str, Any], texts: Sequence[ShownText], others: frozenset[str]) -> TaskText | None:
    """Return the text of a task; None where one of its parts is missing.

    Args:
        data: Of the task.
        texts: The texts that make the sentence.
        others: Further objects of the page.
    """
    parts: dict[str, tuple[int, str | VisibleText | Dialogue]] = {}
    words = ""
    for shown in texts:
        held = _held(value_under(data, shown.key), shown)
        if held is None:
            return None
        start = len(words) + len(PARTING) if parts else 0
        words = f"{words}{PARTING if parts else ''}{held if isinstance(held, str) else held.text}"
        parts[shown.name] = (start, held)
    return TaskText(words, parts, others) if parts else None


def _held(value: Any, shown: ShownText) -> str | VisibleText | Dialogue | None:
    """Return one value of a task's data as the page shows it; None where it is none of that kind."""
    if shown.is_dialogue:
        return Dialogue.of(value, speaker=shown.speaker, words=shown.words)
    if not isinstance(value, str):
        return None
    return VisibleText.of(value) if shown.markup else value
