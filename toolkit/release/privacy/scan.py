"""The scan before freezing: nothing private and no annotator's name may get into a release.

The project knows its annotators from two places: annotators.yaml has addresses, and the logs have what the server says
of people if they were pulled with --keep-identities. From an address such as ada.lovelace@example.org the name is taken
too. A user name that is one plain word (info, ada) cannot be searched for.

Addresses, numbers and tokens are looked for in every string, encoded ones too, and so is whatever secret this process
holds itself. Addresses of machines, paths of home directories and annotators' names are looked for where people of the
project write: in every file that is not a table, and in the notes, pseudonyms and paths of the tables. The words of the
articles may name anybody: a minister may have an annotator's name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from toolkit.errors import InvalidInput
from toolkit.project import Workspace
from toolkit.project.annotators_file import FILE_NAME as TEAM_FILE
from toolkit.project.logs.annotation_log import ADDRESS, CONTENT_KEYS, NAME_KEYS, USER_KEYS
from toolkit.release.privacy.private_strings import TRIGGER, decoded, is_suspect, private_strings

_NAME_IN_ADDRESS = re.compile(r"[^\W\d_]{2,}(?:[._-][^\W\d_]{2,})+")
_NAMES_SOMEBODY = re.compile(
    rb'"(?:%s)":"[^"]|"(?:%s)":"[^"@]*@' % ("|".join(NAME_KEYS).encode(), "|".join(USER_KEYS).encode())
)
"""A line of a log that names anybody; all others are passed over unparsed."""

_SHORTEST = 3  # characters of a first or last name that is looked for alone
_LONG = 5  # characters of one that is looked for in capitals too


@dataclass(frozen=True)
class Identities:
    """Names and addresses that must not be released.

    Attributes:
        phrases: Addresses and full names, looked for in any case.
        words: First and last names, looked for as they are written, since "May" is a name and "may" is none; longer
            ones in capitals too.
    """

    phrases: frozenset[str] = field(default=frozenset(), repr=False)
    words: frozenset[str] = field(default=frozenset(), repr=False)

    def pattern(self, allowed: Collection[str]) -> re.Pattern[str] | None:
        """Return a pattern that finds them, and the allowed strings, as whole words; None if nobody is known."""
        if not (self.phrases or self.words):
            return None
        ways = {text: rf"(?i:{_spaced(text)})" for text in self.phrases}
        ways |= {text: re.escape(text) for text in {*self.words, *allowed} - self.phrases if text}
        ways |= {text.upper(): re.escape(text.upper()) for text in self.words if len(text) >= _LONG}
        longest_first = sorted(ways, key=lambda text: (-len(text), text))
        return re.compile(rf"(?<![^\W_])(?:{'|'.join(ways[text] for text in longest_first)})(?![^\W_])")


def identities(workspace: Workspace) -> Identities:
    """Collect the names and addresses that a project knows to be its annotators'.

    Raises:
        InvalidInput: A log is damaged.
    """
    found = _Found()
    team = workspace.path(TEAM_FILE)
    if team.exists():
        found.addresses(team.read_text(encoding="utf-8", errors="replace"))
    for log in (workspace.annotations, workspace.adjudications):
        for row in log.rows(having=_NAMES_SOMEBODY):
            found.look(row.get("raw"))
    return Identities(frozenset(found.phrases), frozenset(found.words))


class _Found:
    def __init__(self) -> None:
        self.phrases: set[str] = set()
        self.words: set[str] = set()

    def look(self, raw: Any) -> None:
        """Take in every person of the server's JSON."""
        if isinstance(raw, Mapping):
            self._person(raw)
            for key, value in raw.items():
                if key not in CONTENT_KEYS:
                    self.look(value)
        elif isinstance(raw, list):
            for value in raw:
                self.look(value)

    def addresses(self, text: str) -> None:
        """Take in every address of a text, and the names that stand in them."""
        for address in ADDRESS.findall(text):
            self.phrases.add(address)
            self._user_name(address.partition("@")[0])

    def _person(self, person: Mapping[str, Any]) -> None:
        for key in (*USER_KEYS, *NAME_KEYS):
            self.addresses(_text(person.get(key)))
        first, last = (_text(person.get(key)) for key in ("first_name", "last_name"))
        if first and last:
            self.phrases |= {f"{first} {last}", f"{last}, {first}"}
        self.words |= {name for name in (first, last) if len(name) >= _SHORTEST}
        self._user_name(_text(person.get("username")))
        before_address = ADDRESS.split(_text(person.get("created_username")))[0].strip()
        if " " in before_address:
            self.phrases.add(before_address)

    def _user_name(self, name: str) -> None:
        if _NAME_IN_ADDRESS.fullmatch(name):
            self.phrases |= {name, re.sub(r"[._-]", " ", name)}


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _spaced(text: str) -> str:
    """Return a pattern for a text whose words may stand on two lines, be joined by a sign, or not stand apart."""
    return r"[\s._\-\u2010\u2011]*".join(map(re.escape, text.split()))


