{
    "name": "Point of Sale Stocktake",
    "version": "19.0.1.0.0",
    "summary": "Count the shop's stock in the Point of Sale, read and correct the results in the backend",
    "author": "stock_pos_count contributors",
    "website": "https://github.com/stock-pos-count/stock_pos_count",
    "category": "Sales/Point of Sale",
    "license": "LGPL-3",
    "depends": ["point_of_sale"],
    "data": [
        "security/ir.model.access.csv",
        "security/stock_pos_count_security.xml",
        "data/ir_sequence_data.xml",
        "data/ir_cron_data.xml",
        "wizard/stock_pos_count_void_views.xml",
        "wizard/stock_pos_count_assign_views.xml",
        "wizard/stock_pos_count_settle_views.xml",
        "wizard/stock_pos_count_correct_views.xml",
        "views/stock_pos_count_entry_views.xml",
        "views/stock_pos_count_line_views.xml",
        "views/stock_pos_count_views.xml",
        "views/pos_config_views.xml",
        "views/res_config_settings_views.xml",
        "report/stock_pos_count_report_views.xml",
        "views/stock_pos_count_menus.xml",
    ],
    "demo": [
        "demo/stock_pos_count_demo.xml",
        "demo/product.product.csv",
        "demo/product.uom.csv",
        "demo/stock.lot.csv",
        "demo/stock_pos_count_story_demo.xml",
    ],
    "assets": {
        "point_of_sale._assets_pos": [
            "stock_pos_count/static/src/app/**/*",
        ],
        "web.assets_backend": [
            "stock_pos_count/static/src/app/utils/format.js",
            "stock_pos_count/static/src/backend/**/*",
            ("remove", "stock_pos_count/static/src/backend/count_graph/**/*"),
        ],
        "web.assets_backend_lazy": [
            "stock_pos_count/static/src/backend/count_graph/**/*",
        ],
        "web.assets_tests": [
            "stock_pos_count/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "stock_pos_count/static/tests/unit/**/*",
        ],
    },
}
