"""The selective twin of a certificate: an SD-JWT VC whose holder decides what a verifier sees."""
