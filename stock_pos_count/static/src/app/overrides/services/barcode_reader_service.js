import { BarcodeReader } from "@point_of_sale/app/services/barcode_reader_service";
import { patch } from "@web/core/utils/patch";

/**
 * A page that counts gets every code as it was read, before any rule interprets it: it
 * registers `stockPosCount` with `useBarcodeReader`. Core's own way loses codes that a
 * counting person must not lose: a GS1 code without product, one with a wrong check digit
 * (an error dialog), a type nobody handles.
 */
patch(BarcodeReader.prototype, {
    async _scan(code) {
        const counting = [...this.cbMaps].find((callbacks) => callbacks.stockPosCount);
        if (code && counting && !this.exclusiveCbMap) {
            counting.stockPosCount(code);
            return;
        }
        return super._scan(...arguments);
    },
});
