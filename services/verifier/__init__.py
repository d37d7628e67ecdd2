"""The offline verifiers: one Python file and one web page, each complete in itself, for anyone to keep and to host."""
