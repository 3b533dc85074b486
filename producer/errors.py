"""What ends a producer.

ProducerError
├── SourceError                  the source can't give what was asked
│   ├── SourceMisnamed           a path, a URL or an option that is none
│   ├── SourceUnreachable        transient: its own retries are used up
│   ├── LedgerAbsent
│   ├── NetworkDiffers           it says itself that it is another network's
│   └── SourceMalformed
├── ChainBroken                  the next ledger does not follow the topic's last
├── NetworkReset                 the source's ledgers are not the topic's
├── OtherNetwork                 the topic holds another network's ledgers
├── WouldSkip                    publishing would leave a hole in the topic
├── TopicMisconfigured
├── TopicNewer
├── Fenced                       another producer took over
└── PublishFailed                an error of the transaction; start-up is the recovery
"""


class ProducerError(Exception):
    """Base of everything that ends a producer."""


class SourceError(ProducerError):
    """The source can't give what was asked."""


class SourceMisnamed(SourceError):
    """There is nothing where the source is said to be, or its URL or an option of it is none."""


class SourceUnreachable(SourceError):
    """The source does not answer, and its retries are used up."""


class LedgerAbsent(SourceError):
    """A ledger that should be there is not, though later ones are, or the source's range lies elsewhere."""


class NetworkDiffers(SourceError):
    """The source says that its ledgers are those of another network than the one named."""


class SourceMalformed(SourceError):
    """What the source holds is not in its format."""


class ChainBroken(ProducerError):
    """The next ledger does not name the hash of the topic's last."""


class NetworkReset(ProducerError):
    """The source's ledgers are not those of the topic: the network was reset, or it is another one."""


class OtherNetwork(ProducerError):
    """The topic holds another network's ledgers."""


class WouldSkip(ProducerError):
    """Publishing what was asked for would leave a hole in the topic."""


class TopicMisconfigured(ProducerError):
    """The topic exists with a configuration that would lose or reorder ledgers."""


class TopicNewer(ProducerError):
    """The topic ends with records that a newer version wrote."""


class Fenced(ProducerError):
    """Another producer of this topic took over, or this one slept longer than its transaction's time-out."""


class PublishFailed(ProducerError):
    """The transaction failed, or its outcome is unknown; the next start reads what is there and goes on after it."""
