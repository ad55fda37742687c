import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { _t } from "@web/core/l10n/translation";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { CountHeader } from "@stock_pos_count/app/components/count_header/count_header";
import { CountSkeleton } from "@stock_pos_count/app/components/count_skeleton/count_skeleton";
import { CountTime } from "@stock_pos_count/app/components/count_time/count_time";
import { useStockPosCount } from "@stock_pos_count/app/services/stock_pos_count_hook";
import { formatQty, formatVariance, withSign } from "@stock_pos_count/app/utils/format";
import { useCountCorrection } from "./count_correction_hook";
import { CountCorrectionLines } from "./count_correction_lines/count_correction_lines";
import { CountCorrectionReasons } from "./count_correction_reasons/count_correction_reasons";

const FIGURES_DEBOUNCE_MS = 400;
/** So many lines are rendered at first, and again each time the end of the list is near. */
const SHOWN_STEP = 100;
const LOAD_AHEAD_PX = 600;

/**
 * Everything a correction will do, before it is done: it cannot be undone. Nothing here
 * changes stock but the one red button, which works once.
 */
export class StockCountCorrectionScreen extends Component {
    static template = "stock_pos_count.StockCountCorrectionScreen";
    static components = {
        CountCorrectionLines,
        CountCorrectionReasons,
        CountHeader,
        CountSkeleton,
        CountTime,
    };
    static props = { sheetUuid: String };
    static storeOnOrder = false;

    setup() {
        this.pos = usePos();
        this.ui = useService("ui");
        this.count = useStockPosCount();
        this.correction = useCountCorrection(this.count, this.props.sheetUuid);
        this.bodyRef = useRef("body");
        this.state = useState({ shown: SHOWN_STEP });
        this.refreshFigures = useDebounced(() => this.load(), FIGURES_DEBOUNCE_MS);
        this.formatVariance = formatVariance;
        onMounted(() => this.load());
    }

    get preview() {
        return this.correction.preview;
    }

    get title() {
        return this.preview
            ? _t("Correct stock of %s?", this.preview.sheet.shop)
            : _t("Correct stock");
    }

    get productsText() {
        const { chosenCount } = this.correction;
        return chosenCount === 1 ? _t("1 product") : _t("%s products", formatQty(chosenCount));
    }

    get buttonText() {
        const { chosenCount, isLeavingOut } = this.correction;
        if (!this.preview) {
            return _t("Correct stock");
        }
        if (isLeavingOut) {
            return _t("Leave out what is left");
        }
        return chosenCount === 1
            ? _t("Correct 1 product")
            : _t("Correct %s products", formatQty(chosenCount));
    }

    get shownLines() {
        return this.correction.lines.slice(0, this.state.shown);
    }

    get areAllChosen() {
        return this.correction.areAllChosen;
    }

    /** Money with its sign first: "−4,120.00". */
    signedValue(value) {
        const amount = this.env.utils.formatCurrency(Math.abs(value));
        if (!value) {
            return amount;
        }
        return withSign(value < 0 ? "\u2212" : "+", amount);
    }

    onScroll({ target }) {
        const left = target.scrollHeight - target.scrollTop - target.clientHeight;
        if (left < LOAD_AHEAD_PX && this.state.shown < this.correction.lines.length) {
            this.state.shown += SHOWN_STEP;
        }
    }

    toggle(lineId) {
        this.correction.toggle(lineId);
        this.refreshFigures();
    }

    toggleAll() {
        this.correction.toggleAll();
        this.refreshFigures();
    }

    get progressText() {
        const { done, total } = this.correction.progress;
        return _t("%(done)s of %(total)s", { done: formatQty(done), total: formatQty(total) });
    }

    async load() {
        await this.correction.load();
        this.leaveWhenDone();
    }

    leaveWhenDone() {
        if (this.correction.isDone && !this.correction.isLeft) {
            this.back();
        }
    }

    back() {
        this.count.navigateResult(this.props.sheetUuid);
    }

    async correct() {
        if (await this.correction.correct()) {
            this.leaveWhenDone();
        } else {
            // What went wrong, or changed, stands at the top.
            this.bodyRef.el.scrollTop = 0;
        }
    }
}

registry.category("pos_pages").add("StockCountCorrectionScreen", {
    name: "StockCountCorrectionScreen",
    component: StockCountCorrectionScreen,
    route: `/pos/ui/${odoo.pos_config_id}/stock-count/{string:sheetUuid}/correct`,
    params: {},
});
