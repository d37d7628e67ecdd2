"""gRPC servicers: parse, call one use case, convert."""
