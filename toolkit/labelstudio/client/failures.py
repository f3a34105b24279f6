"""The failures of a request to the server: what each means for the caller, and the words for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from toolkit.errors import RemoteError


class Unanswered(RemoteError):
    """The server may have done what was asked, or may not: its answer did not arrive."""


class NoEnd(Unanswered):
    """The answer did not end in time, or was too large: what was asked may be done, and to ask again would not help."""


class ServerFault(RemoteError):
    """The server itself fails at what it was asked."""


class NotThere(RemoteError):
    """The server answered 404."""


class Conflict(RemoteError):
    """The server answered 409: it is there already."""


class Refused(RemoteError):
    """The server answered 400: nothing was stored."""


def tls_fault(error: BaseException | None) -> tuple[str, str] | None:
    """Return what is wrong with the encryption of a connection, and what mends it; None if that is not the fault."""
    words = ""
    while error is not None:
        words += f" {error}"
        error = error.__cause__ or error.__context__
    if "CERTIFICATE_VERIFY_FAILED" in words:
        why = re.search(r"certificate verify failed: ([^(]*)", words)
        reason = f" ({why[1].strip()})" if why else ""
        return (
            f"the server's certificate is not trusted{reason}",
            "set SSL_CERT_FILE to a file with the certificate of whoever signed it",
        )
    if "WRONG_VERSION_NUMBER" in words or "HTTP_REQUEST" in words:
        return "the server does not speak TLS on this port", "write http:// in its address, or name its TLS port"
    if "[SSL" in words or "SSLError" in words or "TLS" in words:
        return f"the encrypted connection failed:{words[:200]}", "look at the certificate and the proxy of the server"
    return None


def words_of(body: Any) -> str:
    """Return the human part of Label Studio's error JSON."""
    if isinstance(body, Mapping):
        errors = body.get("validation_errors")
        if errors:
            return words_of(errors)
        if "detail" in body:
            return words_of(body["detail"])
        return "; ".join(
            words_of(value) if key == "non_field_errors" else f"{key}: {words_of(value)}" for key, value in body.items()
        )
    if isinstance(body, list):
        return "; ".join(words_of(item) for item in body)
    return str(body)
