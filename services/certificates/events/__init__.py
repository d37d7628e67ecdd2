"""Facts that certificates hears of and tells."""
