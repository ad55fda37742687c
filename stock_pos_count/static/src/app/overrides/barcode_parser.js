import { BarcodeParser } from "@barcodes/js/barcode_parser";
import { browser } from "@web/core/browser/browser";
import { patch } from "@web/core/utils/patch";
import { rememberText } from "@stock_pos_count/app/utils/local_memory";

/**
 * The nomenclature is kept on the device: without it core starts no barcode reader at all,
 * and a register that is loaded again without network could not scan.
 */
patch(BarcodeParser, {
    async fetchNomenclature(orm, id) {
        const key = `stock_pos_count.nomenclature.${odoo.info?.db}.${id}`;
        try {
            const nomenclature = await super.fetchNomenclature(orm, id);
            rememberText(key, JSON.stringify(nomenclature));
            return nomenclature;
        } catch (error) {
            const kept = browser.localStorage.getItem(key);
            if (!kept) {
                throw error;
            }
            return JSON.parse(kept);
        }
    },
});
