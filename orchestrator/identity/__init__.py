"""Tokens, sign-in, and what each token may do."""