_NAMES_A_SECRET = re.compile(
    r"TOKEN|SECRET|PASSW|CREDENTIAL|(?:^|_)(?:API|ACCESS|PRIVATE)?_?KEY(?:$|_)|(?:^|_)PAT$", re.IGNORECASE
)
_SHORTEST_SECRET = 12  # characters: shorter ones are words such as "true"


def secrets_at_hand(environment: Mapping[str, str], workspace: Workspace | None = None) -> dict[str, str]:
    """Return secret → what it is, of those that this process can see.

    Args:
        environment: The variables of the process: those that are called a token, secret, password or key.
        workspace: The project, whose key of pseudonyms and token variables are secret too.
    """
    named = {name for name in environment if _NAMES_A_SECRET.search(name)}
    if workspace is not None:
        config = workspace.config
        key = config.llm.key_variable if config.llm is not None else None
        named |= {config.hub.token_variable, config.label_studio.token_variable, key or ""} & {*environment}
    found = {environment[name].strip(): f"the value of {name}" for name in sorted(named)}
    home = Path(environment.get("HF_HOME") or Path(environment.get("HOME", "/")) / ".cache" / "huggingface")
    files = {home / "token": "the Hub's token of this machine"}
    if workspace is not None:
        files |= {path: f"the secret {path.name}" for path in sorted(workspace.path(".secrets").glob("*"))}
    for path, what in files.items():
        with suppress(OSError, UnicodeDecodeError):
            found[path.read_text(encoding="utf-8").strip()] = what
    return {value: what for value, what in found.items() if len(value) >= _SHORTEST_SECRET and "\n" not in value}


_PEOPLE_WRITE: Final = frozenset({"annotator", "note", "page_source"})
"""Columns of tables in which annotators' names are looked for."""

_A_NAME: Final = "the name or address of an annotator"
_MOST = 20  # faults that are shown; more would tell the reader nothing new


