"""Keys and signatures: what makes a document a certificate, and what checks it."""
