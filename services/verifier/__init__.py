"""The offline verifiers: a Python file and a web page, each complete in itself, and the audit of whole exports."""
