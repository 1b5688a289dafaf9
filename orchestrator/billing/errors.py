"""What is refused rather than charged wrongly."""


class BillingError(Exception):
    """Says in one sentence what is wrong in the register, the rules or what was charged before."""
