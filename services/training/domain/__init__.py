"""What is true about training whoever asks: tables, rules and calculations over plain values."""
