"""toolkit.yaml: what a project is made with. Names of token variables, never tokens."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import urlsplit

import pydantic
from pydantic_core import ErrorDetails

from toolkit.engine import EMBEDDED
from toolkit.errors import InvalidConfig, InvalidInput, UsageError, nearest
from toolkit.limits import whole_file
from toolkit.records import Voters, parse_instant
from toolkit.schema.yaml_document import Document, read_document
from toolkit.wrapped_text import Unwrap

FILE_NAME = "toolkit.yaml"

TITLE_LENGTHS = range(3, 51)
"""Characters that a title of a project in Label Studio may have."""

Fraction = Annotated[float, pydantic.Field(gt=0, lt=1)]


def _shared(url: str) -> str:
    """Refuse what is no URL, and one that only one process sees."""
    if not re.match(r"[a-z][a-z0-9+-]*://[^/]|file:///[^/]", url):
        raise ValueError(f"{url!r} is no URL of a folder such as s3://bucket/project or file:///srv/project")
    if url.startswith("memory://"):
        raise ValueError("memory:// is seen by one process only, and workers are processes of their own")
    return url


class _Section(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class LabelStudioConfig(_Section):
    """Where people label.

    Attributes:
        url: The server; LABEL_STUDIO_URL in the environment goes before it.
        project: Title of the project there, 3 to 50 characters.
        token_variable: Name of the environment variable that holds the token.
        annotators_per_sentence: How many people answer each sentence.
        held_back: Share of the sentences that people see without a model's suggestions, to measure what these do.
    """

    url: str | None = None
    project: Annotated[str, pydantic.Field(min_length=TITLE_LENGTHS[0], max_length=TITLE_LENGTHS[-1])] = (
        "toolkit sentences"
    )
    token_variable: str = "LABEL_STUDIO_API_KEY"  # noqa: S105  # the name of a variable, no secret
    annotators_per_sentence: Annotated[int, pydantic.Field(ge=1)] = 2
    held_back: Annotated[float, pydantic.Field(ge=0, le=1)] = 0.2


def _endpoint(url: str) -> str:
    """Refuse what is no address of a server, and one with a password in it."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is not the address of a server such as http://127.0.0.1:8080/v1")
    if parts.username or parts.password:
        raise ValueError("the address has a password in it; name a variable with key_variable instead")
    return url.rstrip("/")


class TokenPrices(_Section):
    """The price of a million tokens, in whatever currency.

    Attributes:
        prompt: Of those that are sent.
        answer: Of those that come back.
    """

    prompt: Annotated[float, pydantic.Field(ge=0)] = 0.0
    answer: Annotated[float, pydantic.Field(ge=0)] = 0.0


