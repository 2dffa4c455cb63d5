"""Jobs as the page shows and changes them."""
