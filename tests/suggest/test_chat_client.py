"""What a server may do to a request: what passes is waited for, what does not is told, and the key stays here."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from chat_standin import Behaviour, Endpoint, Reply, endpoint, in_turn, says

from toolkit.errors import AccessDenied, RemoteError
from toolkit.suggest.chat_client import ATTEMPTS, ChatClient, Completion, RequestRefused, is_local

GOOD = says({"labels": ["none"]})
HALF = Reply(body=GOOD.body, cut=40)
FORM = {"type": "object"}


def ask(behaviour: Behaviour, **more: Any) -> tuple[Completion | RemoteError, Endpoint, list[float]]:
    """Ask once; return the answer or the error, the endpoint and the seconds that were waited."""
    waited: list[float] = []
    with endpoint(behaviour) as server:
        options: dict[str, Any] = {"parameters": {"temperature": 0.0}, "sleep": waited.append} | more
        with ChatClient(options.pop("url", server.url), "stand-in", **options) as client:
            try:
                return client.complete([{"role": "user", "content": "?"}], FORM), server, waited
            except RemoteError as error:
                return error, server, waited


def test_an_answer_comes_with_its_tokens_and_the_model_that_gave_it() -> None:
    found, server, _ = ask(lambda _: GOOD, key="secret-key")
    assert found == Completion(
        text='{"labels": ["none"]}', prompt_tokens=100, answer_tokens=10, served="stand-in", finish="stop"
    )
    (body,) = server.asked
    assert body["model"] == "stand-in"
    assert body["temperature"] == 0.0
    assert body["response_format"]["json_schema"] == {"name": "answer", "strict": True, "schema": FORM}
    assert server.keys == ["Bearer secret-key"]


def test_no_key_is_sent_where_there_is_none() -> None:
    assert ask(lambda _: GOOD)[1].keys == [None]


@pytest.mark.parametrize(
    "fault",
    [
        Reply(status=429),
        Reply(status=500),
        Reply(status=503, body=b"<html>busy</html>"),
        HALF,
        Reply(body=GOOD.body[:40]),
        Reply(body=b"[]"),
        Reply(body=b'{"choices": []}'),
        Reply(body=b'{"choices": [{"message": null}]}'),
    ],
)
def test_what_may_pass_is_asked_again_after_a_growing_wait(fault: Reply) -> None:
    found, server, waited = ask(in_turn(fault, fault, GOOD))
    assert isinstance(found, Completion)
    assert len(server.asked) == 3
    assert waited == [1.0, 2.0]


def test_a_server_says_how_long_to_wait_in_seconds_or_by_a_date() -> None:
    assert ask(in_turn(Reply(status=429, headers={"Retry-After": "7"}), GOOD))[2] == [7.0]
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    (waited,) = ask(in_turn(Reply(status=429, headers={"Retry-After": soon}), GOOD))[2]
    assert 20 < waited <= 30
    past = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)
    assert ask(in_turn(Reply(status=429, headers={"Retry-After": past}), GOOD))[2] == [0.0]
    assert ask(in_turn(Reply(status=429, headers={"Retry-After": "soon"}), GOOD))[2] == [1.0]
    assert ask(in_turn(Reply(status=429, headers={"Retry-After": "nan"}), GOOD))[2] == [0.0]


@pytest.mark.parametrize("wait", ["86400", "inf"])
def test_a_server_that_asks_for_a_day_is_left(wait: str) -> None:
    found, server, waited = ask(lambda _: Reply(status=429, headers={"Retry-After": wait}))
    assert "asks to wait" in str(found)
    assert (len(server.asked), waited) == (1, [])


def test_a_server_that_stays_broken_is_given_up_with_its_last_words() -> None:
    found, server, waited = ask(lambda _: Reply(status=500, body=b'{"error": {"message": "out of\\nmemory"}}'))
    assert "500: out of memory, 6 times in a row" in str(found)
    assert len(server.asked) == ATTEMPTS
    assert waited == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_a_slow_answer_is_asked_for_again() -> None:
    found, server, _ = ask(in_turn(Reply(body=GOOD.body, delay=1.0), GOOD), timeout=0.3)
    assert isinstance(found, Completion)
    assert len(server.asked) == 2


def test_nobody_there_is_told_with_the_address() -> None:
    found, _, waited = ask(lambda _: GOOD, url="http://127.0.0.1:9/v1")
    assert "http://127.0.0.1:9/v1/chat/completions: the server can't be reached" in str(found)
    assert len(waited) == ATTEMPTS - 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_is_not_told(status: int) -> None:
    echo = Reply(status=status, body=b'{"error": {"message": "wrong key secret-key"}}')
    found, server, _ = ask(lambda _: echo, key="secret-key", key_variable="LLM_API_KEY")
    assert isinstance(found, AccessDenied)
    assert "LLM_API_KEY" in str(found)
    assert "secret-key" not in str(found)
    assert len(server.asked) == 1


def test_a_model_that_is_not_there_is_told_at_once() -> None:
    found, server, _ = ask(lambda _: Reply(status=404, body=b'{"error": "model not found"}'))
    assert "404: model not found" in str(found)
    assert "llm.model" in str(found)
    assert len(server.asked) == 1


def test_a_key_follows_no_redirect() -> None:
    with endpoint(lambda _: GOOD) as elsewhere:
        found, _, _ = ask(lambda _: Reply(status=307, headers={"Location": elsewhere.url}), key="secret-key")
        assert isinstance(found, RemoteError)
        assert elsewhere.asked == []


@pytest.mark.parametrize("known", ["json_object", None])
def test_a_server_without_structured_output_is_asked_more_plainly_and_then_always_so(known: str | None) -> None:
    def behaviour(body: dict[str, Any]) -> Reply:
        form = body.get("response_format", {"type": None})["type"]
        return GOOD if form == known else Reply(status=400, body=b'{"error": "no response_format here"}')

    with endpoint(behaviour) as server, ChatClient(server.url, "stand-in", parameters={}) as client:
        for _ in range(2):
            assert client.complete([], FORM).text == '{"labels": ["none"]}'
    forms = [body.get("response_format", {"type": None})["type"] for body in server.asked]
    assert forms == [*["json_schema", "json_object", None][: forms.index(known) + 1], known]


def test_a_request_that_is_refused_after_others_were_answered_is_this_ones_fault() -> None:
    refusal = Reply(status=400, body=b'{"error": "too long"}')
    with endpoint(in_turn(GOOD, refusal)) as server, ChatClient(server.url, "stand-in", parameters={}) as client:
        client.complete([], FORM)
        with pytest.raises(RequestRefused, match="400: too long"):
            client.complete([], FORM)
    assert len(server.asked) == 2, "no other form is tried"


def test_the_longest_answer_is_called_as_the_server_calls_it() -> None:
    """decolua/9router#560: models that think refuse the word max_tokens."""

    def behaviour(body: dict[str, Any]) -> Reply:
        words = b"Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
        return GOOD if "max_tokens" not in body else Reply(status=400, body=b'{"error": {"message": "%s"}}' % words)

    found, server, _ = ask(behaviour, parameters={"max_tokens": 64})
    assert isinstance(found, Completion)
    assert [body.get("max_completion_tokens") for body in server.asked] == [None, 64]
    assert server.asked[-1]["response_format"]["type"] == "json_schema", "its form is not to blame"
    always = Reply(status=400, body=b'{"error": "set max_completion_tokens"}')
    found, server, _ = ask(lambda _: always, parameters={"max_tokens": 64})
    assert isinstance(found, RequestRefused)
    assert len(server.asked) < 6


