"""The Home tab: what is mine, how the month goes, what is set."""
