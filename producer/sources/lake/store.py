"""The one door to obstore: a lake's objects and listings, with every failure named."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import HTTPStore, LocalStore, from_url

from producer.errors import SourceError, SourceMalformed, SourceMisnamed, SourceUnreachable

_DEFAULT_CLIENT_OPTIONS = {
    "connect_timeout": "5s",
    "timeout": "30s",  # of one request, body included: no server can hold a worker for ever
}
_CLIENT_OPTIONS = {
    # obstore takes these apart from a store's own options, and panics when it finds one among them.
    *("allow_http", "allow_invalid_certificates", "connect_timeout", "default_content_type", "default_headers"),
    *("http1_only", "http2_keep_alive_interval", "http2_keep_alive_timeout", "http2_keep_alive_while_idle"),
    *("http2_max_frame_size", "http2_only", "pool_idle_timeout", "pool_max_idle_per_host", "proxy_url"),
    *("proxy_ca_certificate", "proxy_excludes", "randomize_addresses", "read_timeout", "root_certificate"),
    *("timeout", "user_agent"),
}
_STORE_PREFIXES = ("aws_", "azure_", "google_")
_NO_BUCKET = ("NoSuchBucket", "bucket does not exist", "ContainerNotFound")
_NO_CREDENTIALS = ("169.254.169.254", "metadata.google.internal", "169.254.170.2")
_SIGN_REMEDY = (
    "check the credentials, or read without any with --storage-option skip_signature=true if the lake is public"
)


class Store:
    """The objects under a lake's URL. Keys are relative to it."""

    def __init__(self, url: str, options: Mapping[str, str], patience_seconds: float) -> None:
        """Connects to nothing yet.

        Raises:
            SourceMisnamed: the URL or an option is none that obstore knows, or the folder does not exist.
        """
        full_url = url if "://" in url else _folder_url(url)
        self.name = _without_secrets(full_url)
        self._store = _open(full_url, self.name, options, patience_seconds)
        self.lists = not isinstance(self._store, HTTPStore)
        """Whether it can be listed at all: plain HTTP has no listing."""

    def get(self, key: str, limit_bytes: int) -> bytes | None:
        """The whole object, or None when it isn't there.

        Raises:
            SourceError: the store can't be read; the message names URL, object and remedy.
        """
        try:
            found = obstore.get(self._store, key)
            if found.meta["size"] > limit_bytes:
                size = found.meta["size"]
                raise SourceMalformed(f"{key} in {self.name} has {size} bytes, at most {limit_bytes} are allowed")
            return found.bytes().to_bytes()
        except FileNotFoundError as error:
            self._check_bucket(key, error)
            return None
        except (BaseError, OSError) as error:
            self._refuse(f"reading {key}", error)

    def exists(self, key: str) -> bool:
        """Whether the object is there."""
        try:
            obstore.head(self._store, key)
        except FileNotFoundError as error:
            self._check_bucket(key, error)
            return False
        except (BaseError, OSError) as error:
            self._refuse(f"looking for {key}", error)
        return True

    def folders(self) -> list[str]:
        """The names of the folders under the URL, in lexicographic order."""
        try:
            return sorted(obstore.list_with_delimiter(self._store)["common_prefixes"])
        except (BaseError, OSError) as error:
            self._refuse("listing it", error)

    def keys(self, folder: str | None, begin: str | None = None) -> Iterator[str]:
        """The keys in a folder (None: all under the URL), in lexicographic order, those from `begin` on.

        Buckets are listed page by page as the caller goes on: stop early, and one page was asked for.
        """
        try:
            pages = obstore.list(self._store, folder, offset=begin, chunk_size=1000)
            keys = (entry["path"] for page in pages for entry in page)
            # A file system has no order.
            yield from sorted(keys) if isinstance(self._store, LocalStore) else keys
        except (BaseError, OSError) as error:
            self._refuse(f"listing {folder or 'it'}", error)

    def _check_bucket(self, key: str, error: FileNotFoundError) -> None:
        # S3 answers 404 for an object that isn't there, and for a bucket: the first is awaited, the second a mistake.
        if any(sign in str(error) for sign in _NO_BUCKET):
            self._refuse(f"reading {key}", error)

    def _refuse(self, doing: str, error: Exception) -> NoReturn:
        raise _named(f"{self.name}: {doing}", error) from None  # in whose text there may be a password


def _folder_url(path: str) -> str:
    folder = Path(path).expanduser().absolute()
    if not folder.is_dir():
        raise SourceMisnamed(f"there is no folder {folder}: check the path, or name a URL (s3://…, gs://…, https://…)")
    return folder.as_uri()


def _open(url: str, name: str, options: Mapping[str, str], patience_seconds: float) -> Any:  # noqa: ANN401
    client_options, store_options = _split(options)
    if url.startswith("file:") and options:
        raise SourceMisnamed(f"{name} is a local folder and takes no --storage-option: {', '.join(options)}")
    if any(value.startswith("http://") for value in (url, *store_options.values())):
        client_options.setdefault("allow_http", "true")  # whoever writes http:// means it
    untyped: dict[str, Any] = {  # the options come from the command line: obstore checks them, no type does
        "config": store_options or None,
        "client_options": _DEFAULT_CLIENT_OPTIONS | client_options,
        "retry_config": {"max_retries": 10, "retry_timeout": timedelta(seconds=patience_seconds)},
    }
    try:
        return from_url(url, **untyped)
    except (BaseError, ValueError, OSError) as error:
        said = _first_line(error)
        raise SourceMisnamed(f"{name} can't be opened as a data lake: {said}") from None  # as in `_refuse`


def _split(options: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The options of the HTTP client, and those of the store."""
    client_options, store_options = {}, {}
    for key, value in options.items():
        bare = _without_store_prefix(key.lower())
        if bare in _CLIENT_OPTIONS:
            client_options[bare] = value
        else:
            store_options[key] = value
    return client_options, store_options


def _without_store_prefix(key: str) -> str:
    for prefix in _STORE_PREFIXES:
        key = key.removeprefix(prefix)
    return key


def _named(what: str, error: Exception) -> SourceError:
    text = str(error)
    if any(sign in text for sign in _NO_BUCKET):
        return SourceError(f"{what}: there is no such bucket; check the URL, and the endpoint if one is named")
    if any(sign in text for sign in _NO_CREDENTIALS):
        return SourceError(f"{what}: no credentials were found; {_SIGN_REMEDY}")
    if isinstance(error, PermissionDeniedError | UnauthenticatedError | PermissionError):
        return SourceError(
            f"{what}: access is denied (S3 also says so of an object that isn't there, to those who may not list); "
            f"{_SIGN_REMEDY}: {_first_line(error)}"
        )
    return SourceUnreachable(
        f"{what}: no valid answer, and no further retry; check URL, endpoint, region and network: {_first_line(error)}"
    )


def _first_line(error: Exception) -> str:
    # obstore's messages go on with the insides of its own error types, and name URLs as they are asked for.
    return re.sub(r"\w+://[^\s\"']+", lambda url: _without_secrets(url[0]), str(error).partition("\n")[0])


def _without_secrets(url: str) -> str:
    """The URL as messages may show it: without user, password and query."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - none that is no number: it would be part of a password
    except ValueError:
        raise SourceMisnamed("the lake's URL is none, and it is not shown, for it may hold a password") from None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
