"""What every room stands on: errors, files, language, formats, periods; knows nothing of indicators."""
