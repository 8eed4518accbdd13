"""Advice answered: by button, form, thread reply or reaction."""
