"""Small schemas about the weather, in the YAML that tests change."""

from __future__ import annotations

from toolkit.errors import InvalidInput
from toolkit.schema import parse

GOOD = """\
name: weather
version: 1.2.0
title: Weather
description: What a sentence says about the weather.
layers:
  - {id: sky, title: The sky}
  - {id: nothing, title: Or nothing}
labels:
  - id: rain
    title: Rain
    layer: sky
    rule: It rains.
    hotkey: r
    positives:
      - {text: It rains., labels: [rain]}
      - {text: It pours., labels: [rain]}
    near_misses:
      - {text: It may rain., labels: [none]}
      - {text: It is dry., labels: [none]}
  - id: none
    title: None
    layer: nothing
    exclusive: true
    rule: Nothing.
    hotkey: "0"
    positives:
      - {text: A dog barks., labels: [none]}
      - {text: A cat sleeps., labels: [none]}
    near_misses:
      - {text: Rain again., labels: [rain]}
      - {text: Drizzle., labels: [rain]}
spans:
  - id: AMOUNT
    title: Amount
    rule: How much.
    hotkey: a
    attributes:
      - {id: low, title: Low, type: number}
      - {id: high, title: High, type: number}
constraints:
  - {id: amount_of_rain, type: requires_label, spans: [AMOUNT], labels: [rain], message: An amount is of rain.}
"""


def faults(text: str, name: str = "weather.yaml") -> list[str]:
    try:
        parse(text, name)
    except InvalidInput as error:
        return [str(fault) for fault in error.faults]
    return []


def changed(*swaps: tuple[str, str]) -> str:
    text = GOOD
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return text


def small(version: str, labels: str, *, fields: str = "{id: low, title: Low, type: number}", extra: str = "") -> str:
    """Return the YAML of a schema whose labels are words such as "rain" or "fog:retired"."""
    lines = []
    for line in labels.split():
        name, _, state = line.partition(":")
        if state == "retired":
            lines.append(f"  - {{id: {name}, title: {name}, layer: sky, rule: r, retired: true}}")
            continue
        examples = ", ".join(f"{{text: {name} {n}, labels: [{name}]}}" for n in (1, 2))
        exclusive = ", exclusive: true" if name == "none" else ""
        other = "none" if name != "none" else next(item for item in labels.split() if ":" not in item)
        misses = ", ".join(f"{{text: {other} {n} not {name}, labels: [{other}]}}" for n in (1, 2))
        lines.append(
            f"  - {{id: {name}, title: {name}, layer: sky, rule: r{exclusive},"
            f" positives: [{examples}], near_misses: [{misses}]}}"
        )
    return (
        f"name: weather\nversion: {version}\ntitle: t\ndescription: d\nlayers: [{{id: sky, title: t}}]\nlabels:\n"
        + "\n".join(lines)
        + f"\nspans:\n  - {{id: AMOUNT, title: Amount, rule: r, attributes: [{fields}]}}\n"
        + "  - {id: PLACE, title: Place, rule: r}\n"
        + "relations:\n  - {id: amount_place, title: t, head: [AMOUNT], tail: [PLACE], rule: r}\n"
        + extra
    )
