"""`python -m schemas.xdr`: write the readers anew, from the stellar-sdk that is installed."""

from schemas.xdr.generate import READERS, generated

READERS.write_text(generated(), encoding="utf-8")
