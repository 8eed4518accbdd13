"""What else people say: greetings, what is not known, words to explain, things to be done."""
