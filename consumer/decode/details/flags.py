"""Flags of accounts and trust lines in an operation's details."""

from consumer.decode.details.operation import Details

ACCOUNT = {1: "auth_required", 2: "auth_revocable", 4: "auth_immutable", 8: "auth_clawback_enabled"}

AUTHORIZED, AUTHORIZED_TO_MAINTAIN_LIABILITIES, CLAWBACK_ENABLED = 1, 2, 4

TRUST_LINE = {
    AUTHORIZED: "authorized",
    # Horizon misspells it, and so does whoever reads Horizon.
    AUTHORIZED_TO_MAINTAIN_LIABILITIES: "authorized_to_maintain_liabilites",
    CLAWBACK_ENABLED: "clawback_enabled",
}


def flag_details(name: str, flags: int | None, names: dict[int, str]) -> Details:
    """The known flags as `<name>_flags`, their names as `<name>_flags_s`; nothing when there are none to set."""
    if not flags:
        return {}
    known = [flag for flag in names if flags & flag]
    return {f"{name}_flags": known, f"{name}_flags_s": [names[flag] for flag in known]}
