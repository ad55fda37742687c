from . import stock_pos_count_void
from . import stock_pos_count_assign
from . import stock_pos_count_settle
from . import stock_pos_count_correct
