"""Small changes to the core, one at a time: do its own tests notice?"""
