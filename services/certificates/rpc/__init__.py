"""The gRPC face of certificates: parse, call one use case, convert."""
