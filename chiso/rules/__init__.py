"""What holds for whom from which day: sets, trees, assignments, settings, calendar, read from params/."""
