"""What a certificate is and says: awards, documents, their profile, and what verification tells."""
