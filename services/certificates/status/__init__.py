"""Status lists: who publishes whether certificates still stand, in bits that anyone can fetch and nobody can trace."""
