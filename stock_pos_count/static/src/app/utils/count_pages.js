/** The pages of the stocktake, by their key in the `pos_pages` registry. */
export const COUNT_PAGES = new Set([
    "StockCountListScreen",
    "StockCountScreen",
    "StockCountResultScreen",
    "StockCountCorrectionScreen",
]);
