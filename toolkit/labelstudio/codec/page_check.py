"""label-studio-sdk's own reading of a page: it checks every page before it is sent, and every prediction on it.

It does not check what people answered: at 0.3 ms an answer that would double the time of a pull, and it knows less than
`decode`, which also looks at offsets, words, fields of other labels and links (measured with SDK 2.0.19; the tests hold
that what it refuses, `decode` refuses too).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from toolkit.errors import InvalidInput


class PageCheck:
    """A page as label-studio-sdk reads it; loading the library takes more than a second.

    Args:
        config: The page, XML.
        where: What it was rendered from, for messages.

    Raises:
        InvalidInput: The library can't read it.
    """

    def __init__(self, config: str, where: str) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of its own models, while it is loaded
                from label_studio_sdk.label_interface.interface import LabelInterface

                interface: Any = LabelInterface
                self._interface = interface(config)
                self._interface.validate()
        except Exception as error:
            # It raises whatever its parser and its JSON Schema raise.
            raise InvalidInput(
                f"its page is not one that Label Studio can show ({str(error)[:200]})",
                where=where,
                remedy="run `toolkit schema check`",
            ) from error

    def faults(self, prediction: Mapping[str, Any]) -> list[str]:
        """Return what a prediction has that does not fit the page: a value that is not offered, a control of no name.

        Args:
            prediction: With `result`, and `model_version` and `score` where there are some.
        """
        found: list[str] = self._interface.validate_prediction(dict(prediction), return_errors=True)
        return found

    def fits(self, result: list[dict[str, Any]]) -> bool:
        """Tell whether the library would take a result as an answer on the page."""
        return bool(self._interface.validate_annotation({"result": result}))
