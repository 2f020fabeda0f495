"""Items as data: loader, checks, search; pure but for reading the file."""
