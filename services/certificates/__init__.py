"""The certificates service: issues from facts, revokes, and answers whoever wants to verify."""
