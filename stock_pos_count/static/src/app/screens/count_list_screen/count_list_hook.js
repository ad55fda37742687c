import { useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { CountOfflineError } from "@stock_pos_count/app/services/count_errors";
import { COUNTABLE_STATES, OPEN_STATES } from "@stock_pos_count/app/utils/count_states";

const PAGE_SIZE = 20;

function lastActivity({ last_activity_at, created_at }) {
    return last_activity_at || created_at;
}

/**
 * The shop's count sheets of one filter, page by page. Without network: the sheets this
 * register has seen, of which those held on this device can be counted.
 */
export class CountList {
    constructor(count, filter) {
        this.count = count;
        this.keepLast = new KeepLast();
        this.filter = filter;
        this.sheets = [];
        this.total = 0;
        this.counts = {};
        this.heldUuids = new Set();
        this.isLoading = false;
        this.isLoadingMore = false;
        this.isOffline = false;
        this.error = null;
    }

    get hasMore() {
        return this.sheets.length < this.total;
    }

    /** Whether the sheet can be opened now: the server answers, or its counting page is on this device. */
    isUsable({ uuid, state }) {
        return !this.isOffline || (COUNTABLE_STATES.has(state) && this.heldUuids.has(uuid));
    }

    selectFilter(filter) {
        Object.assign(this, { filter, sheets: [], total: 0 });
        return this.load();
    }

    async load() {
        this.isLoading = true;
        await this.fetch(0, PAGE_SIZE);
    }

    /** Looks again without showing that it does; as many rows stay as there are. */
    async refresh() {
        if (!this.isLoading && !this.isLoadingMore) {
            await this.fetch(0, Math.max(PAGE_SIZE, this.sheets.length));
        }
    }

    async loadMore() {
        this.isLoadingMore = true;
        await this.fetch(this.sheets.length, PAGE_SIZE);
    }

    /** An answer that a later question overtook is dropped; the last one ends the waiting. */
    async fetch(offset, limit) {
        try {
            const answer = await this.keepLast.add(
                this.count.rpc("register_list", this.filter, offset, limit),
            );
            this.apply(answer, offset);
            this.count.forgetOldCopies(answer.now);
        } catch (error) {
            await this.onError(error);
        }
        Object.assign(this, { isLoading: false, isLoadingMore: false });
    }

    apply({ sheets, total, counts }, offset) {
        this.count.remember(...sheets);
        const known = new Set(sheets.map((sheet) => sheet.uuid));
        const kept = this.sheets.slice(0, offset).filter((sheet) => !known.has(sheet.uuid));
        Object.assign(this, {
            sheets: [...kept, ...sheets],
            total,
            counts,
            isOffline: false,
            error: null,
        });
    }

    async onError(error) {
        if (!(error instanceof CountOfflineError)) {
            this.error = error.message;
            return;
        }
        const held = await this.count.heldSheets();
        this.heldUuids = new Set(held.map((sheet) => sheet.uuid));
        this.isOffline = true;
        if (!this.sheets.length) {
            this.count.remember(...held.filter((sheet) => !this.count.sheets[sheet.uuid]));
            this.sheets = Object.values(this.count.sheets)
                .filter((sheet) => this.isInFilter(sheet))
                .sort((a, b) => lastActivity(b) - lastActivity(a));
        }
    }

    isInFilter({ state }) {
        const isOpen = this.filter === "open" && OPEN_STATES.includes(state);
        return isOpen || this.filter === "all" || this.filter === state;
    }
}

/**
 * @param {import("@stock_pos_count/app/services/stock_pos_count_service").StockPosCount} count
 * @param {string} filter
 * @returns {CountList} observed by the component
 */
export function useCountList(count, filter) {
    return useState(new CountList(count, filter));
}
