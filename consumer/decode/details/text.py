"""Text in an operation's details."""

from base64 import b64encode

from consumer.decode.text import readable


def text_details(name: str, raw: bytes) -> dict[str, object]:
    """The text as `name`; where that is not all of it, its bytes too, in base64, as `<name>_bytes`."""
    text = readable(raw)
    if text.encode() == raw:
        return {name: text}
    return {name: text, f"{name}_bytes": b64encode(raw).decode()}
