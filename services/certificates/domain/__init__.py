"""Rules of certificates over plain values: life cycle, when to issue, the document, what a verifier hears."""
