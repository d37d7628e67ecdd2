"""Answers for everyone: verification, share links, employers and their reports."""
