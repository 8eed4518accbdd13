"""What templates take: plain values, one file for each kind of message."""