class Scanner:
    r"""A look at every string of the tables that pass through.

    Args:
        allowed: Strings that may be released all the same, such as the address of a newsroom.
        known: Who the annotators are.
        authors: People who are named on purpose, even if they are annotators.
        secrets: Secret → what it is; see `secrets_at_hand`.

    Examples:
        >>> scanner = Scanner(allowed=["desk@paper.example"])
        >>> scanner.look_at("README.md", "Write to desk@paper.example.\nOr to ada (at) example (dot) org.")
        >>> from toolkit.errors import InvalidInput
        >>> try:
        ...     scanner.refuse()
        ... except InvalidInput as error:
        ...     print(error.where, error.what)
        README.md:2 an e-mail address would be released
    """

    def __init__(
        self,
        allowed: Collection[str] = (),
        known: Identities | None = None,
        authors: Collection[str] = (),
        secrets: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._secrets = dict(secrets)
        self._trigger = "|".join([TRIGGER, *(rf"\Q{secret}\E" for secret in self._secrets)])
        self._allowed = frozenset(allowed)
        self._nameable = self._allowed | frozenset(authors)
        self._names = None if known is None else known.pattern(self._nameable)
        self._faults: list[InvalidInput] = []

    def watch(self, config: str, slices: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """Yield the slices unchanged, looking at each."""
        for table in slices:
            for name in table.column_names:
                if name != "tokens" and not name.startswith("tags"):  # the same words again
                    self._look(config, name, table)
            yield table

    def look_at(self, name: str, text: str) -> None:
        """Look at a file that is not a table."""
        named = {text.count(_LINE_FEED, 0, start) + 1 for start in self._named(text)}
        lines = list(enumerate(text.split(_LINE_FEED), start=1))
        named |= {number for number, line in lines if self._is_named_in_code(line)}
        names = [(number, _A_NAME) for number in named]
        found = [(number, what) for number, line in lines for what in self._kinds(line, machines=True)]
        for number, what in sorted([*found, *names]):
            where = f"{name}:{number}"
            self._faults.append(InvalidInput(f"{what} would be released", where=where, remedy=_REMEDY))

    def refuse(self) -> None:
        """Raise if anything was found.

        Raises:
            InvalidInput: Something must not be released; `faults` holds the first twenty places.
        """
        if self._faults:
            raise InvalidInput.all_of(self._faults[:_MOST])

    def _look(self, config: str, name: str, table: pa.Table) -> None:
        key = table.column_names[0]
        for path, parents, values in _strings(name, table[name].combine_chunks()):
            coded = values.dictionary_encode()
            kinds = self._private(coded.dictionary, named=name in _PEOPLE_WRITE)
            if not kinds or len(self._faults) >= _MOST:
                continue
            chosen = pc.is_in(coded.indices, value_set=pa.array([*kinds], coded.indices.type))
            for hit in pc.indices_nonzero(chosen).to_pylist():
                row = table[key][parents[hit].as_py() if parents is not None else hit].as_py()
                where = f"{config}.{path} of {key} {row}"
                for what in kinds[coded.indices[hit].as_py()]:
                    self._faults.append(InvalidInput(f"{what} would be released", where=where, remedy=_REMEDY))

    def _private(self, strings: pa.Array, *, named: bool) -> dict[int, list[str]]:
        """Return what is private in strings that all differ, by the place of each that has any.

        Args:
            strings: The strings.
            named: People wrote them, or are named by them: look for annotators and machines too.
        """
        hits = range(len(strings))
        if not named:
            suspect = pc.match_substring_regex(strings, self._trigger)
            ours = pc.match_substring_regex(strings, _OUR_HASH)
            ours = pc.and_not(ours, pc.is_in(strings, value_set=pa.array([*self._secrets], pa.string())))
            hits = pc.indices_nonzero(pc.and_not(suspect, ours)).to_pylist()
        found = {}
        for hit in hits:
            text = strings[hit].as_py()
            kinds = self._kinds(text, machines=named)
            if named and (any(True for _ in self._named(text)) or self._is_named_in_code(text)):
                kinds.append(_A_NAME)
            if kinds:
                found[hit] = kinds
        return found

    def _named(self, text: str) -> Iterator[int]:
        """Yield where names stand that are not allowed."""
        for found in self._names.finditer(text) if self._names is not None else ():
            if " ".join(found[0].split()) not in self._nameable:
                yield found.start()

    def _is_named_in_code(self, text: str) -> bool:
        """Tell whether a name shows once a text is decoded."""
        if self._names is None or (text.isascii() and "%" not in text and "&" not in text):
            return False
        plain = decoded(text)
        return plain != text and any(True for _ in self._named(plain))

    def _kinds(self, text: str, *, machines: bool) -> list[str]:
        """Return what is private in a text and not allowed, each kind once."""
        plain = decoded(text)
        found = [what for secret, what in self._secrets.items() if secret in text or secret in plain]
        if not (is_suspect(text) or (plain != text and is_suspect(plain))):
            return found
        for form in dict.fromkeys((text, plain)):
            found += [kind for _, kind, string in private_strings(form, machines=machines) if not self._may(string)]
        return list(dict.fromkeys(found))

    def _may(self, string: str) -> bool:
        return any(allowed in (string, string.strip()) for allowed in self._allowed)


_OUR_HASH: Final = "^(?:[0-9a-f]{24}|[0-9a-f]{64})$"
"""An id or a digest as the toolkit makes them: most strings that look suspicious are nothing else."""

_LINE_FEED: Final = "\n"
_REMEDY = "remove it where it stands, allow that very string under `release:` in toolkit.yaml, or take the article down"


def _strings(
    path: str, array: pa.Array, parents: pa.Array | None = None
) -> Iterator[tuple[str, pa.Array | None, pa.Array]]:
    """Yield (path, row of each value, values) of every string array within an array."""
    if pa.types.is_string(array.type):
        yield path, parents, array
    elif pa.types.is_list(array.type):
        own = pc.list_parent_indices(array)
        yield from _strings(path, array.flatten(), own if parents is None else parents.take(own))
    elif pa.types.is_struct(array.type):
        for field, part in zip(array.type, array.flatten(), strict=True):
            yield from _strings(f"{path}.{field.name}", part, parents)
