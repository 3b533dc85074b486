"""All kinds of transactions, and how often they come: each as often as its weight in a round of them all.

A kind is a function that takes the `Scene` and the sender and gives operations; another kind's, where the scene does
not have what it needs.
"""

from collections.abc import Callable
from typing import NamedTuple

from producer.sources.simulated.entries import AccountEntry
from producer.sources.simulated.operations.operation import Operation
from producer.sources.simulated.workload import accounts, claimable_balances, contracts, credit, offers, sponsorship
from producer.sources.simulated.workload.scene import Scene


class Kind(NamedTuple):
    """A kind of transaction, how often it comes in a round, and who sends it."""

    operations: Callable[[Scene, AccountEntry], list[Operation]]
    weight: int
    sender: Callable[[Scene], AccountEntry] = Scene.sender


KINDS = (
    Kind(accounts.one_payment, 18),
    Kind(accounts.several_payments, 8),
    Kind(accounts.payments_of_two, 3),
    Kind(accounts.new_accounts, 5),
    Kind(accounts.underfunded_payment, 2),
    Kind(accounts.payment_to_nobody, 2),
    Kind(accounts.account_that_exists, 2),
    Kind(accounts.account_below_the_reserve, 1),
    Kind(accounts.failure_among_payments, 2),
    Kind(accounts.options, 2),
    Kind(accounts.note, 1),
    Kind(accounts.note, 3, Scene.writer),
    Kind(accounts.end_of_no_note, 1),
    Kind(accounts.higher_sequence_number, 1),
    Kind(accounts.end_of_an_account, 2),
    Kind(credit.trust_line, 6),
    Kind(credit.credit_payment, 7, Scene.holder),
    Kind(credit.issue, 2),
    Kind(credit.end_of_a_trust_line, 2, Scene.holder),
    Kind(credit.another_limit, 1, Scene.holder),
    Kind(credit.payment_without_trust, 2, Scene.holder),
    Kind(offers.new_offer, 6, Scene.holder),
    Kind(offers.change_of_an_offer, 4, Scene.seller),
    Kind(offers.taking_of_an_offer, 4, Scene.holder),
    Kind(offers.hopeless_offer, 1, Scene.holder),
    Kind(offers.end_of_no_offer, 1),
    Kind(offers.strict_send, 3),
    Kind(offers.strict_receive, 3),
    Kind(offers.payment_over_lumens, 3, Scene.holder),
    Kind(claimable_balances.new_claimable_balance, 4, Scene.holder),
    Kind(claimable_balances.claim, 4, Scene.claimant),
    Kind(claimable_balances.vain_claim, 1),
    Kind(sponsorship.sponsored_account, 2),
    Kind(sponsorship.sponsored_entry, 2),
    Kind(sponsorship.end_of_a_sponsorship, 2, Scene.sponsor),
    Kind(contracts.transfer, 3, Scene.token_holder),
    Kind(contracts.transfer_to_a_shared_account, 1, Scene.token_holder),
    Kind(contracts.transfer_to_a_contract, 1, Scene.token_holder),
    Kind(contracts.transfer_of_too_much, 1, Scene.token_holder),
    Kind(contracts.mint, 2),
    Kind(contracts.burn, 1, Scene.token_holder),
    Kind(contracts.clawback, 1, Scene.token_holder),
)
