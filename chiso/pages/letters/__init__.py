"""What stands in the letters of a period, in Vietnamese, and the table of who gets one."""
