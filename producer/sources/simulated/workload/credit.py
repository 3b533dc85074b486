"""Transactions about trust lines and what is held in them."""

from producer.sources.simulated.assets import Asset
from producer.sources.simulated.entries import MOST, AccountEntry, TrustLineEntry
from producer.sources.simulated.operations.operation import Address, Operation
from producer.sources.simulated.operations.payments import Payment
from producer.sources.simulated.operations.trust_lines import ChangeTrust
from producer.sources.simulated.workload.accounts import one_payment
from producer.sources.simulated.workload.scene import LUMEN, Scene

_LIMITS = (MOST, 10**9 * LUMEN)


def trust_line(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """The issuer gives some of its asset at once, in an operation of its own."""
    asset = _asset_to_trust(scene, sender)
    if asset is None:
        return credit_payment(scene, sender)
    gift = Payment(Address(sender.public_key), _issued(scene), asset)
    return [new_trust_line(scene, asset), scene.by(asset.issuer, sender, gift)]


def _asset_to_trust(scene: Scene, sender: AccountEntry) -> Asset | None:
    if not scene.has_room_for_trust():
        return None
    asset = scene.chance.choice(scene.assets)
    known = scene.trust_line(sender.public_key, asset) is not None
    return None if known or asset.issuer == sender.public_key else asset


def new_trust_line(scene: Scene, asset: Asset) -> Operation:
    return ChangeTrust(asset, scene.chance.choice(_LIMITS))


def _issued(scene: Scene) -> int:
    return scene.chance.randrange(10 * LUMEN, 1000 * LUMEN)


def credit_of(scene: Scene, sender: AccountEntry) -> TrustLineEntry | None:
    """A line with something in it."""
    lines = [line for line in scene.trust_lines_of(sender) if line.available]
    return scene.chance.choice(lines) if lines else None


def credit_payment(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """To another holder; sometimes back to the issuer."""
    line = credit_of(scene, sender)
    if line is None:
        return one_payment(scene, sender)
    holder = scene.other_holder(line.asset, sender)
    recipient = line.asset.issuer if holder is None or scene.chance.random() < 1 / 4 else holder
    return [Payment(scene.address(recipient), scene.part_of(line.available), line.asset)]


def issue(scene: Scene, sender: AccountEntry) -> list[Operation]:
    if not scene.trust_lines:
        return trust_line(scene, sender)
    line = scene.chance.choice(scene.trust_lines)
    payment = Payment(scene.address(line.account), _issued(scene), line.asset)
    return [scene.by(line.asset.issuer, sender, payment)]


def end_of_a_trust_line(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """All goes back; it fails where an offer counts on the line."""
    line = credit_of(scene, sender)
    if line is None:
        return trust_line(scene, sender)
    back = Payment(Address(line.asset.issuer), line.available, line.asset)
    return [back, ChangeTrust(line.asset, 0)]


def another_limit(scene: Scene, sender: AccountEntry) -> list[Operation]:
    """Sometimes less than is there, which fails."""
    line = credit_of(scene, sender)
    if line is None:
        return trust_line(scene, sender)
    limit = line.balance // 2 if scene.chance.random() < 1 / 3 else line.balance + line.buying + 10**6 * LUMEN
    return [ChangeTrust(line.asset, limit)]


def payment_without_trust(scene: Scene, sender: AccountEntry) -> list[Operation]:
    line = credit_of(scene, sender)
    if line is None:
        return one_payment(scene, sender)
    stranger = scene.other_account(sender)
    if scene.trust_line(stranger, line.asset) is not None or stranger == line.asset.issuer:
        return credit_payment(scene, sender)
    return [Payment(Address(stranger), scene.part_of(line.available), line.asset)]
