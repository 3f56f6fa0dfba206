"""Numbers in addresses: at most 18 digits, so that none is larger than the store can hold or the parser bears."""

from starlette.convertors import IntegerConvertor, register_url_convertor


class BoundedInteger(IntegerConvertor):
    """`{name:int}` of every route; a longer number names nothing."""

    regex = "[0-9]{1,18}"


register_url_convertor("int", BoundedInteger())
