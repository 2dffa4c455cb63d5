/*
title: Author
connection: injection
id: author
label: author
customer: author
exportable: true
facts: {notes: author}
columns:
  author: text
*/
SELECT DISTINCT author FROM notes WHERE author IS NOT NULL