def test_a_server_that_says_zero_seconds_again_and_again_is_not_hammered() -> None:
    waited = ask(in_turn(*[Reply(status=429, headers={"Retry-After": "0"})] * 4, GOOD))[2]
    assert waited == [0.0, 2.0, 4.0, 8.0]


def test_an_answer_that_a_server_takes_for_thoughts_is_read() -> None:
    """scouzi1966/maclocal-api#44: the JSON lands in reasoning_content, and content is empty."""
    message = {"content": "", "reasoning_content": '{"labels": ["none"]}'}
    body = {"choices": [{"message": message, "finish_reason": "stop"}]}
    found, _, _ = ask(lambda _: Reply(body=json.dumps(body).encode()))
    assert found == Completion(text='{"labels": ["none"]}')
    body = {"choices": [{"message": message, "finish_reason": "length"}]}
    found, _, _ = ask(lambda _: Reply(body=json.dumps(body).encode()))
    assert found == Completion(text="", finish="length")


def test_answers_in_parts_and_refusals_are_read() -> None:
    parts = [{"type": "text", "text": '{"labels"'}, {"type": "text", "text": ': ["none"]}'}]
    body = {"choices": [{"message": {"content": parts}}]}
    found, _, _ = ask(lambda _: Reply(body=json.dumps(body).encode()))
    assert found == Completion(text='{"labels": ["none"]}')
    body = {"choices": [{"message": {"content": None, "refusal": "I can't."}, "finish_reason": "stop"}]}
    found, _, _ = ask(lambda _: Reply(body=json.dumps(body).encode()))
    assert isinstance(found, Completion)
    assert found.finish == "content_filter"


