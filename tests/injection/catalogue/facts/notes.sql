/*
title: Notes
description: One column of every type; what is written into them is made of attempts.
grain: one row a note
connection: injection
event_date: {column: noted_at, type: timestamptz}
customer: author
order_by: [note_id]
columns:
  note_id: integer
  author: text
  note: text
  amount: number
  is_open: boolean
  noted_on: date
  noted_at: timestamptz
  checked_at: timestamp
  secret: {type: text, filterable: false}
*/
SELECT note_id, author, note, amount, is_open, noted_on, noted_at, checked_at, note AS secret
FROM notes
