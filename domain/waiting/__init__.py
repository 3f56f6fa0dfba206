"""How long people wait: the estimate that replays the real calling rule, corrects itself and says how sure it is.

All times are minutes from one origin that the caller chooses (midnight of the day, say), all waits minutes.
"""
