"""What ends a command before the producer or the consumer has anything to say.

CommandError
├── ConfigurationError       the options don't fit together
├── Interrupted              stopped before what was asked for was done
├── Unhealthy                status --check
├── GapsFound                gaps, and verify when it found nothing worse
├── Faulty                   verify found what is wrong
├── NotProved                verify --deep could not compare everything
└── DemoFailed
"""


class CommandError(Exception):
    """Base of the command line's own errors."""


class ConfigurationError(CommandError):
    """The options, the environment and the `.env` file together do not say what to do."""


class Interrupted(CommandError):
    """Stopped by a signal before the last ledger that was asked for."""


class Unhealthy(CommandError):
    """A subscriber is not as healthy as was asked for."""


class GapsFound(CommandError):
    """Ledgers are missing."""


class Faulty(CommandError):
    """The database does not hold what it says."""


class NotProved(CommandError):
    """Nothing wrong was found, and not everything could be compared."""


class DemoFailed(CommandError):
    """The demo's check of its own result failed."""