@pytest.mark.parametrize(
    ("given", "called"),
    [
        ("http://host:1", "http://host:1/v1/chat/completions"),
        ("http://host:1/", "http://host:1/v1/chat/completions"),
        ("https://host/openai/v1/", "https://host/openai/v1/chat/completions"),
        ("https://host/v1/chat/completions", "https://host/v1/chat/completions"),
    ],
)
def test_an_address_is_taken_as_people_write_it(given: str, called: str) -> None:
    with ChatClient(given, "m", parameters={}) as client:
        assert client.url == called


def test_only_loopback_is_this_machine() -> None:
    assert is_local("http://127.0.0.1:8080/v1")
    assert is_local("http://localhost:8080")
    assert not is_local("http://localhost.example/v1")
    assert not is_local("http://192.168.1.2/v1")


def test_json_under_the_newer_name_of_thoughts_is_read() -> None:
    """vllm-project/vllm#48863: content is null, and the JSON stands in reasoning."""
    message = {"content": None, "reasoning": '{"labels": ["none"]}'}
    body = {"choices": [{"message": message, "finish_reason": "stop"}]}
    found, _, _ = ask(lambda _: Reply(body=json.dumps(body).encode()))
    assert found == Completion(text='{"labels": ["none"]}')


@pytest.mark.parametrize(
    "body", [{"error": {"code": 429, "message": "upstream is busy"}}, {"code": "limit", "message": "upstream is busy"}]
)
def test_a_gateway_that_tells_a_fault_as_a_success_is_quoted(body: dict[str, Any]) -> None:
    """XpressAI/xaibo#36: the fault of the server behind comes with status 200; it is waited for, and then told."""
    found, server, waited = ask(lambda _: Reply(body=json.dumps(body).encode()))
    assert isinstance(found, RemoteError)
    assert "is not a chat completion: upstream is busy, 6 times in a row" in str(found)
    assert (len(server.asked), len(waited)) == (ATTEMPTS, ATTEMPTS - 1)
    assert ask(in_turn(Reply(body=json.dumps(body).encode()), GOOD))[0] == ask(lambda _: GOOD)[0]


def test_an_answer_that_drips_is_cut_off_in_time() -> None:
    began = time.monotonic()
    found, _, _ = ask(lambda _: Reply(body=GOOD.body, drip=0.2), timeout=0.5)
    assert isinstance(found, RemoteError)
    assert "the server's answer has no end (no whole answer came within 0.5 seconds)" in found.what
    assert time.monotonic() - began < 3 * ATTEMPTS


def test_an_answer_without_end_is_not_held() -> None:
    found, _, _ = ask(lambda _: Reply(body=b" " * (33 << 20)))
    assert isinstance(found, RemoteError)
    assert "the server's answer has no end (the answer has more than 33,554,432 bytes)" in found.what


def test_a_late_answer_cuts_no_other() -> None:
    def behaviour(body: dict[str, Any]) -> Reply:
        return Reply(body=GOOD.body, drip=0.1) if body["messages"][0]["content"] == "late" else replace(GOOD, delay=0.9)

    def answer(words: str) -> str:
        try:
            return client.complete([{"role": "user", "content": words}], FORM).text
        except RemoteError as error:
            return error.what

    with (
        endpoint(behaviour) as server,
        ChatClient(server.url, "stand-in", parameters={}, timeout=1.5, sleep=lambda _: None) as client,
        ThreadPoolExecutor(2) as pool,
    ):
        late, good = pool.map(answer, ["late", "good"])
    assert "has no end" in late
    assert good == '{"labels": ["none"]}'
    assert sum(body["messages"][0]["content"] == "good" for body in server.asked) == 1
