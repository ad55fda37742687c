import IndexedDB from "@point_of_sale/app/models/utils/indexed_db";
import { patch } from "@web/core/utils/patch";

/**
 * Core deletes its database while it still holds it open, and the browser then waits until
 * that handle happens to be collected: after a change of the register's settings the page
 * hung while it loaded, the count with it.
 */
patch(IndexedDB.prototype, {
    reset() {
        this.db?.close();
        return super.reset(...arguments);
    },
});
