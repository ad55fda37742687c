import { useEffect, useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { useDebounced } from "@web/core/utils/timing";

const PAGE_SIZE = 80;
/** More lines at once the server does not send. */
const PAGE_SIZE_MAX = 200;

/** A correction of many products, or a recount, tells of itself several times a second. */
const REFRESH_DELAY_MS = 500;

/** The result of one sheet, page by page, as the server tells it; nothing is worked out here. */
export class CountResult {
    constructor(count, uuid) {
        this.count = count;
        this.uuid = uuid;
        this.keepLast = new KeepLast();
        this.sheet = null;
        /** Where the server tells that the sheet changed. */
        this.channel = null;
        this.totals = null;
        this.lines = [];
        this.products = {};
        this.total = 0;
        this.view = null;
        this.term = "";
        this.isLoading = false;
        this.error = null;
    }

    /** On hand and variance may not be known: a blind count that is not settled. */
    get isHidden() {
        return this.sheet.hides_book;
    }

    get hasMore() {
        return this.lines.length < this.total;
    }

    /**
     * Opens the sheet on the view that matters most: what is short, else what is over,
     * else what is equal, else everything.
     */
    async open(uuid = this.uuid) {
        this.uuid = uuid;
        this.term = "";
        this.view = "short";
        await this.load(0);
        if (this.sheet && !this.error) {
            const view = this.firstView;
            if (view !== this.view) {
                await this.selectView(view);
            }
        }
    }

    get firstView() {
        if (this.isHidden) {
            return "all";
        }
        return ["short", "over", "equal"].find((view) => this.totals[view]) || "all";
    }

    selectView(view) {
        this.view = view;
        return this.load(0);
    }

    search(term) {
        this.term = term.trim();
        return this.load(0);
    }

    async loadMore() {
        if (!this.isLoading && this.hasMore && !this.error) {
            await this.load(this.lines.length);
        }
    }

    /** Looks again at what is shown; where nothing of it is left, at what matters most now. */
    async refresh() {
        const { length } = this.lines;
        const limit = Math.max(PAGE_SIZE, Math.min(length, PAGE_SIZE_MAX));
        await this.load(0, limit);
        if (!this.error && !this.term && length && !this.lines.length) {
            await this.selectView(this.firstView);
        }
    }

    async load(offset, limit = PAGE_SIZE) {
        Object.assign(this, { isLoading: true, error: null });
        try {
            const answer = await this.keepLast.add(
                this.count.rpc("register_result", this.uuid, this.view, offset, limit, this.term),
            );
            this.count.remember(answer.sheet);
            this.sheet = answer.sheet;
            this.channel = answer.channel;
            this.totals = answer.totals;
            this.total = answer.total;
            this.lines = [...this.lines.slice(0, offset), ...answer.lines];
            for (const product of answer.products) {
                this.products[product.id] = product;
            }
        } catch (error) {
            this.error = error.message;
        }
        this.isLoading = false;
    }
}

/**
 * The result, which looks again by itself when another device changed the sheet.
 *
 * @param {import("@stock_pos_count/app/services/stock_pos_count_service").StockPosCount} count
 * @param {string} uuid
 * @returns {CountResult} observed by the component
 */
export function useCountResult(count, uuid) {
    const result = useState(new CountResult(count, uuid));
    const refresh = useDebounced(() => result.refresh(), REFRESH_DELAY_MS);
    useEffect(
        (channel) => channel && count.onSheetChanged(channel, refresh),
        () => [result.channel],
    );
    return result;
}
