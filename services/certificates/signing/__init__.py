"""Keys, signatures and proofs: the only place that touches a private key or trusts a signature."""
