"""A model is asked once per sentence, within the budget, and never under the name of another one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from chat_standin import Endpoint, Reply, asked_sentence, endpoint, in_turn, says

from toolkit.errors import Interrupted, RemoteError
from toolkit.records import Reject, Suggestion
from toolkit.schema import load
from toolkit.suggest.chat_client import ChatClient
from toolkit.suggest.prompt import Prompt, Question
from toolkit.suggest.question_round import QuestionRound
from toolkit.suggest.token_spending import Prices, Spending

SCHEMA = load("claims@1.0.1")
GOOD = says({"labels": ["claim"]})


class Memory(dict[str, dict[str, Any]]):
    """A cache in memory."""

    def put(self, key: str, row: dict[str, Any]) -> None:
        self[key] = row


def questions(count: int) -> list[Question]:
    return [Question(sentence_id=f"s{n}", story_id=f"a{n}", text=f"The mayor said {n}.") for n in range(count)]


def asking(
    client: ChatClient, cache: Memory | None = None, spending: Spending | None = None, **more: Any
) -> QuestionRound:
    how: dict[str, Any] = {"name": "m@1", "parameters": {}, "longest": 50} | more
    return QuestionRound(
        Prompt(SCHEMA),
        client,
        Memory() if cache is None else cache,
        Spending() if spending is None else spending,
        **how,
    )


def run(
    behaviour: Callable[[dict[str, Any]], Reply], count: int = 1, *, at_once: int = 1, **more: Any
) -> tuple[list[Suggestion | Reject], Endpoint]:
    with endpoint(behaviour) as server, ChatClient(server.url, "stand-in", parameters={}) as client:
        return list(asking(client, **more).answers(questions(count), at_once=at_once)), server


def test_answers_come_in_order_whichever_is_first() -> None:
    def behaviour(body: dict[str, Any]) -> Reply:
        number = int(asked_sentence(body).split()[-1].rstrip("."))
        labels = ["denial"] if number % 3 else ["claim"]
        return says({"labels": labels}, delay=0.02 * (9 - number))

    found, server = run(behaviour, 10, at_once=4)
    assert [each.sentence_id for each in found if isinstance(each, Suggestion)] == [f"s{n}" for n in range(10)]
    assert [each.labels for each in found if isinstance(each, Suggestion)] == [
        ("denial",) if n % 3 else ("claim",) for n in range(10)
    ]
    assert {each.model for each in found if isinstance(each, Suggestion)} == {"m@1"}
    assert 2 <= server.busiest <= 4


def test_an_answer_with_a_fault_is_asked_for_once_more_with_the_fault_named() -> None:
    (found,), server = run(in_turn(says({"labels": ["claim", "none"]}), GOOD))
    assert isinstance(found, Suggestion)
    first, second = (body["messages"] for body in server.asked)
    assert second[: len(first)] == first
    assert second[-2] == {"role": "assistant", "content": '{"labels": ["claim", "none"]}'}
    assert "'none' excludes every other label" in second[-1]["content"]


@pytest.mark.parametrize(
    ("reply", "reason", "requests"),
    [
        (says({"labels": ["lie"]}), "unknown-label", 2),
        (says("I think it is a claim."), "not-json", 2),
        (says('{"labels": ["cl', finish="length"), "cut-off", 2),
        (says("", finish="content_filter"), "declined", 1),
    ],
)
def test_a_second_fault_is_a_reject_with_its_reason_and_what_was_written(
    reply: Reply, reason: str, requests: int
) -> None:
    (found,), server = run(lambda _: reply)
    assert isinstance(found, Reject)
    assert (found.reason, found.source) == (reason, "s0")
    assert found.detail
    assert len(server.asked) == requests


def test_what_was_answered_is_never_asked_again_and_no_good_answer_is_lost_with_the_server() -> None:
    cache = Memory()

    def dies(body: dict[str, Any]) -> Reply:
        return GOOD if len(server.asked) <= 4 else Reply(status=404)

    with endpoint(dies) as server, ChatClient(server.url, "stand-in", parameters={}) as client:
        answers = asking(client, cache).answers(questions(10), at_once=3)
        with pytest.raises(RemoteError, match="404"):
            list(answers)
    assert len(cache) == 4
    found, server = run(lambda _: GOOD, 10, cache=cache)
    assert len(found) == 10
    assert len(server.asked) == 6
    found, server = run(lambda _: GOOD, 10, cache=cache)
    assert (len(found), len(server.asked)) == (10, 0)


def test_another_parameter_asks_anew() -> None:
    cache = Memory()
    run(lambda _: GOOD, cache=cache)
    _, server = run(lambda _: GOOD, cache=cache, parameters={"temperature": 1.0})
    assert len(server.asked) == 1


@pytest.mark.parametrize("at_once", [1, 4])
def test_no_request_passes_the_budget(at_once: int) -> None:
    spending = Spending(budget=5000)
    with pytest.raises(Interrupted, match=r"budget of 5,000 tokens"):
        run(lambda _: says({"labels": ["claim"]}, delay=0.02), 50, at_once=at_once, spending=spending)
    assert 4000 < spending.total <= 5000
    assert spending.total == 110 * (spending.total // 110), "what the server counts is what counts"


def test_tokens_that_a_server_does_not_count_are_estimated() -> None:
    spending = Spending()
    run(lambda _: says({"labels": ["claim"]}, usage=False), spending=spending)
    assert spending.prompt > 500
    assert spending.answer == 6
    assert Prices(prompt=2.0, answer=10.0).of(500_000, 100_000) == 2.0


def test_another_model_than_the_one_asked_is_refused() -> None:
    with pytest.raises(RemoteError, match="'stand-in' was asked, and 'cheaper' answers"):
        run(lambda _: says({"labels": ["claim"]}, model="cheaper"))
    found, _ = run(lambda _: says({"labels": ["claim"]}, model="cheaper"), served_as="cheaper")
    assert isinstance(found[0], Suggestion)
    found, _ = run(lambda _: says({"labels": ["claim"]}, model="/srv/stand-in-2026.gguf"))
    assert isinstance(found[0], Suggestion)


def test_a_model_that_changes_on_the_way_is_refused_in_a_later_run_too() -> None:
    cache = Memory()
    old, new = (says({"labels": ["claim"]}, model=name) for name in ("stand-in-1", "stand-in-2"))
    with pytest.raises(RemoteError, match="'stand-in-1' answered, and now 'stand-in-2'"):
        run(in_turn(old, old, new), 3, cache=cache)
    assert len(cache) == 2
    with pytest.raises(RemoteError, match="one name must not stand for two models"):
        run(lambda _: new, 3, cache=cache)


def test_a_sentence_that_a_server_does_not_take_is_a_reject_and_a_server_that_takes_none_is_told() -> None:
    def filtered(body: dict[str, Any]) -> Reply:
        return GOOD if "said 1." not in asked_sentence(body) else Reply(status=400, body=b'{"error": "filtered"}')

    found, _ = run(filtered, 3)
    assert [type(each) for each in found] == [Suggestion, Reject, Suggestion]
    assert isinstance(found[1], Reject)
    assert (found[1].reason, found[1].detail) == ("request-refused", "the server answered 400: filtered")
    with pytest.raises(RemoteError, match="none of the first 5 requests: the server answered 400: no such parameter"):
        run(lambda _: Reply(status=400, body=b'{"error": "no such parameter"}'), 50)


def test_the_first_request_goes_alone() -> None:
    def behaviour(body: dict[str, Any]) -> Reply:
        return Reply(status=401)

    with endpoint(behaviour) as server, ChatClient(server.url, "stand-in", parameters={}) as client:
        with pytest.raises(RemoteError):
            list(asking(client).answers(questions(50), at_once=8))
        time.sleep(0.1)
        assert len(server.asked) == 1
