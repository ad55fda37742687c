import { onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { KeepLast } from "@web/core/utils/concurrency";

/** How often a correction in the background is asked how far it is. */
const PROGRESS_MS = 1000;

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
        /** Ids of lines that need a person's yes, and got it. */
        this.accepted = new Set();
        /** `{done, total}` of a correction in the background, or null. */
        this.progress = null;
        this.changedIds = new Set();
        this.isLoading = false;
        this.isCorrecting = false;
        this.isDone = false;
        this.hasChanged = false;
        /** The page was left: nobody looks at the progress any more. */
        this.isLeft = false;
        this.error = null;
    }

    get lines() {
        return this.preview?.lines || [];
    }

    isBlocked(line) {
        return line.blockers.length > 0;
    }

    /** A line that needs a person's yes is left out until it is ticked. */
    isChosen(line) {
        if (this.isBlocked(line)) {
            return false;
        }
        return line.needs_accept
            ? this.accepted.has(line.line_id)
            : !this.leftOut.has(line.line_id);
    }

    get chosenCount() {
        return this.lines.filter((line) => this.isChosen(line)).length;
    }

    /** After a part was corrected, leaving out all that is left ends the correction. */
    get isLeavingOut() {
        return Boolean(this.preview?.sheet.partly_corrected && !this.chosenCount);
    }

    get canCorrect() {
        return Boolean(
            this.preview &&
            (this.chosenCount || this.isLeavingOut) &&
            !this.isLoading &&
            !this.isCorrecting &&
            !this.isDone,
        );
    }

    /** @param {number} lineId ticks or unticks it; the figures follow with the next load */
    toggle(lineId) {
        const line = this.lines.find((one) => one.line_id === lineId);
        const ids = line.needs_accept ? this.accepted : this.leftOut;
        if (!ids.delete(lineId)) {
            ids.add(lineId);
        }
    }

    /** The lines that are ticked together; one that needs a yes gets it for itself only. */
    get plainLines() {
        return this.lines.filter((line) => !this.isBlocked(line) && !line.needs_accept);
    }

    get areAllChosen() {
        return this.plainLines.length > 0 && this.plainLines.every((line) => this.isChosen(line));
    }

    /** Ticks every line that can be corrected without a further question, or none at all. */
    toggleAll() {
        const { areAllChosen } = this;
        this.leftOut.clear();
        if (areAllChosen) {
            this.accepted.clear();
            this.plainLines.forEach((line) => this.leftOut.add(line.line_id));
        }
    }

    async load() {
        Object.assign(this, { isLoading: true, error: null });
        try {
            const preview = await this.keepLast.add(
                this.count.rpc(
                    "register_correction_preview",
                    this.uuid,
                    [...this.leftOut],
                    [...this.accepted],
                ),
            );
            this.apply(preview);
        } catch (error) {
            await this.onError(error);
        }
        this.isLoading = false;
    }

    /** Somebody else may have confirmed first: then there is nothing to do here, and the result says how far it is. */
    async onError(error) {
        this.isDone = await this.isSettledElsewhere();
        if (this.isDone) {
            this.count.notifyError(error);
        } else {
            this.error = error.message;
        }
    }

    async isSettledElsewhere() {
        try {
            const { sheet } = await this.count.rpc("register_correction_progress", this.uuid);
            return sheet?.state !== "mismatched";
        } catch {
            return false;
        }
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
                [...this.accepted],
            );
            this.isDone = answer.done;
            if (answer.done) {
                this.count.remember(answer.sheet);
                await this.followProgress(answer.sheet.correcting);
            } else {
                this.apply(answer.preview);
            }
        } catch (error) {
            await this.onError(error);
        }
        this.isCorrecting = false;
        return this.isDone;
    }

    /** Shows how far a long correction is until it ends; the page may be left meanwhile. */
    async followProgress(progress) {
        while (progress && !this.isLeft) {
            this.progress = progress;
            await new Promise((resolve) => browser.setTimeout(resolve, PROGRESS_MS));
            const answer = await this.count.rpc("register_correction_progress", this.uuid);
            progress = answer.progress;
            if (answer.sheet) {
                this.count.remember(answer.sheet);
            }
        }
        this.progress = null;
    }
}

/**
 * @param {import("@stock_pos_count/app/services/stock_pos_count_service").StockPosCount} count
 * @param {string} uuid
 * @returns {CountCorrection} observed by the component
 */
export function useCountCorrection(count, uuid) {
    const correction = useState(new CountCorrection(count, uuid));
    onWillUnmount(() => {
        correction.isLeft = true;
    });
    return correction;
}
