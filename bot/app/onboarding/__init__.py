"""The first hour: from nothing to perfbot.toml, numbers and a digest (`perfbot init`)."""
