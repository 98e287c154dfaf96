"""From a file to sections and passages with exact character spans."""