class LlmConfig(_Section):
    """The language model that `toolkit suggest --model llm` asks, behind any OpenAI-compatible endpoint.

    Attributes:
        url: The endpoint, such as http://127.0.0.1:11434/v1.
        model: Name of the model there.
        served_as: The name under which the server answers, where that is quite another one.
        key_variable: Name of the environment variable that holds the key; without it none is sent.
        context: How many sentences before and after are shown beside the one in question.
        examples: How many decided sentences of other stories are shown with their answers.
        concurrency: How many requests are under way at once.
        temperature: 0 for the likeliest answer; null to send none, for models that refuse it.
        max_tokens: The longest answer.
        budget: The most tokens, of prompts and answers, that the project spends on language models; default: no limit.
        prices: What tokens cost, so that the cost is shown.
        timeout: Seconds that one answer may take.
        licences: Licences, as articles state them, whose words may be sent away beside those that let anybody pass
            them on; an article that states none is sent.
    """

    url: Annotated[str, pydantic.AfterValidator(_endpoint)]
    model: Annotated[str, pydantic.Field(min_length=1)]
    served_as: str | None = None
    key_variable: Annotated[str, pydantic.Field(pattern="^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    context: Annotated[int, pydantic.Field(ge=0, le=20)] = 0
    examples: Annotated[int, pydantic.Field(ge=0, le=50)] = 0
    concurrency: Annotated[int, pydantic.Field(ge=1, le=256)] = 4
    temperature: Annotated[float, pydantic.Field(ge=0, le=2)] | None = 0.0
    max_tokens: Annotated[int, pydantic.Field(ge=16)] = 1024
    budget: Annotated[int, pydantic.Field(ge=1)] | None = None
    prices: TokenPrices | None = None
    timeout: Annotated[float, pydantic.Field(gt=0)] = 120.0
    licences: tuple[str, ...] = ()


class HubConfig(_Section):
    """Where releases are published.

    Attributes:
        repo: "owner/name" on the Hub.
        endpoint: The Hub, when it is not the public one.
        token_variable: Name of the environment variable that holds the token.
    """

    repo: str | None = None
    endpoint: str | None = None
    token_variable: str = "HF_TOKEN"  # noqa: S105  # the name of a variable, no secret


class SplitConfig(_Section):
    """Which share of the sentences goes to which split; they sum to 1."""

    train: Fraction = 0.7
    validation: Fraction = 0.15
    test: Fraction = 0.15

    @pydantic.model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        total = self.train + self.validation + self.test
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the fractions sum to {total:g}, not to 1")
        return self


class ReleaseConfig(_Section):
    """What a release says of itself.

    Attributes:
        title: Its title on the card.
        licence: SPDX id of the labels; articles keep their own.
        authors: Whom to cite; an ORCID iD may stand behind a name.
        seed: Seed of the splits.
        splits: Shares of the splits.
        text: How much of the articles' words is released: "full", "offsets" or "snippet:N".
        allowed: Strings that look like an e-mail address or a token and may be released all the same, such as the
            address of a newsroom that its articles print.
        times: How exactly the times of answers are told: "day" (the day, and whole seconds for how long one took), or
            "exact".
        repeated_at_most: Share of the sentences outside of train that may stand in it word for word; default: any.
        consent: Pseudonym of an annotator → whether the answers may be released one by one; default: yes.
        doi: The dataset's DOI, once it has one: CITATION.cff of releases and `report --paper` cite it.
    """

    title: str = "News sentences"
    licence: str = "CC0-1.0"
    authors: tuple[str, ...] = ()
    seed: int = 0
    splits: SplitConfig = SplitConfig()
    text: Annotated[str, pydantic.Field(pattern=r"^(full|offsets|snippet:\d+)$")] = "full"
    allowed: tuple[str, ...] = ()
    times: Literal["day", "exact"] = "day"
    repeated_at_most: Annotated[float, pydantic.Field(ge=0, le=1)] | None = None
    consent: Mapping[str, bool] = pydantic.Field(default_factory=dict)
    doi: Annotated[str, pydantic.Field(pattern=r"^10\.\d{4,9}/\S+$")] | None = None


def _instant(said: object) -> object:
    """Bring a time, which YAML may have read as a date, into ISO 8601."""
    said = datetime(said.year, said.month, said.day) if type(said) is date else said  # UTC below
    if not isinstance(said, str | datetime):
        return said
    if (instant := parse_instant(said)) is None:
        raise ValueError(f"{said!r} is not a time in ISO 8601, such as 2026-03-01T08:00:00Z")
    return instant.isoformat()


class ColumnsConfig(_Section):
    """By which names the columns of JSON and Parquet go, where they are others than the usual ones."""

    text: str | None = None
    html: str | None = None
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    byline: str | None = None
    published_at: str | None = None
    language: str | None = None
    licence: str | None = None
    fetched_at: str | None = None


class IngestConfig(_Section):
    """How pages are read.

    Attributes:
        profiles: Files with rules for sites, as `toolkit.ingest.layout.profile` says; paths count from the project.
        fetched_at: When the pages were fetched, ISO 8601; relative times are resolved against it where a page does
            not say itself. Without it they stay text.
        columns: Names of columns.
        recurring: A short line that stands on so many pages, in a large corpus on the square root of their number, is
            boilerplate unless it ends as a sentence; 0: no line is for that reason.
        unwrap: Whether lines of text that were wrapped at a column are joined to paragraphs: where most lines show that
            they were ("auto"), never, or always.
        translated_copies: The encoder that joins translated copies of a report to one story; "use" is the one whose
            thresholds are measured. It needs the extra `embeddings`. None: only near-copies of one language are one.
        publisher: Holds for every page that names none.
        language: The same, an ISO 639 code.
        licence: The same.
        urls: Further pages: files or folders by a URL that fsspec knows, such as s3://bucket/news/*.jsonl.gz.
    """

    profiles: tuple[str, ...] = ()
    fetched_at: Annotated[str | None, pydantic.BeforeValidator(_instant)] = None
    columns: ColumnsConfig = ColumnsConfig()
    recurring: Annotated[int, pydantic.Field(ge=0)] = 8
    unwrap: Unwrap = "auto"
    translated_copies: Literal["use"] | None = None
    publisher: str | None = None
    language: Annotated[str | None, pydantic.Field(pattern="^[a-z]{2,3}$")] = None
    licence: str | None = None
    urls: tuple[str, ...] = ()

    def named_columns(self) -> dict[str, str]:
        """Return role → column name of the columns that are named."""
        return {role: name for role, name in self.columns if name is not None}

    def with_flags(
        self, *, profiles: Sequence[Path] = (), fetched_at: str | None = None, columns: Sequence[str] = ()
    ) -> IngestConfig:
        """Return the settings that hold when these are given on the command line, which goes before the file.

        Args:
            profiles: Asked before those of the file; paths count from the current directory.
            fetched_at: ISO 8601.
            columns: ROLE=NAME each.

        Raises:
            UsageError: A value is wrong.
        """
        said: dict[str, Any] = {
            "profiles": (*(str(path.absolute()) for path in profiles), *self.profiles),
            "fetched_at": fetched_at or self.fetched_at,
            "columns": self.named_columns() | dict(map(_column, columns)),
        }
        try:
            return IngestConfig.model_validate({**self.model_dump(), **said})
        except pydantic.ValidationError as error:
            what = "; ".join(found["msg"].removeprefix("Value error, ") for found in error.errors(include_url=False))
            raise UsageError(what, remedy="see `toolkit ingest --help`") from error


class Config(_Section):
    """The whole of toolkit.yaml.

    Attributes:
        schema_name: Key `schema`: "name@version" of a shipped schema, or a path to one, relative to the project.
        engine: "embedded", or "ray://HOST:PORT".
        store: A folder by any URL that fsspec knows, where ingest and segment work and leave a copy of what they make.
        ingest: How pages are read.
        splitter: Name of the sentence splitter.
        aggregation: How several people's answers become one decision; with "people+models", models vote
            too where people differ.
        least_answers: Answers that a decision needs; a sentence with fewer is queued.
        label_studio: Where people label.
        llm: The language model that `toolkit suggest --model llm` asks; None where there is none.
        release: What a release says of itself.
        hub: Where releases are published.
    """

    schema_name: str = pydantic.Field(default="news_events@1.0.0", alias="schema")
    engine: str = EMBEDDED
    store: Annotated[str, pydantic.AfterValidator(_shared)] | None = None
    ingest: IngestConfig = IngestConfig()
    splitter: str = "rules"
    aggregation: Voters = "auto"
    least_answers: Annotated[int, pydantic.Field(ge=1)] = 1
    label_studio: LabelStudioConfig = LabelStudioConfig()
    llm: LlmConfig | None = None
    release: ReleaseConfig = ReleaseConfig()
    hub: HubConfig = HubConfig()


def read_config(path: Path, *, environment: Mapping[str, str] = os.environ) -> Config:
    """Read toolkit.yaml; the environment goes before the file.

    Raises:
        InvalidConfig: There is no such file, it is not YAML, or it has unknown keys or wrong values (all at once).
    """
    try:
        config = check_config(whole_file(path, limit="yaml_bytes").decode(), path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InvalidConfig(
            "there is no toolkit.yaml here", where=str(path.parent), remedy="make a project with `toolkit init DIR`"
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidConfig("is not UTF-8 text", where=str(path), remedy="save it as UTF-8") from error
    except OSError as error:
        raise InvalidConfig(f"can't be read: {error.strerror}", where=str(path), remedy="check its rights") from error
    url = environment.get("LABEL_STUDIO_URL")
    if not url:
        return config
    return config.model_copy(update={"label_studio": config.label_studio.model_copy(update={"url": url})})


def check_config(text: str, path: Path) -> Config:
    """Return what the text of a toolkit.yaml says, which need not be written yet.

    Raises:
        InvalidConfig: It is not YAML, or it has unknown keys or wrong values (all at once).
    """
    try:
        return _validated(read_document(text, str(path)))
    except InvalidInput as error:
        faults = [InvalidConfig(fault.what, where=fault.where, remedy=fault.remedy) for fault in error.faults]
        raise InvalidConfig.all_of(faults) from error


def with_schema(path: Path, schema: str, project: str) -> str:
    """Return the text of a toolkit.yaml with another schema and title of the project; all else stays, comments too.

    Raises:
        InvalidConfig: The two keys stand there in a way that can't be changed safely.
    """
    old = read_config(path, environment={})
    text = _rewritten(path.read_text(encoding="utf-8"), r"schema:", schema)
    if project != old.label_studio.project:
        text = _rewritten(text, r"[ \t]+project:", json.dumps(project, ensure_ascii=False))
    changed = old.label_studio.model_copy(update={"project": project})
    try:
        if _validated(read_document(text, str(path))) == old.model_copy(
            update={"schema_name": schema, "label_studio": changed}
        ):
            return text
    except InvalidInput:
        pass  # the text below says what to do
    raise InvalidConfig(
        "its keys can't be changed safely by a program",
        where=str(path),
        remedy=f"write `schema: {schema}`, and under label_studio `project: {json.dumps(project, ensure_ascii=False)}`",
    )


def _rewritten(text: str, key: str, value: str) -> str:
    """Return YAML with the value of the first line that begins with `key` replaced; a comment after it stays."""
    pattern = rf"""(?m)^({key}[ \t]*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s#'"][^#\n]*?)([ \t]*(?:[ \t]#.*)?)$"""
    return re.sub(pattern, lambda found: found[1] + value + found[3], text, count=1)


def _validated(document: Document) -> Config:
    faults = list(document.faults)
    if not isinstance(document.data, dict | None):
        raise document.fault((), "is not a mapping of keys such as `schema: claims`")
    try:
        config = Config.model_validate({} if document.data is None else document.data)
    except pydantic.ValidationError as error:
        faults += [_fault(document, found) for found in error.errors(include_url=False)]
    if faults:
        raise InvalidInput.all_of(sorted(faults, key=lambda fault: fault.where or ""))
    return config


def _fault(document: Document, found: ErrorDetails) -> InvalidInput:
    path = found["loc"]
    if found["type"] == "extra_forbidden":
        return document.fault(path, f"unknown key {path[-1]!r}{nearest(str(path[-1]), _keys_at(path[:-1]))}")
    return document.fault(path, found["msg"].removeprefix("Value error, "))


def _keys_at(path: tuple[str | int, ...]) -> list[str]:
    """Return the keys that toolkit.yaml may have at `path`."""
    section: type[pydantic.BaseModel] = Config
    for step in path:
        said = section.model_fields[str(step)].annotation
        kinds = [kind for kind in (said, *get_args(said)) if isinstance(kind, type)]
        inner = next((kind for kind in kinds if issubclass(kind, pydantic.BaseModel)), None)
        if inner is None:
            return []
        section = inner
    return [field.alias or name for name, field in section.model_fields.items()]


def new_config(
    schema: str, *, title: str = "News sentences", project: str | None = None, licence: str | None = None
) -> str:
    """Return the toolkit.yaml of a new project, with a word on each key.

    Args:
        schema: As the key `schema` has it.
        title: Of the dataset.
        project: Of the project in Label Studio; default: as the dataset.
        licence: Of every page that states none; None: that is not known.
    """
    pages = f"licence: {licence}  " if licence else "# licence: CC-BY-4.0"
    quoted = json.dumps(title, ensure_ascii=False)  # JSON strings are YAML
    return f"""\
# What this project is made with. Tokens never stand here: only the names of the variables that hold them.
schema: {schema}                # a shipped schema, or the path of your own

label_studio:
  # url: http://127.0.0.1:8080  # or LABEL_STUDIO_URL; `toolkit studio start` makes a server
  project: {json.dumps(project or title, ensure_ascii=False)}
  annotators_per_sentence: 2
  token_variable: LABEL_STUDIO_API_KEY

# llm: {{url: "http://127.0.0.1:8080/v1", model: name, key_variable: LLM_API_KEY}}   # for `toolkit suggest --model llm`

release:
  title: {quoted}
  licence: CC0-1.0              # of the labels; articles keep their own
  authors: []
  seed: 0
  splits: {{train: 0.7, validation: 0.15, test: 0.15}}

hub:
  # repo: your-name/your-dataset
  token_variable: HF_TOKEN

# least_answers: 2              # answers that a decision needs; a sentence with fewer is queued
engine: embedded                # or ray://HOST:PORT
# store: s3://bucket/project    # where ingest and segment work and leave a copy; any URL that fsspec knows

ingest:
  # fetched_at: 2026-03-01T08:00:00Z    # "2 hours ago" is resolved against it; without it, it stays text
  # profiles: [profiles/example.yaml]   # rules of your own for a site
  # columns: {{text: story, title: kopf}} # of JSON and Parquet, where they have names of their own
  {pages:<38}# of every page that states none; so publisher and language
  # urls: ["s3://bucket/news/*.jsonl.gz"] # further pages, by any URL that fsspec knows
  recurring: 8                          # a short line on so many pages, or √pages if more, is boilerplate; 0: none
  # unwrap: never                       # lines wrapped at a column are joined where most lines are; or always
  # translated_copies: use              # one story with the original; needs the extra embeddings
"""


def _column(said: str) -> tuple[str, str]:
    role, _, name = said.partition("=")
    if role not in ColumnsConfig.model_fields or not name:
        what = f"--column {said!r} is not ROLE=NAME with a role of {', '.join(ColumnsConfig.model_fields)}"
        raise UsageError(what + nearest(role, ColumnsConfig.model_fields), remedy="write, say, --column text=story")
    return role, name


def described(config: IngestConfig) -> Mapping[str, Any]:
    """Return what of the settings is not as it is by default, as JSON values."""
    said: dict[str, Any] = config.model_dump(mode="json", exclude_defaults=True)
    return said
