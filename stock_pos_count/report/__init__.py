from . import stock_pos_count_report
