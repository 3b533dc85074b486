"""What can be wrong with a message.

ContractError
├── RecordRefused            no valid envelope of this network: a consumer passes it over
│   ├── NotFramed
│   ├── UnknownFingerprint
│   ├── TrailingBytes
│   ├── RecordMalformed
│   └── KeyDisagrees
├── LedgerRefused            a valid envelope around something that is not the ledger it names
│   ├── UnknownCodec
│   ├── LedgerTooLarge
│   ├── WrongLength
│   ├── LedgerMalformed
│   │   └── XdrMalformed
│   └── HeaderDisagrees
├── UnknownNetwork
├── SettingRefused
└── TopicUnusable
    ├── TopicAbsent
    ├── TopicForbidden
    ├── TopicSplit
    ├── PositionLost
    └── BrokerUnreachable
"""


class ContractError(Exception):
    """Base of everything that the contract refuses."""


class RecordRefused(ContractError):
    """A record of the topic that is not a valid envelope of this network."""


class NotFramed(RecordRefused):
    """The value does not begin with the marker of an Avro single-object."""


class UnknownFingerprint(RecordRefused):
    """The value was written with an Avro schema that this version does not know."""


class TrailingBytes(RecordRefused):
    """Something follows the Avro record."""


class RecordMalformed(RecordRefused):
    """The Avro record does not decode, or a field is out of its range."""


class KeyDisagrees(RecordRefused):
    """The record's key is not its ledger's sequence in decimal."""


class ForeignNetwork(RecordRefused):
    """A valid record of another network than the one that is read."""


class LedgerRefused(ContractError):
    """The envelope is valid, what it holds is not the ledger that it names."""


class UnknownCodec(LedgerRefused):
    """The ledger is compressed in a way that this version does not know."""


class LedgerTooLarge(LedgerRefused):
    """The ledger is, or says that it is, larger than the contract allows."""


class WrongLength(LedgerRefused):
    """The ledger does not decompress to exactly the length that its envelope states."""


class LedgerMalformed(LedgerRefused):
    """The bytes are not a LedgerCloseMeta."""


class XdrMalformed(LedgerMalformed):
    """The bytes are not what Stellar's XDR allows."""


class HeaderDisagrees(LedgerRefused):
    """The ledger's own header says something else than its hash or its envelope."""


class UnknownNetwork(ContractError):
    """A network was named that has no passphrase here, and none was given."""


class SettingRefused(ContractError):
    """A Kafka client does not know a setting, or not with this value."""


class TopicUnusable(ContractError):
    """The topic can't be read."""


class TopicAbsent(TopicUnusable):
    """The topic does not exist."""


class TopicForbidden(TopicUnusable):
    """The broker does not let this user do what the topic needs."""


class TopicSplit(TopicUnusable):
    """The topic has several partitions: its ledgers have no order."""


class PositionLost(TopicUnusable):
    """The offset to read next is no longer, or not yet, in the topic."""


class BrokerUnreachable(TopicUnusable):
    """No broker answered in time."""
