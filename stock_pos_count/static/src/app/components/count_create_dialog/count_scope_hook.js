import { useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { useDebounced } from "@web/core/utils/timing";

const DEBOUNCE_MS = 300;
/** Sheets that are being counted come first, then those that wait for someone. */
const CARD_ORDER = ["counting", "recounting", "paused", "new", "mismatched"];

/** What a new sheet is to hold, and what the server says about it: how many, what overlaps. */
export class CountScope {
    constructor(count, fromSheet, lateProducts) {
        this.count = count;
        this.fromSheet = fromSheet;
        this.lateProducts = lateProducts;
        this.keepLast = new KeepLast();
        this.scope = "full";
        this.categoryIds = [];
        this.vendorIds = [];
        this.products = null;
        this.overlapping = [];
        /** A full count of the shop is open; the server refuses a second one. */
        this.isFullOpen = false;
        this.isLoading = false;
        this.error = null;
    }

    get isPartial() {
        return this.scope === "partial" && !this.fromSheet;
    }

    /** A partial count of nothing chosen yet. */
    get isUndecided() {
        return this.isPartial && !this.categoryIds.length && !this.vendorIds.length;
    }

    get isPossible() {
        return this.products > 0 && !this.isLoading && !this.isFullOpen && !this.isUndecided;
    }

    /** As `register_create` wants it. */
    get values() {
        return {
            scope: this.fromSheet ? "partial" : this.scope,
            category_ids: this.isPartial ? [...this.categoryIds] : [],
            vendor_ids: this.isPartial ? [...this.vendorIds] : [],
            from_uncounted: (!this.lateProducts && this.fromSheet?.uuid) || null,
            from_late: (this.lateProducts && this.fromSheet?.uuid) || null,
        };
    }

    async load() {
        this.error = null;
        if (this.fromSheet) {
            this.products = this.lateProducts || this.fromSheet.total - this.fromSheet.counted;
            return;
        }
        if (this.isUndecided) {
            Object.assign(this, { products: null, overlapping: [], isFullOpen: false });
            this.isLoading = false;
            return;
        }
        this.isLoading = true;
        try {
            const { scope, category_ids, vendor_ids } = this.values;
            const answer = await this.keepLast.add(
                this.count.rpc("register_scope", scope, category_ids, vendor_ids),
            );
            // Undecided meanwhile: the answer is to a question nobody asks any more.
            if (!this.isUndecided) {
                this.apply(answer);
            }
        } catch (error) {
            this.error = error.message;
        }
        this.isLoading = false;
    }

    apply({ products, overlapping, full_open }) {
        const others = overlapping
            .filter((sheet) => sheet.uuid !== full_open?.uuid)
            .sort((a, b) => CARD_ORDER.indexOf(a.state) - CARD_ORDER.indexOf(b.state));
        Object.assign(this, {
            products,
            isFullOpen: Boolean(full_open),
            overlapping: full_open ? [full_open, ...others] : others,
        });
    }
}

/**
 * @param {import("@stock_pos_count/app/services/stock_pos_count_service").StockPosCount} count
 * @param {Object} [fromSheet] the new sheet holds what this one left uncounted
 * @param {number} [lateProducts] the new sheet holds so many products whose counts came too late for that one
 * @returns {CountScope & {choose: (choice: Object) => void}} observed by the component;
 *  `choose` takes a choice over and asks the server once the person pauses
 */
export function useCountScope(count, fromSheet, lateProducts) {
    const scope = useState(new CountScope(count, fromSheet, lateProducts));
    const reload = useDebounced(() => scope.load(), DEBOUNCE_MS);
    scope.choose = (choice) => {
        Object.assign(scope, choice, { isLoading: true });
        reload();
    };
    return scope;
}
