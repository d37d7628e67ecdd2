"""What a training ends with: completions."""
