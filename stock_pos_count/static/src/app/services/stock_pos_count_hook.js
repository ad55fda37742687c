import { useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

/**
 * The count service, observed: the component renders again when what it read changes.
 *
 * @returns {import("./stock_pos_count_service").StockPosCount}
 */
export function useStockPosCount() {
    return useState(useService("stock_pos_count"));
}
