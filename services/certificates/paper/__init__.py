"""The certificate on paper: a typeset page, the signed claims in its QR code, and what is attached to the file."""
