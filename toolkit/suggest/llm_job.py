"""A job for a language model: the sentences that it is asked about, the prompt, and what may be sent."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from toolkit.errors import InvalidConfig, tally
from toolkit.project import Workspace
from toolkit.project.config import LlmConfig
from toolkit.project.logs.answer_cache import AnswerCache
from toolkit.project.logs.suggestion_log import SuggestionLog
from toolkit.project.workspace import GOLD
from toolkit.records import Article, Sentence, digest
from toolkit.release.privacy.withheld import read_takedowns
from toolkit.suggest.answer_schema import answer_schema
from toolkit.suggest.chat_client import ChatClient, is_local
from toolkit.suggest.prompt import BYTES_PER_TOKEN, Prompt, Question, tokens
from toolkit.suggest.question_round import QuestionRound
from toolkit.suggest.sending_rights import withheld
from toolkit.suggest.solved_examples import solved_examples
from toolkit.suggest.token_spending import Prices, Spending

_TYPICAL = 60  # tokens of an answer, where none was measured yet


class LlmJob:
    """What a language model is to be asked, and how.

    Args:
        workspace: The project.
        choose: Returns those of the sentences that it is asked about.

    Raises:
        InvalidConfig: toolkit.yaml has no `llm`.
    """

    def __init__(self, workspace: Workspace, choose: Callable[[Sequence[Sentence]], Sequence[Sentence]]) -> None:
        settings = workspace.config.llm
        if settings is None:
            raise InvalidConfig(
                "names no language model",
                where=str(workspace.path("toolkit.yaml")),
                remedy='write `llm: {url: "http://127.0.0.1:8080/v1", model: NAME}`',
            )
        self.settings: LlmConfig = settings
        self.prices = None if settings.prices is None else Prices(**settings.prices.model_dump())
        self.log = SuggestionLog(workspace)
        articles = {each.article_id: each for each in workspace.articles()}
        sentences = workspace.sentences()
        stories = {name: article.story_id for name, article in articles.items()}
        questions = _questions(sentences, stories, settings.context)
        gold = workspace.decisions() if settings.examples and workspace.path(GOLD).exists() else []
        self.prompt = Prompt(
            workspace.schema(),
            context=settings.context,
            shown=settings.examples,
            solved=solved_examples(gold, questions, settings.examples),
        )
        self.parameters = request_parameters(settings)
        fixed = [self.prompt.digest, settings.model, self.parameters, answer_schema(self.prompt.schema)]
        self.model = f"{settings.model}@{digest(json.dumps(fixed, sort_keys=True).encode())[:8]}"
        chosen = choose(sentences)
        known = self.log.asked(self.model)
        reasons = withheld(
            articles.values(),
            read_takedowns(workspace.path("takedowns.yaml"), workspace.table(Article)),
            local=is_local(settings.url),
            allowed=settings.licences,
        )
        self.before = sum(each.sentence_id in known for each in chosen)
        left = [each for each in chosen if each.sentence_id not in known]
        self.not_sent = Counter(reasons[each.article_id] for each in left if each.article_id in reasons)
        self.left = [questions[each.sentence_id] for each in left if each.article_id not in reasons]
        self.articles = len({each.article_id for each in left if each.article_id not in reasons})
        self.unstated = sum(not articles[each.article_id].licence for each in left if each.article_id not in reasons)
        self.cache = AnswerCache(workspace, self.model)
        self.spending = Spending(*self.cache.spent(), budget=settings.budget)

    def asking(self, client: ChatClient) -> QuestionRound:
        """Return the asking of this job by a client."""
        return QuestionRound(
            self.prompt,
            client,
            self.cache,
            self.spending,
            name=self.model,
            parameters=self.parameters,
            longest=self.settings.max_tokens,
            served_as=self.settings.served_as,
        )

    def estimated_tokens(self) -> tuple[int, int]:
        """Return tokens of prompts and of answers that are still to be paid for, estimated."""
        if not self.left:
            return 0, 0
        with ChatClient(self.settings.url, self.settings.model, parameters=self.parameters) as nobody:
            asking = self.asking(nobody)
            unasked = [each for each in self.left if not asking.known(each)]
        return sum(tokens(self.prompt.messages(each)) for each in unasked), _TYPICAL * len(unasked)

    def departure(self, url: str) -> str:
        """Return what leaves this machine, in a sentence."""
        about = sum(tokens(self.prompt.messages(each)) for each in self.left)
        many = f"{tally(len(self.left), 'sentence')} of {tally(self.articles, 'article')}"
        beside = f", each with {self.settings.context} before and after it," if self.settings.context else ""
        where = "to a server on this machine" if is_local(url) else "and leave this machine"
        stating = f"; of {self.unstated:,} the article states no licence" if self.unstated and not is_local(url) else ""
        return (
            f"{many}{beside} and the codebook go to {url} (model {self.settings.model}) {where}: "
            f"about {about:,} tokens, at one per {BYTES_PER_TOKEN} bytes{stating}"
        )


def request_parameters(settings: LlmConfig) -> dict[str, Any]:
    """Return what a request says beside the messages."""
    warm = {} if settings.temperature is None else {"temperature": settings.temperature}
    return warm | {"max_tokens": settings.max_tokens}


def llm_client(settings: LlmConfig, environment: Mapping[str, str]) -> ChatClient:
    """Return the client, with the key out of the environment.

    Raises:
        InvalidConfig: A variable is named, and is not set.
    """
    key = environment.get(settings.key_variable, "").strip() if settings.key_variable else None
    if settings.key_variable and not key:
        raise InvalidConfig(
            f"{settings.key_variable} is not set, which llm.key_variable names",
            remedy=f"read -rs {settings.key_variable} && export {settings.key_variable}",
        )
    return ChatClient(
        settings.url,
        settings.model,
        key=key,
        key_variable=settings.key_variable,
        parameters=request_parameters(settings),
        timeout=settings.timeout,
    )


def _questions(sentences: Sequence[Sentence], stories: Mapping[str, str], context: int) -> dict[str, Question]:
    """Return the question about each sentence; beside it stand only sentences of the same article."""
    found = {}
    for number, each in enumerate(sentences):
        before = sentences[max(0, number - context) : number]
        after = sentences[number + 1 : number + 1 + context]
        found[each.sentence_id] = Question(
            sentence_id=each.sentence_id,
            story_id=stories[each.article_id],
            text=each.text,
            before=tuple(other.text for other in before if other.article_id == each.article_id),
            after=tuple(other.text for other in after if other.article_id == each.article_id),
        )
    return found
