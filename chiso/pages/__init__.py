"""What stands on a page: charts, tables, sentences, sections; what notebooks call."""
