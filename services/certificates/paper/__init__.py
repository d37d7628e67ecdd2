"""What a holder carries: the printed page, its QR code, and the selective twin."""
