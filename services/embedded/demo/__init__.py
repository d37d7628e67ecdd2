"""The demo: the whole journey once, over real gRPC, as the people who take part in it."""
