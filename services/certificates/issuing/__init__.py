"""From an award to a signed certificate: drafts, numbers, batches, signing, revocation."""
