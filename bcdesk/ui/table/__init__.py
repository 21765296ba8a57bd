"""One table for every list of the desk: columns are data, rows are read where the store keeps them."""
