"""Words of others leave this machine only where nobody has forbidden it."""

from __future__ import annotations

import pytest
from builders import article

from toolkit.suggest.sending_rights import FORBIDDEN, TAKEN_DOWN, withheld


@pytest.mark.parametrize(
    ("licence", "allowed", "sent"),
    [
        (None, (), True),
        ("", (), True),
        ("CC-BY-NC-4.0", (), True),
        ("All rights reserved", (), False),
        ("Reuters terms", (), False),
        ("Reuters terms", ("reuters TERMS ",), True),
    ],
)
def test_a_licence_that_is_stated_must_allow_it(licence: str | None, allowed: tuple[str, ...], sent: bool) -> None:
    one = article("It rained.", licence=licence)
    assert withheld([one], (), local=False, allowed=allowed) == ({} if sent else {one.article_id: FORBIDDEN})
    assert withheld([one], (), local=True) == {}, "nothing leaves this machine"


@pytest.mark.parametrize("local", [True, False])
def test_what_was_taken_down_goes_nowhere(local: bool) -> None:
    one = article("It rained.", licence="CC0-1.0")
    assert withheld([one], [one.article_id], local=local) == {one.article_id: TAKEN_DOWN}
