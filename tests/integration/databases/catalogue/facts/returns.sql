/*
title: Returns
connection: shop_{{ dialect }}
dialect: {{ dialect }}
event_date: {column: returned_on, type: date}
customer: customer_id
order_by: [return_id]
columns: {return_id: integer, customer_id: integer, shop_id: integer, returned_on: date}
*/
SELECT return_id, customer_id, shop_id, returned_on FROM {{ schema }}returns
