"""Views: what a page or a report shows of one thing. Each is made from the published copy by one function.

The functions of a module take the published copy and what was chosen; where the copy does not have what they
read, they raise a `WarehouseError` that says what to do.
"""
