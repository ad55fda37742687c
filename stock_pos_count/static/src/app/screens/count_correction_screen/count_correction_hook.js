import { useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";

function facts({ change, blockers, warnings }) {
    return JSON.stringify([change, blockers, warnings]);
}

/**
 * What a correction would do, as the server tells it, and what the person leaves out.
 * The server decides whether anything changed since; this only finds out which lines.
 */
export class CountCorrection {
    constructor(count, uuid) {
        this.count = count;
        this.uuid = uuid;
        this.keepLast = new KeepLast();
        this.preview = null;
        this.products = {};
        this.leftOut = new Set();
        this.changedIds = new Set();
        this.isLoading = false;
        this.isCorrecting = false;
        this.isDone = false;
        this.hasChanged = false;
        this.error = null;
    }

    get lines() {
        return this.preview?.lines || [];
    }

    isBlocked(line) {
        return line.blockers.length > 0;
    }

    isChosen(line) {
        return !this.isBlocked(line) && !this.leftOut.has(line.line_id);
    }

    get chosenCount() {
        return this.lines.filter((line) => this.isChosen(line)).length;
    }

    get canCorrect() {
        return Boolean(
            this.preview &&
            this.chosenCount &&
            !this.isLoading &&
            !this.isCorrecting &&
            !this.isDone,
        );
    }

    /** @param {number} lineId ticks or unticks it; the figures follow with the next load */
    toggle(lineId) {
        if (!this.leftOut.delete(lineId)) {
            this.leftOut.add(lineId);
        }
    }

    /** Ticks every line that can be corrected, or none. */
    toggleAll() {
        const lines = this.lines.filter((line) => !this.isBlocked(line));
        const areAllChosen = this.chosenCount === lines.length;
        this.leftOut.clear();
        if (areAllChosen) {
            lines.forEach((line) => this.leftOut.add(line.line_id));
        }
    }

    async load() {
        Object.assign(this, { isLoading: true, error: null });
        try {
            const preview = await this.keepLast.add(
                this.count.rpc("register_correction_preview", this.uuid, [...this.leftOut]),
            );
            this.apply(preview);
        } catch (error) {
            this.error = error.message;
        }
        this.isLoading = false;
    }

    /** Shows a preview; lines that differ from the one shown before are marked as changed. */
    apply(preview) {
        if (this.preview && preview.fingerprint !== this.preview.fingerprint) {
            const before = new Map(this.lines.map((line) => [line.line_id, facts(line)]));
            this.changedIds = new Set(
                preview.lines
                    .filter((line) => before.get(line.line_id) !== facts(line))
                    .map((line) => line.line_id),
            );
            this.hasChanged = true;
        }
        for (const product of preview.products || []) {
            this.products[product.id] = product;
        }
        this.preview = preview;
        this.count.remember(preview.sheet);
    }

    /**
     * Corrects the stock, once. A press while one is under way does nothing; after a lost
     * answer it is safe to press again, the server corrects a sheet only once.
     *
     * @returns {Promise<boolean>} whether the stock is corrected
     */
    async correct() {
        if (!this.canCorrect) {
            return false;
        }
        Object.assign(this, { isCorrecting: true, error: null, hasChanged: false });
        try {
            const answer = await this.count.rpc(
                "register_correct",
                this.uuid,
                this.preview.fingerprint,
                [...this.leftOut],
                this.count.personKey,
            );
            this.isDone = answer.done;
            if (answer.done) {
                this.count.remember(answer.sheet);
            } else {
                this.apply(answer.preview);
            }
        } catch (error) {
            this.error = error.message;
        }
        this.isCorrecting = false;
        return this.isDone;
    }
}

/**
 * @param {import("@stock_pos_count/app/services/stock_pos_count_service").StockPosCount} count
 * @param {string} uuid
 * @returns {CountCorrection} observed by the component
 */
export function useCountCorrection(count, uuid) {
    return useState(new CountCorrection(count, uuid));
}
