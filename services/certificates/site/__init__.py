"""What the issuer's address serves: keys, status lists, log, schema and verify page, as files over HTTP."""
